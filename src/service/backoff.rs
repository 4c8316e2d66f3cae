//! How long to wait before trying again.

use std::time::Duration;

/// Between two tries of the same operation or submission, in seconds: 30 s, 1, 2, 5, 10, then 30 minutes.
pub(super) fn retry_after(attempts: u32) -> i64 {
    const STEPS: [i64; 6] = [30, 60, 120, 300, 600, 1800];
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    STEPS.get(at).copied().unwrap_or(1800)
}

/// Between two connections: from 2 s doubling to 5 min, up to a quarter less or more, so that many
/// clients of a server that comes back do not come all at once.
pub(super) fn reconnect_after(failures: u32) -> Duration {
    let base = 2.0_f64 * f64::from(1_u32 << failures.saturating_sub(1).min(8));
    Duration::from_secs_f64(base.min(300.0) * (0.75 + 0.5 * fastrand::f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        assert_eq!((retry_after(0), retry_after(1), retry_after(2), retry_after(99)), (30, 30, 60, 1800));
        for failures in 0..100 {
            let wait = reconnect_after(failures).as_secs_f64();
            assert!((1.5..=375.0).contains(&wait), "{wait}");
        }
        assert!(reconnect_after(1) < Duration::from_secs(3));
    }
}
