//! One plugin of a list: its configuration, and what it gets on its standard input.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::object::Object;
use crate::sys::PROGRAM_ENDINGS;
use crate::version::Version;

/// A plugin's configuration object.
#[derive(Clone, Debug)]
pub struct Plugin {
    object: Object,
    kind: String,
    capabilities: Vec<String>,
}

/// What a runtime adds to a plugin's configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Injected<'a> {
    /// The network's name.
    pub(crate) network: &'a str,
    /// The negotiated version.
    pub(crate) version: Version,
    /// The result before this plugin.
    pub(crate) previous: Option<&'a RawValue>,
    /// All capability arguments of the attachment.
    pub(crate) capability_args: &'a Object,
}

impl Plugin {
    /// Check an object. The error says what is wrong with it.
    pub(crate) fn new(object: Object) -> Result<Plugin, String> {
        let kind = object.text("type")?.filter(|kind| !kind.is_empty()).ok_or("`type` is missing")?;
        if !is_file_name(&kind) {
            return Err(format!("the type `{kind}` is not a file's name, and plugins are looked up by one"));
        }
        let capabilities = capabilities(&object)?;
        Ok(Plugin { object, kind, capabilities })
    }

    /// Its `type`: the name of the program.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its configuration, every member as it was written.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// Does it ask for this capability argument?
    pub fn has_capability(&self, name: &str) -> bool {
        self.capabilities.iter().any(|capability| capability == name)
    }

    /// Its standard input.
    pub(crate) fn stdin(&self, injected: Injected<'_>) -> String {
        let mut object = self.object.clone();
        object.set_text("name", injected.network);
        object.set_text("cniVersion", &injected.version.to_string());
        if let Some(previous) = injected.previous {
            object.set("prevResult", previous.to_owned());
        }
        let arguments = self.wanted(injected.capability_args);
        if !arguments.is_empty() {
            object.set("runtimeConfig", arguments.to_raw());
        }
        object.to_raw().get().to_owned()
    }

    /// The arguments that the plugin's capabilities ask for.
    fn wanted(&self, given: &Object) -> Object {
        let mut wanted = Object::new();
        for (name, value) in given.iter().filter(|(name, _)| self.has_capability(name)) {
            wanted.set(name, value.to_owned());
        }
        wanted
    }
}

fn capabilities(object: &Object) -> Result<Vec<String>, String> {
    let Some(value) = object.get("capabilities") else { return Ok(Vec::new()) };
    let all: Option<BTreeMap<String, bool>> = serde_json::from_str(value.get())
        .map_err(|error| format!("`capabilities` must map names to true or false: {error}"))?;
    Ok(all.into_iter().flatten().filter_map(|(name, is_on)| is_on.then_some(name)).collect())
}

/// No path, on this system or on another: a configuration must not reach outside CNI_PATH.
fn is_file_name(text: &str) -> bool {
    !matches!(text, "." | "..") && !text.contains(['/', '\\', ':', '\0'])
}

/// The program of a plugin: the first regular file of its name in the folders, on Windows with `.exe` first.
pub(crate) fn find(kind: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let in_folder = |folder: &PathBuf| {
        let files = PROGRAM_ENDINGS.iter().map(|ending| folder.join(format!("{kind}{ending}")));
        files.collect::<Vec<_>>()
    };
    folders.iter().flat_map(in_folder).find(|file| is_regular(file))
}

fn is_regular(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugin(text: &str) -> Result<Plugin, String> {
        Plugin::new(Object::parse(text).unwrap())
    }

    fn stdin(text: &str, previous: Option<&str>, arguments: &str) -> String {
        let previous: Option<Box<RawValue>> = previous.map(|text| serde_json::from_str(text).unwrap());
        plugin(text).unwrap().stdin(Injected {
            network: "lab",
            version: Version::V1_0,
            previous: previous.as_deref(),
            capability_args: &Object::parse(arguments).unwrap(),
        })
    }

    #[test]
    fn name_and_version_are_put_in_and_the_rest_is_untouched() {
        let text = r#"{"cniVersion":"0.2.0","type":"p","ipam":{"z":1,"a":1e400},"name":"old"}"#;
        let expected = r#"{"type":"p","ipam":{"z":1,"a":1e400},"name":"lab","cniVersion":"1.0.0"}"#;
        assert_eq!(stdin(text, None, "{}"), expected);
    }

    #[test]
    fn the_previous_result_is_passed_on_as_it_came() {
        let previous = r#"{"cniVersion":"0.3.1", "ips":[ ]}"#;
        assert!(
            stdin(r#"{"type":"p"}"#, Some(previous), "{}")
                .ends_with(&format!(r#","prevResult":{previous}}}"#))
        );
    }

    #[test]
    fn only_capabilities_that_are_switched_on_get_their_arguments() {
        let text = r#"{"type":"p","capabilities":{"portMappings":true,"dns":false,"mac":true}}"#;
        let given = r#"{"dns":{"servers":[]},"portMappings":[{"hostPort":80}],"ips":["10.0.0.1/8"]}"#;
        let expected = r#""cniVersion":"1.0.0","runtimeConfig":{"portMappings":[{"hostPort":80}]}}"#;
        assert!(stdin(text, None, given).ends_with(expected));
        assert!(!stdin(r#"{"type":"p"}"#, None, given).contains("runtimeConfig"));
    }

    #[test]
    fn a_type_that_leaves_the_folders_is_refused() {
        for kind in ["../bin/sh", "/bin/sh", "a\\b", ".."] {
            let text = serde_json::json!({ "type": kind }).to_string();
            assert!(plugin(&text).unwrap_err().contains("is not a file's name"), "{kind}");
        }
        assert_eq!(plugin(r#"{"type":""}"#).unwrap_err(), "`type` is missing");
        assert!(
            plugin(r#"{"type":"p","capabilities":{"a":"yes"}}"#)
                .unwrap_err()
                .starts_with("`capabilities` must")
        );
        plugin(r#"{"type":"p","capabilities":null}"#).unwrap();
    }

    #[test]
    fn the_first_folder_with_a_regular_file_has_the_plugin() {
        let scratch = tempfile::TempDir::new().unwrap();
        let folders = ["a", "b", "c"].map(|name| scratch.path().join(name));
        std::fs::create_dir_all(folders[0].join("bridge")).unwrap();
        for folder in &folders[1..] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("bridge"), "").unwrap();
        }
        assert_eq!(find("bridge", &folders), Some(folders[1].join("bridge")));
        assert_eq!(find("absent", &folders), None);
    }
}
