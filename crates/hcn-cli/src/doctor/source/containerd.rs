//! The daemon itself. It is connected to once, when first asked.

use std::cell::OnceCell;
use std::future::Future;
use std::path::{Path, PathBuf};

use hcn::Guid;
use hcn_containerd::{Client, ErrorKind};
use tokio::runtime::Runtime;

use super::absent as unread;
use crate::command::namespace::users;
use crate::connect::connect;
use crate::doctor::facts::containerd::{Container, Containerd, Image, Plugin};
use crate::doctor::facts::{Absent, Fact};
use crate::exit::Exit;
use crate::image::{self, Problem};
use crate::os::Os;
use crate::settings::Settings;
use crate::spec::{self, Document};
use crate::{Failure, runtime, sys};

/// Where distributions have the daemon listen.
const USUAL: &[&str] = &[
    "/run/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/k0s/containerd.sock",
    "/var/snap/microk8s/common/run/containerd.sock",
];

/// A daemon and the one thread that talks to it.
pub(crate) struct Daemon {
    settings: Settings,
    runtime: Runtime,
    client: OnceCell<Fact<Client>>,
}

impl Daemon {
    /// Nothing is connected yet.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self { settings: settings.clone(), runtime: runtime::new(Exit::Run)?, client: OnceCell::new() })
    }

    fn client(&self) -> Fact<Client> {
        self.client.get_or_init(|| self.runtime.block_on(daemon(&self.settings))).clone()
    }

    /// Ask the daemon something.
    fn ask<T, F>(&self, question: impl FnOnce(Client) -> F) -> Fact<T>
    where
        F: Future<Output = Result<T, hcn_containerd::Error>>,
    {
        let client = self.client()?;
        self.runtime.block_on(question(client)).map_err(|error| absent(&error))
    }
}

impl Containerd for Daemon {
    fn address(&self) -> &str {
        &self.settings.address
    }

    fn namespace(&self) -> &str {
        self.settings.containerd_namespace.as_str()
    }

    fn snapshotter(&self) -> &str {
        &self.settings.snapshotter
    }

    fn version(&self) -> Fact<String> {
        self.ask(|client| async move { client.version().await }).map(|version| version.version)
    }

    fn rights(&self) -> Fact<String> {
        let address = self.address();
        sys::rights(Path::new(address)).map_err(|error| unread(address, &error))
    }

    fn others(&self) -> Vec<String> {
        let others = USUAL.iter().filter(|usual| **usual != self.address() && Path::new(usual).exists());
        others.map(ToString::to_string).collect()
    }

    fn plugins(&self) -> Fact<Vec<Plugin>> {
        let found = self.ask(|client| async move { client.introspection().plugins(&[]).await })?;
        Ok(found.into_iter().map(plugin).collect())
    }

    fn process(&self) -> Fact<u64> {
        let server = self.ask(|client| async move { client.introspection().server().await })?;
        match server.pid {
            // 1.6 does not tell.
            0 => sys::listener(Path::new(self.address())).map_err(|error| unread(self.address(), &error)),
            process => Ok(process),
        }
    }

    fn search_path(&self) -> Fact<Vec<PathBuf>> {
        let process = self.process()?;
        let file = format!("/proc/{process}/environ");
        let bytes = std::fs::read(&file).map_err(|error| unread(&file, &error))?;
        let variables = bytes.split(|byte| *byte == 0);
        let path = variables.filter_map(|one| std::str::from_utf8(one).ok()?.strip_prefix("PATH=")).next();
        let path = path.ok_or_else(|| Absent::Unreadable(format!("{file} names no PATH")))?;
        let own = std::fs::read_link(format!("/proc/{process}/exe")).ok();
        let beside = own.and_then(|own| own.parent().map(Path::to_owned));
        Ok(std::env::split_paths(path).chain(beside).collect())
    }

    fn image(&self, name: &str) -> Fact<Option<Image>> {
        let client = self.client()?;
        let offers = match self.runtime.block_on(image::offers(&client, name)) {
            Err(Problem::Absent) => return Ok(None),
            Err(Problem::Daemon(error)) => return Err(absent(&error)),
            Err(Problem::Malformed(digest, why)) => {
                Err(format!("its content {digest} cannot be read: {why}"))
            }
            Err(Problem::Contradictory(why)) => Err(why.to_owned()),
            Err(other) => Err(format!("{other:?}")),
            Ok(offers) => Ok(offers),
        };
        Ok(Some(Image { offers }))
    }

    fn containers(&self) -> Fact<Vec<Container>> {
        let found = self.ask(|client| async move { users::everyone(&client).await })?;
        Ok(found.iter().map(|(namespace, record)| container(namespace, record)).collect())
    }
}

fn container(namespace: &str, record: &hcn_containerd::Container) -> Container {
    let spec = record.spec.as_ref().and_then(|spec| Document::parse(str::from_utf8(&spec.value).ok()?).ok());
    let network = spec.and_then(|spec| spec::named(&spec, Os::HOST).ok().flatten());
    let spelled = network.map(|name| name.parse::<Guid>().map(|id| id.to_string()).unwrap_or(name));
    Container {
        namespace: namespace.to_owned(),
        id: record.id.clone(),
        network: spelled,
        mentions: users::mentioned(record),
    }
}

fn plugin(told: hcn_containerd::Plugin) -> Plugin {
    let root = told.exports.get("root").filter(|root| !root.is_empty()).map(PathBuf::from);
    Plugin { kind: told.r#type, id: told.id, failure: told.init_err.map(|status| status.message), root }
}

async fn daemon(settings: &Settings) -> Fact<Client> {
    let Settings { address, containerd_namespace, connect_timeout, .. } = settings;
    connect(address, containerd_namespace.clone(), *connect_timeout).await.map_err(|error| absent(&error))
}

fn absent(error: &hcn_containerd::Error) -> Absent {
    match error.kind() {
        ErrorKind::Unimplemented => Absent::NotHere(error.to_string()),
        ErrorKind::PermissionDenied => Absent::Denied(error.to_string()),
        _ => Absent::Unreadable(error.to_string()),
    }
}
