//! How a container's process ends while its daemon is away: the shim knows, and is asked itself. containerd 2.x forgets
//! at its start whatever ended meanwhile, and tells nobody the code; 1.6 keeps it.

use std::fmt;
use std::pin::{Pin, pin};
use std::time::Duration;

use hcn_containerd::wait_at_shim;
use tokio::time::{sleep, timeout};

use super::host::{blocking, task_of};
use super::plan::Plan;
use crate::sys;

/// How long an answer may take that has come already, if ever.
const LAST_WORD: Duration = Duration::from_secs(1);

/// What the shim says.
#[derive(Default)]
pub(super) struct Overheard {
    code: Option<u32>,
    waiting: Option<Pin<Box<dyn Future<Output = Option<u32>>>>>,
}

impl Overheard {
    /// Listens for so long, to what was asked before, or now. Without a shim that answers it only waits.
    pub(super) async fn listen(&mut self, plan: &Plan, length: Duration) {
        let mut pause = pin!(sleep(length));
        if self.code.is_none() {
            let waiting = self.waiting.get_or_insert_with(|| Box::pin(ask(plan.clone())));
            tokio::select! {
                biased;
                code = waiting => {
                    self.code = code;
                    self.waiting = None;
                }
                () = &mut pause => return,
            }
        }
        pause.await;
    }

    /// The exit code, if it was told, now that the daemon has nothing more to say: what was asked may just have been
    /// answered.
    pub(super) async fn code(&mut self) -> Option<u32> {
        if let Some(waiting) = self.waiting.take() {
            self.code = timeout(LAST_WORD, waiting).await.ok().flatten();
        }
        self.code
    }
}

async fn ask(plan: Plan) -> Option<u32> {
    let asked = plan.clone();
    // Every process of the host may be looked at. Given up, that ends by itself and changes nothing.
    let socket = blocking(move || sys::shim_socket(task_of(&asked))).await?;
    let answer = wait_at_shim(&socket, &plan.container).await;
    answer.inspect_err(|error| tracing::debug!(%error, "the shim was asked in vain")).ok()
}

impl fmt::Debug for Overheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overheard").field("code", &self.code).finish_non_exhaustive()
    }
}
