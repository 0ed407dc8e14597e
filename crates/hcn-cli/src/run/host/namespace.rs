//! The namespace that a run makes for itself: a mounted file on Linux, an object of HCN on Windows.

use std::path::Path;

use hcn::{Error, Hcn, Namespace, NamespaceId};

use super::endpoint::without_the_dead;
use super::{blocking, refused};
use crate::run::plan::Plan;
use crate::{Failure, sys};

/// Makes the namespace and mounts it, `lo` up.
pub(super) async fn make_linux(path: &Path) -> Result<(), Failure> {
    let wanted = path.to_owned();
    let made = blocking(move || sys::make_network_namespace(&wanted)).await;
    made.map_err(|error| refused(format_args!("make the network namespace `{}`", path.display()), &error))
}

/// Unmounts it and removes its file.
pub(super) async fn unmake_linux(path: &Path) -> Result<(), Failure> {
    let unwanted = path.to_owned();
    let removed = blocking(move || sys::remove_network_namespace(&unwanted)).await;
    removed
        .map_err(|error| refused(format_args!("remove the network namespace `{}`", path.display()), &error))
}

/// Has the Host Network Service make it.
pub(super) async fn make_hcn(id: NamespaceId) -> Result<(), Failure> {
    let made = blocking(move || Hcn::system().namespaces().create_as(id, &Namespace::for_container())).await;
    made.map(drop).map_err(Failure::run)
}

/// Has the Host Network Service delete it, and first what a dead shim left in it, if that is in the way. Was it there?
pub(super) async fn unmake_hcn(plan: &Plan, id: NamespaceId) -> Result<bool, Failure> {
    let plan = plan.clone();
    blocking(move || delete_hcn(&Hcn::system(), &plan, id)).await.map_err(Failure::run)
}

fn delete_hcn(hcn: &Hcn, plan: &Plan, id: NamespaceId) -> Result<bool, Error> {
    let delete = || match hcn.namespaces().delete(id) {
        Err(error) if error.is_absence() => Ok(false),
        deleted => deleted.map(|()| true),
    };
    without_the_dead(hcn, plan, id, delete)
}
