//! What the cases work with: the recorded service, and short ways to make, read and join objects.
//!
//! Ids are chosen here, so that the report has them before the service does. What a case makes is removed when it
//! ends, whatever became of it; the network alone stays for the next case.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use hcn::{Api, Failure, Guid, Handle, Hcn, Kind, Query};
use serde_json::Value;

use crate::case::Stop;
use crate::network::{Ground, find_or_make};
use crate::report::{HnsVersion, MadeKind};
use crate::session::Session;

/// What hcn sends to make a namespace.
pub(crate) const EXACT: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
/// The query for V2 documents, which is what hcn asks.
pub(crate) const V2: &str = EXACT;

/// The recorded service and what the cases share.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) session: Arc<Session>,
    pub(crate) version: Cell<Option<HnsVersion>>,
    /// What lies around the service.
    pub(crate) around: Surroundings,
    ground: OnceCell<Result<Ground, Stop>>,
    /// Did a case fail for want of a network? One is enough.
    was_told: Cell<bool>,
    /// Did this case put something on a network that is not ours?
    pub(crate) on_foreign_network: Cell<bool>,
    set_ups: RefCell<HashMap<&'static str, Result<(), String>>>,
}

/// What lies around the service.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The functions that computenetwork.dll exports, where there is one.
    pub exports: Option<Vec<String>>,
    /// How to run a container.
    pub container: crate::Container,
}

