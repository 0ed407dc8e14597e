//! What an object keeps that no V2 document has a member for: it lies beside the known members of its document in the
//! store, under names that no document of a client can bring in, and is left out of every V2 answer.

use hcn::{Extra, Raw};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The switch extensions of a network that are not as they are by default.
pub(crate) const EXTENSIONS: &str = "Emulator.Extensions";
/// The switch port that an endpoint is attached to.
pub(crate) const PORT: &str = "Emulator.Port";
/// Members of the V1 document that created the object.
pub(crate) const OLDER: &str = "Emulator.V1";

/// What is kept under this name.
pub(crate) fn read<T: DeserializeOwned>(extra: &Extra, name: &str) -> Option<T> {
    extra.find(name).and_then(|raw| raw.read().ok())
}

/// The same with this under the name.
pub(crate) fn with<T: Serialize>(extra: &Extra, name: &str, value: &T) -> Extra {
    let mut kept = without(extra, name);
    if let Ok(raw) = Raw::new(value) {
        kept.push(name, raw);
    }
    kept
}

/// The same with nothing under the name.
pub(crate) fn without(extra: &Extra, name: &str) -> Extra {
    let mut kept = Extra::default();
    for (other, raw) in extra.iter().filter(|(other, _)| *other != name) {
        kept.push(other, raw.clone());
    }
    kept
}
