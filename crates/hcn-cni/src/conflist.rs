//! A network configuration list: read, checked, and kept with its bytes.
//!
//! Follows libcni: keys are looked up exactly, the last duplicate wins, what nobody knows goes through to the plugins.
//! Finding the file is `discover.rs`'s business.

use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::attachment::is_name;
use crate::error::{Error, ErrorKind};
use crate::object::{Object, raw, shown};
use crate::plugin::Plugin;
use crate::version::Version;

/// A network and the plugins that make a container part of it.
///
/// [`raw`](Conflist::raw) and [`from_raw`](Conflist::from_raw) carry it through a file: DEL has to use the
/// configuration as it was at ADD, whatever the folder holds by then.
#[derive(Clone, Debug)]
pub struct Conflist {
    raw: Box<RawValue>,
    source: Option<PathBuf>,
    name: String,
    version: Version,
    disable_check: bool,
    disable_gc: bool,
    only_inlined: bool,
    plugins: Vec<Plugin>,
}

impl Conflist {
    /// A list from its text, complete: no folder is looked at for more plugins.
    ///
    /// Fails with [`ErrorKind::InvalidConfiguration`] when it breaks a rule or has no plugin.
    pub fn from_raw(text: &RawValue) -> Result<Conflist, Error> {
        Conflist::parse(text.get(), None)?.complete()
    }

    /// Remember the file that the list came from, for messages.
    pub fn with_source(self, file: impl Into<PathBuf>) -> Conflist {
        Conflist { source: Some(file.into()), ..self }
    }

    /// Read a list that may lack plugins, for the folder beside it may have them.
    pub(crate) fn parse(text: &str, source: Option<&Path>) -> Result<Conflist, Error> {
        read_list(text, source).map_err(|why| invalid(source, &why))
    }

    /// A single-plugin configuration, wrapped as a list; its text becomes the plugin's object as it is.
    pub(crate) fn parse_single(text: &str, source: Option<&Path>) -> Result<Conflist, Error> {
        let list = wrap(text).map_err(|why| invalid(source, &why))?;
        Conflist::parse(list.get(), source)?.complete()
    }

    /// Add plugins from files of their own. The list's text then holds them too, and says that it is complete.
    pub(crate) fn with_plugins(self, more: Vec<Plugin>) -> Result<Conflist, Error> {
        if more.is_empty() {
            return self.complete();
        }
        let mut object = Object::parse(self.raw.get()).map_err(|e| invalid(self.source(), &e.to_string()))?;
        let all: Vec<_> = self.plugins.iter().chain(&more).map(Plugin::object).collect();
        object.set("plugins", raw(&all));
        object.set("loadOnlyInlinedPlugins", raw(&true));
        Conflist::parse(object.to_raw().get(), self.source())?.complete()
    }

    /// A list without a plugin does nothing: refuse it.
    fn complete(self) -> Result<Conflist, Error> {
        match self.plugins.is_empty() {
            true => Err(invalid(self.source(), "it has no plugin")),
            false => Ok(self),
        }
    }

    /// The list's text: the bytes of the file, or what a single-plugin file was wrapped into.
    pub fn raw(&self) -> &RawValue {
        &self.raw
    }

