//! For tests of the rules: an emulator in memory, its calls with typed documents, nothing left open.

use hcn::{Api, Code, Endpoint, Failure, Guid, Handle, Kind, Namespace, Network, Query};

use crate::Emulator;

/// What every test asks for.
pub(crate) const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;

/// An emulator and a short way to its calls.
pub(crate) struct Lab(pub(crate) Emulator);

impl Lab {
    pub(crate) fn new() -> Self {
        Self(Emulator::in_memory())
    }

    /// A NAT network of this subnet, its gateway the first host.
    pub(crate) fn nat(&self, name: &str, prefix: &str) -> Result<Network, Code> {
        self.network(&format!(
            r#""Name":"{name}","Ipams":[{{"Subnets":[{{"IpAddressPrefix":"{prefix}"}}]}}]"#
        ))
    }

    /// A network of these members.
    pub(crate) fn network(&self, members: &str) -> Result<Network, Code> {
        let text = self.make(Kind::Network, None, Guid::ZERO, members)?;
        Ok(Network::from_json(&text).unwrap())
    }

    /// An endpoint of these members on a network.
    pub(crate) fn endpoint(&self, network: &Network, members: &str) -> Result<Endpoint, Code> {
        let parent =
            self.0.open(Kind::Network, network.id.unwrap().into()).map_err(|failure| failure.code)?;
        let text = self.make(Kind::Endpoint, Some(parent), Guid::ZERO, members);
        self.0.close(Kind::Network, parent).unwrap();
        Ok(Endpoint::from_json(&text?).unwrap())
    }

    /// An endpoint that leaves everything to the service.
    pub(crate) fn any_endpoint(&self, network: &Network) -> Endpoint {
        self.endpoint(network, "").unwrap()
    }

    pub(crate) fn namespace(&self) -> Namespace {
        Namespace::from_json(&self.make(Kind::Namespace, None, Guid::ZERO, "").unwrap()).unwrap()
    }

    /// Create with schema version 2.0 and these members; what it reads back as.
    pub(crate) fn make(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        members: &str,
    ) -> Result<String, Code> {
        let comma = if members.is_empty() { "" } else { "," };
        let settings = format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}}{comma}{members}}}"#);
        let handle = self.0.create(kind, parent, id, &settings).map_err(|failure| failure.code)?;
        let text = self.0.query(kind, handle, Query::Properties, Some(V2)).map_err(|failure| failure.code);
        self.0.close(kind, handle).unwrap();
        text
    }

    /// The object's document.
    pub(crate) fn read(&self, kind: Kind, id: Guid, query: &str) -> Result<String, Failure> {
        let handle = self.0.open(kind, id)?;
        let text = self.0.query(kind, handle, Query::Properties, Some(query));
        self.0.close(kind, handle)?;
        text
    }

    /// Add an endpoint to a namespace, or remove it.
    pub(crate) fn move_endpoint(
        &self,
        verb: &str,
        endpoint: &Endpoint,
        namespace: &Namespace,
    ) -> Result<(), Code> {
        let id = endpoint.id.unwrap();
        let request = format!(
            r#"{{"ResourceType":"Endpoint","RequestType":"{verb}","Settings":{{"EndpointId":"{id}"}}}}"#
        );
        self.modify(Kind::Namespace, namespace.id.unwrap().into(), &request)
    }

    /// Add, remove or update policies.
    pub(crate) fn set_policies(&self, kind: Kind, id: Guid, verb: &str, policies: &str) -> Result<(), Code> {
        let request = format!(
            r#"{{"ResourceType":"Policy","RequestType":"{verb}","Settings":{{"Policies":{policies}}}}}"#
        );
        self.modify(kind, id, &request)
    }

    pub(crate) fn modify(&self, kind: Kind, id: Guid, request: &str) -> Result<(), Code> {
        let handle = self.0.open(kind, id).map_err(|failure| failure.code)?;
        let done = self.0.modify(kind, handle, request).map_err(|failure| failure.code);
        self.0.close(kind, handle).unwrap();
        done
    }

    pub(crate) fn list(&self, kind: Kind) -> Vec<Guid> {
        serde_json::from_str(&self.0.enumerate(kind, None).unwrap()).unwrap()
    }
}
