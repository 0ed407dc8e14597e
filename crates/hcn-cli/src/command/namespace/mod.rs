//! `hcn namespace`: list, show, create, delete, modify, attach, detach, prune.

mod looks;
pub(crate) mod prune;
pub(crate) mod users;

use std::path::PathBuf;
use std::time::Duration;

use hcn::{EndpointId, Hcn, Modify, Namespace, NamespaceId, NamespaceKind, RequestType, SchemaVersion};

use self::users::Users;
use super::object::{self, Delete, Described, Index, List, Shape, Show, Source, Table, joined};
use super::service::{self, refused};
use crate::args::{Global, Places};
use crate::env::Environment;
use crate::os::Os;
use crate::settings::Settings;
use crate::{Failure, output};

/// `hcn namespace VERB`
#[derive(Debug, clap::Args)]
pub struct NamespaceArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// List the namespaces, and the containers that use them
    #[command(visible_alias = "ls")]
    List(List),
    /// Show all of some namespaces
    #[command(visible_alias = "inspect")]
    Show(Show),
    /// Create a namespace and print its id
    Create(Create),
    /// Delete namespaces and print the ids of those that are gone
    #[command(visible_alias = "rm")]
    Delete(Delete),
    /// Send a request to change a namespace, as it is
    Modify(object::Modify),
    /// Add endpoints to a namespace
    Attach(Members),
    /// Take endpoints out of a namespace; they stay
    Detach(Members),
    /// List the namespaces that ctr and nerdctl left behind; with --yes, delete them
    Prune(prune::Prune),
}

/// The flags of `create`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Create {
    /// Host, HostDefault, Guest or GuestDefault [default: none is named, which is Host]
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    pub kind: Option<NamespaceKind>,
    /// Create it from this document, whole; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "kind")]
    pub file: Option<PathBuf>,
    /// Its id [default: the document's, else a random one]
    #[arg(long, value_name = "GUID")]
    pub id: Option<NamespaceId>,
    /// How it is printed.
    #[command(flatten)]
    pub shape: Shape,
}

/// The flags of `attach` and `detach`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Members {
    /// The namespace: its id, or the beginning of it
    pub target: String,
    /// The endpoints: ids, beginnings of ids, or names
    #[arg(required = true, value_name = "ENDPOINT")]
    pub endpoints: Vec<String>,
}

fn kind(text: &str) -> Result<NamespaceKind, String> {
    object::one_of(NamespaceKind::KNOWN, text)
}

/// Do what was asked.
///
/// # Errors
/// What the service refuses, with the exit code of its kind; an id that fits nothing or several; for `prune` also a
/// containerd that does not answer.
pub fn run(args: NamespaceArgs, global: &Global, env: &Environment) -> Result<u32, Failure> {
    service::with(global, env, |hcn| match args.verb {
        Verb::List(args) => list(hcn, &args, || settings(&patient_for(SHORT, global), env)),
        Verb::Show(args) => object::show(&hcn.namespaces(), &args),
        Verb::Create(args) => create(hcn, args),
        Verb::Delete(args) => object::delete(&hcn.namespaces(), &args),
        Verb::Modify(args) => object::modify(&hcn.namespaces(), &args),
        Verb::Attach(args) => change(hcn, &args, &RequestType::Add),
        Verb::Detach(args) => change(hcn, &args, &RequestType::Remove),
        Verb::Prune(args) => prune::prune(hcn, &args, &settings(global, env)?),
    })
}

/// Which of the service's they are is not asked here; a value that cannot be is wrong usage.
fn settings(global: &Global, env: &Environment) -> Result<Settings, Failure> {
    let global = Global { hns: Some("system".to_owned()), ..global.clone() };
    Settings::new(&global, &Places::default(), env, Os::HOST).map_err(object::usage)
}

/// The same flags; where nobody said how long connecting may take, this long.
fn patient_for(limit: Duration, global: &Global) -> Global {
    Global { connect_timeout: global.connect_timeout.or(Some(limit)), ..global.clone() }
}

/// How long `list` waits for containerd where nobody said: what it shows of it is an extra.
const SHORT: Duration = Duration::from_secs(2);

