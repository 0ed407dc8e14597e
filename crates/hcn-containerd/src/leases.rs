//! Leases: what holds content and snapshots against the garbage collector until something else does.

use std::time::SystemTime;

use crate::call::raw;
use crate::pb::containerd::services::leases::v1 as pb;
use crate::{Client, Lease, Resource, Result, Timestamp, labels};
use pb::leases_client::LeasesClient;

/// The label that says when a lease ends.
const EXPIRE: &str = "containerd.io/gc.expire";

/// Calls of [`Client::leases`].
#[derive(Debug, Clone, Copy)]
pub struct Leases<'c>(pub(crate) &'c Client);

impl Leases<'_> {
    /// Makes a lease. With `expire` it holds nothing from then on; that cannot be changed later, and an idle daemon
    /// collects only when something is deleted.
    ///
    /// # Errors
    /// `AlreadyExists`.
    pub async fn create(
        &self,
        id: &str,
        with: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        expire: Option<SystemTime>,
    ) -> Result<Lease> {
        let call = self.0.call(format!("cannot create lease `{id}`"));
        let mut labels = labels(with);
        labels.extend(expire.map(|at| (EXPIRE.to_owned(), rfc3339(at))));
        let request = call.request(pb::CreateRequest { id: id.to_owned(), labels });
        let answer = call.answer(raw!(LeasesClient, self.0.channel()).create(request)).await?;
        call.required(answer.lease)
    }

    /// Deletes a lease: it holds nothing any more; what nobody else holds goes with the next collection.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.delete_with(pb::DeleteRequest { id: id.to_owned(), sync: false }).await
    }

    /// Deletes a lease and waits for the collection after it: slow, seldom needed.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_and_collect(&self, id: &str) -> Result<()> {
        self.delete_with(pb::DeleteRequest { id: id.to_owned(), sync: true }).await
    }

    async fn delete_with(&self, message: pb::DeleteRequest) -> Result<()> {
        let call = self.0.work(format!("cannot delete lease `{}`", message.id));
        call.answer(raw!(LeasesClient, self.0.channel()).delete(call.request(message))).await
    }

    /// Those that match one of the filters (containerd's language, `labels."k"==v`), or all; expired ones that were not
    /// collected yet included.
    ///
    /// # Errors
    /// `InvalidArgument` for a filter that cannot be read.
    pub async fn list(&self, filters: &[&str]) -> Result<Vec<Lease>> {
        let call = self.0.call("cannot list leases".to_owned());
        let request =
            call.request(pb::ListRequest { filters: filters.iter().map(ToString::to_string).collect() });
        let answer = call.answer(raw!(LeasesClient, self.0.channel()).list(request)).await?;
        Ok(answer.leases)
    }

    /// Makes a lease hold one thing more.
    ///
    /// # Errors
    /// `NotFound` for the lease; `InvalidArgument` or `Unimplemented` for a type that cannot be held.
    pub async fn add_resource(&self, id: &str, resource: Resource) -> Result<()> {
        let call = self.0.call(format!("cannot add `{}` to lease `{id}`", resource.id));
        let request = call.request(pb::AddResourceRequest { id: id.to_owned(), resource: Some(resource) });
        call.answer(raw!(LeasesClient, self.0.channel()).add_resource(request)).await
    }

    /// What a lease holds.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn resources(&self, id: &str) -> Result<Vec<Resource>> {
        let call = self.0.call(format!("cannot list what lease `{id}` holds"));
        let request = call.request(pb::ListResourcesRequest { id: id.to_owned() });
        let answer = call.answer(raw!(LeasesClient, self.0.channel()).list_resources(request)).await?;
        Ok(answer.resources)
    }
}

fn rfc3339(time: SystemTime) -> String {
    let Timestamp { seconds, .. } = Timestamp::from(time);
    Timestamp { seconds, nanos: 0 }.to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_expiry_is_written_as_the_daemon_reads_it() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        assert_eq!(rfc3339(time), "2023-11-14T22:13:20Z");
    }
}
