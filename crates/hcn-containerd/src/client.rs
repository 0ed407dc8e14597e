//! The client: a connection, containerd's namespace, and limits. Each service's calls are in the service's own file.

use std::fmt;
use std::time::Duration;

use tonic::transport::Channel;

use crate::call::{Call, raw};
use crate::pb::containerd::services::version::v1::version_client::VersionClient;
use crate::{
    Address, Containers, ContentStore, Diff, Error, Events, Images, Introspection, Leases, Namespace,
    Namespaces, Snapshots, Tasks, Transfers, Version, connect,
};

/// A connection to a daemon, in one of its namespaces.
///
/// Cloning it is cheap, and clones share the connection: calls may be made at once. A connection that was lost is made
/// anew by the next call.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    namespace: Namespace,
    limits: Limits,
}

/// How to connect, and what then holds for every call.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// containerd's namespace (a tenant).
    pub namespace: Namespace,
    /// How long things may take.
    pub limits: Limits,
}

/// How long things may take; [`Duration::MAX`]: for ever.
///
/// [`Tasks::wait`] and [`Events`] have no limit: they end when something happens. [`Diff::apply`],
/// [`Transfers::pull`] and [`Snapshots::commit`] have none either: they take as long as the image, or layer, is large.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To connect, the second try included: 10 s.
    pub connect: Duration,
    /// For calls that look something up or write a record: 30 s.
    pub call: Duration,
    /// For calls that do work: snapshots, tasks, a lease's collection: 2 min. Deleting a task, which takes
    /// 10 s where something still holds its output, has 30 s at least.
    pub work: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            call: Duration::from_secs(30),
            work: Duration::from_secs(120),
        }
    }
}

impl Client {
    /// Connects, and makes sure that something answers.
    ///
    /// # Errors
    /// `Unavailable`, `PermissionDenied` or `Timeout`: the error names the address, the reason and what to do.
    pub async fn connect(address: &Address, options: &Options) -> Result<Self, Error> {
        let Options { namespace, limits } = options.clone();
        let channel = connect::connect(address, limits.connect).await?;
        Ok(Self { channel, namespace, limits })
    }

    /// containerd's namespace that the calls go to.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The same connection, for another namespace.
    pub fn with_namespace(&self, namespace: Namespace) -> Self {
        Self { namespace, ..self.clone() }
    }

    /// The same connection, with other limits.
    pub fn with_limits(&self, limits: Limits) -> Self {
        Self { limits, ..self.clone() }
    }

    /// Which release the daemon is: the cheapest sign of life. Decide by [`Client::introspection`] instead: the text
    /// need be no version (Debian: `1.6.20~ds1`).
    ///
    /// # Errors
    /// Those of any call.
    pub async fn version(&self) -> Result<Version, Error> {
        let call = self.call("cannot ask containerd for its version".to_owned());
        call.answer(raw!(VersionClient, self.channel()).version(call.request(()))).await
    }

    /// What the daemon can do.
    pub fn introspection(&self) -> Introspection<'_> {
        Introspection(self)
    }

    /// Namespaces of the daemon.
    pub fn namespaces(&self) -> Namespaces<'_> {
        Namespaces(self)
    }

    /// Names of images.
    pub fn images(&self) -> Images<'_> {
        Images(self)
    }

    /// The documents and layers of images.
    pub fn content(&self) -> ContentStore<'_> {
        ContentStore(self)
    }

    /// What holds content and snapshots against the garbage collector.
    pub fn leases(&self) -> Leases<'_> {
        Leases(self)
    }

    /// File systems of containers, of one snapshotter: `overlayfs`, `windows`, …
    pub fn snapshots<'c>(&'c self, snapshotter: &'c str) -> Snapshots<'c> {
        Snapshots { client: self, snapshotter }
    }

    /// Unpacking layers.
    pub fn diff(&self) -> Diff<'_> {
        Diff(self)
    }

    /// Records of containers.
    pub fn containers(&self) -> Containers<'_> {
        Containers(self)
    }

    /// What runs in containers.
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks(self)
    }

    /// Pulling images.
    pub fn transfer(&self) -> Transfers<'_> {
        Transfers(self)
    }

    /// What happens in the daemon.
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// A call that looks something up or writes a record.
    pub(crate) fn call(&self, attempted: String) -> Call<'_> {
        Call::new(self, attempted, self.limits.call)
    }

    /// A call that does work.
    pub(crate) fn work(&self, attempted: String) -> Call<'_> {
        Call::new(self, attempted, self.limits.work)
    }

    /// A call that takes as long as it takes.
    pub(crate) fn unlimited(&self, attempted: String) -> Call<'_> {
        Call::new(self, attempted, Duration::MAX)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("namespace", &self.namespace).field("limits", &self.limits).finish()
    }
}
