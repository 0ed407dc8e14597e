//! The typed client: what a program calls. Each operation is one sentence about an object; each handle is closed
//! once, on every way out, and a close that fails is reported.
//!
//! Errors are built here, where the operation and the id are known. How a document looks is not decided here but
//! in [`crate::document`], and what it means in the service.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{
    Api, Code, Dll, Endpoint, EndpointId, Error, Failure, Filter, Guid, Handle, InvalidDocument, Kind,
    Modify, Namespace, NamespaceId, NamespaceKind, Network, NetworkId, Query, QueryDocument,
};

/// A Host Network Service: the system's, or whatever else implements [`Api`]. Cheap to clone.
#[derive(Clone)]
pub struct Hcn {
    api: Arc<dyn Api>,
}

impl Hcn {
    /// The service of this Windows, through computenetwork.dll. Nothing is loaded before the first call, which
    /// fails with [`crate::ErrorKind::ServiceUnavailable`] where there is none: off Windows, always.
    pub fn system() -> Self {
        Self::new(Dll::new())
    }

    /// Any implementation.
    pub fn new(api: impl Api + 'static) -> Self {
        Self::from_arc(Arc::new(api))
    }

    /// An implementation that others use as well.
    pub fn from_arc(api: Arc<dyn Api>) -> Self {
        Self { api }
    }

    /// The implementation underneath.
    pub fn api(&self) -> &dyn Api {
        &*self.api
    }

    /// The networks.
    pub fn networks(&self) -> Objects<Network> {
        self.objects()
    }

    /// The endpoints.
    pub fn endpoints(&self) -> Objects<Endpoint> {
        self.objects()
    }

    /// The namespaces.
    pub fn namespaces(&self) -> Objects<Namespace> {
        self.objects()
    }

    fn objects<T: Object>(&self) -> Objects<T> {
        Objects { hcn: self.clone(), of: PhantomData }
    }

    /// One call of the service, in a span of its own.
    fn call<R>(
        &self,
        name: &'static str,
        kind: Kind,
        id: Option<Guid>,
        call: impl FnOnce(&dyn Api) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let code = tracing::field::Empty;
        let id = id.map(tracing::field::display);
        let span = tracing::debug_span!("hcn", operation = name, kind = kind.noun(), id, code).entered();
        let result = call(self.api());
        if let Err(failure) = &result {
            span.record("code", tracing::field::display(failure.code));
            tracing::debug!(record = failure.record.as_deref(), "refused");
        }
        result
    }
}

impl fmt::Debug for Hcn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hcn").finish_non_exhaustive()
    }
}

/// A kind of object that [`Objects`] can handle: [`Network`], [`Endpoint`], [`Namespace`].
pub trait Object: Serialize + DeserializeOwned + sealed::Sealed {
    /// What identifies one.
    type Id: Copy + fmt::Display + PartialEq + From<Guid> + Into<Guid>;
    /// Its kind in the [`Api`].
    const KIND: Kind;
    /// The id that the document holds.
    fn id(&self) -> Option<Self::Id>;
    /// The name that the document holds.
    fn name(&self) -> Option<&str>;
    /// Does the service answer a create of it with the one that is there already? So it does for a
    /// [`crate::NamespaceKind::HostDefault`], which a create that failed must not delete.
    fn is_shared(&self) -> bool {
        false
    }
}

mod sealed {
    pub trait Sealed {
        /// The object that this one is created on; `None` for a kind that stands alone.
        fn parent(&self) -> Result<Option<(crate::Kind, crate::Guid)>, crate::InvalidDocument> {
            Ok(None)
        }
    }
}

macro_rules! objects {
    ($($document:ident $id:ident { $($own:tt)* })*) => {$(
        impl Object for $document {
            type Id = $id;
            const KIND: Kind = Kind::$document;

            fn id(&self) -> Option<$id> {
                self.id
            }

            fn name(&self) -> Option<&str> {
                self.name.as_deref()
            }

            $($own)*
        }
    )*};
}

