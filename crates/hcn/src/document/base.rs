//! The parts that every object of the service has: its health, the schema it follows.

use serde::{Deserialize, Serialize};

use crate::{Guid, Raw};

/// Which schema a document follows. Absent and 0.0 mean the older V1 documents.
///
/// A pair of numbers, compared as such: the one part that keeps no unknown members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Version", into = "Version")]
pub struct SchemaVersion {
    /// 2 for V2 documents.
    pub major: u32,
    /// Grows with the members that a release knows.
    pub minor: u32,
}

document! {
    /// A schema version on the wire.
    pub struct Version {
        /// See [`SchemaVersion::major`].
        major: u32 = "Major",
        /// See [`SchemaVersion::minor`].
        minor: u32 = "Minor",
    }
}

impl From<Version> for SchemaVersion {
    fn from(version: Version) -> Self {
        Self { major: version.major.unwrap_or_default(), minor: version.minor.unwrap_or_default() }
    }
}

impl From<SchemaVersion> for Version {
    fn from(SchemaVersion { major, minor }: SchemaVersion) -> Self {
        Self { major: Some(major), minor: Some(minor), ..Self::default() }
    }
}

impl SchemaVersion {
    /// 2.0, which every release from Server 2019 on knows.
    pub const V2: Self = Self { major: 2, minor: 0 };
}

document! {
    /// How an object is.
    pub struct Health {
        /// Free data.
        data: Raw = "Data",
        /// What the object is made of and used by.
        details: ExtraHealth = "Extra",
    }
}

document! {
    /// What an object is made of and used by.
    pub struct ExtraHealth {
        /// The allocators behind the object, as they came.
        resources: Raw = "Resources",
        /// The containers that share the object, as they came.
        shared_containers: Raw = "SharedContainers",
        /// The layer (switch) below.
        layered_on: Guid = "LayeredOn",
        /// The virtual switch.
        switch_guid: Guid = "SwitchGuid",
        /// The utility VM that holds it.
        utility_vm: Guid = "UtilityVM",
        /// The virtual machine that holds it.
        virtual_machine: Guid = "VirtualMachine",
    }
}

document! {
    /// Measurements of an object.
    pub struct Telemetry {
        /// Free data.
        data: Raw = "Data",
    }
}
