//! Phases and how long each took.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::say;

/// What the last row of the table is called.
pub(crate) const SUM: &str = "  in all";

/// The phases of a task so far.
#[derive(Default)]
pub(crate) struct Clock {
    phases: Vec<(String, Duration)>,
}

impl Clock {
    /// Runs one phase; its name goes before it and into its error.
    pub(crate) fn phase<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        say::progress(name);
        let started = Instant::now();
        let done = work();
        self.phases.push((name.to_owned(), started.elapsed()));
        done.with_context(|| name.to_owned())
    }

    /// One line a phase, and the sum.
    pub(crate) fn table(&self) -> String {
        let row = |name: &str, time: Duration| format!("{:>7.1} s  {name}\n", time.as_secs_f64());
        let rows: String = self.phases.iter().map(|(name, time)| row(name, *time)).collect();
        let sum = self.phases.iter().map(|(_, time)| *time).sum();
        format!("{rows}{}", row(SUM.trim_start(), sum).trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_phase_is_listed_and_named() {
        let mut clock = Clock::default();
        let failed = clock.phase("first", || -> Result<()> { anyhow::bail!("broken") }).unwrap_err();
        assert_eq!(format!("{failed:#}"), "first: broken");
        assert!(clock.table().contains(" s  first\n"));
    }
}
