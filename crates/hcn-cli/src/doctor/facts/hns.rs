//! The Host Network Service: its version, and the objects that it has.

use hcn::{Endpoint, Namespace, Network, ServiceVersion};

use super::Fact;

/// A service.
pub(crate) trait Hns {
    /// Its version; or why it does not answer.
    fn version(&self) -> Fact<ServiceVersion>;

    /// Its networks.
    fn networks(&self) -> Fact<Vec<Network>>;

    /// Its endpoints.
    fn endpoints(&self) -> Fact<Vec<Endpoint>>;

    /// Its namespaces.
    fn namespaces(&self) -> Fact<Vec<Namespace>>;
}
