//! Reading an image through containerd: its name, its manifest for this host, its configuration, its snapshot.
//! Nothing is pulled or unpacked here.

use hcn_containerd::{Client, ErrorKind};

use super::document::{Configuration, Descriptor, Manifest, Platform};
use super::name::whole_name;
use super::platform::Host;
use super::problem::Problem;
use super::{Image, chain_id};
use crate::settings::Settings;

/// The largest document that is read, in bytes; containerd takes no larger message.
const LARGEST: usize = 8 << 20;
/// How many indexes may stand in one another.
const DEEPEST: usize = 4;

/// An image that is there.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// What a run needs of it.
    pub(crate) image: Image,
    /// What is to be unpacked first, if the snapshotter does not have it.
    pub(crate) packed: Option<Layers>,
}

/// The layers of an image, packed.
#[derive(Debug)]
pub(crate) struct Layers {
    /// The digest of the image's configuration, whose label keeps the layers that are unpacked.
    pub(crate) configuration: String,
    /// Each layer as it is packed, the base first, and its digest when it is unpacked.
    pub(crate) layers: Vec<(Descriptor, String)>,
}

/// Read what a run needs of an image.
///
/// # Errors
/// It is not there, not for this host, or contradicts itself.
pub(crate) async fn resolve(
    client: &Client,
    name: &str,
    settings: &Settings,
    host: &Host,
) -> Result<Resolved, Problem> {
    Reader { client, host }.image(name, &settings.snapshotter).await
}

/// What an image that is there is for: one for each of its manifests.
///
/// # Errors
/// It is not there, or contradicts itself.
pub(crate) async fn offers(client: &Client, name: &str) -> Result<Vec<Offer>, Problem> {
    let reader = Reader { client, host: &Host::this(false) };
    let Found { target, .. } = reader.found(name).await?;
    reader.offers(&target).await
}

/// A manifest of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What it is for.
    pub(crate) platform: Platform,
    /// Is its content there?
    pub(crate) is_pulled: bool,
}

/// A document; what is wrong with it has its path in front.
fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|why| why.to_string())
}

/// A record of an image.
struct Found {
    name: String,
    /// The digest of its index or manifest.
    target: String,
}

struct Reader<'a> {
    client: &'a Client,
    host: &'a Host,
}

impl Reader<'_> {
    async fn image(&self, name: &str, snapshotter: &str) -> Result<Resolved, Problem> {
        let Found { name, target } = self.found(name).await?;
        let manifest = self.manifest(&target).await?;
        let configuration = self.configuration(&manifest).await?;
        let chain = chain_id(&configuration.rootfs.diff_ids);
        let packed = match self.is_unpacked(&chain, snapshotter).await? {
            true => None,
            false => Some(Layers::of(&manifest, &configuration)?),
        };
        Ok(Resolved { image: Image { name, chain, configuration }, packed })
    }

    /// By its name as it stands; else by the whole name that Docker's users leave out.
    async fn found(&self, name: &str) -> Result<Found, Problem> {
        for name in [name, &whole_name(name)] {
            match self.client.images().get(name).await {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                answer => {
                    let target = answer?.target.ok_or(Problem::Contradictory("its record has no target"))?;
                    return Ok(Found { name: name.to_owned(), target: target.digest });
                }
            }
        }
        Err(Problem::Absent)
    }

    /// The manifest for this host, through as many indexes as there are.
    async fn manifest(&self, target: &str) -> Result<Manifest, Problem> {
        let mut document: Manifest = self.document(target).await?;
        for _ in 0..DEEPEST {
            let Some(manifests) = document.manifests_if_index()? else { return Ok(document) };
            document = self.chosen(manifests).await?;
        }
        Err(Problem::Contradictory("its indexes stand in one another more than four deep"))
    }

    /// The first of the choice that is there.
    async fn chosen(&self, manifests: &[Descriptor]) -> Result<Manifest, Problem> {
        let choice = self.host.choice(manifests);
        let Some(best) = choice.first() else {
            let platforms = manifests.iter().filter_map(|of| of.platform.clone()).collect();
            return Err(Problem::OtherPlatforms(platforms));
        };
        for of in &choice {
            match self.document(&of.digest).await {
                Err(Problem::NotPulled(_)) => {}
                answer => return answer,
            }
        }
        Err(Problem::NotPulled(best.digest.clone()))
    }

    /// The configuration, if it is for this host and goes with its manifest.
    async fn configuration(&self, manifest: &Manifest) -> Result<Configuration, Problem> {
        let configuration: Configuration = self.document(manifest.config_digest()?).await?;
        let platform = configuration.platform();
        if !self.host.runs(&platform) {
            return Err(Problem::OtherPlatforms(vec![platform]));
        }
        match (configuration.rootfs.diff_ids.len(), manifest.layers.as_deref().unwrap_or_default().len()) {
            (known, layers) if known != layers => Err(Problem::Contradictory(
                "its configuration and its manifest name different numbers of layers",
            )),
            _ => Ok(configuration),
        }
    }

    /// Indexes in indexes are rare, and then described by the outer one.
    async fn offers(&self, target: &str) -> Result<Vec<Offer>, Problem> {
        let document: Manifest = self.document(target).await?;
        let Some(manifests) = document.manifests_if_index()? else {
            let platform = self.platform(&document).await?;
            return Ok(vec![Offer { platform, is_pulled: true }]);
        };
        let mut offers = Vec::new();
        for of in manifests {
            offers.extend(self.offer(of).await?);
        }
        Ok(offers)
    }

    /// One that names no platform says it in its configuration, if that is there.
    async fn offer(&self, of: &Descriptor) -> Result<Option<Offer>, Problem> {
        let said = match self.document::<Manifest>(&of.digest).await {
            Ok(manifest) if manifest.config.is_some() => self.platform(&manifest).await,
            Ok(_) => Ok(Platform::default()),
            Err(problem) => Err(problem),
        };
        let (said, is_pulled) = match said {
            Err(Problem::NotPulled(_)) => (None, false),
            said => (Some(said?), true),
        };
        let platform = of.platform.clone().or(said);
        Ok(platform.map(|platform| Offer { platform, is_pulled }))
    }

    async fn platform(&self, manifest: &Manifest) -> Result<Platform, Problem> {
        Ok(self.document::<Configuration>(manifest.config_digest()?).await?.platform())
    }

    async fn document<T: serde::de::DeserializeOwned>(&self, digest: &str) -> Result<T, Problem> {
        let bytes = match self.client.content().read(digest, LARGEST).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Problem::NotPulled(digest.to_owned()));
            }
            answer => answer?,
        };
        read(&bytes).map_err(|why| Problem::Malformed(digest.to_owned(), why))
    }

    /// An image without layers has nothing to unpack.
    async fn is_unpacked(&self, chain: &str, snapshotter: &str) -> Result<bool, Problem> {
        if chain.is_empty() {
            return Ok(true);
        }
        match self.client.snapshots(snapshotter).stat(chain).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            // A digest is no wrong key, so it is the snapshotter that the daemon does not take.
            Err(error) if error.kind() == ErrorKind::InvalidArgument => Err(Problem::NoSnapshotter),
            answer => answer.map(|_| true).map_err(Problem::from),
        }
    }
}

impl Layers {
    /// As many of the one as of the other: that was looked at.
    fn of(manifest: &Manifest, configuration: &Configuration) -> Result<Self, Problem> {
        let packed = manifest.layers.iter().flatten().cloned();
        let layers = packed.zip(configuration.rootfs.diff_ids.iter().cloned()).collect();
        Ok(Self { configuration: manifest.config_digest()?.to_owned(), layers })
    }
}
