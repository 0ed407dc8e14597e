//! What the user asked about, beside the host itself: a config.json, mounts, an image. A check of something that was not
//! named is skipped, and says how to name it.

use std::path::{Path, PathBuf};

use super::check::Finding;
use crate::Failure;
use crate::exit::Exit;
use crate::os::Os;
use crate::spec::Step::{Element, Member};
use crate::spec::{self, Document, Mount, Problem};

/// What was named on the command line.
#[derive(Debug, Default)]
pub(crate) struct Subject {
    /// The config.json of `--config`.
    pub(crate) config: Option<Config>,
    /// The mounts of `--mount`, in their order.
    pub(crate) mounts: Vec<Mount>,
    /// The image of `--image`, as it was typed.
    pub(crate) image: Option<String>,
    /// A folder on a volume that works, with which the mounts' volumes are compared.
    pub(crate) compare: Option<PathBuf>,
}

/// A config.json, as far as it can be read. One that cannot be is what checks tell about, no reason to end.
#[derive(Debug)]
pub(crate) struct Config {
    /// The file, as it was typed.
    pub(crate) file: PathBuf,
    /// The folder that its relative paths start from.
    pub(crate) folder: PathBuf,
    /// The system that it is for: that of its member, or the host's.
    pub(crate) os: Os,
    /// Everything that `hcn spec --check` says about it.
    pub(crate) problems: Vec<Problem>,
    /// What it says; none where it is no JSON or cannot be read.
    document: Option<Document>,
}

/// A folder or file of the host that a container is to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bind {
    /// Who asks for it: `--mount`, or the place in a config.json.
    pub(crate) asked_by: String,
    /// What is mounted, as a whole path where one can be made of it.
    pub(crate) source: PathBuf,
    /// Where it is seen in the container.
    pub(crate) destination: String,
    /// Its options.
    pub(crate) options: Vec<String>,
}

impl Subject {
    /// From what was typed.
    ///
    /// # Errors
    /// A mount that is none.
    pub(crate) fn new(
        config: Option<&Path>,
        mounts: &[String],
        image: Option<&str>,
        host: Os,
    ) -> Result<Self, Failure> {
        let mounts = mounts.iter().map(|text| Mount::from_csv(text, host));
        let mounts = mounts.collect::<Result<_, _>>()?;
        let config = config.map(|file| Config::read(file, host));
        Ok(Self { config, mounts, image: image.map(str::to_owned), compare: None })
    }

    /// With a folder on a volume that works, to compare the mounts' volumes with.
    ///
    /// # Errors
    /// There is no such folder, or no mount to compare it with.
    pub(crate) fn compared_with(self, folder: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = folder else { return Ok(self) };
        let refused = |why: &str| {
            Failure::new(Exit::Usage, format!("cannot compare a mount with `{}`: {why}", folder.display()))
        };
        if !folder.is_dir() {
            return Err(refused("there is no such folder; name one on a volume that works"));
        }
        if self.binds().is_err() {
            return Err(refused("there is no mount; name one with --mount or --config"));
        }
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Ok(Self { compare: Some(whole), ..self })
    }

    /// The config.json.
    ///
    /// # Errors
    /// None was named: that as a finding.
    pub(crate) fn config(&self) -> Result<&Config, Finding> {
        self.config
            .as_ref()
            .ok_or_else(|| Finding::skipped("no config.json was named; name one with --config"))
    }

    /// What the config.json says.
    ///
    /// # Errors
    /// None was named, or it cannot be read: that as a finding.
    pub(crate) fn document(&self) -> Result<(&Config, &Document), Finding> {
        let config = self.config()?;
        let unread = || Finding::skipped(format!("{} cannot be read", config.file.display()));
        config.document.as_ref().map(|document| (config, document)).ok_or_else(unread)
    }

