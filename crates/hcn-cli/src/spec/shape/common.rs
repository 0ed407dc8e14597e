//! What both systems have: the members of the runtime spec 1.0 to 1.3, `config.md`, with the widths of its Go types.

use super::Shape::{Any, Flag, List, Map, Object, Text, Whole};
use super::{Field, I64, Shape, TEXTS, U32, U64, linux, windows};

/// The whole document.
pub(super) const SPEC: Shape = Object(&[
    ("ociVersion", Text),
    ("process", Object(PROCESS)),
    ("root", Object(&[("path", Text), ("readonly", Flag)])),
    ("hostname", Text),
    ("domainname", Text),
    ("mounts", List(&Object(MOUNT))),
    ("hooks", Object(HOOKS)),
    ("annotations", Map(&Text)),
    ("linux", Object(linux::LINUX)),
    ("windows", Object(windows::WINDOWS)),
    ("solaris", Any),
    ("freebsd", Any),
    ("vm", Any),
    ("zos", Any),
]);

const PROCESS: &[Field] = &[
    ("terminal", Flag),
    ("consoleSize", Object(&[("height", U64), ("width", U64)])),
    ("user", Object(USER)),
    ("args", TEXTS),
    ("commandLine", Text),
    ("env", TEXTS),
    ("cwd", Text),
    ("capabilities", Object(linux::CAPABILITIES)),
    ("rlimits", List(&Object(&[("type", Text), ("hard", U64), ("soft", U64)]))),
    ("noNewPrivileges", Flag),
    ("apparmorProfile", Text),
    ("oomScoreAdj", I64),
    ("scheduler", Object(linux::SCHEDULER)),
    ("selinuxLabel", Text),
    ("ioPriority", Object(&[("class", Text), ("priority", I64)])),
    ("execCPUAffinity", Object(&[("initial", Text), ("final", Text)])),
];

const USER: &[Field] =
    &[("uid", U32), ("gid", U32), ("umask", U32), ("additionalGids", List(&U32)), ("username", Text)];

const MOUNT: &[Field] = &[
    ("destination", Text),
    ("type", Text),
    ("source", Text),
    ("options", TEXTS),
    ("uidMappings", List(&Object(linux::ID_MAPPING))),
    ("gidMappings", List(&Object(linux::ID_MAPPING))),
];

const HOOKS: &[Field] = &[
    ("prestart", List(&Object(HOOK))),
    ("createRuntime", List(&Object(HOOK))),
    ("createContainer", List(&Object(HOOK))),
    ("startContainer", List(&Object(HOOK))),
    ("poststart", List(&Object(HOOK))),
    ("poststop", List(&Object(HOOK))),
];

const HOOK: &[Field] =
    &[("path", Text), ("args", TEXTS), ("env", TEXTS), ("timeout", Whole(1, i64::MAX as i128))];
