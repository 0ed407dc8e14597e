//! Does what the user named answer at all? A file system whose server is gone keeps whoever looks at it; on Linux no kill
//! ends that, and a process of which one thread waits so does not end at all. So a process of its own looks first: this
//! program, by a hidden command. One that does not come back is left to itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::look::LOOK;
use crate::doctor::facts::{Absent, Fact};

/// How long a path has to answer; as long as the lock probe gives a stage.
const LIMIT: Duration = hcn_lockprobe::LIMIT;
/// How often the one that looks is asked whether it has ended.
const OFTEN: Duration = Duration::from_millis(2);

/// Who looks first, and what has been looked at so far.
#[derive(Debug)]
pub(crate) struct Answers {
    /// hcn; where it is not known, everything answers.
    program: Option<PathBuf>,
    limit: Duration,
    known: RefCell<HashMap<PathBuf, Fact<()>>>,
}

impl Answers {
    /// Nothing has been looked at yet; `program` is hcn.
    pub(crate) fn new(program: Option<PathBuf>) -> Self {
        Self { program, limit: LIMIT, known: RefCell::default() }
    }

    /// Does it answer, be it that there is nothing?
    pub(crate) fn of(&self, path: &Path) -> Fact<()> {
        let known = self.known.borrow().get(path).cloned();
        known.unwrap_or_else(|| {
            let found = self.look(path);
            self.known.borrow_mut().insert(path.to_owned(), found.clone());
            found
        })
    }

    fn look(&self, path: &Path) -> Fact<()> {
        let Some(program) = &self.program else { return Ok(()) };
        let mut command = Command::new(program);
        command.arg(LOOK).arg("--").arg(path);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // One that cannot be started says nothing of the path.
        let Ok(mut looking) = command.spawn() else { return Ok(()) };
        if ends(&mut looking, self.limit) {
            return Ok(());
        }
        // Where it waits in the kernel, this does not end it either.
        let _ = looking.kill();
        let why = "its file system does not answer, not within";
        Err(Absent::Silent(format!("{}: {why} {:?}", path.display(), self.limit)))
    }
}

fn ends(looking: &mut Child, limit: Duration) -> bool {
    let late = Instant::now() + limit;
    while let Ok(None) = looking.try_wait() {
        if Instant::now() > late {
            return false;
        }
        thread::sleep(OFTEN);
    }
    true
}

#[cfg(all(test, unix))]
mod tests {
    use hcn_test::Scratch;

    use super::*;

    fn answers(scratch: &Scratch, script: &str) -> Answers {
        let program = Some(scratch.script("hcn", script));
        Answers { limit: Duration::from_millis(500), ..Answers::new(program) }
    }

    #[test]
    fn a_path_answers_where_whoever_looks_at_it_comes_back() {
        let scratch = Scratch::new();
        assert_eq!(answers(&scratch, r#"[ "$*" = "look -- /a b" ]"#).of(Path::new("/a b")), Ok(()));
        assert_eq!(Answers::new(None).of(Path::new("/")), Ok(()));
        assert_eq!(Answers::new(Some("/nowhere".into())).of(Path::new("/")), Ok(()));
    }

    #[test]
    fn a_path_that_keeps_whoever_looks_is_silent_and_asked_once() {
        let scratch = Scratch::new();
        let count = scratch.join("count");
        let answers = answers(&scratch, &format!("echo >> {}; exec sleep 60", count.display()));
        let silent = Err(Absent::Silent("/gone: its file system does not answer, not within 500ms".into()));
        assert_eq!(
            [answers.of(Path::new("/gone")), answers.of(Path::new("/gone"))],
            [silent.clone(), silent]
        );
        assert_eq!(std::fs::read_to_string(count).unwrap(), "\n");
    }
}
