//! A CNI attachment: ADD, and DEL with the same configuration while the namespace is still there, for `bridge` leaves
//! its masquerading rules when it is given none.

use std::fs::File;
use std::path::PathBuf;

use hcn::{Hcn, NamespaceId};
use hcn_cni::{Attachment, Conflist, ErrorKind, RawValue, Runtime};
use serde_json::json;

use super::late::{self, Late};
use super::{Machine, blocking, names, refused};
use crate::run::plan::{Cni, Plan, Step};
use crate::run::presence;
use crate::{Failure, sys};

impl Machine<'_> {
    /// ADD. Plugins inherit the lock on the run's `plugins` file: after a `kill -9` of ours it tells that one works on.
    pub(super) async fn attach(&self, plan: &Plan, cni: &Cni) -> Result<(), Failure> {
        sys::let_children_inherit(self.folder.plugins()).map_err(|error| self.not_handed_on(&error))?;
        let network = Network::new(cni, self.folder.path().to_owned())?;
        let added = blocking(move || network.runtime.add(&network.list, &network.attachment)).await;
        let added = added.map_err(|error| {
            // A failed ADD has already had DEL of every plugin, unless one was missing, when none ran.
            self.detached.set(error.undo().is_empty() && !was_killed(&error));
            self.killed.set(was_killed(&error));
            Failure::run(error)
        })?;
        let ips = added.result.ips().iter().filter_map(|ip| ip.address);
        self.addresses.borrow_mut().extend(ips.map(|address| address.to_string()));
        names::fill(plan, &added.result)
    }

    /// DEL: every plugin, whatever the others say.
    pub(super) async fn detach(&self, plan: &Plan, cni: &Cni) -> Result<(), Failure> {
        if self.detached.get() {
            return Ok(());
        }
        let is_there = self.is_still_there(plan, cni).await?;
        let _held = if is_there { self.hold_another_s(plan, cni)? } else { None };
        let late = Late::of(plan, cni);
        let mut deleted = self.del(cni, is_there).await;
        if let (Err(_), Some(late)) = (&deleted, &late) {
            take_out_the_dead(late.clone(), plan.container.clone()).await?;
            deleted = self.del(cni, is_there).await;
        }
        match late {
            Some(late) if self.killed.get() || self.died_attaching(plan) => remove_late(late).await?,
            _ => {}
        }
        deleted
    }

    /// Plugins delete an interface of the namespace by its name: whose it is they do not ask.
    async fn del(&self, cni: &Cni, is_there: bool) -> Result<(), Failure> {
        sys::let_children_inherit(self.folder.plugins()).map_err(|error| self.not_handed_on(&error))?;
        let mut network = Network::new(cni, self.folder.path().to_owned())?;
        network.attachment.netns.take_if(|_| !is_there);
        blocking(move || network.runtime.del(&network.list, &network.attachment)).await.map_err(Failure::run)
    }

    /// The run itself holds a namespace that it does not make; of one that died nobody does.
    fn hold_another_s(&self, plan: &Plan, cni: &Cni) -> Result<Option<File>, Failure> {
        match &self.death {
            Some(death) if !death.rebooted && !plan.makes_its_namespace() => {
                presence::hold_namespace(&cni.netns)
            }
            _ => Ok(None),
        }
    }

    /// Is the namespace that the attachment is in still the one of the plan's name? Where only the run itself can have
    /// made it, it is.
    async fn is_still_there(&self, plan: &Plan, cni: &Cni) -> Result<bool, Failure> {
        if self.death.as_ref().is_some_and(|death| death.rebooted) {
            return self.is_gone(cni).await.map(|gone| !gone);
        }
        if plan.makes_its_namespace() {
            return Ok(true);
        }
        let (path, mark) = (PathBuf::from(&cni.netns), cni.mark.clone());
        // What a living run has no mark of, it holds.
        let is_held = self.death.is_none();
        let looked = blocking(move || match mark {
            Some(mark) => sys::namespace_mark(&path).map(|found| found == Some(mark)),
            None if is_held => Ok(true),
            None => sys::is_still_of(&path, &[]),
        });
        looked
            .await
            .map_err(|error| refused(format_args!("look at the network namespace `{}`", cni.netns), &error))
    }

    /// After another start of the machine, every namespace of Linux is another one, whatever its path. A GUID names only
    /// one, so the service is asked.
    async fn is_gone(&self, cni: &Cni) -> Result<bool, Failure> {
        match cni.netns.parse::<NamespaceId>() {
            Err(_) => Ok(true),
            Ok(id) => {
                blocking(move || match Hcn::system().namespaces().get(id) {
                    Err(error) if error.is_absence() => Ok(true),
                    found => found.map(|_| false).map_err(Failure::run),
                })
                .await
            }
        }
    }

    /// Did the run die while its plugins were at work?
    fn died_attaching(&self, plan: &Plan) -> bool {
        plan.steps()
            .enumerate()
            .any(|(index, step)| matches!(step, Step::Cni(_)) && self.was_under_way(index))
    }

    fn not_handed_on(&self, error: &std::io::Error) -> Failure {
        refused(format_args!("hand `{}` on to plugins", self.folder.path().display()), error)
    }
}

/// A container that a shim which died left in the namespace keeps the service from taking out an endpoint.
async fn take_out_the_dead(late: Late, container: String) -> Result<(), Failure> {
    blocking(move || late.take_out(&Hcn::system(), &container)).await.map_err(Failure::run)
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
        let mut attachment = Attachment::new(&cni.container_id, &cni.netns, &cni.ifname);
        if !cni.dns.is_empty() {
            let servers = json!({"servers": cni.dns}).to_string();
            attachment.capability_args.set("dns", RawValue::from_string(servers).map_err(Failure::run)?);
        }
        Ok(Self { runtime, list, attachment })
    }
}
