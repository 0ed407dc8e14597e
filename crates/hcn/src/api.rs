//! The C ABI of computenetwork.dll as a trait: JSON text in, JSON text out, plain handles.
//!
//! One to one with the functions of ComputeNetwork.h, so that one conformance suite can judge the real
//! service, the emulator and the emulator's DLL alike. Nothing here interprets a document: that is
//! [`crate::Hcn`]'s work, which is also where the errors that people read are built.

use std::num::NonZeroU64;

use crate::{Code, Guid};

/// The kinds of object that the service keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A switch that endpoints join.
    Network,
    /// A NIC with addresses and policies on a network.
    Endpoint,
    /// A network compartment that endpoints are added to.
    Namespace,
    /// Virtual addresses shared out over endpoints.
    LoadBalancer,
    /// A route of the software-defined network.
    SdnRoute,
    /// The service inside a utility VM.
    GuestNetworkService,
}

impl Kind {
    /// Every kind, in the order of this enum.
    pub const ALL: [Self; 6] = [
        Self::Network,
        Self::Endpoint,
        Self::Namespace,
        Self::LoadBalancer,
        Self::SdnRoute,
        Self::GuestNetworkService,
    ];

    /// The word for people: `load balancer`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Endpoint => "endpoint",
            Self::Namespace => "namespace",
            Self::LoadBalancer => "load balancer",
            Self::SdnRoute => "SDN route",
            Self::GuestNetworkService => "guest network service",
        }
    }
}

/// An open object. A token of this process, never reused, so that closing twice is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub NonZeroU64);

/// What a handle can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// `HcnQuery*Properties`: the object's document.
    Properties,
    /// `HcnQueryEndpointStats`: its counters.
    Stats,
    /// `HcnQueryEndpointAddresses`.
    Addresses,
}

/// A refused call: the HRESULT, and the record (JSON text) when the service left one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HRESULT.
    pub code: Code,
    /// The record: `{"Success":false,"Error":"…","ErrorCode":n}`.
    pub record: Option<Box<str>>,
}

impl Failure {
    /// A failure without a record.
    pub const fn bare(code: Code) -> Self {
        Self { code, record: None }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::bare(code)
    }
}

/// The functions of computenetwork.dll, and `HNSCall` of vmcompute.dll.
///
/// Implementations may be called from any thread at once. Each success of `create` and `open` needs one `close`;
/// `close` never deletes, and closing after a delete is legal.
pub trait Api: Send + Sync {
    /// `HcnEnumerate*`: the ids as a JSON array. No query (NULL) and the query `{}` are different calls.
    fn enumerate(&self, kind: Kind, query: Option<&str>) -> Result<String, Failure>;

    /// `HcnCreate*`. `parent` is the network's handle for an endpoint and `None` otherwise; a zero `id` lets the
    /// document's `ID`, else the service, choose.
    fn create(&self, kind: Kind, parent: Option<Handle>, id: Guid, settings: &str)
    -> Result<Handle, Failure>;

    /// `HcnOpen*`.
    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, Failure>;

    /// `HcnQuery*Properties`, `HcnQueryEndpointStats`, `HcnQueryEndpointAddresses`.
    fn query(&self, kind: Kind, handle: Handle, what: Query, text: Option<&str>) -> Result<String, Failure>;

    /// `HcnModify*`.
    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), Failure>;

    /// `HcnDelete*`.
    fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure>;

    /// `HcnClose*`. Its failure is visible.
    fn close(&self, kind: Kind, handle: Handle) -> Result<(), Failure>;

    /// `HNSCall` of vmcompute.dll, the V1 front door of the same service.
    fn hns_call(&self, method: &str, path: &str, body: &str) -> Result<String, Failure>;
}