    /// The same of one that is for this system.
    ///
    /// # Errors
    /// None was named, it cannot be read, or it is for another system: that as a finding.
    pub(crate) fn document_for(&self, os: Os) -> Result<(&Config, &Document), Finding> {
        let (config, document) = self.document()?;
        match config.os == os {
            true => Ok((config, document)),
            false => Err(Finding::skipped(format!("{} is for {}", config.file.display(), config.os))),
        }
    }

    /// The image.
    ///
    /// # Errors
    /// None was named: that as a finding.
    pub(crate) fn image(&self) -> Result<&str, Finding> {
        self.image.as_deref().ok_or_else(|| Finding::skipped("no image was named; name one with --image"))
    }

    /// The folders and files of the host that a container is to see: those of `--mount`, then those of the config.json.
    ///
    /// # Errors
    /// None was named: that as a finding.
    pub(crate) fn binds(&self) -> Result<Vec<Bind>, Finding> {
        let typed = self.mounts.iter().filter_map(|mount| bind("--mount".to_owned(), None, mount));
        let listed = self.config.iter().flat_map(Config::binds);
        let all: Vec<_> = typed.chain(listed).collect();
        match (all.is_empty(), &self.config) {
            (false, _) => Ok(all),
            (true, Some(config)) => Err(Finding::skipped(format!(
                "{} has no bind mount; name one with --mount",
                config.file.display()
            ))),
            (true, None) => {
                Err(Finding::skipped("no bind mount was named; name one with --mount or --config"))
            }
        }
    }
}

impl Config {
    /// Read a file, or standard input for `-`.
    pub(crate) fn read(file: &Path, host: Os) -> Self {
        let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let folder = whole.parent().unwrap_or(Path::new("")).to_owned();
        match spec::read(file) {
            Ok(text) => Self { folder, ..Self::parse(file, &text, host) },
            Err(unread) => Self {
                file: file.to_owned(),
                folder,
                os: host,
                problems: vec![unread.problem()],
                document: None,
            },
        }
    }

    /// The same of what a file held.
    pub(crate) fn parse(file: &Path, text: &str, host: Os) -> Self {
        Self {
            file: file.to_owned(),
            folder: file.parent().unwrap_or(Path::new("")).to_owned(),
            os: spec::system_of(text, host),
            problems: spec::check(text, host),
            document: Document::parse(text).ok(),
        }
    }

    /// Will Hyper-V isolate the container?
    pub(crate) fn is_isolated(&self) -> bool {
        let hyperv = [Member("windows"), Member("hyperv")];
        self.document.as_ref().is_some_and(|document| matches!(document.get(&hyperv), Ok(Some(_))))
    }

    /// The bind mounts that it lists.
    fn binds(&self) -> Vec<Bind> {
        let Some(document) = &self.document else { return Vec::new() };
        let count = document.length(&[Member("mounts")]).unwrap_or_default();
        let listed = (0..count).filter_map(|at| {
            let asked_by = format!("{}: mounts[{at}]", self.file.display());
            bind(asked_by, Some(&self.folder), &mount(document, at))
        });
        listed.collect()
    }
}

/// The mount at a place; what cannot be read of it is told by the check of the whole document.
fn mount(document: &Document, at: usize) -> Mount {
    let text = |member| document.text_at(&[Member("mounts"), Element(at), Member(member)]).ok().flatten();
    let options = [Member("mounts"), Element(at), Member("options")];
    let option = |index| {
        let [mounts, element, options] = options;
        document.text_at(&[mounts, element, options, Element(index)]).ok().flatten()
    };
    Mount {
        destination: text("destination").unwrap_or_default(),
        kind: text("type"),
        source: text("source"),
        options: (0..document.length(&options).unwrap_or_default()).filter_map(option).collect(),
    }
}