/// An object of ours, with a handle that is open until the case ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) id: Guid,
    pub(crate) handle: Handle,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Bench {
    pub(crate) fn new(session: Session, around: Surroundings) -> Self {
        Self {
            session: Arc::new(session),
            version: Cell::new(None),
            around,
            ground: OnceCell::new(),
            was_told: Cell::new(false),
            on_foreign_network: Cell::new(false),
            set_ups: RefCell::default(),
        }
    }

    /// hcn's own client over the recorded service.
    pub(crate) fn hcn(&self) -> Hcn {
        Hcn::from_arc(Arc::clone(&self.session) as Arc<dyn Api>)
    }

    /// A name that tells whose it is.
    pub(crate) fn name() -> String {
        format!("hcn-verify-{:08x}", Guid::random().as_u128() as u32)
    }

    /// Makes an object under an id of our choice.
    pub(crate) fn create(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        settings: &str,
    ) -> Result<Object, Failure> {
        self.create_as(kind, parent, Guid::random(), settings)
    }

    pub(crate) fn create_as(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        settings: &str,
    ) -> Result<Object, Failure> {
        let handle = self.session.create(kind, parent, id, settings)?;
        Ok(Object { kind, id, handle })
    }

    /// Something that a case needs. If it never once worked, the cases that need it are skipped from then on.
    fn set_up<T>(&self, what: &'static str, make: impl FnOnce() -> Result<T, Failure>) -> Result<T, Stop> {
        if let Some(Err(reason)) = self.set_ups.borrow().get(what) {
            return Err(Stop::skip(reason));
        }
        let made = make().map_err(|failure| Stop::broken(what, &failure));
        let mut set_ups = self.set_ups.borrow_mut();
        match &made {
            Ok(_) => drop(set_ups.insert(what, Ok(()))),
            Err(Stop::Broken(reason) | Stop::Skip(reason)) => {
                set_ups.entry(what).or_insert_with(|| Err(reason.clone()));
            }
        }
        made
    }

    /// A namespace as hcn makes it.
    pub(crate) fn namespace(&self) -> Result<Object, Stop> {
        self.set_up("make a namespace", || self.create(Kind::Namespace, None, EXACT))
    }

    /// A create of a namespace with schema version 2.0 and these members.
    pub(crate) fn try_namespace(&self, members: &str) -> Result<Object, Failure> {
        self.create(Kind::Namespace, None, &document(members))
    }

    /// The network that endpoints are put on: a NAT network of ours, or the host's where it has one.
    pub(crate) fn ground(&self) -> Result<&Ground, Stop> {
        let outcome = self.ground.get_or_init(|| find_or_make(self));
        match outcome {
            Ok(ground) => Ok(ground),
            Err(Stop::Broken(reason)) if self.was_told.replace(true) => Err(Stop::skip(reason)),
            Err(stop) => Err(stop.clone()),
        }
    }

    /// The network's id, if it is ours.
    pub(crate) fn own_network(&self) -> Option<Guid> {
        self.ground.get()?.as_ref().ok().filter(|ground| ground.own).map(|ground| ground.id)
    }

    /// The network, if it is ours; the case is skipped where it is not.
    pub(crate) fn own_ground(&self) -> Result<&Ground, Stop> {
        let ground = self.ground()?;
        match ground.own {
            true => Ok(ground),
            false => Err(Stop::skip("the host has a NAT network, so none is made")),
        }
    }

    /// A handle of the network.
    pub(crate) fn network(&self) -> Result<Object, Stop> {
        let ground = self.ground()?;
        self.on_foreign_network.set(!ground.own);
        let handle = self.set_up("open the network", || self.session.open(Kind::Network, ground.id))?;
        Ok(Object { kind: Kind::Network, id: ground.id, handle })
    }

    /// An endpoint on the network that leaves everything to the service.
    pub(crate) fn endpoint(&self) -> Result<Object, Stop> {
        let network = self.network()?;
        let settings = endpoint_document(network.id, "");
        self.set_up("make an endpoint", || self.create(Kind::Endpoint, Some(network.handle), &settings))
    }

    /// A create of an endpoint on the network with these members more.
    pub(crate) fn try_endpoint(&self, members: &str) -> Result<Result<Object, Failure>, Stop> {
        let network = self.network()?;
        let settings = endpoint_document(network.id, members);
        Ok(self.create(Kind::Endpoint, Some(network.handle), &settings))
    }

    /// The object's document, asked for by `query`.
    pub(crate) fn query(&self, object: &Object, query: Option<&str>) -> Result<String, Failure> {
        self.session.query(object.kind, object.handle, Query::Properties, query)
    }

    /// The object's V2 document. Unlike the rest of hcn a case looks at names and spelling, so it stays JSON.
    pub(crate) fn read(&self, object: &Object) -> Result<Value, Stop> {
        let text = self.query(object, Some(V2)).map_err(|failure| Stop::broken("read it back", &failure))?;
        serde_json::from_str(&text)
            .map_err(|error| Stop::Broken(format!("what is read back is no JSON: {error}")))
    }

    /// Opens an object by its id.
    pub(crate) fn open(&self, kind: Kind, id: Guid) -> Result<Object, Failure> {
        Ok(Object { kind, id, handle: self.session.open(kind, id)? })
    }

    /// The ids that an enumerate names.
    pub(crate) fn ids(&self, kind: Kind, query: Option<&str>) -> Result<Vec<Guid>, Failure> {
        let text = self.session.enumerate(kind, query)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Puts an endpoint into a namespace.
    pub(crate) fn add(&self, namespace: &Object, endpoint: Guid) -> Result<(), Failure> {
        self.move_endpoint(namespace, "Add", &endpoint.to_string())
    }

    /// Takes it out.
    pub(crate) fn remove(&self, namespace: &Object, endpoint: Guid) -> Result<(), Failure> {
        self.move_endpoint(namespace, "Remove", &endpoint.to_string())
    }

    /// `endpoint` as it is to be spelled.
    pub(crate) fn move_endpoint(
        &self,
        namespace: &Object,
        verb: &str,
        endpoint: &str,
    ) -> Result<(), Failure> {
        let settings = format!(
            r#"{{"ResourceType":"Endpoint","RequestType":"{verb}","Settings":{{"EndpointId":"{endpoint}"}}}}"#
        );
        self.session.modify(Kind::Namespace, namespace.handle, &settings)
    }

    /// A namespace with an endpoint in it.
    pub(crate) fn attached(&self) -> Result<(Object, Object), Stop> {
        let (namespace, endpoint) = (self.namespace()?, self.endpoint()?);
        self.set_up("add the endpoint to the namespace", || self.add(&namespace, endpoint.id))?;
        Ok((namespace, endpoint))
    }

    /// Notes an id that goes into a document rather than into the argument.
    pub(crate) fn note(&self, kind: MadeKind) -> Guid {
        let id = Guid::random();
        self.session.note(kind, id);
        id
    }
}

/// A document of schema version 2.0 with these members.
pub(crate) fn document(members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}}{comma}{members}}}"#)
}

fn endpoint_document(network: Guid, members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    let name =
        if members.contains(r#""Name""#) { String::new() } else { format!(r#""Name":"{}","#, Bench::name()) };
    document(&format!(r#"{name}"HostComputeNetwork":"{network}"{comma}{members}"#))
}
