//! What containerd keeps without looking inside: a type's name and bytes.

use prost::Message;

use crate::{Any, pb};

/// The name of the runtime spec's type.
const SPEC: &str = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

/// What of the name counts: a prefix may differ.
const SPEC_END: &str = "opencontainers/runtime-spec/1/Spec";

/// A runtime spec as a container record holds it: the JSON text itself, byte for byte, not protobuf.
///
/// ```
/// let spec = hcn_containerd::any::spec(r#"{"ociVersion":"1.0.2"}"#);
/// assert_eq!(hcn_containerd::any::spec_json(&spec), Some(br#"{"ociVersion":"1.0.2"}"#.as_slice()));
/// ```
pub fn spec(json: impl Into<Vec<u8>>) -> Any {
    Any { type_url: SPEC.to_owned(), value: json.into() }
}

/// The JSON text of a runtime spec; `None` when it is something else.
pub fn spec_json(any: &Any) -> Option<&[u8]> {
    any.type_url.ends_with(SPEC_END).then_some(any.value.as_slice())
}

pub use pb::containerd::runc::v1::Options as RuncOptions;

/// Options of a runtime that reads a file: `runtimeoptions.v1.Options`, of which only the path is set.
///
/// ```
/// let options = hcn_containerd::any::generic("/etc/kata.toml");
/// assert_eq!(options.type_url, "runtimeoptions.v1.Options");
/// ```
pub fn generic(config_path: impl Into<String>) -> Any {
    Any {
        type_url: "runtimeoptions.v1.Options".to_owned(),
        value: Generic { config_path: config_path.into() }.encode_to_vec(),
    }
}

/// The one member of `runtimeoptions.v1.Options` that a client sets, as containerd's own definition numbers it.
#[derive(Clone, PartialEq, prost::Message)]
struct Generic {
    #[prost(string, tag = "2")]
    config_path: String,
}

/// Options of the runtime `io.containerd.runc.v2`.
pub fn runc(options: &pb::containerd::runc::v1::Options) -> Any {
    Any { type_url: "containerd.runc.v1.Options".to_owned(), value: options.encode_to_vec() }
}

/// Options of the runtime `io.containerd.runhcs.v1`.
pub fn runhcs(options: &pb::containerd::runhcs::v1::Options) -> Any {
    Any { type_url: "containerd.runhcs.v1.Options".to_owned(), value: options.encode_to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_keeps_its_bytes() {
        let json = b"{ \"a\": 1e400,\n\"a\": 12345678901234567890123 }";
        assert_eq!(spec(json.as_slice()).value, json);
    }

    #[test]
    fn what_is_no_spec_has_no_json() {
        assert_eq!(spec_json(&runc(&pb::containerd::runc::v1::Options::default())), None);
    }

    #[test]
    fn options_are_on_the_wire_as_the_shims_read_them() {
        let runc = runc(&pb::containerd::runc::v1::Options { systemd_cgroup: true, ..Default::default() });
        assert_eq!(runc.value, [9 << 3, 1]);
        let runhcs =
            runhcs(&pb::containerd::runhcs::v1::Options { sandbox_isolation: 1, ..Default::default() });
        assert_eq!(runhcs.value, [6 << 3, 1]);
        assert_eq!(generic("/x").value, [2 << 3 | 2, 2, b'/', b'x']);
    }
}
