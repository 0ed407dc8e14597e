//! Devices of the host that a container is to have.

use serde_json::{Value, json};

use crate::Failure;

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Device {
    /// A node of Linux.
    Node(Node),
    /// A class or an instance of Windows.
    Windows {
        /// What the id is, as in `class`.
        id_type: String,
        /// The id.
        id: String,
    },
}

/// A device node of Linux, as it is on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it is, on the host and in the container.
    pub path: String,
    /// `b` or `c`.
    pub kind: char,
    /// The driver.
    pub major: u32,
    /// The device of the driver.
    pub minor: u32,
    /// Its permissions.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
}

impl Node {
    /// The entry of `linux.devices`.
    pub(super) fn entry(&self) -> Value {
        json!({
            "path": self.path,
            "type": self.kind.to_string(),
            "major": self.major,
            "minor": self.minor,
            "fileMode": self.mode,
            "uid": self.uid,
            "gid": self.gid,
        })
    }

    /// The entry of `linux.resources.devices` that lets it be used.
    fn permission(&self) -> Value {
        let Self { kind, major, minor, .. } = self;
        json!({"allow": true, "type": kind.to_string(), "major": major, "minor": minor, "access": "rwm"})
    }
}

impl Device {
    /// Read what Windows takes: `IDTYPE://ID`.
    ///
    /// # Errors
    /// Names the flag, the reason and the form.
    pub fn from_windows(text: &str) -> Result<Self, Failure> {
        match text.split_once("://") {
            Some((id_type, id)) if !id_type.is_empty() && !id.is_empty() => {
                Ok(Self::Windows { id_type: id_type.to_owned(), id: id.to_owned() })
            }
            _ => Err(Failure::run(format!(
                "cannot use --device `{text}`: it is not IDTYPE://ID; write it as in \
                 class://5B45201D-F2F2-4F3B-85BB-30FF1F953599"
            ))),
        }
    }

    /// Write it into a spec.
    pub(super) fn put(&self, spec: &mut Value) {
        match self {
            Self::Node(node) => {
                push(&mut spec["linux"]["devices"], node.entry());
                push(&mut spec["linux"]["resources"]["devices"], node.permission());
            }
            Self::Windows { id_type, id } => {
                push(&mut spec["windows"]["devices"], json!({"idType": id_type, "id": id}));
            }
        }
    }
}

fn push(list: &mut Value, entry: Value) {
    match list.as_array_mut() {
        Some(list) => list.push(entry),
        None => *list = json!([entry]),
    }
}
