//! The service that this host has.

use std::cell::OnceCell;

use hcn::{Endpoint, ErrorKind, Hcn, Namespace, Network, ServiceVersion};

use crate::doctor::facts::hns::Hns;
use crate::doctor::facts::{Absent, Fact};

/// A service, asked through the library; what it has, once for all checks.
pub(crate) struct Service {
    hcn: Hcn,
    networks: OnceCell<Fact<Vec<Network>>>,
    endpoints: OnceCell<Fact<Vec<Endpoint>>>,
    namespaces: OnceCell<Fact<Vec<Namespace>>>,
}

impl Service {
    /// Nothing is asked yet.
    pub(crate) fn new(hcn: Hcn) -> Self {
        Self { hcn, networks: OnceCell::new(), endpoints: OnceCell::new(), namespaces: OnceCell::new() }
    }
}

impl Hns for Service {
    fn version(&self) -> Fact<ServiceVersion> {
        self.hcn.version().map_err(|error| absent(&error))
    }

    fn networks(&self) -> Fact<Vec<Network>> {
        self.networks.get_or_init(|| self.hcn.networks().list().map_err(|error| absent(&error))).clone()
    }

    fn endpoints(&self) -> Fact<Vec<Endpoint>> {
        self.endpoints.get_or_init(|| self.hcn.endpoints().list().map_err(|error| absent(&error))).clone()
    }

    fn namespaces(&self) -> Fact<Vec<Namespace>> {
        self.namespaces.get_or_init(|| self.hcn.namespaces().list().map_err(|error| absent(&error))).clone()
    }
}

fn absent(error: &hcn::Error) -> Absent {
    match error.kind() {
        ErrorKind::AccessDenied => Absent::Denied(error.to_string()),
        ErrorKind::Unsupported => Absent::NotHere(error.to_string()),
        _ => Absent::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
#[cfg(not(windows))]
mod tests {
    use hcn_emulator::Emulator;

    use super::*;

    #[test]
    fn an_emulated_service_tells_its_version_and_its_networks() {
        let service = Service::new(Hcn::new(Emulator::in_memory()));
        assert_eq!(service.version().unwrap().major, ServiceVersion::SERVER_2019.major);
        assert_eq!(service.networks().unwrap().len(), 0);
    }

    #[test]
    fn without_windows_there_is_none() {
        assert!(Service::new(Hcn::system()).networks().is_err());
    }
}
