//! How long a daemon may be away, as while it restarts, before what is asked of it counts as failed.

use std::time::Duration;

use tokio::time::Instant;

/// How long a daemon may be away: the container lives on while it restarts.
const DAEMON_AWAY: Duration = Duration::from_secs(120);

/// How often a daemon that is away is asked again.
pub(super) const AGAIN: Duration = Duration::from_millis(200);

/// How often a daemon is asked again that has lost the task's shim: it gives the task up, or it was stopping itself and
/// finds the shim again.
pub(super) const MOST_LOST: u32 = 50;

/// A wait that lasted this long had reached a daemon: what ends it is the beginning of another absence.
const REACHED: Duration = Duration::from_secs(10);

/// How long the daemon has been away.
#[derive(Debug, Default)]
pub(super) struct Absence {
    since: Option<Instant>,
    patient: bool,
    /// Is it not to be waited for any more?
    is_final: bool,
}

impl Absence {
    /// Of a daemon that is there as far as is known; `patient`: it is waited for for ever.
    pub(super) fn new(patient: bool) -> Self {
        Self { patient, ..Self::default() }
    }

    /// The daemon has answered.
    pub(super) fn end(&mut self) {
        self.since = None;
    }

    /// From now on it is not waited for any more.
    pub(super) fn give_up(&mut self) {
        self.is_final = true;
    }

    /// What was asked at `asked` failed `now`: is it worth to ask again?
    pub(super) fn may_end(&mut self, asked: Instant, now: Instant) -> bool {
        if now - asked >= REACHED {
            self.since = None;
        }
        !self.is_final && (self.patient || now - *self.since.get_or_insert(now) <= DAEMON_AWAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_may_be_away_often_but_not_for_long() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut absence = Absence::default();
        assert!(absence.may_end(at(0), at(3600)), "it was there for an hour");
        assert!(absence.may_end(at(3601), at(3601)), "and is away for a second");
        assert!(absence.may_end(at(3602), at(7200)), "then for an hour it was there again");
        assert!(absence.may_end(at(7320), at(7320)));
        assert!(!absence.may_end(at(7321), at(7321)), "it stays away");
    }

    #[test]
    fn a_keeper_waits_for_its_daemon_for_ever() {
        let start = Instant::now();
        let mut absence = Absence::new(true);
        assert!((0..1000).all(|hour| {
            let now = start + Duration::from_secs(hour * 3600);
            absence.may_end(now, now)
        }));
    }

    #[test]
    fn an_answer_ends_an_absence_and_one_given_up_is_not_waited_for() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut absence = Absence::default();
        assert!(absence.may_end(at(0), at(0)) && absence.may_end(at(119), at(119)));
        absence.end();
        assert!(absence.may_end(at(130), at(130)));
        absence.give_up();
        assert!(!absence.may_end(at(131), at(131)));
    }
}
