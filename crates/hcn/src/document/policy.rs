//! Policies: what a network, a subnet or an endpoint is told beyond its addresses.
//!
//! A [`Policy`] is a type and its settings, kept as they came: an unknown or ill-formed policy is never lost and
//! never taken for another. [`Settings`] are the types that hcn knows the inside of; a new one is a struct here, or in a
//! program that needs it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, Deserializer, MapAccess};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::extra::Key;
use super::{Extra, InvalidDocument, Raw, Unknown};

/// Declares which policies a settings document is the inside of: its owner, the type's name and ordinal there.
macro_rules! settings {
    ($settings:ident: $($owner:ident $name:literal $ordinal:literal),+ $(,)?) => {$(
        impl $crate::Settings<$crate::$owner> for $settings {
            const TYPE: &'static str = $name;
            const ORDINAL: u32 = $ordinal;
        }

        impl From<$settings> for $crate::Policy<$crate::$owner> {
            fn from(settings: $settings) -> Self {
                Self::new(&settings).expect("a document has text keys, and its parts cannot fail to be written")
            }
        }
    )+};
}

mod acl;
mod endpoint;
mod network;

pub use acl::{Acl, AclAction, AclDirection, AclRuleType};
pub use endpoint::{NatFlags, OutBoundNat, PortMapping, SdnRoute};
pub use network::{NetAdapterName, ProviderAddress, Vlan, Vsid};

/// What a policy can be on. The same ordinal means another type on each.
pub trait PolicyOwner {
    /// The names of the policy types, by ordinal.
    const TYPES: &'static [&'static str];
}

/// Policies of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnNetwork;

impl PolicyOwner for OnNetwork {
    const TYPES: &'static [&'static str] = &[
        "SourceMacAddress",
        "NetAdapterName",
        "InterfaceConstraint",
        "VSwitchExtension",
        "ProviderAddress",
        "DrMacAddress",
        "AutomaticDNS",
        "RemoteSubnetRoute",
        "VxlanPort",
        "HostRoute",
        "SetPolicy",
        "L4Proxy",
        "LayerConstraint",
        "NetworkACL",
        "NeighborDiscovery",
    ];
}

/// Policies of a subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnSubnet;

impl PolicyOwner for OnSubnet {
    const TYPES: &'static [&'static str] = &["VLAN", "VSID"];
}

/// Policies of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnEndpoint;

impl PolicyOwner for OnEndpoint {
    const TYPES: &'static [&'static str] = &[
        "PortMapping",
        "ACL",
        "QOS",
        "L2Driver",
        "OutBoundNAT",
        "SDNRoute",
        "L4Proxy",
        "L4WFPPROXY",
        "ProviderAddress",
        "PortName",
        "EncapOverhead",
        "InterfaceConstraint",
        "Encryption",
        "VLAN",
        "InterfaceParameters",
        "Iov",
        "TierAcl",
        "VmNic",
        "Firewall",
    ];
}

/// The inside of a policy of one type on one sort of owner. `Policy::from` takes those that hcn knows.
pub trait Settings<On: PolicyOwner>: Serialize + DeserializeOwned {
    /// The type's name on the wire.
    const TYPE: &'static str;
    /// The type's ordinal.
    const ORDINAL: u32;
}

/// The type of a policy: a name, or an ordinal that its owner has no name for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyKind(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Known(&'static str),
    Unknown(Unknown),
}

impl PolicyKind {
    /// The name on the wire; of an unknown ordinal its digits.
    pub fn name(&self) -> &str {
        match &self.0 {
            Kind::Known(name) => name,
            Kind::Unknown(unknown) => unknown.as_str(),
        }
    }

    fn of<On: PolicyOwner>(value: Unknown) -> Self {
        let mut known = (0u32..).zip(On::TYPES);
        let found = known.find(|(ordinal, name)| value.is(name, *ordinal));
        Self(found.map_or(Kind::Unknown(value), |(_, name)| Kind::Known(name)))
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for PolicyKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Known(name) => serializer.serialize_str(name),
            Kind::Unknown(unknown) => unknown.serialize(serializer),
        }
    }
}

