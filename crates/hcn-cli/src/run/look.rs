//! What a run is like at this moment: from its plan, from containerd, and from whoever gave it its addresses.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use hcn::Hcn;
use hcn_cni::{Attachment, Cache, CniResult, Conflist};
use hcn_containerd::{Client, ErrorKind, Status, Timestamp};
use serde::Serialize;

use super::ending::{connect, failure};
use super::known::{Known, Standing};
use super::plan::{Cni, Endpoint, Plan, RUN_LABEL, Step};
use crate::Failure;

/// A run as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The container's id.
    pub id: String,
    /// The image's name; absent without an image.
    pub image: Option<String>,
    /// The process's id; absent while there is none.
    pub pid: Option<u32>,
    /// `running`, `paused`, `changing` (being made or unmade), `dead` (killed, something is left), `unknown` (containerd
    /// does not answer).
    pub status: &'static str,
    /// Its addresses, with the length of their networks' prefixes.
    pub addresses: Vec<String>,
    /// When the run began, RFC 3339.
    pub since: String,
    /// The run's name.
    pub run: String,
    /// The containerd namespace.
    pub containerd_namespace: String,
    /// containerd's socket or pipe.
    pub address: String,
    /// Does a keeper do it?
    pub detached: bool,
    /// Where its output goes, if not to a stream.
    pub log: Option<String>,
    /// How long ago it began.
    #[serde(skip)]
    pub age: Duration,
}

/// Looks at runs, over one connection to each daemon.
#[derive(Debug)]
pub(crate) struct Looker {
    limit: Duration,
    daemons: BTreeMap<(String, String), Option<Client>>,
    /// Daemons that do not answer, and why.
    pub(crate) failures: Vec<Failure>,
}

impl Looker {
    /// `limit` is how long a connection may take.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, daemons: BTreeMap::new(), failures: Vec::new() }
    }

    /// What it is like; `None` where it has just ended.
    pub(crate) async fn look(&mut self, known: &Known) -> Result<Option<Seen>, Failure> {
        let plan = &known.plan;
        let (status, pid) = match known.standing()? {
            Standing::Unmade => return Ok(None),
            Standing::Left => ("dead", None),
            Standing::Lives => self.process(plan).await,
        };
        Ok(Some(Seen {
            id: plan.container.clone(),
            image: image(plan),
            pid,
            status,
            addresses: addresses(plan),
            since: Timestamp::from(known.since).to_string(),
            run: plan.run.clone(),
            containerd_namespace: plan.containerd_namespace.clone(),
            address: plan.address.clone(),
            detached: plan.detached,
            log: plan.log.clone(),
            age: SystemTime::now().duration_since(known.since).unwrap_or_default(),
        }))
    }

    async fn process(&mut self, plan: &Plan) -> (&'static str, Option<u32>) {
        let Some(client) = self.daemon(plan).await else { return ("unknown", None) };
        match process(&client, plan).await {
            Ok(Some((Status::Running, pid))) => ("running", Some(pid)),
            Ok(Some((Status::Paused | Status::Pausing, pid))) => ("paused", Some(pid)),
            Ok(_) => ("changing", None),
            Err(error) => {
                self.failures.push(failure(&error));
                ("unknown", None)
            }
        }
    }

    async fn daemon(&mut self, plan: &Plan) -> Option<Client> {
        let key = (plan.address.clone(), plan.containerd_namespace.clone());
        if let Some(known) = self.daemons.get(&key) {
            return known.clone();
        }
        let client = connect(plan, self.limit).await.map_err(|failure| self.failures.push(failure)).ok();
        self.daemons.insert(key, client.clone());
        client
    }
}

/// What is not there is no failure.
fn absent_is_none<T>(error: hcn_containerd::Error) -> hcn_containerd::Result<Option<T>> {
    match error.kind() {
        ErrorKind::NotFound => Ok(None),
        _ => Err(error),
    }
}

/// The state of its process, if there is one.
async fn process(client: &Client, plan: &Plan) -> hcn_containerd::Result<Option<(Status, u32)>> {
    let record = client.containers().get(&plan.container).await.map(Some).or_else(absent_is_none)?;
    if record.is_none_or(|record| record.labels.get(RUN_LABEL) != Some(&plan.run)) {
        return Ok(None);
    }
    let task = client.tasks().get(&plan.container).await.map(Some).or_else(absent_is_none)?;
    Ok(task.map(|task| (task.status(), task.pid)))
}

fn image(plan: &Plan) -> Option<String> {
    plan.record()?.image.clone()
}

/// Those that can be told; none while it is being made.
fn addresses(plan: &Plan) -> Vec<String> {
    plan.steps()
        .flat_map(|step| match step {
            Step::Cni(cni) => of_cni(cni).unwrap_or_default(),
            Step::Endpoint(endpoint) => of_endpoint(endpoint).unwrap_or_default(),
            _ => Vec::new(),
        })
        .collect()
}

/// As the last plugin said it on ADD.
fn of_cni(cni: &Cni) -> Option<Vec<String>> {
    let list = Conflist::from_raw(&cni.conflist).ok()?;
    let attachment = Attachment::new(&cni.container_id, &cni.netns, &cni.ifname);
    let entry = Cache::new(&cni.cache).read(list.name(), &attachment).ok()??;
    let result = CniResult::parse(entry.result?.get(), list.version()).ok()?;
    Some(result.ips().iter().filter_map(|ip| Some(ip.address?.to_string())).collect())
}

fn of_endpoint(endpoint: &Endpoint) -> Option<Vec<String>> {
    let found = Hcn::system().endpoints().get(endpoint.id).ok()?;
    let configurations = found.ip_configurations.unwrap_or_default();
    let text = |config: hcn::IpConfig| {
        let address = config.ip_address?;
        Some(config.prefix_length.map_or(address.clone(), |length| format!("{address}/{length}")))
    };
    Some(configurations.into_iter().filter_map(text).collect())
}
