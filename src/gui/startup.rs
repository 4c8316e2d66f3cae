//! How long it takes from the start of the process until the person sees mail: one line in the log.

use std::time::{Duration, Instant};

/// Runs from the start of the process until the first frame with messages in the list.
#[derive(Debug)]
pub struct Startup {
    /// Nothing once the line is written.
    began: Option<Instant>,
}

impl Startup {
    pub fn new(began: Instant) -> Startup {
        Startup { began: Some(began) }
    }

    /// Whether the first frame with messages is still to come.
    pub fn is_running(&self) -> bool {
        self.began.is_some()
    }

    /// A frame with messages was drawn. The first time this is logged, and returned.
    pub fn shown(&mut self) -> Option<Duration> {
        let taken = self.began.take()?.elapsed();
        tracing::info!(target: "postwren::gui", milliseconds = taken.as_millis(), "first rows shown");
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_frame_counts() {
        let began = Instant::now().checked_sub(Duration::from_millis(1500)).expect("the machine runs for longer");
        let mut startup = Startup::new(began);
        assert!(startup.is_running());
        assert!(startup.shown().is_some_and(|taken| taken >= Duration::from_millis(1500)));
        assert!(!startup.is_running());
        assert_eq!(startup.shown(), None);
    }
}
