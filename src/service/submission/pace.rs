//! How many messages make the next batch: as many as go within a moment. Over a real network that is one, so that a
//! crash leaves in doubt what was in doubt; to a server next door it is many.

use std::time::Duration;

/// How long a batch may take.
const MOMENT: Duration = Duration::from_millis(60);
/// Messages of one batch at most.
const MOST: usize = 64;
/// How much larger than the one before it a batch is at most.
const GROWTH: usize = 4;

pub(super) struct Pace(usize);

impl Pace {
    pub fn new() -> Pace {
        Pace(1)
    }

    pub fn next(&self) -> usize {
        self.0
    }

    /// Whether a batch is more than a message: then the next is made ready while one is sent.
    pub fn is_quick(&self) -> bool {
        self.0 > 1
    }

    /// So many messages took so long.
    pub fn took(&mut self, count: usize, time: Duration) {
        let nanos = time.as_nanos().max(1);
        let within = MOMENT.as_nanos().saturating_mul(count as u128) / nanos;
        let most = count.saturating_mul(GROWTH).clamp(1, MOST);
        self.0 = usize::try_from(within).unwrap_or(most).clamp(1, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_next_door_and_are_single_far_away() {
        let mut pace = Pace::new();
        let mut sizes = Vec::new();
        for millis in [0, 1, 8, 40, 100, 800, 800, 0] {
            sizes.push(pace.next());
            pace.took(pace.next(), Duration::from_millis(millis));
        }
        assert_eq!(sizes, [1, 4, 16, 64, 64, 38, 2, 1]);
        assert!(pace.is_quick() && !Pace::new().is_quick());
        pace.took(0, Duration::ZERO);
        assert_eq!(pace.next(), 1, "a batch of nothing says nothing");
    }
}
