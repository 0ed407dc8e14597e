//! HRESULTs and the code table: the only place where a number gets a name, a kind, a meaning and an advice.
//!
//! Names and values are winerror.h's (`HCN_E_*`, `GCN_E_*`: the complete list) together with the general codes
//! that HCN calls have been seen to return. A Rust constant drops the `HCN_E_`; `GCN_E_X` is `GUEST_X`.

use std::fmt;

use super::ErrorKind;

/// An HRESULT. Negative (top bit set) means failure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

impl Code {
    /// The symbolic name, as winerror.h spells it; `None` for a code that is not in the table.
    pub fn name(self) -> Option<&'static str> {
        Row::of(self).map(|row| row.name)
    }

    /// What sort of failure this is.
    pub fn kind(self) -> ErrorKind {
        Row::of(self).map_or(ErrorKind::Other, |row| row.kind)
    }

    /// What the code means, in a few words.
    pub fn why(self) -> &'static str {
        Row::of(self).map_or("the service refused with a code that hcn does not know", |row| row.why)
    }

    /// What to do about it, where something general can be said.
    pub fn hint(self) -> Option<&'static str> {
        Row::of(self).map(|row| row.hint).filter(|hint| !hint.is_empty())
    }

    /// Is this the code of a failure?
    pub const fn is_failure(self) -> bool {
        self.0 & 0x8000_0000 != 0
    }

    /// Does it say that the object itself is gone: deleted, or never made? Of the kind [`ErrorKind::NotFound`] are also
    /// codes that say that something which an object needs is missing, such as its switch port; the object is there
    /// then, and has to be deleted yet.
    pub const fn is_absence(self) -> bool {
        matches!(
            self,
            Self::NETWORK_NOT_FOUND
                | Self::ENDPOINT_NOT_FOUND
                | Self::ELEMENT_NOT_FOUND
                | Self::OBJECT_USED_AFTER_UNLOAD
        )
    }

    /// Every code that the table knows, in ascending order within its two parts.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|row| row.code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

/// All that is known about one code.
struct Row {
    code: Code,
    name: &'static str,
    kind: ErrorKind,
    why: &'static str,
    hint: &'static str,
}

impl Row {
    fn of(code: Code) -> Option<&'static Self> {
        CODES.iter().find(|row| row.code == code)
    }
}

