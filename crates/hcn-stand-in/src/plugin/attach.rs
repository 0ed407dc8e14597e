//! ADD, DEL and CHECK through HCN.

use std::ffi::OsString;

use hcn::{
    Endpoint, EndpointId, ErrorKind, Hcn, Ipam, NamespaceId, Network, NetworkId, NetworkKind, SchemaVersion,
    Subnet,
};
use serde_json::Value;

use super::conf::Conf;
use super::{Failure, result};

/// What the environment says.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) verb: String,
    pub(super) container: String,
    pub(super) netns: String,
    pub(super) ifname: String,
}

impl Place {
    pub(super) fn read(environment: impl Fn(&str) -> Option<OsString>) -> Self {
        let text =
            |name| environment(name).map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
        Self {
            verb: text("CNI_COMMAND"),
            container: text("CNI_CONTAINERID"),
            netns: text("CNI_NETNS"),
            ifname: text("CNI_IFNAME"),
        }
    }

    /// The namespace: a GUID in lower case and without braces, as the plugins of Windows compare it.
    pub(super) fn namespace(&self) -> Result<NamespaceId, Failure> {
        let id: NamespaceId =
            self.netns.parse().map_err(|why| Failure::new(8, "CNI_NETNS is no namespace", why))?;
        match id.to_string() == self.netns {
            true => Ok(id),
            false => {
                Err(Failure::new(8, "CNI_NETNS is spelled otherwise than plugins compare it", &self.netns))
            }
        }
    }

    /// What ADD, DEL and CHECK cannot do without.
    fn require(&self) -> Result<(), Failure> {
        match (self.container.as_str(), self.ifname.as_str()) {
            ("", _) => Err(Failure::new(4, "required env variables [CNI_CONTAINERID] missing", "")),
            (_, "") => Err(Failure::new(4, "required env variables [CNI_IFNAME] missing", "")),
            _ => Ok(()),
        }
    }

    fn endpoint_name(&self, conf: &Conf) -> String {
        format!("{}_{}", self.container, conf.name)
    }
}

fn refused(error: hcn::Error) -> Failure {
    Failure::new(100, "the host network service refused", error)
}

/// Makes the endpoint and adds it to the namespace.
pub(super) fn add(hcn: &Hcn, place: &Place, conf: &Conf) -> Result<Value, Failure> {
    place.require()?;
    let namespace = place.namespace()?;
    let name = place.endpoint_name(conf);
    if hcn.endpoints().find(&name).map_err(refused)?.is_some() {
        return Err(Failure::new(100, format!("endpoint {name} is there already"), ""));
    }
    let network = network(hcn, conf)?;
    let asked = Endpoint { name: Some(name), host_compute_network: Some(network), ..Endpoint::default() };
    let attached = hcn.attach(EndpointId::random(), &asked, namespace).map_err(refused)?;
    Ok(result::of(conf.version(), place, &attached.keep()))
}

/// Finds the endpoint by its name, takes it out of its namespace and deletes it. Absent is success.
pub(super) fn del(hcn: &Hcn, place: &Place, conf: &Conf) -> Result<(), Failure> {
    place.require()?;
    let Some(found) = hcn.endpoints().find(&place.endpoint_name(conf)).map_err(refused)? else {
        return Ok(());
    };
    let id = found.id.unwrap_or_default();
    match found.namespace() {
        Some(namespace) => hcn.detach(id, namespace).map_err(refused),
        None => hcn.endpoints().delete(id).map_err(refused),
    }
}

/// Is the endpoint in the namespace?
pub(super) fn check(hcn: &Hcn, place: &Place, conf: &Conf) -> Result<(), Failure> {
    place.require()?;
    let found = hcn.endpoints().find(&place.endpoint_name(conf)).map_err(refused)?;
    match found.and_then(|endpoint| endpoint.namespace()) == Some(place.namespace()?) {
        true => Ok(()),
        false => Err(Failure::new(101, "the endpoint is not in the namespace", "")),
    }
}

/// The network of the conf's name. Two plugins at once may both want to make it: the second finds it.
fn network(hcn: &Hcn, conf: &Conf) -> Result<NetworkId, Failure> {
    if let Some(found) = hcn.networks().find(&conf.name).map_err(refused)? {
        return Ok(found.id.unwrap_or_default());
    }
    match hcn.networks().create(&nat(conf)) {
        Ok(made) => Ok(made.id.unwrap_or_default()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => match hcn.networks().find(&conf.name) {
            Ok(Some(found)) => Ok(found.id.unwrap_or_default()),
            _ => Err(refused(error)),
        },
        Err(error) => Err(refused(error)),
    }
}

fn nat(conf: &Conf) -> Network {
    let subnet = |prefix: &String| Subnet { ip_address_prefix: Some(prefix.clone()), ..Subnet::default() };
    let ipam = |prefix| Ipam { subnets: Some(vec![subnet(prefix)]), ..Ipam::default() };
    Network {
        name: Some(conf.name.clone()),
        kind: Some(NetworkKind::Nat),
        schema_version: Some(SchemaVersion::V2),
        ipams: conf.subnet.as_ref().map(|prefix| vec![ipam(prefix)]),
        ..Network::default()
    }
}
