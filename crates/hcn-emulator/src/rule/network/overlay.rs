//! What Overlay networks need and get: an isolation id of each subnet, the host's address, a router's MAC address.

use hcn::{Code, Network, NetworkKind, OnNetwork, Policy, Subnet};
use serde_json::{Value, json};

use crate::mac::Mac;
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};
use crate::rule::chance;

/// Smaller ones are VLANs'.
const LEAST_VSID: u64 = 4096;

/// The policies of a network that is being made: those that were asked for, on Overlay networks with the service's own.
///
/// INFERRED: the service's own are there at once (clients wait up to five seconds for them), and those that the caller
/// gave are not replaced; creating Overlay networks on a real Windows would settle both.
pub(super) fn policies(profile: &Profile, asked: &Network) -> Ruling<Option<Vec<Policy<OnNetwork>>>> {
    let mut policies = asked.policies.clone();
    if asked.kind() != NetworkKind::Overlay {
        return Ok(policies);
    }
    checked(asked)?;
    let own = [
        json!({ "Type": "ProviderAddress", "Settings": { "ProviderAddress": profile.management_address } }),
        json!({ "Type": "DrMacAddress", "Settings": { "Address": router().to_string() } }),
    ];
    for policy in own {
        let given = policies.get_or_insert_default();
        if !given.iter().any(|given| given.kind() == policy["Type"]) {
            given.push(serde_json::from_value(policy).map_err(|_| Refusal::from(Code::UNEXPECTED))?);
        }
    }
    Ok(policies)
}

/// INFERRED: a subnet each with a VSID, the code when there is none, and the code of one that is too small (clients
/// refuse it before the service can); Overlay networks without and with small ones on a real Windows would settle them.
fn checked(asked: &Network) -> Ruling<()> {
    let vsids: Vec<Option<u64>> = asked.subnets().map(vsid).collect();
    if vsids.is_empty() || vsids.contains(&None) {
        return Err(Refusal::detailed(
            Code::INVALID_NETWORK,
            "every subnet of an Overlay network needs a VSID",
        ));
    }
    match vsids.into_iter().flatten().all(|vsid| vsid >= LEAST_VSID) {
        true => Ok(()),
        false => {
            Err(Refusal::detailed(Code::INVALID_POLICY, format_args!("a VSID is at least {LEAST_VSID}")))
        }
    }
}

fn vsid(subnet: &Subnet) -> Option<u64> {
    let policy = subnet.policies.iter().flatten().find(|policy| policy.kind() == "VSID")?;
    let settings: Value = policy.settings.as_ref()?.read().ok()?;
    settings["IsolationId"].as_u64()
}

/// Microsoft's prefix, beyond the blocks of networks.
fn router() -> Mac {
    Mac(0x0015_5D00_0000 | chance() & 0x00FF_FFFF)
}
