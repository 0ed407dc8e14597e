//! The daemon itself. It is connected to once, when first asked.

use std::cell::OnceCell;
use std::future::Future;

use hcn_containerd::{Client, ErrorKind, Limits, Options};
use tokio::runtime::Runtime;

use crate::doctor::facts::containerd::Containerd;
use crate::doctor::facts::{Absent, Fact};
use crate::exit::Exit;
use crate::settings::Settings;
use crate::{Failure, runtime};

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

    /// Ask the daemon something.
    fn ask<T, F>(&self, question: impl FnOnce(Client) -> F) -> Fact<T>
    where
        F: Future<Output = Result<T, hcn_containerd::Error>>,
    {
        let client = self.client.get_or_init(|| self.runtime.block_on(connect(&self.settings))).clone()?;
        self.runtime.block_on(question(client)).map_err(|error| absent(&error))
    }
}

impl Containerd for Daemon {
    fn address(&self) -> &str {
        &self.settings.address
    }

    fn version(&self) -> Fact<String> {
        self.ask(|client| async move { client.version().await }).map(|version| version.version)
    }
}

async fn connect(settings: &Settings) -> Fact<Client> {
    let address = settings.address.parse().map_err(|why| Absent::Unreadable(format!("{why}")))?;
    let limits = Limits { connect: settings.connect_timeout, ..Limits::default() };
    let options = Options { namespace: settings.containerd_namespace.clone(), limits };
    Client::connect(&address, &options).await.map_err(|error| absent(&error))
}

fn absent(error: &hcn_containerd::Error) -> Absent {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::Unimplemented => Absent::NotHere(error.to_string()),
        _ => Absent::Unreadable(error.to_string()),
    }
}
