//! The documents of an image, as far as a run needs them: index, manifest, configuration.

use std::fmt;

use serde::Deserialize;

use super::problem::Problem;

/// A pointer to a blob.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Descriptor {
    /// What the blob is.
    #[serde(rename = "mediaType", deserialize_with = "null_is_default")]
    pub media_type: String,
    /// Its digest, `sha256:` and 64 hex digits.
    #[serde(deserialize_with = "null_is_default")]
    pub digest: String,
    /// Its length in bytes.
    #[serde(deserialize_with = "null_is_default")]
    pub size: i64,
    /// In an index: what the manifest is for.
    pub platform: Option<Platform>,
}

/// What an image, or one of an index, is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Platform {
    /// `linux`, `windows`.
    #[serde(deserialize_with = "null_is_default")]
    pub os: String,
    /// `amd64`, `arm64`.
    #[serde(deserialize_with = "null_is_default")]
    pub architecture: String,
    /// `v8`; mostly empty.
    #[serde(deserialize_with = "null_is_default")]
    pub variant: String,
    /// On Windows `10.0.BUILD.REVISION`.
    #[serde(rename = "os.version", deserialize_with = "null_is_default")]
    pub os_version: String,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        for more in [&self.variant, &self.os_version].into_iter().filter(|more| !more.is_empty()) {
            write!(f, "/{more}")?;
        }
        Ok(())
    }
}

/// An index or a manifest: which of the two is seen by its members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// An index's manifests.
    pub manifests: Option<Vec<Descriptor>>,
    /// A manifest's configuration.
    pub config: Option<Descriptor>,
    /// A manifest's layers, the base first.
    pub layers: Option<Vec<Descriptor>>,
}

impl Manifest {
    /// An index's manifests; none for a manifest.
    ///
    /// A document that is both is refused as containerd does: two readers could take it for two different images.
    pub(super) fn manifests_if_index(&self) -> Result<Option<&[Descriptor]>, Problem> {
        match (&self.manifests, &self.config, &self.layers) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(Problem::Contradictory("one of its documents is an index and a manifest at once"))
            }
            (Some(manifests), None, None) => Ok(Some(manifests)),
            (None, Some(_), _) => Ok(None),
            (None, None, _) => {
                Err(Problem::Contradictory("one of its documents is neither an index nor a manifest"))
            }
        }
    }

    /// The digest of a manifest's configuration.
    pub(super) fn config_digest(&self) -> Result<&str, Problem> {
        let missing = Problem::Contradictory("its manifest names no configuration");
        self.config.as_ref().map(|config| config.digest.as_str()).ok_or(missing)
    }
}

/// An image's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// `linux`, `windows`.
    #[serde(deserialize_with = "null_is_default")]
    pub os: String,
    /// `amd64`, `arm64`.
    #[serde(deserialize_with = "null_is_default")]
    pub architecture: String,
    /// `v8`; mostly empty.
    #[serde(deserialize_with = "null_is_default")]
    pub variant: String,
    /// On Windows `10.0.BUILD.REVISION`.
    #[serde(rename = "os.version", deserialize_with = "null_is_default")]
    pub os_version: String,
    /// How to run it.
    #[serde(deserialize_with = "null_is_default")]
    pub config: Process,
    /// Its layers.
    #[serde(deserialize_with = "null_is_default")]
    pub rootfs: RootFs,
}

impl Configuration {
    /// What the image is for.
    pub fn platform(&self) -> Platform {
        Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
            variant: self.variant.clone(),
            os_version: self.os_version.clone(),
        }
    }
}

/// The layers of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RootFs {
    /// Digests of the uncompressed layers, the base first.
    #[serde(deserialize_with = "null_is_default")]
    pub diff_ids: Vec<String>,
}

/// How to run an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Process {
    /// The user.
    #[serde(deserialize_with = "null_is_default")]
    pub user: String,
    /// `NAME=VALUE`.
    #[serde(deserialize_with = "null_is_default")]
    pub env: Vec<String>,
    /// The command's beginning.
    #[serde(deserialize_with = "null_is_default")]
    pub entrypoint: Vec<String>,
    /// The command's rest.
    #[serde(deserialize_with = "null_is_default")]
    pub cmd: Vec<String>,
    /// The working folder.
    #[serde(deserialize_with = "null_is_default")]
    pub working_dir: String,
    /// Labels.
    #[serde(deserialize_with = "null_is_default")]
    pub labels: std::collections::BTreeMap<String, String>,
    /// The signal that stops it.
    #[serde(deserialize_with = "null_is_default")]
    pub stop_signal: String,
    /// On Windows: the command is one line, already escaped.
    #[serde(deserialize_with = "null_is_default")]
    pub args_escaped: bool,
}

/// Go writes `null` for what is empty.
fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Manifest {
        serde_json::from_str(text).unwrap()
    }

    fn reason(problem: Problem) -> &'static str {
        match problem {
            Problem::Contradictory(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_index_is_told_from_a_manifest_by_its_members() {
        let index = manifest(r#"{"manifests":[{"digest":"sha256:a","platform":{"os":"linux"}}]}"#);
        assert_eq!(index.manifests_if_index().unwrap().map(<[_]>::len), Some(1));
        let single = manifest(r#"{"config":{"digest":"sha256:c"},"layers":null}"#);
        assert!(single.manifests_if_index().unwrap().is_none());
        assert_eq!(single.config_digest().unwrap(), "sha256:c");
    }

    #[test]
    fn a_document_that_is_both_or_neither_is_refused() {
        let refused = |text| reason(manifest(text).manifests_if_index().unwrap_err());
        assert_eq!(
            refused(r#"{"manifests":[],"layers":[]}"#),
            "one of its documents is an index and a manifest at once"
        );
        assert_eq!(refused("{}"), "one of its documents is neither an index nor a manifest");
    }

    #[test]
    fn what_go_writes_as_null_reads_as_empty() {
        let text = r#"{"os":"linux","architecture":"amd64","config":{"Env":null,"Labels":null},"rootfs":{"diff_ids":null}}"#;
        let configuration: Configuration = serde_json::from_str(text).unwrap();
        assert_eq!(configuration.config, Process::default());
        assert_eq!(configuration.platform().to_string(), "linux/amd64");
    }
}
