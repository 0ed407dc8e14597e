//! The service that this host has.

use hcn::{Endpoint, ErrorKind, Hcn, Namespace, Network, ServiceVersion};

use crate::doctor::facts::hns::Hns;
use crate::doctor::facts::{Absent, Fact};

/// A service, asked through the library.
pub(crate) struct Service(pub(crate) Hcn);

impl Hns for Service {
    fn version(&self) -> Fact<ServiceVersion> {
        self.0.version().map_err(|error| absent(&error))
    }

    fn networks(&self) -> Fact<Vec<Network>> {
        self.0.networks().list().map_err(|error| absent(&error))
    }

    fn endpoints(&self) -> Fact<Vec<Endpoint>> {
        self.0.endpoints().list().map_err(|error| absent(&error))
    }

    fn namespaces(&self) -> Fact<Vec<Namespace>> {
        self.0.namespaces().list().map_err(|error| absent(&error))
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
        let service = Service(Hcn::new(Emulator::in_memory()));
        assert_eq!(service.version().unwrap().major, ServiceVersion::SERVER_2019.major);
        assert_eq!(service.networks().unwrap().len(), 0);
    }

    #[test]
    fn without_windows_there_is_none() {
        assert!(Service(Hcn::system()).networks().is_err());
    }
}