/// A mount that is a bind; pipes of Windows are no files.
fn bind(asked_by: String, folder: Option<&Path>, mount: &Mount) -> Option<Bind> {
    let is_bound = mount.options.iter().any(|option| option == "bind" || option == "rbind");
    let is_bind = matches!(mount.kind.as_deref(), None | Some("" | "bind")) || is_bound;
    let source =
        mount.source.as_deref().filter(|source| !source.is_empty() && !source.starts_with(r"\\.\pipe\"));
    let source = Path::new(source.filter(|_| is_bind)?);
    let whole = match folder {
        // With a drive it is whole, whatever system reads it.
        _ if spec::is_absolute(&source.to_string_lossy(), Os::Windows) => source.to_owned(),
        Some(folder) => folder.join(source),
        None => std::path::absolute(source).unwrap_or_else(|_| source.to_owned()),
    };
    Some(Bind {
        asked_by,
        source: whole,
        destination: mount.destination.clone(),
        options: mount.options.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = r#"{"mounts":[
        {"destination":"/proc","type":"proc","source":"proc"},
        {"destination":"/a","type":"bind","source":"a","options":["rbind","ro"]},
        {"destination":"/b","source":"/b"}],"linux":{}}"#;

    fn skipped(found: Result<impl std::fmt::Debug, Finding>) -> String {
        found.unwrap_err().seen
    }

    #[test]
    fn what_was_not_named_says_how_to_name_it() {
        let nothing = Subject::default();
        let told = [
            skipped(nothing.config()),
            skipped(nothing.document()),
            skipped(nothing.image()),
            skipped(nothing.binds()),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        no config.json was named; name one with --config
        no config.json was named; name one with --config
        no image was named; name one with --image
        no bind mount was named; name one with --mount or --config
        ");
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn binds_are_those_of_the_command_line_and_then_those_of_the_file() {
        let typed = "type=bind,src=/s,dst=/d,options=rbind".to_owned();
        let mut subject = Subject::new(None, &[typed], None, Os::Linux).unwrap();
        subject.config = Some(Config::parse(Path::new("/bundle/config.json"), SPEC, Os::Linux));
        let found = subject.binds().unwrap();
        let told = found
            .iter()
            .map(|bind| format!("{}: {} at {}", bind.asked_by, bind.source.display(), bind.destination));
        insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
        --mount: /s at /d
        /bundle/config.json: mounts[1]: /bundle/a at /a
        /bundle/config.json: mounts[2]: /b at /b
        ");
        assert_eq!(found[1].options, ["rbind", "ro"]);
    }

    #[test]
    fn a_pipe_of_windows_is_no_bind() {
        let text = r"type=bind,src=\\.\pipe\docker_engine,dst=\\.\pipe\docker_engine".to_owned();
        let subject = Subject::new(None, &[text], None, Os::Windows).unwrap();
        assert!(subject.binds().is_err());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_a_problem_and_no_error() {
        let config = Config::read(Path::new("/nowhere/config.json"), Os::Linux);
        assert_eq!(config.problems.len(), 1);
        let subject = Subject { config: Some(config), ..Subject::default() };
        insta::assert_snapshot!(skipped(subject.document()), @"/nowhere/config.json cannot be read");
        assert_eq!(Config::parse(Path::new("c"), "{", Os::Linux).problems.len(), 1);
    }

    #[test]
    fn a_mount_that_is_none_is_wrong_usage() {
        assert!(Subject::new(None, &["src=/a".into()], None, Os::Linux).is_err());
    }

    #[test]
    fn a_folder_to_compare_with_has_to_be_there_and_to_have_a_mount() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |subject: Subject, path: &Path| subject.compared_with(Some(path)).unwrap_err().error;
        let missing = refused(Subject::default(), Path::new("/nowhere"));
        insta::assert_snapshot!(missing, @"cannot compare a mount with `/nowhere`: there is no such folder; name one on a volume that works");
        assert!(refused(Subject::default(), folder.path()).ends_with("name one with --mount or --config"));
        let mount = "type=bind,src=/s,dst=/d,options=rbind".to_owned();
        let subject = Subject::new(None, &[mount], None, Os::Linux).unwrap();
        assert!(subject.compared_with(Some(folder.path())).unwrap().compare.is_some());
    }
}
