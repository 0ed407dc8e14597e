//! The container's record. Its id may be the user's choice, and taken by another container, of which nothing is touched.

use hcn_containerd::{Any, ErrorKind, Runtime, any};

use super::{Machine, absent_is_success};
use crate::Failure;
use crate::run::dump;
use crate::run::plan::{Container, Plan, RUN_LABEL, Runc, RuntimeOptions};

impl Machine<'_> {
    /// Writes the record, its user looked up.
    pub(super) async fn make_container(&self, plan: &Plan, container: &Container) -> Result<(), Failure> {
        let spec = self.spec_with_user(container).await?;
        self.dump.map_or(Ok(()), |file| dump(spec.get(), file))?;
        let record =
            hcn_containerd::Container { spec: Some(any::spec(spec.get())), ..record(plan, container) };
        self.client.containers().create(record).await.map(drop).map_err(|error| self.not_made(error))
    }

    /// Deletes the record, if it is this run's. Was it?
    pub(super) async fn unmake_container(&self, plan: &Plan) -> Result<bool, Failure> {
        match self.owns_container(plan).await? {
            true => {
                self.ours.set(None);
                let delete = async || self.client.containers().delete(&plan.container).await;
                absent_is_success(self.patiently(delete).await)
            }
            false => Ok(false),
        }
    }

    /// Is there a container of the plan's id, and is it this run's? Asked once, when unmaking begins: somebody may have
    /// removed it, and another made one of the same id, since this run made its own.
    pub(super) async fn owns_container(&self, plan: &Plan) -> Result<bool, Failure> {
        if let Some(known) = self.ours.get() {
            return Ok(known);
        }
        let look = async || self.client.containers().get(&plan.container).await;
        let owns = match self.patiently(look).await {
            Ok(found) => found.labels.get(RUN_LABEL) == Some(&plan.run),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Failure::run(error)),
        };
        self.ours.set(Some(owns));
        Ok(owns)
    }
}

fn record(plan: &Plan, container: &Container) -> hcn_containerd::Container {
    let (snapshotter, snapshot_key) = container
        .snapshot
        .clone()
        .map_or_else(Default::default, |snapshot| (snapshot.snapshotter, snapshot.key));
    hcn_containerd::Container {
        id: plan.container.clone(),
        labels: container.labels.clone().into_iter().collect(),
        image: container.image.clone().unwrap_or_default(),
        runtime: Some(Runtime {
            name: container.runtime.clone(),
            options: container.options.as_ref().map(options),
        }),
        snapshotter,
        snapshot_key,
        ..Default::default()
    }
}

fn options(options: &RuntimeOptions) -> Any {
    match options.clone() {
        RuntimeOptions::Runc(Runc { binary, root, systemd_cgroup, no_pivot }) => {
            any::runc(&any::RuncOptions {
                binary_name: binary.unwrap_or_default(),
                root: root.unwrap_or_default(),
                systemd_cgroup,
                no_pivot_root: no_pivot,
                ..Default::default()
            })
        }
        RuntimeOptions::Generic { config_path } => any::generic(config_path),
    }
}
