//! A containerd for Windows: the calls that `hcn run` makes, checked by containerd's rules and journalled.
//!
//! Which codes it answers with, and which fields, is compared with a real daemon's answers in this crate's tests; what
//! only Windows has (the runhcs shim, its rules for specs and mounts) is written from the sources of hcsshim.

mod call;
mod containers;
mod content;
mod image;
mod images;
mod introspection;
mod leases;
mod namespaces;
mod router;
mod snapshots;
mod tasks;
mod tenant;
mod version;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hcn::Hcn;
use tokio::sync::mpsc;
use tonic::codegen::tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::server::Server;

use crate::Settings;
use crate::journal::Journal;
use crate::wire;
use image::Image;
use tenant::Tenant;

/// What a message may hold, in bytes, each way.
const LONGEST_MESSAGE: usize = 16 << 20;

/// The daemon: what it was told, what it holds.
pub struct Daemon {
    settings: Settings,
    journal: Journal,
    hcn: Hcn,
    images: Vec<Image>,
    /// How often each call was refused.
    refused: Mutex<HashMap<String, u32>>,
    tenants: Arc<Mutex<HashMap<String, Tenant>>>,
}

impl Daemon {
    /// A daemon that holds its images and nothing else.
    ///
    /// # Errors
    /// The folder of its snapshots cannot be written, or there is no Host Network Service.
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        let journal = Journal::new(&settings.journal);
        let images: Vec<Image> = settings.images.iter().map(Image::new).collect();
        let mut tenant = Tenant::new(settings.root.clone());
        for image in images.iter().filter(|image| image.unpacked) {
            tenant.unpack(image)?;
        }
        let top = images.first().and_then(|image| image.chain.last()).cloned().unwrap_or_default();
        settings.prepared.iter().try_for_each(|key| tenant.prepare(key, &top))?;
        let tenants = Arc::new(Mutex::new(HashMap::from([("default".to_owned(), tenant)])));
        let refused = Mutex::default();
        Ok(Self { settings, journal, hcn: crate::host::service()?, images, refused, tenants })
    }

    /// Listens on its address, says so with `ready`, and answers for ever.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn serve(self, ready: impl FnOnce()) -> anyhow::Result<()> {
        let (connections, connected) = mpsc::unbounded_channel::<io::Result<wire::Connection>>();
        wire::listen(&self.settings.address, connections)?;
        ready();
        let router = router::Router::new(self);
        Ok(Server::builder().serve_with_incoming(router, UnboundedReceiverStream::new(connected)).await?)
    }

    /// All tenants; a panic while they were held has spoiled nothing that a test would go on with.
    fn tenants(&self) -> MutexGuard<'_, HashMap<String, Tenant>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is done for one containerd namespace, which comes into being with its first use.
    fn of<R>(&self, tenant: &str, work: impl FnOnce(&mut Tenant) -> R) -> R {
        let mut tenants = self.tenants();
        work(tenants.entry(tenant.to_owned()).or_insert_with(|| Tenant::new(self.settings.root.clone())))
    }
}
