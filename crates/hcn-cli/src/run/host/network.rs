//! A CNI attachment: ADD, and DEL with the same configuration while the namespace is still there, for `bridge` leaves
//! its masquerading rules when it is given none.

use std::path::PathBuf;

use hcn::Hcn;
use hcn_cni::{Attachment, Conflist, ErrorKind, Runtime};

use super::late::{self, Late};
use super::{Machine, blocking, refused};
use crate::run::plan::{Cni, Plan};
use crate::{Failure, sys};

impl Machine<'_> {
    /// ADD. Plugins inherit the lock on the run's `plugins` file: after a `kill -9` of ours it tells that one works on.
    pub(super) async fn attach(&self, cni: &Cni) -> Result<(), Failure> {
        sys::let_children_inherit(self.folder.plugins()).map_err(|error| {
            refused(format_args!("hand `{}` on to plugins", self.folder.path().display()), &error)
        })?;
        let network = Network::new(cni, self.folder.path().to_owned())?;
        let added = blocking(move || network.runtime.add(&network.list, &network.attachment)).await;
        added.map(drop).map_err(|error| {
            // A failed ADD has already had DEL of every plugin, unless one was missing, when none ran.
            self.detached.set(error.undo().is_empty() && !was_killed(&error));
            self.killed.set(was_killed(&error));
            Failure::run(error)
        })
    }

    /// DEL: every plugin, whatever the others say.
    pub(super) async fn detach(&self, plan: &Plan, cni: &Cni) -> Result<(), Failure> {
        if self.detached.get() {
            return Ok(());
        }
        let network = Network::new(cni, self.folder.path().to_owned())?;
        let deleted = blocking(move || network.runtime.del(&network.list, &network.attachment)).await;
        match Late::of(plan, cni) {
            Some(late) if self.killed.get() => remove_late(late).await?,
            _ => {}
        }
        deleted.map_err(Failure::run)
    }
}

/// What the Host Network Service still made for a plugin that is dead.
async fn remove_late(late: Late) -> Result<(), Failure> {
    let removed = blocking(move || late.remove(&Hcn::system(), late::PATIENCE)).await;
    removed.map(|count| tracing::debug!(count, "endpoints that came late were removed")).map_err(Failure::run)
}

/// Was a plugin killed in the middle of its work?
fn was_killed(error: &hcn_cni::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::TooMuchOutput)
}

/// What the plan says, as the runtime takes it.
struct Network {
    runtime: Runtime,
    list: Conflist,
    attachment: Attachment,
}

impl Network {
    /// `folder` is where plugins may leave a log.
    fn new(cni: &Cni, folder: PathBuf) -> Result<Self, Failure> {
        let list = Conflist::from_raw(&cni.conflist).map_err(Failure::run)?.with_source(&cni.source);
        let mut runtime = Runtime::new(cni.path.clone(), &cni.cache);
        runtime.folder = Some(folder);
        let attachment = Attachment::new(&cni.container_id, &cni.netns, &cni.ifname);
        Ok(Self { runtime, list, attachment })
    }
}
