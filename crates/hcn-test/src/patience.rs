//! A limit for a wait that counts only while this program runs. Who pauses a test (a debugger, `kill -STOP` by somebody
//! who measures, a machine that is suspended) takes nothing from what it waits for: it was ready long ago, and nobody
//! had looked.

use std::time::{Duration, Instant};

/// How long to wait at once: what takes much longer was no wait.
const TURN: Duration = Duration::from_millis(50);

/// What one turn costs at most: a look may take its time too.
const DEAREST: Duration = Duration::from_secs(1);

/// What is left of the time, counted from look to look.
#[derive(Debug)]
pub struct Patience {
    left: Duration,
    looked: Instant,
}

impl Patience {
    /// So long from now on.
    pub fn new(length: Duration) -> Self {
        Self { left: length, looked: Instant::now() }
    }

    /// How long to wait before the next look; nothing once the time is over.
    pub(crate) fn turn(&mut self) -> Duration {
        self.count(Instant::now());
        self.left.min(TURN)
    }

    /// Whether the time is over.
    pub fn is_over(&mut self) -> bool {
        self.turn().is_zero()
    }

    fn count(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.looked);
        self.left = self.left.saturating_sub(passed.min(DEAREST));
        self.looked = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_was_watched_counts_whole() {
        let mut patience = Patience::new(TURN * 3);
        let start = patience.looked;
        patience.count(start + TURN);
        assert_eq!(patience.left, TURN * 2);
        patience.count(start + TURN * 4);
        assert_eq!(patience.left, Duration::ZERO);
    }

    #[test]
    fn a_pause_of_any_length_counts_as_one_turn() {
        let mut patience = Patience::new(DEAREST * 3);
        let start = patience.looked;
        patience.count(start + Duration::from_secs(3600));
        assert_eq!(patience.left, DEAREST * 2);
        patience.count(start + Duration::from_secs(3600) + TURN);
        assert_eq!(patience.left, DEAREST * 2 - TURN);
    }
}
