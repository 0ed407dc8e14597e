//! Attachments: an endpoint on a network, added to a namespace, by ids that the caller chose beforehand.
//!
//! Because the ids are the caller's, an attachment can be undone without any memory of making it:
//! [`Hcn::detach`] takes the two ids, treats what is absent as done, and may be called twice.

use crate::{Code, Endpoint, EndpointId, Error, Hcn, Modify, NamespaceId, RequestType, SchemaVersion};

impl Hcn {
    /// Makes the endpoint under `id` on the network that it names and adds it to the namespace.
    ///
    /// An error leaves nothing behind. A document without a schema version is given [`SchemaVersion::V2`].
    ///
    /// # Errors
    /// [`crate::ErrorKind::AlreadyExists`] if the id is taken, [`crate::ErrorKind::AddressInUse`] if the address is, and
    /// whatever else the service refuses.
    pub fn attach(
        &self,
        id: EndpointId,
        endpoint: &Endpoint,
        namespace: NamespaceId,
    ) -> Result<Attachment, Error> {
        let schema_version = endpoint.schema_version.or(Some(SchemaVersion::V2));
        let asked = Endpoint { schema_version, ..endpoint.clone() };
        let made = self.endpoints().create_as(id, &asked)?;
        // From here on the guard undoes.
        let attachment = Attachment { hcn: self.clone(), id, namespace, endpoint: made, kept: false };
        self.namespaces().modify(namespace, &Modify::endpoint(RequestType::Add, id))?;
        Ok(attachment)
    }

    /// Removes the endpoint from the namespace and deletes it. What is absent is done already.
    ///
    /// # Errors
    /// What the service refuses, the removal's error before the deletion's; both are tried.
    pub fn detach(&self, id: EndpointId, namespace: NamespaceId) -> Result<(), Error> {
        let removed = self.namespaces().modify(namespace, &Modify::endpoint(RequestType::Remove, id));
        let deleted = self.endpoints().delete(id);
        absent_is_done(removed).and(absent_is_done(deleted))
    }

    /// Takes those containers out of the namespace that `are_dead` picks by id. A runtime that died leaves them there,
    /// and then the service answers [`Code::REQUEST_UNSUPPORTED`] to the namespace's deletion.
    ///
    /// # Errors
    /// What the service refuses; a namespace or a container that is gone is done already.
    pub fn take_out(&self, namespace: NamespaceId, are_dead: impl Fn(&str) -> bool) -> Result<(), Error> {
        let found = match self.namespaces().get(namespace) {
            Err(error) if error.is_absence() => return Ok(()),
            found => found?,
        };
        found.containers().filter(|id| are_dead(id)).try_for_each(|id| {
            absent_is_done(self.namespaces().modify(namespace, &Modify::container(RequestType::Remove, id)))
        })
    }
}

/// INFERRED: which code the removal of an endpoint that is not in the namespace gives is in no log; 0x80070490
/// and 0x803B0034 are taken as "not in it". Removing one twice on a real Windows would settle it.
fn absent_is_done(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is_absence() => Ok(()),
        Err(error) if error.code() == Code::ENDPOINT_NOT_ATTACHED => Ok(()),
        other => other,
    }
}

/// An endpoint in a namespace. Dropping it undoes it, unless it was [kept](Attachment::keep).
#[derive(Debug)]
#[must_use = "dropping an attachment undoes it"]
pub struct Attachment {
    hcn: Hcn,
    id: EndpointId,
    namespace: NamespaceId,
    endpoint: Endpoint,
    kept: bool,
}

impl Attachment {
    /// The endpoint's id.
    pub fn id(&self) -> EndpointId {
        self.id
    }

    /// The namespace that it is in.
    pub fn namespace(&self) -> NamespaceId {
        self.namespace
    }

    /// The endpoint as the service made it: with its addresses, its MAC address, its routes.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Leaves the endpoint where it is; [`Hcn::detach`] undoes it later.
    pub fn keep(mut self) -> Endpoint {
        self.kept = true;
        std::mem::take(&mut self.endpoint)
    }

    /// Undoes it, and says if that fails, which a drop cannot.
    ///
    /// # Errors
    /// As [`Hcn::detach`].
    pub fn detach(mut self) -> Result<(), Error> {
        self.kept = true;
        self.hcn.detach(self.id, self.namespace)
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        if !self.kept && self.hcn.detach(self.id, self.namespace).is_err() {
            tracing::warn!(endpoint = %self.id, namespace = %self.namespace, "an attachment could not be undone");
        }
    }
}

#[cfg(test)]
mod tests;
