//! Why a document is not shown.

/// Of the supervisor and the worker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The worker did not answer in time and was ended.
    #[error("the document took too long")]
    TimedOut,
    /// The worker died: a fault of the engine, or the limit of its memory.
    #[error("the document ended its worker")]
    Died,
    /// The worker could not be started, in the system's words.
    #[error("the worker does not start: {0}")]
    Start(String),
    /// The document is larger or deeper than is drawn.
    #[error("the document is too large")]
    TooLarge,
    /// A file that is damaged, or none of its kind.
    #[error("the file cannot be read")]
    Unreadable,
    /// A file that opens with a password only.
    #[error("the file is locked with a password")]
    Locked,
    /// What came over the pipe is no answer to what was asked.
    #[error("the worker's answer is not understood")]
    Protocol,
}

pub type Result<T> = std::result::Result<T, Error>;
