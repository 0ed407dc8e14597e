//! The story of a container's network, through hcn's own client: what `hcn run` and `hcn-namespace` do.

use hcn::{Endpoint, EndpointId, Error, Hcn, Namespace, NamespaceId, NetworkId};

use super::{YES, case, yes_or};
use crate::bench::Bench;
use crate::case::{Case, Outcome, Seen, Stop, depends};

pub(super) const CASES: &[Case] = &[
    case("story.namespace", "does hcn make, list, read and delete a namespace?", depends(YES), |bench| {
        Ok(told(namespace(&bench.hcn())))
    }),
    case(
        "story.attachment",
        "does hcn attach an endpoint, find it by name and detach it?",
        depends(YES),
        attachment,
    ),
    case("story.detach-twice", "does hcn detach what is gone without an error?", depends(YES), |bench| {
        let (hcn, network) = (bench.hcn(), bench.network()?.id.into());
        Ok(told(detached_twice(&hcn, network)))
    }),
];

/// `yes`, or what hcn says went wrong.
fn told(done: Result<bool, Error>) -> Seen {
    match done {
        Ok(is) => yes_or(is, || "no".to_owned()),
        Err(error) => Seen::says(error.to_string()),
    }
}

fn namespace(hcn: &Hcn) -> Result<bool, Error> {
    let namespaces = hcn.namespaces();
    let id = NamespaceId::random();
    namespaces.create_as(id, &Namespace::for_container())?;
    let listed = namespaces.ids()?.contains(&id);
    let read = namespaces.get(id)?.id == Some(id);
    namespaces.delete(id)?;
    let gone = namespaces.delete(id).is_err_and(|error| error.is_absence());
    Ok(listed && read && gone)
}

fn attachment(bench: &Bench) -> Outcome {
    let (hcn, network) = (bench.hcn(), bench.network()?.id.into());
    let name = Bench::name();
    let done = attached(&hcn, network, &name).map_err(|error| Stop::Broken(error.to_string()))?;
    Ok(yes_or(done, || "no".to_owned()))
}

fn attached(hcn: &Hcn, network: NetworkId, name: &str) -> Result<bool, Error> {
    let (namespace, id) = (NamespaceId::random(), EndpointId::random());
    hcn.namespaces().create_as(namespace, &Namespace::for_container())?;
    let asked =
        Endpoint { name: Some(name.to_owned()), host_compute_network: Some(network), ..Endpoint::default() };
    let attachment = hcn.attach(id, &asked, namespace)?;
    let addressed = attachment.endpoint().addresses().count() == 1;
    let inside = hcn.namespaces().get(namespace)?.endpoints().eq([id]);
    let found = hcn.endpoints().find(name)?.is_some_and(|found| found.namespace() == Some(namespace));
    attachment.detach()?;
    let gone = hcn.endpoints().find(name)?.is_none();
    hcn.namespaces().delete(namespace)?;
    Ok(addressed && inside && found && gone)
}

fn detached_twice(hcn: &Hcn, network: NetworkId) -> Result<bool, Error> {
    let (namespace, id) = (NamespaceId::random(), EndpointId::random());
    hcn.namespaces().create_as(namespace, &Namespace::for_container())?;
    let asked = Endpoint { host_compute_network: Some(network), ..Endpoint::default() };
    let _ = hcn.attach(id, &asked, namespace)?.keep();
    hcn.detach(id, namespace)?;
    hcn.detach(id, namespace)?;
    hcn.namespaces().delete(namespace)?;
    hcn.detach(id, namespace)?;
    Ok(true)
}
