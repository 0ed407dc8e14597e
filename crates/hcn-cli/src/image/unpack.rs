//! Unpacking the layers of an image that is there: a snapshot a layer, each on the one below, kept from then on by a
//! label of the image's configuration, as containerd's own clients do it.

use hcn_containerd::{Client, ErrorKind, NO_LABELS};

use super::resolve::Layers;
use super::{Descriptor, chain_id};
use crate::Failure;

/// Where layers are unpacked, and what holds them meanwhile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) client: &'a Client,
    pub(crate) snapshotter: &'a str,
    pub(crate) lease: &'a str,
}

/// Unpacks what the snapshotter does not have.
///
/// # Errors
/// containerd cannot unpack a layer, or it is not what the image's configuration says.
pub(crate) async fn unpack(place: Place<'_>, packed: &Layers) -> Result<(), Failure> {
    let diff_ids: Vec<_> = packed.layers.iter().map(|(_, diff_id)| diff_id.clone()).collect();
    for (index, (layer, diff_id)) in packed.layers.iter().enumerate() {
        let wanted = Wanted {
            parent: chain_id(&diff_ids[..index]),
            chain: chain_id(&diff_ids[..=index]),
            layer,
            diff_id,
        };
        place.layer(&wanted).await?;
    }
    let (label, top) = (format!("containerd.io/gc.ref.snapshot.{}", place.snapshotter), chain_id(&diff_ids));
    let kept = place.client.content().set_label(&packed.configuration, &label, &top).await;
    kept.map(drop).map_err(Failure::run)
}

/// One layer.
struct Wanted<'a> {
    /// The chain id below it; empty for the base.
    parent: String,
    /// Its own chain id.
    chain: String,
    /// As it is packed.
    layer: &'a Descriptor,
    /// Its digest when it is unpacked.
    diff_id: &'a str,
}

impl Place<'_> {
    async fn layer(self, wanted: &Wanted<'_>) -> Result<(), Failure> {
        match self.client.snapshots(self.snapshotter).stat(&wanted.chain).await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::run(error)),
        }
        let key = format!("extract-{} {}", self.lease, wanted.chain);
        let done = self.extract(&key, wanted).await;
        if done.is_err() {
            // The first failure is the one to tell; the lease lets go of what is left.
            let _ = self.client.snapshots(self.snapshotter).remove(&key).await;
        }
        done
    }

    async fn extract(self, key: &str, wanted: &Wanted<'_>) -> Result<(), Failure> {
        let snapshots = self.client.snapshots(self.snapshotter);
        let mounts = snapshots.prepare(key, &wanted.parent, NO_LABELS, self.lease).await;
        let mounts = mounts.map_err(Failure::run)?;
        let layer = hcn_containerd::Descriptor {
            media_type: wanted.layer.media_type.clone(),
            digest: wanted.layer.digest.clone(),
            size: wanted.layer.size,
            ..hcn_containerd::Descriptor::default()
        };
        let applied = self.client.diff().apply(layer, mounts, self.lease).await.map_err(Failure::run)?;
        if applied.digest != wanted.diff_id {
            return Err(Failure::run(format!(
                "cannot unpack layer `{}`: unpacked it is {}, and the image's configuration says {}; build the image anew",
                wanted.layer.digest, applied.digest, wanted.diff_id
            )));
        }
        match snapshots.commit(&wanted.chain, key, NO_LABELS, self.lease).await {
            // Somebody else was quicker.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                snapshots.remove(key).await.map_err(Failure::run)
            }
            committed => committed.map_err(Failure::run),
        }
    }
}
