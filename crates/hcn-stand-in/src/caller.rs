//! A program that knows neither documents nor objects: it makes the calls of [`Api`], each of which is one function of
//! the C ABI, JSON in and JSON out, for each kind of object, looks each time what came of it, and tells.

use hcn::{Api, Code, Failure, Guid, Handle, Kind, Query};
use serde_json::{Value, json};

use crate::user::VERBS;

/// Does it all: a line for each kind and verb, which ends in `done` or says what is wrong.
///
/// # Errors
/// Where the network and the endpoint that the others need cannot be made.
pub fn told(hns: &dyn Api) -> Result<String, Failure> {
    let (floor, endpoint) = (Guid::random(), Guid::random());
    let on_floor = json!({"HostComputeNetwork": floor});
    One::new(hns, Kind::Network, floor, None, subnet("10.8.0")).create()?;
    One::new(hns, Kind::Endpoint, endpoint, Some(floor), on_floor.clone()).create()?;
    let adapter = json!({"Type": "NetAdapterName", "Settings": {"NetworkAdapterName": "Ethernet 2"}});
    let rule = json!({"Type": "ACL", "Settings": {"Action": "Block", "Direction": "Out"}});
    let member = json!({"EndpointId": endpoint});
    let network = One::new(hns, Kind::Network, Guid::random(), None, subnet("10.9.0"));
    let other = One::new(hns, Kind::Endpoint, Guid::random(), Some(floor), on_floor);
    let namespace = One::new(hns, Kind::Namespace, Guid::random(), None, json!({}));
    let told = [
        network.told("Policy", &json!({"Policies": [adapter]}), "Ethernet 2"),
        other.told("Policy", &json!({"Policies": [rule]}), "Block"),
        namespace.told("Endpoint", &member, &endpoint.to_string().to_uppercase()),
    ]
    .concat();
    hns.delete(Kind::Endpoint, endpoint)?;
    hns.delete(Kind::Network, floor)?;
    Ok(told)
}

fn subnet(start: &str) -> Value {
    let route = json!({"NextHop": format!("{start}.1"), "DestinationPrefix": "0.0.0.0/0"});
    let subnet = json!({"IpAddressPrefix": format!("{start}.0/24"), "Routes": [route]});
    json!({"Type": "L2Bridge", "Ipams": [{"Type": "Static", "Subnets": [subnet]}]})
}

/// An object to be.
struct One<'a> {
    hns: &'a dyn Api,
    kind: Kind,
    id: Guid,
    parent: Option<Guid>,
    settings: Value,
}

impl<'a> One<'a> {
    fn new(hns: &'a dyn Api, kind: Kind, id: Guid, parent: Option<Guid>, mut settings: Value) -> Self {
        settings["Name"] = format!("{}-{id}", kind.noun()).into();
        settings["SchemaVersion"] = json!({"Major": 2, "Minor": 0});
        One { hns, kind, id, parent, settings }
    }

    /// Every verb; `part` is changed, after which the object's document holds `mark`.
    fn told(&self, part: &str, change: &Value, mark: &str) -> String {
        let request = json!({"ResourceType": part, "RequestType": "Add", "Settings": change});
        let line = |verb: &&str| {
            let done = self.does(verb, &request, mark);
            let told = done.map_or_else(
                |failure| failure.code.to_string(),
                |so| if so { "done" } else { "not so" }.into(),
            );
            format!("{} {verb} {told}\n", self.kind.noun())
        };
        VERBS.iter().map(line).collect()
    }

    fn does(&self, verb: &str, request: &Value, mark: &str) -> Result<bool, Failure> {
        let (hns, kind) = (self.hns, self.kind);
        match verb {
            "create" => self.create().map(|()| true),
            "list" => Ok(hns.enumerate(kind, None)?.contains(&self.id.to_string())),
            "get" => Ok(self.document()?.contains(self.settings["Name"].as_str().unwrap_or_default())),
            "find" => {
                let filter = json!({"Name": self.settings["Name"]}).to_string();
                let query = json!({"SchemaVersion": {"Major": 2, "Minor": 0}, "Filter": filter});
                let found = hns.enumerate(kind, Some(&query.to_string()))?;
                Ok(serde_json::from_str::<Vec<Guid>>(&found).is_ok_and(|found| found == [self.id]))
            }
            "modify" => {
                self.open(|handle| hns.modify(kind, handle, &request.to_string()))?;
                Ok(self.document()?.contains(mark))
            }
            _ => {
                hns.delete(kind, self.id)?;
                let absent = [Code::NETWORK_NOT_FOUND, Code::ENDPOINT_NOT_FOUND, Code::ELEMENT_NOT_FOUND];
                Ok(self.document().is_err_and(|failure| absent.contains(&failure.code)))
            }
        }
    }

    fn create(&self) -> Result<(), Failure> {
        let parent = self.parent.map(|id| self.hns.open(Kind::Network, id)).transpose()?;
        let handle = self.hns.create(self.kind, parent, self.id, &self.settings.to_string())?;
        self.hns.close(self.kind, handle)?;
        parent.map_or(Ok(()), |parent| self.hns.close(Kind::Network, parent))
    }

    fn document(&self) -> Result<String, Failure> {
        let query = json!({"SchemaVersion": {"Major": 2, "Minor": 0}}).to_string();
        self.open(|handle| self.hns.query(self.kind, handle, Query::Properties, Some(&query)))
    }

    fn open<R>(&self, act: impl FnOnce(Handle) -> Result<R, Failure>) -> Result<R, Failure> {
        let handle = self.hns.open(self.kind, self.id)?;
        let done = act(handle);
        self.hns.close(self.kind, handle)?;
        done
    }
}
