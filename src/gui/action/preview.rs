//! Attached files that are looked at as plain data.

use crate::service::page::{PageSize, Preview, RenderError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that is open; it is closed with the last copy of this.
#[derive(Clone, Debug)]
pub struct Sheets {
    number: u64,
    preview: Option<Arc<Preview>>,
}

impl Sheets {
    pub fn new(preview: Preview) -> Sheets {
        Sheets::numbered(Some(Arc::new(preview)))
    }

    /// Sheets of nothing, for tests.
    #[cfg(test)]
    pub fn blank() -> Sheets {
        Sheets::numbered(None)
    }

    fn numbered(preview: Option<Arc<Preview>>) -> Sheets {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Sheets { number: NEXT.fetch_add(1, Ordering::Relaxed), preview }
    }

    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_deref()
    }
}

impl PartialEq for Sheets {
    fn eq(&self, other: &Sheets) -> bool {
        self.number == other.number
    }
}

/// What an attachment is to look at.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    Picture(Sheets, PageSize),
    Pdf {
        sheets: Sheets,
        /// Of those that can be shown.
        pages: Vec<PageSize>,
        /// How many there are.
        count: usize,
    },
    Text {
        text: String,
        /// That is all of it.
        whole: bool,
    },
    /// It cannot be shown here.
    Nothing(Why),
}

/// Why something cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing here shows files of its kind.
    Kind,
    TooLarge,
    Locked,
    /// It is damaged, or not what its name says.
    Unreadable,
    /// It took too long or too much.
    Costly,
    /// The process that draws cannot be started.
    NoWorker,
}

impl From<&RenderError> for Why {
    fn from(error: &RenderError) -> Why {
        match error {
            RenderError::TooLarge => Why::TooLarge,
            RenderError::Locked => Why::Locked,
            RenderError::Unreadable | RenderError::Protocol => Why::Unreadable,
            RenderError::TimedOut | RenderError::Died => Why::Costly,
            RenderError::Start(_) => Why::NoWorker,
        }
    }
}
