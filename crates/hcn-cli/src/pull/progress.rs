//! How far a pull is, in one line.

use std::collections::BTreeMap;

/// The steps of a pull, by name.
#[derive(Debug)]
pub(super) struct Progress {
    image: String,
    steps: BTreeMap<String, Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    done: i64,
    total: i64,
    ended: bool,
}

impl Progress {
    pub(super) fn new(image: &str) -> Self {
        Self { image: image.to_owned(), steps: BTreeMap::new() }
    }

    /// Takes in what the daemon told.
    pub(super) fn step(&mut self, told: hcn_containerd::Progress) {
        // The image itself and sentences are no steps.
        if told.desc.is_none() {
            return;
        }
        let ended = matches!(told.event.as_str(), "complete" | "extracted" | "already exists");
        let done = if ended { told.total } else { told.progress };
        self.steps.insert(told.name, Step { done, total: told.total, ended });
    }

    /// The line.
    pub(super) fn line(&self) -> String {
        let ended = self.steps.values().filter(|step| step.ended).count();
        let sum = |of: fn(&Step) -> i64| self.steps.values().map(of).fold(0, i64::saturating_add);
        let (done, total) = (megabytes(sum(|step| step.done)), megabytes(sum(|step| step.total)));
        format!("pulling {}: {ended} of {} parts, {done} of {total} MB", self.image, self.steps.len())
    }
}

fn megabytes(bytes: i64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, event: &str, progress: i64, total: i64) -> hcn_containerd::Progress {
        let desc = Some(hcn_containerd::Descriptor::default());
        let (name, event) = (name.to_owned(), event.to_owned());
        hcn_containerd::Progress { name, event, progress, total, desc, ..Default::default() }
    }

    #[test]
    fn the_line_sums_up_what_was_told_last_of_each_part() {
        let mut progress = Progress::new("busybox");
        let sentence = hcn_containerd::Progress { event: "Resolving".into(), ..Default::default() };
        for step in [
            sentence,
            told("layer-a", "downloading", 0, 2_000_000),
            told("layer-a", "downloading", 1_250_000, 2_000_000),
            told("manifest", "complete", 0, 500_000),
        ] {
            progress.step(step);
        }
        assert_eq!(progress.line(), "pulling busybox: 1 of 2 parts, 1.7 of 2.5 MB");
    }
}
