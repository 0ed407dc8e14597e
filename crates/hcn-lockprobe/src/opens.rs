//! Opens of one file from many threads at once: by its name in the current folder, and by its whole path.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

/// How a process of the probe's is asked for it: `--opens NAME PATH`, in the folder of the file.
pub(crate) const OPENS: &str = "--opens";

const THREADS: usize = 8;
const ROUNDS: usize = 250;

/// What came of the opens by one kind of path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many there were.
    pub(crate) all: usize,
    /// How many failed.
    pub(crate) failed: usize,
    /// The first failure: the system's code and words.
    pub(crate) first: Option<(i32, String)>,
}

/// Opens and answers in two lines, the relative ones first.
pub fn open_from_many_threads(name: &OsStr, path: &Path) -> String {
    let (together, name) = (Barrier::new(THREADS), Path::new(name));
    let of_all = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| open_often(name, path, &together))).collect();
        // A thread that broke has opened nothing.
        threads.into_iter().filter_map(|thread| thread.join().ok()).fold(<[Tally; 2]>::default(), add)
    });
    of_all.iter().map(Tally::text).collect()
}

fn open_often(name: &Path, path: &Path, together: &Barrier) -> [Tally; 2] {
    let mut tallies = <[Tally; 2]>::default();
    together.wait();
    for _ in 0..ROUNDS {
        for (tally, path) in tallies.iter_mut().zip([name, path]) {
            tally.note(File::open(path).err());
        }
    }
    tallies
}

fn add(sum: [Tally; 2], more: [Tally; 2]) -> [Tally; 2] {
    let [(relative, more_relative), (absolute, more_absolute)] = {
        let ([a, b], [c, d]) = (sum, more);
        [(a, c), (b, d)]
    };
    [relative.and(more_relative), absolute.and(more_absolute)]
}

impl Tally {
    fn note(&mut self, error: Option<std::io::Error>) {
        self.all += 1;
        let Some(error) = error else { return };
        self.failed += 1;
        self.first.get_or_insert_with(|| (error.raw_os_error().unwrap_or_default(), error.to_string()));
    }

    fn and(self, more: Self) -> Self {
        Self { all: self.all + more.all, failed: self.failed + more.failed, first: self.first.or(more.first) }
    }

    /// One line.
    fn text(&self) -> String {
        let (code, words) = self.first.clone().unwrap_or_default();
        format!("{} {} {code} {}\n", self.all, self.failed, words.replace('\n', " "))
    }

    /// What [`Tally::text`] says.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        let mut number = || words.next()?.parse::<usize>().ok();
        let (all, failed) = (number()?, number()?);
        let code: i32 = words.next()?.parse().ok()?;
        let first = (failed > 0).then(|| (code, words.next().unwrap_or_default().to_owned()));
        Some(Self { all, failed, first })
    }

    /// Both lines.
    pub(crate) fn read_both(text: &str) -> Option<[Self; 2]> {
        let mut lines = text.lines().map(Self::read);
        Some([lines.next()??, lines.next()??])
    }
}

/// The words that ask a process for it.
pub(crate) fn words(name: &str, path: &Path) -> [OsString; 3] {
    [OPENS.into(), name.into(), path.into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_are_counted_by_kind_and_the_first_failure_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        // The test's own current folder has no file of this name.
        let text = open_from_many_threads(OsStr::new("no-such-file-here"), &file);
        let [relative, absolute] = Tally::read_both(&text).unwrap();
        assert_eq!((relative.all, relative.failed), (THREADS * ROUNDS, THREADS * ROUNDS));
        assert_eq!(relative.first.map(|(code, _)| code), Some(2));
        assert_eq!(absolute, Tally { all: THREADS * ROUNDS, failed: 0, first: None });
    }

    #[test]
    fn what_is_no_tally_is_refused() {
        for text in ["", "1 0 0 \n", "x 0 0 \n1 0 0 \n", "1 0\n1 0\n"] {
            assert_eq!(Tally::read_both(text), None, "{text:?}");
        }
    }
}
