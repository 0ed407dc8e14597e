//! `hcn cni`: attachments in libcni's cache, made by `hcn run`, `ctr run --cni`, nerdctl or any other user of libcni.

use std::net::IpAddr;

use hcn_cni::{Attachment, CacheEntry, CniResult, Conflist, ErrorKind, Runtime, Version};

use crate::args::{Format, Places};
use crate::exit::Exit;
use crate::output::{self, Notes};
use crate::settings::Settings;
use crate::{Failure, sys};

/// The verbs.
#[derive(Debug, Clone, clap::Args)]
pub struct CniArgs {
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// A verb.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// Detach a container, with the configuration as it was when it was attached
    #[command(
        after_help = "NETWORK, CONTAINERID and IFNAME are as `hcn cni list` shows them. What the cache does not know \
                      is refused; what is gone already is success."
    )]
    Del(DelArgs),
    /// List the attachments in the cache
    #[command(visible_alias = "ls")]
    List(ListArgs),
}

/// The flags of `hcn cni del`.
#[derive(Debug, Clone, clap::Args)]
pub struct DelArgs {
    /// The network's name
    pub network: String,
    /// The container's id as plugins know it: with ctr and hcn, the containerd namespace, a dash, and the id
    #[arg(value_name = "CONTAINERID")]
    pub container: String,
    /// The interface in the container
    pub ifname: String,
    /// The network namespace, where the cache does not know it: a path, on Windows a GUID
    #[arg(long, value_name = "NAMESPACE")]
    pub netns: Option<String>,
    /// Where configurations, plugins and results are.
    #[command(flatten)]
    pub places: Places,
}

/// The flags of `hcn cni list`.
#[derive(Debug, Clone, clap::Args)]
pub struct ListArgs {
    /// How to print it
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: Format,
    /// Where results are.
    #[command(flatten)]
    pub places: Places,
}

impl CniArgs {
    /// Where the verb looks.
    pub fn places(&self) -> &Places {
        match &self.verb {
            Verb::Del(args) => &args.places,
            Verb::List(args) => &args.places,
        }
    }
}

/// Do it; the exit code.
///
/// # Errors
/// What is not in the cache, and everything that plugins failed at.
pub fn run(args: &CniArgs, settings: &Settings) -> Result<u32, Failure> {
    match &args.verb {
        Verb::Del(args) => del(args, settings)?,
        Verb::List(args) => list(args, settings)?,
    }
    Ok(Exit::Success.code())
}

fn failed(error: &hcn_cni::Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::NotAttached => Exit::NotFound,
        ErrorKind::InvalidAttachment => Exit::Usage,
        _ => Exit::Failure,
    };
    match error.kind() {
        ErrorKind::NotAttached => Failure::new(exit, format_args!("{error}: `hcn cni list` shows them")),
        _ => Failure::new(exit, error),
    }
}

fn runtime(settings: &Settings) -> Runtime {
    let mut runtime = Runtime::new(settings.cni_path.clone(), &settings.cni_cache);
    runtime.timeout = settings.timeout.unwrap_or(runtime.timeout);
    runtime
}

fn del(args: &DelArgs, settings: &Settings) -> Result<(), Failure> {
    let runtime = runtime(settings);
    let wanted = Attachment {
        container_id: args.container.clone(),
        ifname: args.ifname.clone(),
        ..Attachment::default()
    };
    let entry = runtime.cache.entry(&args.network, &wanted).map_err(|error| failed(&error))?;
    let list = configuration(&entry, settings)?;
    let netns = namespace(args, &entry)?;
    let attachment = Attachment { netns, ..entry.attachment };
    runtime.del(&list, &attachment).map_err(|errors| Failure::new(Exit::Failure, errors))
}

/// As it was at ADD; files of old libcni and cut ones do not have it, then the host's network of that name.
fn configuration(entry: &CacheEntry, settings: &Settings) -> Result<Conflist, Failure> {
    let cached = match entry.conflist() {
        Ok(list) => return Ok(list),
        Err(error) => error,
    };
    Conflist::named(&settings.cni_configurations, &entry.network).map_err(|error| {
        Failure::new(Exit::Failure, format_args!("{cached}; and {error} with --cni-netconfpath"))
    })
}

/// The namespace that plugins are given: the one named, else the cache's while it is still the attachment's.
fn namespace(args: &DelArgs, entry: &CacheEntry) -> Result<Option<String>, Failure> {
    if args.netns.is_some() {
        return Ok(args.netns.clone());
    }
    let without = "plugins are called without one, and some then leave firewall rules behind";
    let Some(name) = entry.attachment.netns.clone() else {
        Notes::Shown
            .note(format_args!("the cache knows no network namespace, and --netns names none: {without}"));
        return Ok(None);
    };
    let is_there = sys::is_still_of(name.as_ref(), &addresses(entry)).map_err(|why| {
        let fix = "name it with --netns, or correct its permissions";
        Failure::new(
            Exit::Failure,
            format_args!("cannot look at the network namespace `{name}`: {why}; {fix}"),
        )
    })?;
    if !is_there {
        Notes::Shown
            .note(format_args!("the network namespace `{name}` is gone or is another's by now: {without}"));
    }
    Ok(Some(name).filter(|_| is_there))
}

fn addresses(entry: &CacheEntry) -> Vec<IpAddr> {
    let text = entry.result.as_ref().map(|result| result.get());
    let result = text.and_then(|text| CniResult::parse(text, Version::OLDEST).ok());
    let ips = result.iter().flat_map(CniResult::ips);
    ips.filter_map(|ip| Some(ip.address?.addr())).collect()
}

fn list(args: &ListArgs, settings: &Settings) -> Result<(), Failure> {
    let entries = runtime(settings).cache.entries().map_err(|error| failed(&error))?;
    let text = match args.output {
        Format::Table => table(&entries),
        Format::Json => json(&entries),
    };
    output::data(text).map_err(|why| {
        Failure::new(Exit::Failure, format_args!("cannot write to standard output: {why}; make room there"))
    })
}

fn table(entries: &[CacheEntry]) -> String {
    let head = ["NETWORK", "CONTAINERID", "IFNAME", "ADDRESSES"].map(str::to_owned);
    let row = |entry: &CacheEntry| {
        let addresses = addresses(entry).iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let Attachment { container_id, ifname, .. } = entry.attachment.clone();
        [entry.network.clone(), container_id, ifname, addresses]
    };
    let rows: Vec<_> = [head].into_iter().chain(entries.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let line = |[network, container, ifname, addresses]: &[String; 4]| {
        let [a, b, c] = widths;
        let line = format!("{network:a$}  {container:b$}  {ifname:c$}  {addresses}");
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

fn json(entries: &[CacheEntry]) -> String {
    let one = |entry: &CacheEntry| {
        serde_json::json!({
            "network": entry.network,
            "containerId": entry.attachment.container_id,
            "ifName": entry.attachment.ifname,
            "netns": entry.attachment.netns,
            "addresses": addresses(entry),
        })
    };
    let list: Vec<_> = entries.iter().map(one).collect();
    format!("{:#}\n", serde_json::Value::from(list))
}