fn list(
    hcn: &Hcn,
    args: &List,
    settings: impl FnOnce() -> Result<Settings, Failure>,
) -> Result<u32, Failure> {
    let namespaces = hcn.namespaces().list().map_err(refused)?;
    let users = match args.shape.is_ids_or_names() {
        true => None,
        false => users_or_note(&settings()?),
    };
    let documents: Vec<_> = namespaces.iter().map(|one| listed(one, users.as_ref())).collect();
    let table = || table(&namespaces, users.as_ref()).to_string();
    output::all(object::print(args.shape, &namespaces, &documents, table)?)?;
    Ok(0)
}

/// A daemon that does not answer costs the column, not the list.
fn users_or_note(settings: &Settings) -> Option<Users> {
    match users::ask(settings, settings.connect_timeout) {
        Ok(users) => Some(users),
        Err(why) => {
            output::Notes::Shown.note(format_args!("the containers that use them are not shown: {why}"));
            None
        }
    }
}

/// The service's document, and behind its members who uses it, where that is known.
fn listed(namespace: &Namespace, users: Option<&Users>) -> Namespace {
    let mut listed = namespace.clone();
    let used_by = users.and_then(|users| hcn::Raw::new(&users_of(namespace, users)).ok());
    used_by.into_iter().for_each(|used_by| listed.extra.push("UsedBy", used_by));
    listed
}

fn users_of<'a>(namespace: &Namespace, users: &'a Users) -> Vec<&'a users::Container> {
    namespace.id.map(|id| users.of(id).collect()).unwrap_or_default()
}

fn table(namespaces: &[Namespace], users: Option<&Users>) -> Table {
    let row = |namespace: &Namespace| {
        let mut row = vec![
            namespace.id.unwrap_or_default().to_string(),
            namespace.kind().to_string(),
            namespace.endpoints().count().to_string(),
            namespace.containers().count().to_string(),
        ];
        row.extend(users.map(|users| joined(users_of(namespace, users))));
        row
    };
    let mut header = vec!["ID", "TYPE", "ENDPOINTS", "CONTAINERS"];
    header.extend(users.map(|_| "USED BY"));
    Table { header, rows: namespaces.iter().map(row).collect() }
}

impl Described for Namespace {
    fn details(&self) -> Vec<(&'static str, String)> {
        let compartment = self.namespace_id.filter(|number| *number != 0);
        vec![
            ("type", self.kind().to_string()),
            ("compartment", compartment.map(|number| number.to_string()).unwrap_or_default()),
            ("endpoints", joined(self.endpoints())),
            ("containers", joined(self.containers())),
        ]
    }
}

fn create(hcn: &Hcn, args: Create) -> Result<u32, Failure> {
    let mut namespace = match &args.file {
        Some(file) => object::document(Source(file), Namespace::from_json)?,
        None => Namespace { kind: args.kind, ..Namespace::for_container() },
    };
    namespace.id = args.id.or(namespace.id);
    namespace.schema_version = namespace.schema_version.or(Some(SchemaVersion::V2));
    let made = hcn.namespaces().create(&namespace).map_err(refused)?;
    object::created(&hcn.namespaces(), made, args.shape)
}

/// Add endpoints, or take them out. All are looked up before the first is.
fn change(hcn: &Hcn, args: &Members, request: &RequestType) -> Result<u32, Failure> {
    let target = Index::new(&hcn.namespaces()).find(&args.target)?;
    let endpoints = hcn.endpoints();
    let index = Index::new(&endpoints);
    let found: Vec<EndpointId> =
        args.endpoints.iter().map(|word| index.find(word)).collect::<Result<_, _>>()?;
    let (_, code) = object::all(&found, |id| {
        hcn.namespaces().modify(target, &Modify::endpoint(request.clone(), *id)).map_err(refused)
    });
    // The guest of a utility VM learns of it from nobody else.
    let told = hcn.sync(target).map_err(refused);
    match (code, told) {
        (Err(first), Err(then)) => {
            crate::output::error(&first);
            Err(then)
        }
        (code, told) => told.and(code),
    }
}
