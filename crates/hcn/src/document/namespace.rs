//! Namespaces (`HostComputeNamespace`): a network compartment that endpoints are added to.

use super::SchemaVersion;
use crate::{EndpointId, Guid, NamespaceId};

document! {
    /// A network compartment that endpoints are added to.
    pub struct Namespace: Base<NamespaceId> {
        /// The number of its compartment; 0 or absent until a container started in it.
        namespace_id: u32 = "NamespaceId",
        /// The GUID of its compartment.
        namespace_guid: Guid = "NamespaceGuid",
        /// Whom it is for; absent means [`NamespaceKind::Host`].
        kind: NamespaceKind = "Type",
        /// The endpoints and containers in it.
        resources: Vec<Resource> = "Resources",
        /// Make the compartment at once. Server 2019 and 2022 refuse the member.
        create_with_compartment: bool = "CreateWithCompartment",
        /// Newer releases only.
        ready_on_create: bool = "ReadyOnCreate",
    }
}

impl Namespace {
    /// What to create for a container: the schema version alone, which every release takes and reads as type Host,
    /// the only type to which endpoints can still be added after the container's task was created.
    pub fn for_container() -> Self {
        Self { schema_version: Some(SchemaVersion::V2), ..Self::default() }
    }

    /// A namespace of this kind.
    pub fn new(kind: NamespaceKind) -> Self {
        Self { kind: Some(kind), ..Self::for_container() }
    }

    /// Whom it is for.
    pub fn kind(&self) -> NamespaceKind {
        self.kind.clone().unwrap_or_default()
    }

    /// The endpoints in it, in the order in which they were added.
    pub fn endpoints(&self) -> impl Iterator<Item = EndpointId> {
        self.resources.iter().flatten().filter_map(Resource::endpoint)
    }

    /// The containers in it.
    pub fn containers(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().flatten().filter_map(Resource::container)
    }
}

open_enum! {
    /// Whom a namespace is for.
    pub enum NamespaceKind {
        /// Containers that share the host's kernel: a new compartment.
        Host = 0 "Host",
        /// The host's own compartment; there is one.
        HostDefault = 1 "HostDefault",
        /// Containers in a utility VM.
        Guest = 2 "Guest",
        /// The default compartment inside a guest.
        GuestDefault = 3 "GuestDefault",
    }
}

document! {
    /// Something that is in a namespace.
    pub struct Resource {
        /// What it is; absent means [`ResourceKind::Container`].
        kind: ResourceKind = "Type",
        /// Which one.
        data: ResourceData = "Data",
    }
}

impl Resource {
    /// The endpoint of this id, spelled as the service spells it.
    pub fn of_endpoint(id: EndpointId) -> Self {
        Self::new(ResourceKind::Endpoint, id.to_string().to_ascii_uppercase())
    }

    /// The container of this id.
    pub fn of_container(id: impl Into<String>) -> Self {
        Self::new(ResourceKind::Container, id.into())
    }

    fn new(kind: ResourceKind, id: String) -> Self {
        let data = ResourceData { id: Some(id), ..ResourceData::default() };
        Self { kind: Some(kind), data: Some(data), ..Self::default() }
    }

    /// What it is.
    pub fn kind(&self) -> ResourceKind {
        self.kind.clone().unwrap_or_default()
    }

    /// The endpoint that it is.
    pub fn endpoint(&self) -> Option<EndpointId> {
        self.id_of(&ResourceKind::Endpoint)?.parse().ok()
    }

    /// The container that it is: the id that HCS knows it by, no GUID.
    pub fn container(&self) -> Option<&str> {
        self.id_of(&ResourceKind::Container)
    }

    fn id_of(&self, kind: &ResourceKind) -> Option<&str> {
        let data = self.data.as_ref().filter(|_| self.kind() == *kind)?;
        data.id.as_deref()
    }
}

open_enum! {
    /// What can be in a namespace.
    pub enum ResourceKind {
        /// A container.
        Container = 0 "Container",
        /// An endpoint.
        Endpoint = 1 "Endpoint",
    }
}

document! {
    /// Which object a resource is.
    pub struct ResourceData {
        /// The id as the service writes it: an endpoint's in upper case.
        id: String = "Id",
    }
}
