//! What the daemon can do, and which one it is.

use crate::call::raw;
use crate::pb::containerd::services::introspection::v1::PluginsRequest;
use crate::pb::containerd::services::introspection::v1::introspection_client::IntrospectionClient;
use crate::{Client, Plugin, Result, Server};

/// Calls of [`Client::introspection`].
#[derive(Debug, Clone, Copy)]
pub struct Introspection<'c>(pub(crate) &'c Client);

impl Introspection<'_> {
    /// Which daemon it is: the id of its installation, which survives restarts, and its process id.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn server(&self) -> Result<Server> {
        let call = self.0.call("cannot ask containerd which server it is".to_owned());
        call.answer(raw!(IntrospectionClient, self.0.channel()).server(call.request(()))).await
    }

    /// Its plugins; those that match one of the filters (containerd's language, `type==io.containerd.snapshotter.v1`),
    /// or all. One whose `init_err` is set is there and does not work.
    ///
    /// # Errors
    /// `InvalidArgument` for a filter that cannot be read.
    pub async fn plugins(&self, filters: &[&str]) -> Result<Vec<Plugin>> {
        let call = self.0.call("cannot list containerd's plugins".to_owned());
        let request =
            call.request(PluginsRequest { filters: filters.iter().map(ToString::to_string).collect() });
        let answer = call.answer(raw!(IntrospectionClient, self.0.channel()).plugins(request)).await?;
        Ok(answer.plugins)
    }
}
