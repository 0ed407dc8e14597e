//! The network namespace of a spec: `windows.network.networkNamespace`, or the entry of type `network` among
//! `linux.namespaces`.

use serde_json::json;

use super::edit::Step::{Element, Member};
use super::edit::{Document, Step, Unfit};
use crate::os::Os;

/// Where Windows' namespace stands.
const WINDOWS: [Step<'static>; 3] = [Member("windows"), Member("network"), Member("networkNamespace")];
/// Where Windows' endpoints stand, of which the shims only take notice without a namespace.
const ENDPOINTS: [Step<'static>; 3] = [Member("windows"), Member("network"), Member("endpointList")];
/// Where Linux' namespaces stand.
const LINUX: [Step<'static>; 2] = [Member("linux"), Member("namespaces")];

/// The namespace that the spec names; absent, `null` and empty are none.
///
/// # Errors
/// [`Unfit`]: something on the way is of another kind, or two entries are of type `network`.
pub fn named(spec: &Document, os: Os) -> Result<Option<String>, Unfit> {
    let named = match os {
        Os::Windows => spec.text_at(&WINDOWS)?,
        Os::Linux => match entry(spec)? {
            Some(index) => spec.text_at(&path_of(index))?,
            None => None,
        },
    };
    Ok(named.filter(|name| !name.is_empty()))
}

/// What the spec says about the network that a namespace of the run puts out of force, as a note.
///
/// # Errors
/// As [`named`].
pub fn overridden(spec: &Document, os: Os) -> Result<Option<&'static str>, Unfit> {
    let overridden = match os {
        Os::Windows => spec.length(&ENDPOINTS)? > 0,
        Os::Linux => entry(spec)?.is_none(),
    };
    Ok(overridden.then_some(match os {
        Os::Windows => {
            "windows.network.endpointList is not used, for the container joins a network namespace"
        }
        Os::Linux => {
            "the container gets a network namespace, though linux.namespaces has none of type `network`"
        }
    }))
}

/// Put a namespace in.
///
/// # Errors
/// As [`named`].
pub fn put(spec: &mut Document, namespace: &str, os: Os) -> Result<(), Unfit> {
    match (os, entry_or_none(spec, os)?) {
        (Os::Windows, _) => spec.set(&WINDOWS, &json!(namespace)),
        (Os::Linux, Some(index)) => spec.set(&path_of(index), &json!(namespace)),
        (Os::Linux, None) => {
            let end = spec.length(&LINUX)?;
            let [linux, namespaces] = LINUX;
            spec.set(&[linux, namespaces, Element(end)], &json!({"type": "network", "path": namespace}))
        }
    }
}

fn entry_or_none(spec: &Document, os: Os) -> Result<Option<usize>, Unfit> {
    match os {
        Os::Windows => Ok(None),
        Os::Linux => entry(spec),
    }
}

/// The one entry of type `network`.
fn entry(spec: &Document) -> Result<Option<usize>, Unfit> {
    let [linux, namespaces] = LINUX;
    let mut found = None;
    for index in 0..spec.length(&LINUX)? {
        let kind = spec.text_at(&[linux, namespaces, Element(index), Member("type")])?;
        if kind.as_deref() == Some("network") && found.replace(index).is_some() {
            let path = format!("linux.namespaces[{index}]");
            return Err(Unfit::Kind { path, must_be: "the only entry of type `network`" });
        }
    }
    Ok(found)
}

fn path_of(index: usize) -> [Step<'static>; 4] {
    let [linux, namespaces] = LINUX;
    [linux, namespaces, Element(index), Member("path")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_namespace(text: &str, os: Os) -> String {
        let mut spec = Document::parse(text).unwrap();
        put(&mut spec, "NS", os).unwrap();
        assert_eq!(named(&spec, os), Ok(Some("NS".to_owned())), "it is read where it was put");
        spec.into_text()
    }

    #[test]
    fn windows_spec_gets_the_namespace_beside_its_other_members() {
        let text = r#"{"windows":{"layerFolders":["C:\\a"],"network":{"networkNamespace":"","x":1e400}}}"#;
        assert_eq!(
            with_namespace(text, Os::Windows),
            text.replace(r#""networkNamespace":"""#, r#""networkNamespace":"NS""#)
        );
    }

    #[test]
    fn linux_spec_gets_the_path_into_its_entry() {
        let text = r#"{"linux":{"namespaces":[{"type":"pid"},{"type":"network"}]}}"#;
        assert_eq!(with_namespace(text, Os::Linux), text.replace(r#""network""#, r#""network","path":"NS""#));
    }

    #[test]
    fn linux_spec_without_an_entry_gets_one() {
        for text in ["{}", r#"{"linux":{}}"#, r#"{"linux":{"namespaces":null}}"#] {
            assert_eq!(
                with_namespace(text, Os::Linux),
                r#"{"linux":{"namespaces":[{"path":"NS","type":"network"}]}}"#
            );
        }
    }

    #[test]
    fn two_entries_of_type_network_are_refused() {
        let spec =
            Document::parse(r#"{"linux":{"namespaces":[{"type":"network"},{"type":"network"}]}}"#).unwrap();
        insta::assert_snapshot!(named(&spec, Os::Linux).unwrap_err(), @"`linux.namespaces[1]` is not the only entry of type `network`; correct it");
    }
}
