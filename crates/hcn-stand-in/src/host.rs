//! The Host Network Service that the programs talk to.

use hcn::{Hcn, NamespaceId};
use serde_json::{Value, json};

/// Windows' own, which under Wine is our DLL.
#[cfg(windows)]
pub(crate) fn service() -> anyhow::Result<Hcn> {
    Ok(Hcn::system())
}

/// The emulator that `HCN_HNS` names.
#[cfg(not(windows))]
pub(crate) fn service() -> anyhow::Result<Hcn> {
    use hcn_emulator::{Environment, select};
    Ok(select(None, &Environment::of_this_process())?.hcn)
}

/// What is known of a namespace: is it there, and which endpoints does it hold, by name?
pub(crate) fn namespace(hcn: &Hcn, id: NamespaceId) -> Value {
    match hcn.namespaces().get(id) {
        Ok(found) => {
            let name = |id| hcn.endpoints().get(id).ok().and_then(|endpoint| endpoint.name);
            let endpoints: Vec<_> = found.endpoints().filter_map(name).collect();
            json!({"there": true, "endpoints": endpoints})
        }
        Err(error) if error.is_absence() => json!({"there": false, "endpoints": []}),
        Err(error) => json!({"there": null, "error": error.to_string()}),
    }
}
