//! `windows`: `config-windows.md` of the runtime spec.

use super::Shape::{Any, Flag, List, Object, Text};
use super::{Field, TEXTS, U16, U32, U64};

pub(super) const WINDOWS: &[Field] = &[
    ("layerFolders", TEXTS),
    ("devices", List(&Object(&[("id", Text), ("idType", Text)]))),
    ("resources", Object(RESOURCES)),
    ("credentialSpec", Any),
    ("servicing", Flag),
    ("ignoreFlushesDuringBoot", Flag),
    ("hyperv", Object(&[("utilityVMPath", Text)])),
    ("network", Object(NETWORK)),
];

const RESOURCES: &[Field] = &[
    ("memory", Object(&[("limit", U64)])),
    ("cpu", Object(CPU)),
    ("storage", Object(&[("iops", U64), ("bps", U64), ("sandboxSize", U64)])),
];

const CPU: &[Field] = &[
    ("count", U64),
    ("shares", U16),
    ("maximum", U16),
    ("affinity", List(&Object(&[("mask", U64), ("group", U32)]))),
];

const NETWORK: &[Field] = &[
    ("endpointList", TEXTS),
    ("allowUnqualifiedDNSQuery", Flag),
    ("DNSSearchList", TEXTS),
    ("networkSharedContainerName", Text),
    ("networkNamespace", Text),
];
