//! The whole store as one JSON text, and back: what `hcn-emulator dump` prints and `seed` loads.
//!
//! Objects are in the order in which they were made, each with its document as it is kept and with what it has taken.
//! A dump says what the store holds, right or wrong: whether it makes sense is what [`crate::audit`] tells.

use hcn::{Guid, Kind};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::mac::Mac;
use crate::refusal::{Refusal, Ruling};
use crate::shape::member_of;
use crate::store::{Member, Object, Port, Tx, World, damaged};

/// Raised with every change of what a dump looks like.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Dump {
    /// [`VERSION`].
    hcn_emulator_dump: u32,
    objects: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    kind: String,
    id: Guid,
    /// An endpoint's network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    network: Option<Guid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mac_addresses: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ports: Vec<PortEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<MemberEntry>,
    document: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PortEntry {
    protocol: u32,
    port: u16,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    vip: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberEntry {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// False for a container, and for an endpoint that vanished with its network.
    attached: bool,
}

/// The store as a text.
pub(crate) fn dump(tx: &Tx<'_>) -> Ruling<String> {
    let world = tx.world()?;
    let objects = world.objects.iter().map(|object| entry(&world, object)).collect::<Ruling<_>>()?;
    let dump = Dump { hcn_emulator_dump: VERSION, objects };
    serde_json::to_string_pretty(&dump).map_err(|error| Refusal::detailed(hcn::Code::UNSPECIFIED, error))
}

fn entry(world: &World, object: &Object) -> Ruling<Entry> {
    let document = RawValue::from_string(object.doc.clone()).map_err(|error| damaged(object, error))?;
    let held_by = |endpoint: i64| endpoint == object.seq;
    let addresses = world.addresses.iter().filter(|row| held_by(row.endpoint));
    let macs = world.macs.iter().filter(|row| held_by(row.endpoint));
    let ports = world.ports.iter().filter(|(_, endpoint)| held_by(*endpoint));
    let members = world.members.iter().filter(|row| row.namespace == object.seq);
    Ok(Entry {
        kind: object.kind.noun().to_owned(),
        id: object.id,
        network: object.parent.and_then(|seq| world.object(seq)).map(|network| network.id),
        addresses: addresses.map(|row| row.what.clone()).collect(),
        mac_addresses: macs.map(|row| row.what.to_string()).collect(),
        ports: ports.map(|(port, _)| port_entry(port)).collect(),
        members: members
            .map(|row| MemberEntry {
                kind: row.member.kind.clone(),
                id: row.member.id.clone(),
                attached: row.endpoint.is_some(),
            })
            .collect(),
        document,
    })
}

fn port_entry(port: &Port) -> PortEntry {
    PortEntry { protocol: port.protocol, port: port.number, vip: port.vip.clone() }
}

/// Load what [`dump`] wrote into an empty store.
pub(crate) fn seed(tx: &Tx<'_>, text: &str) -> Ruling<()> {
    let dump: Dump =
        serde_json::from_str(text).map_err(|error| wrong(format_args!("it is no dump: {error}")))?;
    if dump.hcn_emulator_dump != VERSION {
        let found = dump.hcn_emulator_dump;
        return Err(wrong(format_args!(
            "it is a dump of version {found}, this hcn-emulator knows {VERSION}"
        )));
    }
    if !tx.everything()?.is_empty() {
        return Err(wrong("the store is not empty; `hcn-emulator reset` empties it"));
    }
    let made =
        dump.objects.iter().map(|entry| Ok((entry, insert(tx, entry)?))).collect::<Ruling<Vec<_>>>()?;
    // Members last: a namespace may be older than the endpoints in it.
    for (entry, seq) in made {
        entry.members.iter().try_for_each(|member| join(tx, (entry, seq), member))?;
    }
    Ok(())
}

fn wrong(what: impl std::fmt::Display) -> Refusal {
    Refusal::detailed(hcn::Code::INVALID_ARGUMENT, what)
}

fn insert(tx: &Tx<'_>, entry: &Entry) -> Ruling<i64> {
    let about = |what: &str| wrong(format_args!("{} {}: {what}", entry.kind, entry.id));
    let kind = Kind::ALL.into_iter().find(|kind| kind.noun() == entry.kind);
    let kind = kind.ok_or_else(|| about("this kind is unknown"))?;
    if tx.find(kind, entry.id)?.is_some() {
        return Err(about("it is there twice"));
    }
    let network = entry.network.map(|id| tx.find(Kind::Network, id)).transpose()?;
    let network = network.map(|found| found.ok_or_else(|| about("its network comes nowhere before it")));
    let parent = network.transpose()?.map(|network| network.seq);
    let doc = entry.document.get().to_owned();
    let name = member_of(&doc, "Name").and_then(|name| serde_json::from_str(name).ok()).unwrap_or_default();
    let seq = tx.insert(&Object { seq: 0, kind, id: entry.id, parent, name, doc })?;
    take(tx, entry, (parent, seq)).map_err(|refusal| about(&refusal.words()))?;
    Ok(seq)
}

fn take(tx: &Tx<'_>, entry: &Entry, (parent, seq): (Option<i64>, i64)) -> Ruling<()> {
    let network = || parent.ok_or_else(|| wrong("what is on no network has no addresses"));
    for address in &entry.addresses {
        let parsed = address.parse().map_err(|_| wrong(format_args!("`{address}` is no address")))?;
        tx.take_address(network()?, parsed, seq)?;
    }
    for mac in &entry.mac_addresses {
        let parsed: Mac = mac.parse().map_err(|_| wrong(format_args!("`{mac}` is no MAC address")))?;
        tx.take_mac(network()?, parsed, seq)?;
    }
    entry.ports.iter().try_for_each(|port| {
        tx.take_port(&Port { protocol: port.protocol, number: port.port, vip: port.vip.clone() }, seq)
    })
}

fn join(tx: &Tx<'_>, (namespace, seq): (&Entry, i64), entry: &MemberEntry) -> Ruling<()> {
    let member = Member { kind: entry.kind.clone(), id: entry.id.clone() };
    let absent = || wrong(format_args!("namespace {}: its endpoint {} is not there", namespace.id, entry.id));
    let endpoint = match entry.attached {
        false => None,
        true => {
            let id: Guid = entry.id.parse().map_err(|_| absent())?;
            Some(tx.find(Kind::Endpoint, id)?.ok_or_else(absent)?.seq)
        }
    };
    tx.join(seq, &member, endpoint)
}

#[cfg(test)]
mod tests;
