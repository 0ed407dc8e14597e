//! Requests to change an object (`ModifySettingRequest`): which part, what to do with it, the part itself.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Dns, IpSubnet, Policy, PolicyOwner, Raw, Subnet, Unknown};
use crate::{EndpointId, Guid};

document! {
    /// A request to change an object, for [`Objects::modify`](crate::Objects::modify).
    pub struct Modify {
        /// Names the part by a path; no client uses it.
        resource_uri: String = "ResourceUri",
        /// Which part of the object.
        resource_type: Part = "ResourceType",
        /// What to do with it; absent means [`RequestType::Add`].
        request_type: RequestType = "RequestType",
        /// The part itself.
        settings: Raw = "Settings",
    }
}

/// Which part of an object: a name, or an ordinal, which means another part for each kind of object.
///
/// `Endpoint` and `Container` of a namespace; `DNS`, `Extension`, `Policy`, `Subnet`, `IPSubnet` of a network;
/// `Port`, `Policy`, `VmInterfaceState` of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Part(Unknown);

impl From<&str> for Part {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

/// The name; of an ordinal its digits.
impl Deref for Part {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl Modify {
    /// Adds an endpoint to a namespace, or removes it.
    pub fn endpoint(request: RequestType, endpoint: EndpointId) -> Self {
        Self::part("Endpoint", request, &EndpointMember::from(endpoint))
    }

    /// Adds a container to a namespace, or removes it, by the id that HCS knows it by. Runtimes do so; taking out a
    /// dead one lets its namespace be deleted.
    pub fn container(request: RequestType, container: &str) -> Self {
        let member =
            ContainerMember { container_id: Some(container.to_owned()), ..ContainerMember::default() };
        Self::part("Container", request, &member)
    }

    /// Adds policies to a network or an endpoint, removes those that are equal to these, or puts these in the place
    /// of all of their types.
    pub fn policies<On: PolicyOwner>(
        request: RequestType,
        policies: impl IntoIterator<Item = Policy<On>>,
    ) -> Self {
        let policies = Policies { policies: policies.into_iter().collect() };
        Self::part("Policy", request, &policies)
    }

    /// Gives a network another name resolution.
    pub fn dns(dns: &Dns) -> Self {
        Self::part("DNS", RequestType::Update, dns)
    }

    /// Switches an extension of a network's switch on or off.
    pub fn extension(id: Guid, is_enabled: bool) -> Self {
        let extension = Extension { id: Some(id), is_enabled: Some(is_enabled), ..Extension::default() };
        Self::part("Extension", RequestType::Update, &extension)
    }

    /// Adds subnets to a network, or removes them; from schema 2.6 on.
    pub fn subnets(request: RequestType, subnets: impl IntoIterator<Item = Subnet>) -> Self {
        let subnets = Subnets { subnets: Some(subnets.into_iter().collect()), ..Subnets::default() };
        Self::part("Subnet", request, &subnets)
    }

    /// Adds parts to a subnet of a network, or removes them; from schema 2.6 on.
    pub fn ip_subnets(request: RequestType, subnet: Guid, parts: impl IntoIterator<Item = IpSubnet>) -> Self {
        let parts = parts.into_iter().collect();
        let parts = IpSubnets { subnet_id: Some(subnet), ip_subnets: Some(parts), ..IpSubnets::default() };
        Self::part("IPSubnet", request, &parts)
    }

    /// Connects an endpoint to the port of a virtual machine's NIC.
    pub fn port(port: &Port) -> Self {
        Self::part("Port", RequestType::Add, port)
    }

    /// Disconnects an endpoint from its port.
    pub fn port_removed() -> Self {
        Self::part("Port", RequestType::Remove, &Port::default())
    }

    /// Applies to the port what was changed meanwhile.
    pub fn port_refreshed() -> Self {
        let request_type = Some(RequestType::Refresh);
        Self { resource_type: Some("Port".into()), request_type, ..Self::default() }
    }

    fn part(name: &str, request: RequestType, settings: &impl Serialize) -> Self {
        Self {
            resource_type: Some(name.into()),
            request_type: Some(request),
            settings: Some(Raw::new(settings).expect("a document has text keys")),
            ..Self::default()
        }
    }
}

open_enum! {
    /// What to do with a part of an object.
    pub enum RequestType {
        /// Add it.
        Add = 0 "Add",
        /// Remove it.
        Remove = 1 "Remove",
        /// Replace it.
        Update = 2 "Update",
        /// Apply it again.
        Refresh = 3 "Refresh",
        /// Back to the default.
        Reset = 4 "Reset",
    }
}

document! {
    /// The endpoint that joins or leaves a namespace.
    pub struct EndpointMember {
        /// Which one.
        endpoint_id: EndpointId = "EndpointId",
    }
}

impl From<EndpointId> for EndpointMember {
    fn from(id: EndpointId) -> Self {
        Self { endpoint_id: Some(id), ..Self::default() }
    }
}

document! {
    /// The container that joins or leaves a namespace.
    pub struct ContainerMember {
        /// Which one.
        container_id: String = "ContainerId",
    }
}

document! {
    /// An extension of a network's switch.
    pub struct Extension {
        /// Which one.
        id: Guid = "Id",
        /// Is it on?
        is_enabled: bool = "IsEnabled",
    }
}

document! {
    /// Subnets that a network gains or loses.
    pub struct Subnets {
        /// Them.
        subnets: Vec<Subnet> = "Subnets",
    }
}

document! {
    /// Parts that a subnet gains or loses.
    pub struct IpSubnets {
        /// Which subnet.
        subnet_id: Guid = "SubnetId",
        /// The parts.
        ip_subnets: Vec<IpSubnet> = "IpSubnets",
    }
}

document! {
    /// The NIC of a virtual machine that an endpoint is for.
    pub struct Port {
        /// The switch's port.
        port_id: Guid = "PortId",
        /// The NIC's name: `<virtual machine>--<endpoint>`.
        virtual_nic_name: String = "VirtualNicName",
        /// The virtual machine.
        virtual_machine_id: Guid = "VirtualMachineId",
    }
}

/// Policies that an object gains or loses.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase", bound = "On: PolicyOwner")]
struct Policies<On> {
    policies: Vec<Policy<On>>,
}
