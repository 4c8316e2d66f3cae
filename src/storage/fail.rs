//! Crash points for tests: a store can be told to "die" at its n-th step. In the shipped
//! program this is nothing.

/// Counts steps that change the disk; in tests, unwinds at the one that was asked for.
#[derive(Debug, Default)]
pub(crate) struct CrashPoint {
    #[cfg(test)]
    left: std::sync::atomic::AtomicI64,
}

/// The payload of a simulated crash.
#[cfg(test)]
pub(crate) struct Crashed;

impl CrashPoint {
    /// A step is about to happen.
    #[inline]
    pub fn step(&self) {
        #[cfg(test)]
        if self.left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            std::panic::resume_unwind(Box::new(Crashed));
        }
    }

    /// Dies at the n-th step from now, counted from 1; 0 never.
    #[cfg(test)]
    pub fn arm(&self, n: i64) {
        self.left.store(n, std::sync::atomic::Ordering::SeqCst);
    }
}
