//! Transfers: the daemon pulls an image by itself, and asks for credentials where a registry wants them. From 1.7 on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use prost::Message;

use crate::call::raw;
use crate::pb::containerd::services::transfer::v1::transfer_client::TransferClient;
use crate::pb::containerd::services::transfer::v1::{TransferOptions, TransferRequest};
use crate::pb::containerd::types::transfer as pb;
use crate::streaming::Stream;
use crate::{Any, AuthRequest, AuthResponse, Client, Platform, Progress, Result};

/// Calls of [`Client::transfer`].
#[derive(Debug, Clone, Copy)]
pub struct Transfers<'c>(pub(crate) &'c Client);

/// What to pull, from where, and where to.
#[derive(Debug, Clone, Default)]
pub struct Pull {
    /// The image in its registry, and its name in the daemon: `docker.io/library/busybox:latest`.
    pub name: String,
    /// Whose content is wanted, the best first.
    pub platforms: Vec<Platform>,
    /// Of how many of an index's manifests that match; 0: of all. The daemon takes the best, but compares no builds of
    /// Windows.
    pub limit: u32,
    /// Where its layers are unpacked. Which snapshotters the daemon unpacks for is part of its configuration
    /// (`unpack_config`); for another one the image is pulled, and not unpacked, without an error.
    pub snapshotter: String,
    /// The daemon's folder of `hosts.toml` files; empty for none. Not in the first releases of 1.7.
    pub hosts_dir: String,
    /// `http` or `https`; empty: https, and either where the registry is on this very host.
    pub scheme: String,
}

/// What happens during a pull.
#[derive(Debug, Clone, PartialEq)]
pub enum PullEvent {
    /// A registry wants credentials: the pull goes on after [`Pulling::answer`].
    Asked(AuthRequest),
    /// A step was made.
    Progress(Progress),
}

impl Transfers<'_> {
    /// Whether the daemon can transfer images.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn are_supported(&self) -> Result<bool> {
        let plugins = self.0.introspection().plugins(&["id==transfer", "id==streaming"]).await?;
        let works = |id: &str| {
            plugins.iter().any(|plugin| {
                plugin.r#type == "io.containerd.grpc.v1" && plugin.id == id && plugin.init_err.is_none()
            })
        };
        Ok(works("transfer") && works("streaming"))
    }

    /// Begins to pull an image under a lease: what a failed pull leaves goes with it.
    ///
    /// # Errors
    /// `Unimplemented` where [`Transfers::are_supported`] says no.
    pub async fn pull(&self, pull: &Pull, lease: &str) -> Result<Pulling> {
        // Another pull of the same lease has streams of its own: the daemon may not have closed these yet.
        let [asks, tells] = ["credentials", "progress"].map(|what| format!("{lease}-{what}-{}", pull.limit));
        let credentials = Stream::open(self.0, &asks).await?;
        let progress = Stream::open(self.0, &tells).await?;
        let message = TransferRequest {
            source: Some(registry(pull, asks)),
            destination: Some(store(pull)),
            options: Some(TransferOptions { progress_stream: tells }),
        };
        let (client, lease) = (self.0.clone(), lease.to_owned());
        let attempted = format!("cannot pull image `{}`", pull.name);
        let transfer = Box::pin(async move {
            let call = client.unlimited(attempted);
            let request = call.leased(message, &lease)?;
            call.answer(raw!(TransferClient, client.channel()).transfer(request)).await
        });
        Ok(Pulling { transfer, credentials, progress })
    }
}

fn registry(pull: &Pull, auth_stream: String) -> Any {
    let resolver = pb::RegistryResolver {
        auth_stream,
        host_dir: pull.hosts_dir.clone(),
        default_scheme: pull.scheme.clone(),
        ..pb::RegistryResolver::default()
    };
    any("OCIRegistry", &pb::OciRegistry { reference: pull.name.clone(), resolver: Some(resolver) })
}

fn store(pull: &Pull) -> Any {
    let unpack = |platform: &Platform| pb::UnpackConfiguration {
        platform: Some(platform.clone()),
        snapshotter: pull.snapshotter.clone(),
    };
    let store = pb::ImageStore {
        name: pull.name.clone(),
        platforms: pull.platforms.clone(),
        manifest_limit: pull.limit,
        unpacks: pull.platforms.iter().map(unpack).collect(),
        ..pb::ImageStore::default()
    };
    any("ImageStore", &store)
}

fn any(name: &str, message: &impl Message) -> Any {
    Any { type_url: format!("containerd.types.transfer.{name}"), value: message.encode_to_vec() }
}

/// A pull under way. Dropping it cancels it.
#[must_use]
pub struct Pulling {
    transfer: Pin<Box<dyn Future<Output = Result<()>> + Send>>,
    credentials: Stream,
    progress: Stream,
}

impl Pulling {
    /// What happens next; `None` at its end. No event is lost when this is dropped half-way.
    ///
    /// # Errors
    /// Why the image could not be pulled.
    pub async fn next(&mut self) -> Result<Option<PullEvent>> {
        tokio::select! {
            biased;
            // What cannot be read is answered too: the daemon waits for it.
            asked = self.credentials.next() => {
                Ok(Some(PullEvent::Asked(AuthRequest::decode(asked.value.as_slice()).unwrap_or_default())))
            }
            told = self.progress.next() => {
                Ok(Some(PullEvent::Progress(Progress::decode(told.value.as_slice()).unwrap_or_default())))
            }
            done = &mut self.transfer => done.map(|()| None),
        }
    }

    /// Answers [`PullEvent::Asked`].
    pub async fn answer(&self, credentials: &AuthResponse) {
        self.credentials.send(any("AuthResponse", credentials)).await;
    }
}

impl fmt::Debug for Pulling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulling").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_named_as_the_daemon_knows_them() {
        let platforms =
            ["amd64", "386"].map(|name| Platform { architecture: name.into(), ..Platform::default() });
        let pull = Pull {
            name: "localhost:5000/a:b".into(),
            platforms: platforms.to_vec(),
            limit: 1,
            scheme: "http".into(),
            ..Pull::default()
        };
        let source = registry(&pull, "asks".into());
        assert_eq!(source.type_url, "containerd.types.transfer.OCIRegistry");
        let read = pb::OciRegistry::decode(source.value.as_slice()).unwrap();
        assert_eq!(
            (read.reference.as_str(), read.resolver.unwrap().default_scheme.as_str()),
            ("localhost:5000/a:b", "http")
        );
        let destination = store(&pull);
        assert_eq!(destination.type_url, "containerd.types.transfer.ImageStore");
        let store = pb::ImageStore::decode(destination.value.as_slice()).unwrap();
        assert_eq!((store.manifest_limit, store.platforms.as_slice()), (1, &platforms[..]));
        assert_eq!(store.unpacks.len(), 2);
    }
}
