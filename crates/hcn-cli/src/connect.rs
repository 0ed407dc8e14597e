//! The one place that connects to containerd.

use std::time::Duration;

use hcn_containerd::{Client, Limits, Namespace, Options, Result};

/// Connect to the daemon at this address, for this containerd namespace; `limit` is how long that may take.
///
/// # Errors
/// `InvalidArgument`: that is no address; else those of [`Client::connect`].
pub(crate) async fn connect(address: &str, namespace: Namespace, limit: Duration) -> Result<Client> {
    let limits = Limits { connect: limit, ..Limits::default() };
    Client::connect(&address.parse()?, &Options { namespace, limits }).await
}
