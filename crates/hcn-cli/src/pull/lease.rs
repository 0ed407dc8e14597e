//! The lease of a pull: it holds what is pulled until the plan's own steps do, under the id that the plan gives its
//! lease, so that the plan takes it over. It expires by itself when its run dies before there is a plan.

use std::time::{Duration, SystemTime};

use hcn_containerd::Client;

use crate::Failure;
use crate::run::plan::{RUN_LABEL, own_name};

/// How long it holds at most: a pull takes hours where the line is thin.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A lease that is held. It is given back by [`Lease::let_go`].
#[derive(Debug)]
#[must_use]
pub(crate) struct Lease {
    client: Client,
    id: String,
}

impl Lease {
    /// Makes the lease of a run.
    pub(crate) async fn hold(client: &Client, run: &str) -> Result<Self, Failure> {
        let id = own_name(run);
        let expire = SystemTime::now() + LONGEST;
        client.leases().create(&id, [(RUN_LABEL, run)], Some(expire)).await.map_err(Failure::run)?;
        Ok(Self { client: client.clone(), id })
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Deletes it with all that it alone held. That this fails is not worth a word: the lease expires, and something
    /// else has failed before.
    pub(crate) async fn let_go(self) {
        if let Err(error) = self.client.leases().delete_and_collect(&self.id).await {
            tracing::debug!(%error, "the lease of the pull stays until it expires");
        }
    }
}
