//! Patience with a daemon that restarts while a run is unmade. Unmaking what is gone already is success, so what had no
//! answer is asked again; until the daemon was away for too long, or somebody asks for an end.

use hcn_containerd::{ErrorKind, Result};
use tokio::time::{Instant, sleep};

use super::Machine;
use crate::run::absence::{AGAIN, MOST_LOST};

impl Machine<'_> {
    /// From now on nothing that may take long is waited for.
    pub(crate) fn hurry(&self) {
        self.hurried.send_replace(true);
    }

    /// Was it asked to hurry?
    pub(crate) fn is_hurried(&self) -> bool {
        *self.hurried.borrow()
    }

    /// Returns once it is asked to.
    pub(super) async fn hurried(&self) {
        // The sender is ours: it cannot be gone.
        let _ = self.hurried.subscribe().wait_for(|hurried| *hurried).await;
    }

    /// Where the daemon is away now, it was waited for long enough, or is not to be waited for.
    pub(crate) async fn give_up_an_absent_daemon(&self) {
        let answer = self.client.version().await;
        if answer.is_err_and(|error| error.kind() == ErrorKind::Unavailable) {
            self.absence.borrow_mut().give_up();
        }
    }

    /// Asks, and asks again while the daemon is away, or is stopping and has let go of the task's shim.
    pub(super) async fn patiently<T>(&self, ask: impl AsyncFn() -> Result<T>) -> Result<T> {
        let mut lost = 0;
        loop {
            let asked = Instant::now();
            let error = match ask().await {
                Ok(answer) => {
                    self.absence.borrow_mut().end();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let again = match error.kind() {
                ErrorKind::Unavailable => self.absence.borrow_mut().may_end(asked, Instant::now()),
                _ => error.shim_is_gone() && lost < MOST_LOST,
            };
            if !again || self.is_hurried() {
                return Err(error);
            }
            lost += u32::from(error.shim_is_gone());
            tracing::debug!(%error, "asked again");
            tokio::select! {
                () = sleep(AGAIN) => {}
                () = self.hurried() => {}
            }
        }
    }
}
