//! The Host Network Service: its version, and the networks that it has.

use hcn::{Network, ServiceVersion};

use super::Fact;

/// A service.
pub(crate) trait Hns {
    /// Its version; or why it does not answer.
    fn version(&self) -> Fact<ServiceVersion>;

    /// Its networks.
    fn networks(&self) -> Fact<Vec<Network>>;
}
