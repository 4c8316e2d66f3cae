//! Printing as plain data: what is asked for, and what comes back.

use crate::service::model::MessageId;
use crate::service::printing::{Form, Heading, Paper};
use std::sync::Arc;
use tokio::sync::Notify;

/// A message to print.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: MessageId,
    pub form: Form,
    pub heading: Heading,
    pub paper: Paper,
    pub stop: Stop,
}

/// Gives up what is being printed. Copies are one.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    pub fn stop(&self) {
        self.0.notify_one();
    }

    pub async fn stopped(&self) {
        self.0.notified().await;
    }
}

impl PartialEq for Stop {
    fn eq(&self, other: &Stop) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A message on paper.
#[derive(Clone, PartialEq)]
pub struct Pdf {
    pub bytes: Arc<Vec<u8>>,
    pub pages: usize,
    /// Whether it goes on after the last page.
    pub cut: bool,
}

impl std::fmt::Debug for Pdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pdf({} pages)", self.pages)
    }
}

/// Who has the PDF now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The desktop's printing dialog, which is done with.
    Dialog,
    /// There is none: the desktop's viewer shows it.
    Viewer,
}