    /// The file it came from.
    pub fn source(&self) -> Option<&Path> {
        self.source.as_deref()
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that plugins are spoken to in: `cniVersion`, or the highest of `cniVersions` that we know.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Does CHECK answer success without running anything?
    pub fn disable_check(&self) -> bool {
        self.disable_check
    }

    /// Is garbage collection switched off for this network?
    pub fn disable_gc(&self) -> bool {
        self.disable_gc
    }

    /// May a folder named after the network add plugins?
    pub(crate) fn takes_more_plugins(&self) -> bool {
        !self.only_inlined
    }

    /// The plugins, in the order of ADD.
    pub fn plugins(&self) -> &[Plugin] {
        &self.plugins
    }
}

/// An error about a configuration, which names its file where there is one.
pub(crate) fn invalid(source: Option<&Path>, why: &str) -> Error {
    let attempted = match source {
        Some(file) => format!("use the network configuration {}", file.display()),
        None => "use the network configuration".into(),
    };
    Error::new(ErrorKind::InvalidConfiguration, attempted, why)
        .with_hint("correct it; the CNI specification, section 1, says what it must look like")
}

fn read_list(text: &str, source: Option<&Path>) -> Result<Conflist, String> {
    let object = Object::parse(text).map_err(|error| format!("it is no JSON object: {error}"))?;
    let name = object.text("name")?.ok_or("`name` is missing")?;
    if !is_name(&name) {
        return Err(format!(
            "the name `{name}` is not allowed: letters, digits, `_`, `.` and `-` are, the first a letter or digit"
        ));
    }
    Ok(Conflist {
        raw: serde_json::from_str(text).map_err(|error| error.to_string())?,
        source: source.map(Path::to_owned),
        name,
        version: version(&object)?,
        disable_check: object.boolean("disableCheck")?,
        disable_gc: object.boolean("disableGC")?,
        only_inlined: object.boolean("loadOnlyInlinedPlugins")?,
        plugins: plugins(&object)?,
    })
}

/// `cniVersion` as it is; where there are `cniVersions`, the highest of all that is not above what we know.
fn version(object: &Object) -> Result<Version, String> {
    let single = object.text("cniVersion")?.filter(|text| !text.is_empty());
    let single = single.map(|text| text.parse::<Version>().map_err(|error| format!("`cniVersion`: {error}")));
    let single = single.transpose()?;
    let several = versions(object)?.into_iter().chain(single).filter(|version| *version <= Version::NEWEST);
    let best = if object.get("cniVersions").is_some() { several.max() } else { None };
    Ok(best.or(single).unwrap_or(Version::OLDEST))
}

fn versions(object: &Object) -> Result<Vec<Version>, String> {
    let Some(value) = object.get("cniVersions") else { return Ok(Vec::new()) };
    let texts: Vec<String> = serde_json::from_str(value.get())
        .map_err(|_| format!("`cniVersions` must be a list of strings, not {}", shown(value)))?;
    texts.iter().map(|text| text.parse().map_err(|error| format!("`cniVersions`: {error}"))).collect()
}

fn plugins(object: &Object) -> Result<Vec<Plugin>, String> {
    let Some(value) = object.get("plugins") else { return Ok(Vec::new()) };
    let entries: Vec<Object> = serde_json::from_str(value.get())
        .map_err(|error| format!("`plugins` must be a list of objects: {error}"))?;
    if entries.is_empty() {
        return Err("`plugins` is empty".into());
    }
    let numbered = entries.into_iter().enumerate();
    numbered.map(|(at, object)| Plugin::new(object).map_err(|why| format!("plugins[{at}]: {why}"))).collect()
}

/// `{"cniVersion", "name", "plugins": [the whole object]}`.
fn wrap(text: &str) -> Result<Box<RawValue>, String> {
    let plugin = Object::parse(text).map_err(|error| format!("it is no JSON object: {error}"))?;
    if plugin.get("type").is_none() && plugin.get("plugins").is_some() {
        return Err("it is a list of plugins, which only a file named .conflist may be: rename it".into());
    }
    let whole: Box<RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut list = Object::new();
    for key in ["cniVersion", "name"] {
        plugin.get(key).into_iter().for_each(|value| list.set(key, value.to_owned()));
    }
    list.set("plugins", raw(&[whole]));
    Ok(list.to_raw())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(text: &str) -> Result<Conflist, String> {
        let raw: Box<RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Conflist::from_raw(&raw).map_err(|error| error.to_string())
    }

    fn refused(members: &str) -> String {
        let error = list(&format!(r#"{{"name":"n","plugins":[{{"type":"p"}}],{members}}}"#)).unwrap_err();
        let why = error.strip_prefix("cannot use the network configuration: ").unwrap();
        why.split("; correct it").next().unwrap().to_owned()
    }

    fn negotiated(members: &str) -> String {
        let list = list(&format!(r#"{{"name":"n",{members}"plugins":[{{"type":"p"}}]}}"#)).unwrap();
        list.version().to_string()
    }

    #[test]
    fn a_list_keeps_its_bytes() {
        let text = r#"{ "name":"n", "plugins" : [ {"type":"p","z":1e400,"a":[1, 2]} ],"extra":null }"#;
        let list = list(text).unwrap();
        assert_eq!(list.raw().get(), text);
        assert_eq!(list.plugins()[0].object().to_raw().get(), r#"{"type":"p","z":1e400,"a":[1, 2]}"#);
    }

    #[test]
    fn of_duplicate_keys_the_last_wins() {
        let list = list(r#"{"name":"a","plugins":[{"type":"p"}],"name":"b"}"#).unwrap();
        assert_eq!(list.name(), "b");
    }

    #[test]
    fn versions_are_negotiated_as_libcni_does() {
        assert_eq!(negotiated(""), "0.1.0");
        assert_eq!(negotiated(r#""cniVersion":"","#), "0.1.0");
        assert_eq!(negotiated(r#""cniVersion":"0.3.1","#), "0.3.1");
        assert_eq!(negotiated(r#""cniVersion":"9.9.9","#), "9.9.9");
        assert_eq!(negotiated(r#""cniVersions":["0.4.0","1.2.0","1.0.0"],"#), "1.0.0");
        assert_eq!(negotiated(r#""cniVersion":"1.1.0","cniVersions":["0.4.0","1.0.0"],"#), "1.1.0");
        assert_eq!(negotiated(r#""cniVersion":"9.9.9","cniVersions":["0.4.0"],"#), "0.4.0");
        assert_eq!(negotiated(r#""cniVersion":"9.9.9","cniVersions":["8.0.0"],"#), "9.9.9");
    }

    #[test]
    fn each_rule_that_is_broken_is_named() {
        assert!(refused(r#""name":"../x""#).starts_with("the name `../x` is not allowed"));
        assert_eq!(refused(r#""name":5"#), "`name` must be a string, not `5`");
        assert!(refused(r#""cniVersion":"one""#).starts_with("`cniVersion`: `one` is no CNI version"));
        assert!(refused(r#""cniVersions":"1.0.0""#).starts_with("`cniVersions` must be a list of strings"));
        assert_eq!(refused(r#""disableCheck":"yes""#), "`disableCheck` must be true or false, not `\"yes\"`");
        assert_eq!(refused(r#""plugins":[]"#), "`plugins` is empty");
        assert_eq!(refused(r#""plugins":[{}]"#), "plugins[0]: `type` is missing");
        assert!(refused(r#""plugins":{}"#).starts_with("`plugins` must be a list of objects"));
        assert!(list(r#"{"name":"n"}"#).unwrap_err().contains("it has no plugin"));
        assert!(list(r#"{"plugins":[{"type":"p"}]}"#).unwrap_err().contains("`name` is missing"));
        assert!(list("[]").unwrap_err().contains("it is no JSON object"));
    }

    #[test]
    fn switches_may_be_strings() {
        let list =
            list(r#"{"name":"n","disableCheck":"True","disableGC":true,"plugins":[{"type":"p"}]}"#).unwrap();
        assert!(list.disable_check() && list.disable_gc());
    }

    #[test]
    fn a_single_plugin_file_is_wrapped_with_its_bytes() {
        let text = "{\n \"cniVersion\": \"0.2.0\", \"name\": \"nat\", \"type\": \"nat\", \"big\": 12345678901234567890123 }\n";
        let list = Conflist::parse_single(text, None).unwrap();
        let expected = format!(r#"{{"cniVersion":"0.2.0","name":"nat","plugins":[{}]}}"#, text.trim());
        assert_eq!(list.raw().get(), expected);
        assert_eq!(list.version().to_string(), "0.2.0");
        assert_eq!(Conflist::from_raw(list.raw()).unwrap().plugins()[0].kind(), "nat");
    }

    #[test]
    fn plugins_from_a_folder_become_part_of_the_text() {
        let list = Conflist::parse(r#"{"name":"n","x":1.0}"#, None).unwrap();
        let more = Plugin::new(Object::parse(r#"{"type":"p","y":1.0}"#).unwrap()).unwrap();
        let list = list.with_plugins(vec![more]).unwrap();
        let expected =
            r#"{"name":"n","x":1.0,"plugins":[{"type":"p","y":1.0}],"loadOnlyInlinedPlugins":true}"#;
        assert_eq!(list.raw().get(), expected);
        assert!(!list.takes_more_plugins());
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String) {
            let _ = Conflist::parse(&text, None);
            let _ = Conflist::parse_single(&text, None);
        }

        #[test]
        fn members_of_a_plugin_survive_byte_for_byte(key in "[a-z]{1,8}", number in "-?[1-9][0-9]{0,40}(\\.[0-9]{1,20})?(e[0-9]{1,4})?") {
            prop_assume!(key != "type" && key != "capabilities");
            let plugin = format!(r#"{{"{key}":{number},"type":"p","{key}":[ {number} ]}}"#);
            let list = list(&format!(r#"{{"name":"n","plugins":[{plugin}]}}"#)).unwrap();
            let kept = list.plugins()[0].object().to_raw();
            prop_assert_eq!(kept.get(), plugin);
        }
    }
}