macro_rules! codes {
    ($($constant:ident $value:literal $name:literal $kind:ident $why:literal, $hint:literal;)*) => {
        impl Code {
            $(#[doc = concat!("`", $name, "`: ", $why, ".")] pub const $constant: Self = Self($value);)*
        }

        const CODES: &[Row] = &[
            $(Row { code: Code($value), name: $name, kind: ErrorKind::$kind, why: $why, hint: $hint },)*
        ];
    };
}

// An empty hint says that no general advice is known: better none than a guess.
codes! {
    NETWORK_NOT_FOUND 0x803B_0001 "HCN_E_NETWORK_NOT_FOUND" NotFound
        "there is no such network", "list the networks with `hcn network list`";
    ENDPOINT_NOT_FOUND 0x803B_0002 "HCN_E_ENDPOINT_NOT_FOUND" NotFound
        "there is no such endpoint", "list the endpoints with `hcn endpoint list`";
    LAYER_NOT_FOUND 0x803B_0003 "HCN_E_LAYER_NOT_FOUND" NotFound
        "the layer that the network should sit on is not there", "check the id in its LayerConstraint policy";
    SWITCH_NOT_FOUND 0x803B_0004 "HCN_E_SWITCH_NOT_FOUND" NotFound
        "the virtual switch is not there", "delete the network and create it again";
    SUBNET_NOT_FOUND 0x803B_0005 "HCN_E_SUBNET_NOT_FOUND" NotFound
        "the network has no subnet that fits the endpoint", "look at the network's Ipams";
    ADAPTER_NOT_FOUND 0x803B_0006 "HCN_E_ADAPTER_NOT_FOUND" NotFound
        "the network adapter is not there", "name one that `Get-NetAdapter` shows";
    PORT_NOT_FOUND 0x803B_0007 "HCN_E_PORT_NOT_FOUND" NotFound
        "the switch port is not there", "delete the endpoint and create it again";
    POLICY_NOT_FOUND 0x803B_0008 "HCN_E_POLICY_NOT_FOUND" NotFound
        "there is no such policy on it", "look at the object's Policies";
    VFP_PORTSETTING_NOT_FOUND 0x803B_0009 "HCN_E_VFP_PORTSETTING_NOT_FOUND" NotFound
        "the port has no VFP settings", "enable the switch extension VFP";
    INVALID_NETWORK 0x803B_000A "HCN_E_INVALID_NETWORK" InvalidDocument
        "the network's configuration is wrong or incomplete",
        "check subnet and gateway; only one NAT network can hold WinNAT (`Get-NetNat` shows who does)";
    INVALID_NETWORK_TYPE 0x803B_000B "HCN_E_INVALID_NETWORK_TYPE" InvalidDocument
        "the network's type does not allow this", "check the network's Type";
    INVALID_ENDPOINT 0x803B_000C "HCN_E_INVALID_ENDPOINT" InvalidDocument
        "the endpoint's configuration is wrong or incomplete", "check its addresses, MAC address, routes and policies";
    INVALID_POLICY 0x803B_000D "HCN_E_INVALID_POLICY" InvalidDocument
        "a policy's settings are wrong or incomplete",
        "check its Settings; newer releases refuse prefixes with host bits set";
    INVALID_POLICY_TYPE 0x803B_000E "HCN_E_INVALID_POLICY_TYPE" InvalidDocument
        "a policy's type is wrong here", "check which policies this network type and this Windows release take";
    INVALID_REMOTE_ENDPOINT_OPERATION 0x803B_000F "HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION" Unsupported
        "a remote endpoint cannot do this", "use an endpoint of this host: its Flags are without 1";
    NETWORK_ALREADY_EXISTS 0x803B_0010 "HCN_E_NETWORK_ALREADY_EXISTS" AlreadyExists
        "a network with this name or id exists already", "choose another name, or use the one that is there";
    LAYER_ALREADY_EXISTS 0x803B_0011 "HCN_E_LAYER_ALREADY_EXISTS" AlreadyExists
        "the layer exists already", "choose another name, or use the network that is there";
    POLICY_ALREADY_EXISTS 0x803B_0012 "HCN_E_POLICY_ALREADY_EXISTS" AlreadyExists
        "the object has this policy already", "remove it first, or update it";
    PORT_ALREADY_EXISTS 0x803B_0013 "HCN_E_PORT_ALREADY_EXISTS" PortInUse
        "the port is in use", "choose another external port, or look for a stale endpoint with `hcn endpoint list`";
    ENDPOINT_ALREADY_ATTACHED 0x803B_0014 "HCN_E_ENDPOINT_ALREADY_ATTACHED" AlreadyExists
        "the endpoint is attached already", "take it for done, or detach it first";
    REQUEST_UNSUPPORTED 0x803B_0015 "HCN_E_REQUEST_UNSUPPORTED" Unsupported
        "the service does not allow this request",
        "when deleting a namespace: a container is still in it, stop that first";
    MAPPING_NOT_SUPPORTED 0x803B_0016 "HCN_E_MAPPING_NOT_SUPPORTED" Unsupported
        "the network cannot map ports", "publish ports on a NAT network";
    DEGRADED_OPERATION 0x803B_0017 "HCN_E_DEGRADED_OPERATION" Degraded
        "the object is degraded", "delete it and create it again";
    SHARED_SWITCH_MODIFICATION 0x803B_0018 "HCN_E_SHARED_SWITCH_MODIFICATION" InUse
        "several networks share the switch", "delete the other networks of that adapter first";
    GUID_CONVERSION_FAILURE 0x803B_0019 "HCN_E_GUID_CONVERSION_FAILURE" InvalidDocument
        "a text in the document is not a GUID", "write 36 characters without braces";
    REGKEY_FAILURE 0x803B_001A "HCN_E_REGKEY_FAILURE" Other
        "the service could not use the registry", "look at the event log";
    INVALID_JSON 0x803B_001B "HCN_E_INVALID_JSON" InvalidDocument
        "the service cannot use the document", "leave out members that this Windows release does not know";
    INVALID_JSON_REFERENCE 0x803B_001C "HCN_E_INVALID_JSON_REFERENCE" InvalidDocument
        "a reference inside the document is wrong", "check the ids that the document names";
    ENDPOINT_SHARING_DISABLED 0x803B_001D "HCN_E_ENDPOINT_SHARING_DISABLED" Unsupported
        "the endpoint may not be shared", "give each container an endpoint of its own";
    INVALID_IP 0x803B_001E "HCN_E_INVALID_IP" InvalidDocument
        "the address is malformed or in none of the network's subnets", "choose an address of the network's subnet";
    SWITCH_EXTENSION_NOT_FOUND 0x803B_001F "HCN_E_SWITCH_EXTENSION_NOT_FOUND" NotFound
        "the switch extension is not there", "name one that `Get-VMSwitchExtension` shows";
    MANAGER_STOPPED 0x803B_0020 "HCN_E_MANAGER_STOPPED" ServiceUnavailable
        "the Host Network Service is stopping", "start it again with `sc.exe start hns`";
    GUEST_MODULE_NOT_FOUND 0x803B_0021 "GCN_E_MODULE_NOT_FOUND" Guest
        "the guest lacks a module", "delete the container and run it again; the guest may be older than the host";
    GUEST_NO_REQUEST_HANDLERS 0x803B_0022 "GCN_E_NO_REQUEST_HANDLERS" Guest
        "the guest has no handler for the request", "delete the container and run it again; the guest may be older than the host";
    GUEST_REQUEST_UNSUPPORTED 0x803B_0023 "GCN_E_REQUEST_UNSUPPORTED" Guest
        "the guest does not support the request", "leave out what is newer than the guest";
    GUEST_RUNTIMEKEYS_FAILED 0x803B_0024 "GCN_E_RUNTIMEKEYS_FAILED" Guest
        "the guest could not add runtime keys to the container", "delete the container and run it again";
    GUEST_NETADAPTER_TIMEOUT 0x803B_0025 "GCN_E_NETADAPTER_TIMEOUT" Guest
        "the adapter did not appear in the guest in time", "try again; a busy host starts utility VMs slowly";
    GUEST_NETADAPTER_NOT_FOUND 0x803B_0026 "GCN_E_NETADAPTER_NOT_FOUND" Guest
        "the guest has no adapter with that instance id", "remove the endpoint and add it again";
    GUEST_NETCOMPARTMENT_NOT_FOUND 0x803B_0027 "GCN_E_NETCOMPARTMENT_NOT_FOUND" Guest
        "the guest has no compartment with that id", "delete the container and run it again in a fresh namespace";
    GUEST_NETINTERFACE_NOT_FOUND 0x803B_0028 "GCN_E_NETINTERFACE_NOT_FOUND" Guest
        "the guest has no interface with that id", "remove the endpoint and add it again";
    GUEST_DEFAULTNAMESPACE_EXISTS 0x803B_0029 "GCN_E_DEFAULTNAMESPACE_EXISTS" Guest
        "the guest has a default namespace already", "use the one that is there";
    ICS_DISABLED 0x803B_002A "HCN_E_ICS_DISABLED" ServiceUnavailable
        "the service SharedAccess is disabled", "enable it with `sc.exe config SharedAccess start= demand`";
    ENDPOINT_NAMESPACE_ALREADY_EXISTS 0x803B_002B "HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS" InUse
        "the endpoint is in a namespace already", "remove it from that namespace first";
    ENTITY_HAS_REFERENCES 0x803B_002C "HCN_E_ENTITY_HAS_REFERENCES" InUse
        "the object is still referenced", "delete what refers to it first";
    INVALID_INTERNAL_PORT 0x803B_002D "HCN_E_INVALID_INTERNAL_PORT" InvalidDocument
        "the internal port is missing or 0", "give an internal port between 1 and 65535";
    NAMESPACE_ATTACH_FAILED 0x803B_002E "HCN_E_NAMESPACE_ATTACH_FAILED" InUse
        "the namespace could not be attached",
        "use a fresh namespace: on Server 2019 one serves a single container";
    ADDR_INVALID_OR_RESERVED 0x803B_002F "HCN_E_ADDR_INVALID_OR_RESERVED" AddressInUse
        "the address is in use or reserved", "choose another, or look for a stale one with `hcn endpoint list`";
    INVALID_PREFIX 0x803B_0030 "HCN_E_INVALID_PREFIX" InvalidDocument
        "the prefix is wrong", "write it as 10.1.0.0/24, without host bits";
    OBJECT_USED_AFTER_UNLOAD 0x803B_0031 "HCN_E_OBJECT_USED_AFTER_UNLOAD" NotFound
        "the object was torn down meanwhile", "open it again by its id";
    INVALID_SUBNET 0x803B_0032 "HCN_E_INVALID_SUBNET" InvalidDocument
        "a subnet is wrong or incomplete", "check its prefix, its gateway and its policies";
    INVALID_IP_SUBNET 0x803B_0033 "HCN_E_INVALID_IP_SUBNET" InvalidDocument
        "an IP subnet is wrong or incomplete", "its prefix has to lie within that of its subnet";
    ENDPOINT_NOT_ATTACHED 0x803B_0034 "HCN_E_ENDPOINT_NOT_ATTACHED" Unsupported
        "the endpoint is not attached", "attach it first";
    ENDPOINT_NOT_LOCAL 0x803B_0035 "HCN_E_ENDPOINT_NOT_LOCAL" Unsupported
        "the endpoint is not local", "ask the host that the endpoint is on";
    // The header's name has no E_ part.
    INTERFACEPARAMETERS_ALREADY_APPLIED 0x803B_0036 "HCN_INTERFACEPARAMETERS_ALREADY_APPLIED" AlreadyExists
        "the endpoint has an InterfaceParameters policy already", "give the endpoint a single one";
    VFP_NOT_ALLOWED 0x803B_0037 "HCN_E_VFP_NOT_ALLOWED" Unsupported
        "the network type needs VFP, which this Windows edition lacks", "use a NAT network, or Windows Server";

    NOT_IMPLEMENTED 0x8000_4001 "E_NOTIMPL" Unsupported
        "this Windows release does not implement the call", "";
    NULL_POINTER 0x8000_4003 "E_POINTER" InvalidArgument
        "a required pointer was null", "";
    UNSPECIFIED 0x8000_4005 "E_FAIL" Other
        "the service failed without saying why", "";
    // From the COM runtime: what an export answers when it caught a panic of ours.
    UNEXPECTED 0x8000_FFFF "E_UNEXPECTED" Other
        "the service failed unexpectedly", "";
    ACCESS_DENIED 0x8007_0005 "E_ACCESSDENIED" AccessDenied
        "access is denied", "run it as an administrator, or as a member of Hyper-V Administrators";
    INVALID_HANDLE 0x8007_0006 "E_HANDLE" InvalidArgument
        "the handle is not open", "";
    // Also what hcn itself reports for an answer that it cannot read.
    INVALID_DATA 0x8007_000D "ERROR_INVALID_DATA" InvalidDocument
        "the data is invalid", "";
    OUT_OF_MEMORY 0x8007_000E "E_OUTOFMEMORY" Other
        "the service ran out of memory", "";
    DUPLICATE_NAME 0x8007_0034 "ERROR_DUP_NAME" AlreadyExists
        "the name exists already", "choose another name";
    INVALID_ARGUMENT 0x8007_0057 "E_INVALIDARG" InvalidArgument
        "the service took an argument or a part of the document for incorrect", "";
    // What the emulator answers when its store cannot grow.
    DISK_FULL 0x8007_0070 "ERROR_DISK_FULL" Other
        "the disk of the service is full", "make room on it, then try again";
    // What the loader answers when the DLL is missing.
    MODULE_NOT_FOUND 0x8007_007E "ERROR_MOD_NOT_FOUND" ServiceUnavailable
        "this system has no Host Network Service",
        "on Windows enable the feature Containers or Hyper-V; elsewhere use the emulator (HCN_HNS=emulator)";
    ALREADY_EXISTS 0x8007_00B7 "ERROR_ALREADY_EXISTS" AlreadyExists
        "it exists already", "";
    ELEMENT_NOT_FOUND 0x8007_0490 "ERROR_NOT_FOUND" NotFound
        "there is no such object", "";
    SERVICE_UNAVAILABLE 0x8007_06BA "RPC_S_SERVER_UNAVAILABLE" ServiceUnavailable
        "the Host Network Service is not running", "start it with `sc.exe start hns`";
    CALL_FAILED 0x8007_06BE "RPC_S_CALL_FAILED" ServiceUnavailable
        "the Host Network Service died during the call", "look at the event log, then try again";
    OBJECT_ALREADY_EXISTS 0x8007_1392 "ERROR_OBJECT_ALREADY_EXISTS" AlreadyExists
        "the object exists already", "";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hcn_codes_are_complete_and_in_order() {
        let hcn: Vec<u32> = Code::all().map(|code| code.0).filter(|code| code >> 16 == 0x803B).collect();
        assert_eq!(hcn, (0x803B_0001..=0x803B_0037).collect::<Vec<_>>());
    }

    #[test]
    fn codes_and_names_are_unique_failures() {
        let codes: std::collections::HashSet<_> = Code::all().collect();
        let names: std::collections::HashSet<_> = Code::all().filter_map(Code::name).collect();
        assert_eq!((codes.len(), names.len()), (CODES.len(), CODES.len()));
        assert!(Code::all().all(Code::is_failure));
    }

    #[test]
    fn meanings_and_hints_have_the_house_shape() {
        for row in CODES {
            assert!(!row.why.is_empty() && !row.why.ends_with('.'), "{}", row.name);
            assert!(!row.hint.ends_with('.') && !row.hint.contains('\n'), "{}", row.name);
        }
    }

    #[test]
    fn only_what_names_the_object_itself_means_that_it_is_gone() {
        let gone: Vec<u32> = Code::all().filter(|code| code.is_absence()).map(|code| code.0).collect();
        assert_eq!(gone, [0x803B_0001, 0x803B_0002, 0x803B_0031, 0x8007_0490]);
        assert!(Code::all().filter(|code| code.is_absence()).all(|code| code.kind() == ErrorKind::NotFound));
    }

    #[test]
    fn an_unknown_code_keeps_its_number() {
        let odd = Code(0x8123_4567);
        assert_eq!(
            (odd.to_string().as_str(), odd.name(), odd.kind()),
            ("0x81234567", None, ErrorKind::Other)
        );
    }
}