objects! {
    Network NetworkId {}
    Endpoint EndpointId {}
    Namespace NamespaceId {
        fn is_shared(&self) -> bool {
            self.kind() == NamespaceKind::HostDefault
        }
    }
}

impl sealed::Sealed for Network {}
impl sealed::Sealed for Namespace {}
impl sealed::Sealed for Endpoint {
    fn parent(&self) -> Result<Option<(Kind, Guid)>, InvalidDocument> {
        let missing =
            || InvalidDocument::new("HostComputeNetwork", "an endpoint names the network that it is on");
        self.host_compute_network.map(|id| Some((Kind::Network, id.0))).ok_or_else(missing)
    }
}

/// The objects of one kind.
///
/// Documents are asked for and come back in the V2 dialect.
#[derive(Clone, Debug)]
pub struct Objects<T> {
    hcn: Hcn,
    of: PhantomData<fn() -> T>,
}

impl<T: Object> Objects<T> {
    /// The ids of all.
    ///
    /// # Errors
    /// What the service refuses, and an answer that is no list of GUIDs.
    pub fn ids(&self) -> Result<Vec<T::Id>, Error> {
        self.enumerate(&QueryDocument::v2())
    }

    /// All of them. One that vanishes while the list is read is left out.
    ///
    /// # Errors
    /// As [`Objects::ids`] and [`Objects::get`].
    pub fn list(&self) -> Result<Vec<T>, Error> {
        self.still_there(self.ids()?).collect()
    }

    /// Those that match:
    ///
    /// ```
    /// use hcn::{Filter, Hcn, Network, NetworkKind};
    ///
    /// let hcn = Hcn::new(hcn_emulator::Emulator::in_memory());
    /// let lab = hcn.networks().create(&Network::new(NetworkKind::Nat, "lab"))?;
    /// assert_eq!(hcn.networks().list_where(&Filter::named("lab"))?, [lab]);
    /// assert_eq!(hcn.networks().list_where(&Filter::named("other"))?, []);
    /// # Ok::<(), hcn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Objects::list`].
    pub fn list_where(&self, filter: &Filter) -> Result<Vec<T>, Error> {
        self.still_there(self.enumerate(&QueryDocument::v2_where(filter))?).collect()
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] if there is none, or what the service refuses.
    pub fn get(&self, id: T::Id) -> Result<T, Error> {
        let query = QueryDocument::v2().to_json();
        let text = self
            .open(T::KIND, id.into())
            .and_then(|opened| opened.done(|opened| opened.query(&query)))
            .map_err(|failure| Error::refused(describe::<T>("read", id), failure))?;
        InvalidDocument::check(&text).map_err(|error| Error::document(describe::<T>("read", id), error))
    }

    /// The first one of this name.
    ///
    /// # Errors
    /// As [`Objects::list`]; that there is none is no error.
    pub fn find(&self, name: &str) -> Result<Option<T>, Error> {
        let filter = Filter { name: Some(name.to_owned()), ..Filter::default() };
        let found = self.enumerate(&QueryDocument::v2_where(&filter))?;
        self.still_there(found).next().transpose()
    }

    /// Makes one under the id that the document holds, else under a random one, and reads it back.
    ///
    /// # Errors
    /// As [`Objects::create_as`].
    pub fn create(&self, document: &T) -> Result<T, Error> {
        // An id that nobody chose is of no use in a message.
        let unnamed = || format!("create {} {}", article(T::KIND), T::KIND.noun());
        match document.id() {
            Some(id) => self.create_as(id, document),
            None => self.created(Guid::random().into(), document, unnamed),
        }
    }

