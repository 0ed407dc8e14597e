//! Requests to change an object (`ModifySettingRequest`).

use super::Raw;
use crate::EndpointId;

document! {
    /// A request to change an object.
    pub struct Modify {
        /// Which part of the object: `Endpoint` and `Container` for a namespace, `Policy`, `DNS`, `Subnet`, … for a network.
        resource_type: String = "ResourceType",
        /// What to do with it.
        request_type: RequestType = "RequestType",
        /// The part itself.
        settings: Raw = "Settings",
    }
}

impl Modify {
    /// Adds an endpoint to a namespace, or removes it.
    pub fn endpoint(request: RequestType, endpoint: EndpointId) -> Self {
        let member = EndpointMember { endpoint_id: Some(endpoint), ..EndpointMember::default() };
        Self::member("Endpoint", request, &member)
    }

    /// Adds a container to a namespace, or removes it, by the id that HCS knows it by. Runtimes do so; taking out a
    /// dead one lets its namespace be deleted.
    pub fn container(request: RequestType, container: &str) -> Self {
        let member =
            ContainerMember { container_id: Some(container.to_owned()), ..ContainerMember::default() };
        Self::member("Container", request, &member)
    }

    fn member(kind: &str, request: RequestType, member: &impl serde::Serialize) -> Self {
        Self {
            resource_type: Some(kind.to_owned()),
            request_type: Some(request),
            settings: Some(Raw::new(member).expect("a document has text keys")),
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

document! {
    /// The container that joins or leaves a namespace.
    pub struct ContainerMember {
        /// Which one.
        container_id: String = "ContainerId",
    }
}
