//! The container's standard streams: FIFOs or pipes, made and opened before the task is created.

use super::{Machine, refused};
use crate::run::plan::Stdio;
use crate::{Failure, sys};

impl Machine<'_> {
    /// Makes them and keeps our ends for the step that creates the task. Not on another thread: it does not block, and
    /// the ends belong to this one's event loop.
    pub(super) async fn make_stdio(&self, stdio: &Stdio) -> Result<(), Failure> {
        let ends = sys::make_stdio(stdio).map_err(|error| refused(place("make", stdio), &error))?;
        self.ends.replace(Some(ends));
        Ok(())
    }

    /// Removes them.
    pub(super) async fn unmake_stdio(&self, stdio: &Stdio) -> Result<(), Failure> {
        drop(self.ends.take());
        sys::remove_stdio(stdio).map_err(|error| refused(place("remove", stdio), &error))
    }
}

fn place(verb: &str, stdio: &Stdio) -> String {
    let place = stdio.folder.as_ref().unwrap_or(&stdio.stdout);
    format!("{verb} the standard streams in `{}`", place.display())
}
