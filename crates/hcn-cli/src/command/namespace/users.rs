//! Who uses a namespace: the containers of every containerd namespace, by what their records say.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use hcn::{Guid, NamespaceId};
use hcn_containerd::{Client, ErrorKind};
use serde::{Deserialize, Serialize};

use crate::connect::connect;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::{Failure, runtime};

/// The containers of a daemon.
#[derive(Debug, Default)]
pub(super) struct Users(Vec<Container>);

/// One of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Container {
    containerd_namespace: String,
    container: String,
    /// The namespace that its spec names.
    #[serde(skip)]
    named: Option<NamespaceId>,
    /// Every GUID in its record.
    #[serde(skip)]
    mentioned: HashSet<Guid>,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.containerd_namespace, self.container)
    }
}

impl Users {
    /// The containers whose spec names the namespace.
    pub(super) fn of(&self, id: NamespaceId) -> impl Iterator<Item = &Container> {
        self.0.iter().filter(move |container| container.named == Some(id))
    }

    /// Does any record hold the namespace's id, in whichever place? CRI keeps it beside the spec.
    pub(super) fn mention(&self, id: NamespaceId) -> bool {
        self.of(id).next().is_some() || self.0.iter().any(|container| container.mentioned.contains(&id.0))
    }
}

/// Ask the daemon for all containers; `limit` is for everything together, connecting included.
///
/// # Errors
/// The daemon does not answer, not in time, or not to this user.
pub(super) fn ask(settings: &Settings, limit: Duration) -> Result<Users, Failure> {
    let late = |_| {
        let what = format!("cannot ask containerd at {} for its containers", settings.address);
        let why = format!("no answer within {limit:?}; look at containerd's log");
        Failure::new(Exit::Unavailable, why).within(what)
    };
    let asked = async { tokio::time::timeout(limit, containers(settings)).await };
    runtime::new(Exit::Failure)?.block_on(asked).map_err(late)?
}

async fn containers(settings: &Settings) -> Result<Users, Failure> {
    let Settings { address, containerd_namespace, connect_timeout, .. } = settings;
    let client = connect(address, containerd_namespace.clone(), *connect_timeout).await.map_err(refused)?;
    let found = everyone(&client).await.map_err(refused)?;
    let mut all: Vec<_> = found.iter().map(|(tenant, record)| Container::new(tenant, record)).collect();
    all.sort_by(|a: &Container, b| {
        (&a.containerd_namespace, &a.container).cmp(&(&b.containerd_namespace, &b.container))
    });
    Ok(Users(all))
}

/// The containers of all namespaces of a daemon, each with the name of its namespace. What cannot be asked is an error and
/// no gap: who is not heard of would be taken for gone.
pub(crate) async fn everyone(
    client: &Client,
) -> hcn_containerd::Result<Vec<(String, hcn_containerd::Container)>> {
    let mut all = Vec::new();
    for namespace in client.namespaces().list().await? {
        let found = client.with_namespace(namespace.name.parse()?).containers().list(&[]).await?;
        all.extend(found.into_iter().map(|record| (namespace.name.clone(), record)));
    }
    Ok(all)
}

fn refused(error: hcn_containerd::Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::InvalidArgument => Exit::Usage,
        ErrorKind::PermissionDenied => Exit::AccessDenied,
        ErrorKind::Unavailable | ErrorKind::Timeout => Exit::Unavailable,
        _ => Exit::Failure,
    };
    Failure::new(exit, error)
}

impl Container {
    fn new(tenant: &str, record: &hcn_containerd::Container) -> Self {
        let spec = record.spec.as_ref().map(|spec| spec.value.as_slice()).unwrap_or_default();
        Self {
            containerd_namespace: tenant.to_owned(),
            container: record.id.clone(),
            named: named(spec),
            mentioned: mentioned(record),
        }
    }
}

/// What little of a spec is read here.
#[derive(Default, Deserialize)]
struct Spec {
    windows: Option<Windows>,
}

#[derive(Deserialize)]
struct Windows {
    network: Option<Network>,
}

#[derive(Deserialize)]
struct Network {
    #[serde(rename = "networkNamespace")]
    namespace: Option<String>,
}

/// Every GUID that a container's record holds: in its spec, its extensions and its labels.
pub(crate) fn mentioned(record: &hcn_containerd::Container) -> HashSet<Guid> {
    let spec = record.spec.as_ref().map(|spec| spec.value.as_slice()).unwrap_or_default();
    let beside = record.extensions.values().map(|extension| extension.value.as_slice());
    let labels = record.labels.values().map(String::as_bytes);
    beside.chain(labels).chain([spec]).flat_map(guids).collect()
}

/// The namespace that a spec names; a spec that cannot be read names none.
fn named(spec: &[u8]) -> Option<NamespaceId> {
    let spec: Spec = serde_json::from_slice(spec).unwrap_or_default();
    spec.windows?.network?.namespace?.parse().ok()
}

/// The length of a GUID's text.
const LENGTH: usize = 36;

/// Every GUID that is written somewhere in it, in any case.
pub(super) fn guids(bytes: &[u8]) -> impl Iterator<Item = Guid> {
    let has_dashes = |at: &&[u8]| [8, 13, 18, 23].iter().all(|dash| at[*dash] == b'-');
    let read = |at: &[u8]| std::str::from_utf8(at).ok()?.parse().ok();
    bytes.windows(LENGTH).filter(has_dashes).filter_map(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

    #[test]
    fn the_spec_s_namespace_is_read_in_any_spelling() {
        let spec = |named: &str| format!(r#"{{"windows":{{"network":{{"networkNamespace":"{named}"}}}}}}"#);
        for spelling in [GUID.to_owned(), GUID.to_uppercase(), format!("{{{GUID}}}")] {
            assert_eq!(named(spec(&spelling).as_bytes()), GUID.parse().ok());
        }
        for other in [spec(""), spec("/run/netns/x"), "{}".into(), "[".into(), r#"{"windows":null}"#.into()] {
            assert_eq!(named(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn guids_are_found_wherever_they_stand() {
        let text = format!("\0{GUID}x{{{}}} 6b29fc40-ca47-1067-b31d", GUID.to_uppercase());
        let id: Guid = GUID.parse().unwrap();
        assert_eq!(guids(text.as_bytes()).collect::<Vec<_>>(), [id, id]);
        assert_eq!(guids(b"").count(), 0);
    }
}
