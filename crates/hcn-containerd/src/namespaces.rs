//! Namespaces of the daemon: tenants, nothing of the network.

use crate::call::raw;
use crate::pb::containerd::services::namespaces::v1 as pb;
use crate::{Client, Result, labels};
use pb::namespaces_client::NamespacesClient;

/// Calls of [`Client::namespaces`].
#[derive(Debug, Clone, Copy)]
pub struct Namespaces<'c>(pub(crate) &'c Client);

impl Namespaces<'_> {
    /// One, with its labels.
    ///
    /// # Errors
    /// `NotFound`: it is made by the first `create` in it, or by the first call that makes something.
    pub async fn get(&self, name: &str) -> Result<pb::Namespace> {
        let call = self.0.call(format!("cannot find containerd namespace `{name}`"));
        let request = call.request(pb::GetNamespaceRequest { name: name.to_owned() });
        let answer = call.answer(raw!(NamespacesClient, self.0.channel()).get(request)).await?;
        call.required(answer.namespace)
    }

    /// All of them.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn list(&self) -> Result<Vec<pb::Namespace>> {
        let call = self.0.call("cannot list containerd's namespaces".to_owned());
        let request = call.request(pb::ListNamespacesRequest::default());
        let answer = call.answer(raw!(NamespacesClient, self.0.channel()).list(request)).await?;
        Ok(answer.namespaces)
    }

    /// Makes one. None is needed for a call: the daemon makes them as they are named.
    ///
    /// # Errors
    /// `AlreadyExists`.
    pub async fn create(
        &self,
        name: &str,
        with: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Result<pb::Namespace> {
        let call = self.0.call(format!("cannot create containerd namespace `{name}`"));
        let namespace = Some(pb::Namespace { name: name.to_owned(), labels: labels(with) });
        let request = call.request(pb::CreateNamespaceRequest { namespace });
        let answer = call.answer(raw!(NamespacesClient, self.0.channel()).create(request)).await?;
        call.required(answer.namespace)
    }
}