    /// Makes one under this id and reads it back. An error leaves nothing behind, but what [`Object::is_shared`].
    ///
    /// The id that came back counts: the service answers a [`crate::NamespaceKind::HostDefault`] with the one
    /// that there is already.
    ///
    /// # Errors
    /// What the service refuses; for an endpoint also that its document names no network, or one that is not there.
    pub fn create_as(&self, id: T::Id, document: &T) -> Result<T, Error> {
        self.created(id, document, || describe::<T>("create", id))
    }

    /// Creates, with words for a document without a name.
    fn created(&self, id: T::Id, document: &T, unnamed: impl Fn() -> String) -> Result<T, Error> {
        let operation = || match document.name().filter(|name| !name.is_empty()) {
            Some(name) => format!("create {} `{}`", T::KIND.noun(), name.escape_debug()),
            None => unnamed(),
        };
        let parent = document.parent().map_err(|error| Error::document(operation(), error))?;
        let settings = serde_json::to_string(document)
            .map_err(|error| Error::document(operation(), InvalidDocument::new("", error)))?;
        let text = self
            .make(parent, id.into(), (document, &settings))
            .map_err(|failure| Error::refused(operation(), failure))?;
        InvalidDocument::check(&text).map_err(|error| {
            self.unmake(id.into(), document);
            Error::document(operation(), error)
        })
    }

    /// Changes a part of one.
    ///
    /// ```
    /// use hcn::{Hcn, Modify, NetAdapterName, Network, NetworkKind, Policy, RequestType};
    ///
    /// let hcn = Hcn::new(hcn_emulator::Emulator::in_memory());
    /// let lab = hcn.networks().create(&Network::new(NetworkKind::Nat, "lab"))?.id.unwrap_or_default();
    /// let adapter = Policy::from(NetAdapterName::new("Ethernet"));
    /// hcn.networks().modify(lab, &Modify::policies(RequestType::Add, [adapter.clone()]))?;
    /// assert_eq!(hcn.networks().get(lab)?.policies, Some(vec![adapter.clone()]));
    /// hcn.networks().modify(lab, &Modify::policies(RequestType::Remove, [adapter]))?;
    /// # Ok::<(), hcn::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] if there is none, or what the service refuses.
    pub fn modify(&self, id: T::Id, request: &Modify) -> Result<(), Error> {
        self.open(T::KIND, id.into())
            .and_then(|opened| opened.done(|opened| opened.modify(&request.to_json())))
            .map_err(|failure| Error::refused(describe::<T>("modify", id), failure))
    }

    /// Deletes one.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] if there is none, or what the service refuses.
    pub fn delete(&self, id: T::Id) -> Result<(), Error> {
        self.hcn
            .call("delete", T::KIND, Some(id.into()), |api| api.delete(T::KIND, id.into()))
            .map_err(|failure| Error::refused(describe::<T>("delete", id), failure))
    }

    fn enumerate(&self, query: &QueryDocument) -> Result<Vec<T::Id>, Error> {
        let operation = || format!("list the {}s", T::KIND.noun());
        let query = query.to_json();
        let text = self
            .hcn
            .call("enumerate", T::KIND, None, |api| api.enumerate(T::KIND, Some(&query)))
            .map_err(|failure| Error::refused(operation(), failure))?;
        let ids = ids(&text).map_err(|error| Error::document(operation(), error))?;
        Ok(ids.into_iter().map(T::Id::from).collect())
    }

    /// Reads each; what was deleted between the enumerate and the query is no error.
    fn still_there(&self, ids: Vec<T::Id>) -> impl Iterator<Item = Result<T, Error>> {
        let gone = |read: &Result<T, Error>| read.as_ref().is_err_and(Error::is_absence);
        ids.into_iter().map(|id| self.get(id)).filter(move |read| !gone(read))
    }

