//! Queries (`HostComputeQuery`): which dialect an answer is in, which objects it names.

use super::SchemaVersion;
use crate::{Guid, NetworkId};

document! {
    /// What an enumerate or a query asks for.
    pub struct QueryDocument {
        /// The dialect of the answer: 2.x gives V2 documents; 1.0 or absent gives V1 documents.
        schema_version: SchemaVersion = "SchemaVersion",
        /// [`QueryDocument::DETAILED`] asks for all properties.
        flags: u32 = "Flags",
        /// A [`Filter`] as text.
        filter: String = "Filter",
    }
}

impl QueryDocument {
    /// The flag that asks for all properties.
    pub const DETAILED: u32 = 1;

    /// Asks for V2 documents.
    pub fn v2() -> Self {
        Self { schema_version: Some(SchemaVersion::V2), ..Self::default() }
    }

    /// Asks for V2 documents of the objects that match.
    pub fn v2_where(filter: &Filter) -> Self {
        Self { filter: Some(filter.to_json()), ..Self::v2() }
    }
}

document! {
    /// Which objects: all members have to be equal. The names are those of V1 documents, whatever the query's
    /// schema version.
    pub struct Filter {
        /// The object's id.
        id: Guid = "ID",
        /// Its name.
        name: String = "Name",
        /// An endpoint's network.
        virtual_network: NetworkId = "VirtualNetwork",
        /// The virtual machine that an endpoint is for.
        virtual_machine: Guid = "VirtualMachine",
        /// Its state.
        state: u16 = "State",
        /// Its flags.
        flags: u32 = "Flags",
    }
}

impl Filter {
    /// By name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// The endpoints of this network.
    pub fn on(network: NetworkId) -> Self {
        Self { virtual_network: Some(network), ..Self::default() }
    }
}
