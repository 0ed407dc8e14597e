//! `linux`, and what only Linux has elsewhere: `config-linux.md` of the runtime spec.

use super::Shape::{Flag, List, Map, Object, Text};
use super::{Field, I64, TEXTS, U16, U32, U64};

pub(super) const LINUX: &[Field] = &[
    ("uidMappings", List(&Object(ID_MAPPING))),
    ("gidMappings", List(&Object(ID_MAPPING))),
    ("sysctl", Map(&Text)),
    ("resources", Object(RESOURCES)),
    ("cgroupsPath", Text),
    ("namespaces", List(&Object(&[("type", Text), ("path", Text)]))),
    ("devices", List(&Object(DEVICE))),
    ("netDevices", Map(&Object(&[("name", Text)]))),
    ("seccomp", Object(SECCOMP)),
    ("rootfsPropagation", Text),
    ("maskedPaths", TEXTS),
    ("readonlyPaths", TEXTS),
    ("mountLabel", Text),
    ("intelRdt", Object(INTEL_RDT)),
    ("memoryPolicy", Object(&[("mode", Text), ("nodes", Text), ("flags", TEXTS)])),
    ("personality", Object(&[("domain", Text), ("flags", TEXTS)])),
    ("timeOffsets", Map(&Object(&[("secs", I64), ("nanosecs", U32)]))),
];

pub(super) const ID_MAPPING: &[Field] = &[("containerID", U32), ("hostID", U32), ("size", U32)];

pub(super) const CAPABILITIES: &[Field] = &[
    ("bounding", TEXTS),
    ("effective", TEXTS),
    ("inheritable", TEXTS),
    ("permitted", TEXTS),
    ("ambient", TEXTS),
];

pub(super) const SCHEDULER: &[Field] = &[
    ("policy", Text),
    ("nice", I64),
    ("priority", I64),
    ("flags", TEXTS),
    ("runtime", U64),
    ("deadline", U64),
    ("period", U64),
];

const DEVICE: &[Field] = &[
    ("path", Text),
    ("type", Text),
    ("major", I64),
    ("minor", I64),
    ("fileMode", U32),
    ("uid", U32),
    ("gid", U32),
];

const RESOURCES: &[Field] = &[
    ("devices", List(&Object(DEVICE_RULE))),
    ("memory", Object(MEMORY)),
    ("cpu", Object(CPU)),
    ("pids", Object(&[("limit", I64)])),
    ("blockIO", Object(BLOCK_IO)),
    ("hugepageLimits", List(&Object(&[("pageSize", Text), ("limit", U64)]))),
    ("network", Object(NETWORK)),
    ("rdma", Map(&Object(&[("hcaHandles", U32), ("hcaObjects", U32)]))),
    ("unified", Map(&Text)),
];

const DEVICE_RULE: &[Field] =
    &[("allow", Flag), ("type", Text), ("major", I64), ("minor", I64), ("access", Text)];

const MEMORY: &[Field] = &[
    ("limit", I64),
    ("reservation", I64),
    ("swap", I64),
    ("kernel", I64),
    ("kernelTCP", I64),
    ("swappiness", U64),
    ("disableOOMKiller", Flag),
    ("useHierarchy", Flag),
    ("checkBeforeUpdate", Flag),
];

const CPU: &[Field] = &[
    ("shares", U64),
    ("quota", I64),
    ("burst", U64),
    ("period", U64),
    ("realtimeRuntime", I64),
    ("realtimePeriod", U64),
    ("cpus", Text),
    ("mems", Text),
    ("idle", I64),
];

const BLOCK_IO: &[Field] = &[
    ("weight", U16),
    ("leafWeight", U16),
    ("weightDevice", List(&Object(WEIGHT))),
    ("throttleReadBpsDevice", List(&Object(THROTTLE))),
    ("throttleWriteBpsDevice", List(&Object(THROTTLE))),
    ("throttleReadIOPSDevice", List(&Object(THROTTLE))),
    ("throttleWriteIOPSDevice", List(&Object(THROTTLE))),
];

const WEIGHT: &[Field] = &[("major", I64), ("minor", I64), ("weight", U16), ("leafWeight", U16)];

const THROTTLE: &[Field] = &[("major", I64), ("minor", I64), ("rate", U64)];

const NETWORK: &[Field] =
    &[("classID", U32), ("priorities", List(&Object(&[("name", Text), ("priority", U32)])))];

const SECCOMP: &[Field] = &[
    ("defaultAction", Text),
    ("defaultErrnoRet", U64),
    ("architectures", TEXTS),
    ("flags", TEXTS),
    ("listenerPath", Text),
    ("listenerMetadata", Text),
    ("syscalls", List(&Object(SYSCALL))),
];

const SYSCALL: &[Field] =
    &[("names", TEXTS), ("action", Text), ("errnoRet", U64), ("args", List(&Object(SYSCALL_ARGUMENT)))];

const SYSCALL_ARGUMENT: &[Field] = &[("index", U64), ("value", U64), ("valueTwo", U64), ("op", Text)];

const INTEL_RDT: &[Field] = &[
    ("closID", Text),
    ("schemata", TEXTS),
    ("l3CacheSchema", Text),
    ("memBwSchema", Text),
    ("enableCMT", Flag),
    ("enableMBM", Flag),
    ("enableMonitoring", Flag),
];