/// A policy: its type, and its settings as they came.
///
/// ```
/// use hcn::{OnEndpoint, OutBoundNat, Policy, PortMapping, Raw};
///
/// let web: Policy<OnEndpoint> = PortMapping::tcp(80, 8080).into();
/// assert_eq!(web.read::<PortMapping>(), Some(Ok(PortMapping::tcp(80, 8080))));
/// assert_eq!(web.read::<OutBoundNat>(), None, "it is of another type");
///
/// // One that hcn does not know the inside of:
/// let settings = Raw::parse(r#"{"MaximumOutgoingBandwidthInBytes":1000000}"#)?;
/// let slow = Policy::<OnEndpoint>::from_parts("QOS", settings);
/// assert_eq!(slow.kind(), "QOS");
/// # Ok::<(), hcn::InvalidDocument>(())
/// ```
pub struct Policy<On> {
    /// The type; absent means the one of ordinal 0, see [`Policy::kind`].
    pub kind: Option<PolicyKind>,
    /// The settings as they came; [`Policy::read`] looks inside.
    pub settings: Option<Raw>,
    /// Members that hcn does not know.
    pub extra: Extra,
    on: PhantomData<On>,
}

impl<On: PolicyOwner> Policy<On> {
    /// A policy with these settings; of a settings type of this crate `Policy::from` makes one without a `Result`.
    ///
    /// # Errors
    /// Settings that JSON cannot hold, such as a map whose keys are not text.
    pub fn new<S: Settings<On>>(settings: &S) -> Result<Self, InvalidDocument> {
        Ok(Self { settings: Some(Raw::new(settings)?), ..Self::named(S::TYPE) })
    }

    /// A policy of a type by name, whose settings nobody looks into.
    pub fn from_parts(name: &str, settings: Raw) -> Self {
        Self { settings: Some(settings), ..Self::named(name) }
    }

    /// A policy of a type by name, without settings.
    pub fn named(name: &str) -> Self {
        Self { kind: Some(PolicyKind::of::<On>(name.into())), ..Self::default() }
    }

    /// The type's name; an absent one is the owner's first.
    pub fn kind(&self) -> &str {
        self.kind.as_ref().map_or(On::TYPES[0], PolicyKind::name)
    }

    /// Its settings, if it is of the type `S`.
    ///
    /// # Errors
    /// Settings that are absent or not of that shape; the policy itself keeps them all the same.
    pub fn read<S: Settings<On>>(&self) -> Option<Result<S, InvalidDocument>> {
        if !self.kind().eq_ignore_ascii_case(S::TYPE) {
            return None;
        }
        let absent = || InvalidDocument::new("Settings", format!("a {} policy without settings", S::TYPE));
        Some(self.settings.as_ref().ok_or_else(absent).and_then(Raw::read))
    }
}

// Written out, for a derive would ask the same of `On`.
impl<On> Clone for Policy<On> {
    fn clone(&self) -> Self {
        let Self { kind, settings, extra, on } = self;
        Self { kind: kind.clone(), settings: settings.clone(), extra: extra.clone(), on: *on }
    }
}

impl<On> Default for Policy<On> {
    fn default() -> Self {
        Self { kind: None, settings: None, extra: Extra::default(), on: PhantomData }
    }
}

impl<On> PartialEq for Policy<On> {
    fn eq(&self, other: &Self) -> bool {
        (&self.kind, &self.settings, &self.extra) == (&other.kind, &other.settings, &other.extra)
    }
}

impl<On> fmt::Debug for Policy<On> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, settings, extra, .. } = self;
        f.debug_struct("Policy")
            .field("kind", kind)
            .field("settings", settings)
            .field("extra", extra)
            .finish()
    }
}

impl<On> Serialize for Policy<On> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.kind.as_ref().map_or(Ok(()), |kind| map.serialize_entry("Type", kind))?;
        self.settings.as_ref().map_or(Ok(()), |settings| map.serialize_entry("Settings", settings))?;
        self.extra.write(&mut map)?;
        map.end()
    }
}

impl<'de, On: PolicyOwner> Deserialize<'de> for Policy<On> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Reads a policy's members.
struct Members<On>(PhantomData<On>);

impl<'de, On: PolicyOwner> de::Visitor<'de> for Members<On> {
    type Value = Policy<On>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policy<On>, A::Error> {
        let mut policy = Policy::default();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match key.as_str() {
                name if name.eq_ignore_ascii_case("Type") && policy.kind.is_none() => {
                    policy.kind = map.next_value::<Option<Unknown>>()?.map(PolicyKind::of::<On>);
                }
                name if name.eq_ignore_ascii_case("Settings") && policy.settings.is_none() => {
                    policy.settings = map.next_value()?;
                }
                name => policy.extra.push(name, map.next_value()?),
            }
        }
        Ok(policy)
    }
}