    fn open(&self, kind: Kind, id: Guid) -> Result<Opened<'_>, Failure> {
        let handle = self.hcn.call("open", kind, Some(id), |api| api.open(kind, id))?;
        Ok(Opened { hcn: &self.hcn, kind, id, handle: Some(handle) })
    }

    /// Creates on the parent, and gives the text of the new object.
    fn make(&self, parent: Option<(Kind, Guid)>, id: Guid, wanted: (&T, &str)) -> Result<String, Failure> {
        let Some((kind, parent)) = parent else {
            return self.make_on(None, id, wanted);
        };
        let opened = self.open(kind, parent)?;
        let made = self.make_on(opened.handle, id, wanted);
        match (made, opened.close()) {
            (Ok(_), Err(failure)) => {
                self.unmake(id, wanted.0);
                Err(failure)
            }
            (made, _) => made,
        }
    }

    fn make_on(
        &self,
        parent: Option<Handle>,
        id: Guid,
        (document, settings): (&T, &str),
    ) -> Result<String, Failure> {
        let create = |api: &dyn Api| api.create(T::KIND, parent, id, settings);
        let handle = self.hcn.call("create", T::KIND, Some(id), create)?;
        let query = QueryDocument::v2().to_json();
        let opened = Opened { hcn: &self.hcn, kind: T::KIND, id, handle: Some(handle) };
        opened.done(|opened| opened.query(&query)).inspect_err(|_| self.unmake(id, document))
    }

    /// Takes back a create whose end failed. That failure is the one to report, not what happens here.
    fn unmake(&self, id: Guid, document: &T) {
        // A zero id was chosen by the service and is not known; what is shared may be of use to others.
        if !id.is_zero() && !document.is_shared() {
            let _ = self.hcn.call("delete", T::KIND, Some(id), |api| api.delete(T::KIND, id));
        }
    }
}

fn describe<T: Object>(verb: &str, id: T::Id) -> String {
    format!("{verb} {} `{id}`", T::KIND.noun())
}

fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Endpoint | Kind::SdnRoute => "an",
        Kind::Network | Kind::Namespace | Kind::LoadBalancer | Kind::GuestNetworkService => "a",
    }
}

/// The ids of an enumerate's answer. Nothing at all and `null` stand for an empty list, as for other clients.
fn ids(text: &str) -> Result<Vec<Guid>, InvalidDocument> {
    match text.trim() {
        "" => Ok(Vec::new()),
        text => InvalidDocument::check::<Option<_>>(text).map(Option::unwrap_or_default),
    }
}

/// An open handle. [`Opened::close`] reports; the drop closes what an early way out left open.
#[must_use]
struct Opened<'a> {
    hcn: &'a Hcn,
    kind: Kind,
    id: Guid,
    handle: Option<Handle>,
}

impl Opened<'_> {
    /// Does something with the handle and closes it, whatever came of it. The first failure is the answer.
    fn done<R>(self, act: impl FnOnce(&Self) -> Result<R, Failure>) -> Result<R, Failure> {
        let done = act(&self);
        let closed = self.close();
        done.and_then(|value| closed.map(|()| value))
    }

    fn query(&self, text: &str) -> Result<String, Failure> {
        self.with("query", |api, handle| api.query(self.kind, handle, Query::Properties, Some(text)))
    }

    fn modify(&self, settings: &str) -> Result<(), Failure> {
        self.with("modify", |api, handle| api.modify(self.kind, handle, settings))
    }

    fn close(mut self) -> Result<(), Failure> {
        let closed = self.with("close", |api, handle| api.close(self.kind, handle));
        self.handle = None;
        closed
    }

    fn with<R>(
        &self,
        name: &'static str,
        act: impl FnOnce(&dyn Api, Handle) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let handle = self.handle.ok_or(Failure::bare(Code::INVALID_HANDLE))?;
        self.hcn.call(name, self.kind, Some(self.id), |api| act(api, handle))
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            // Only a panic of ours leads here: there is nobody to report to.
            let _ = self.hcn.api.close(self.kind, handle);
        }
    }
}

#[cfg(test)]
mod tests;
