//! The kernel's chains of nftables, read through netlink: what iptables of these days, nft, firewalld and ufw write is
//! all there. Nothing but two questions: which chains, which rules.

use std::io;

use rustix::fd::OwnedFd;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};

use crate::sys::{Chain, Family, at};

/// linux/netfilter/nfnetlink.h: the number of nftables, in the upper half of a message's type.
const SUBSYSTEM: u16 = 10 << 8;
/// linux/netfilter/nf_tables.h: a question's kind, and that of its answers.
const CHAINS: (u16, u16) = (SUBSYSTEM | 4, SUBSYSTEM | 3);
const RULES: (u16, u16) = (SUBSYSTEM | 7, SUBSYSTEM | 6);
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
/// `struct nlmsghdr`.
const HEADER: usize = 16;
/// `struct nfgenmsg`, of which the first byte is the family.
const GENERIC: usize = 4;
/// Attributes of a chain and of a rule: both have their table as the first one.
const TABLE: u16 = 1;
const CHAIN_OF_RULE: u16 = 2;
const NAME: u16 = 3;
const HOOK: u16 = 4;
const POLICY: u16 = 5;
/// Of a hook.
const NUMBER: u16 = 1;
/// linux/netfilter.h: packets on their way from one interface to another, and what becomes of those that no rule takes.
const FORWARD: u32 = 2;
const DROP: u32 = 0;

/// The chains of the network namespace of the calling thread. Only root may ask.
pub(crate) fn chains() -> io::Result<Vec<Chain>> {
    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(netlink::NETFILTER))
            .map_err(at("opening a netlink socket"))?;
    let mut chains: Vec<Chain> = ask(&socket, CHAINS)?.iter().filter_map(|message| chain(message)).collect();
    for (family, table, name, text) in ask(&socket, RULES)?.iter().filter_map(|message| rule(message)) {
        let is_its =
            |chain: &&mut Chain| (chain.family, &chain.table, &chain.name) == (family, &table, &name);
        chains.iter_mut().filter(is_its).for_each(|chain| chain.rules.push(text.clone()));
    }
    Ok(chains)
}

/// Everything of one kind: the messages without their headers.
fn ask(socket: &OwnedFd, (question, answer): (u16, u16)) -> io::Result<Vec<Vec<u8>>> {
    let kernel = SocketAddrNetlink::new(0, 0);
    sendto(socket, &request(question), SendFlags::empty(), &kernel).map_err(at("asking nftables"))?;
    let mut found = Vec::new();
    // A message is never longer than what the kernel puts into one buffer.
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let (_, length) = recv(socket, &mut buffer[..], RecvFlags::empty()).map_err(at("asking nftables"))?;
        for (kind, body) in messages(&buffer[..length.min(buffer.len())]) {
            match kind {
                NLMSG_DONE => return Ok(found),
                NLMSG_ERROR => return Err(at("asking nftables")(refusal(body))),
                kind if kind == answer => found.push(body.to_vec()),
                _ => {}
            }
        }
    }
}

/// "All of this kind, of every family."
fn request(question: u16) -> [u8; HEADER + GENERIC] {
    let mut message = [0; HEADER + GENERIC];
    message[0..4].copy_from_slice(&((HEADER + GENERIC) as u32).to_ne_bytes());
    message[4..6].copy_from_slice(&question.to_ne_bytes());
    message[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    message
}

/// An error message begins with its number, negative.
fn refusal(body: &[u8]) -> io::Error {
    let number = word(body, 0).map_or(0, i32::from_ne_bytes);
    io::Error::from_raw_os_error(number.saturating_neg())
}

/// The messages of a buffer: kind and body.
fn messages(buffer: &[u8]) -> Vec<(u16, &[u8])> {
    let mut rest = buffer;
    let mut found = Vec::new();
    while let Some(length) = word(rest, 0).map(|bytes| u32::from_ne_bytes(bytes) as usize) {
        let (Some(body), Some(kind)) = (rest.get(HEADER..length), half(rest, 4)) else { break };
        found.push((kind, body));
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    found
}

/// The attributes of a body or of another attribute: kind and value.
fn attributes(text: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let length = usize::from(half(rest, 0)?);
        let value = rest.get(4..length)?;
        // The two upper bits say that it holds attributes, and in which order its bytes are.
        let kind = half(rest, 2)? & 0x3fff;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

fn attribute(text: &[u8], wanted: u16) -> Option<&[u8]> {
    attributes(text).find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
}

fn name_of(body: &[u8], wanted: u16) -> Option<String> {
    let text = attribute(body, wanted)?;
    Some(String::from_utf8_lossy(text.strip_suffix(b"\0").unwrap_or(text)).into_owned())
}

/// nftables' own numbers go over the wire in the network's order.
fn number(text: &[u8], wanted: u16) -> Option<u32> {
    word(attribute(text, wanted)?, 0).map(u32::from_be_bytes)
}

fn chain(message: &[u8]) -> Option<Chain> {
    let body = message.get(GENERIC..)?;
    let hook = attribute(body, HOOK).and_then(|hook| number(hook, NUMBER));
    Some(Chain {
        family: family(message)?,
        table: name_of(body, TABLE)?,
        name: name_of(body, NAME)?,
        forwards: hook == Some(FORWARD),
        drops: number(body, POLICY) == Some(DROP),
        rules: Vec::new(),
    })
}

/// Where a rule stands, and its bytes: names of interfaces and of other chains are in them as they are.
fn rule(message: &[u8]) -> Option<(Family, String, String, Vec<u8>)> {
    let body = message.get(GENERIC..)?;
    Some((family(message)?, name_of(body, TABLE)?, name_of(body, CHAIN_OF_RULE)?, body.to_vec()))
}

/// Those that see a container's packets between interfaces.
fn family(message: &[u8]) -> Option<Family> {
    match message.first()? {
        1 => Some(Family::Inet),
        2 => Some(Family::Ip),
        10 => Some(Family::Ip6),
        _ => None,
    }
}

fn word(text: &[u8], at: usize) -> Option<[u8; 4]> {
    text.get(at..at + 4)?.try_into().ok()
}

fn half(text: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(text.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: u16, text: &[u8]) -> Vec<u8> {
        let mut bytes = (text.len() as u16 + 4).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(text);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = ((HEADER + body.len()) as u32).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn a_chain_is_read_with_its_hook_and_its_policy() {
        let hook = value(HOOK | 0x8000, &value(NUMBER, &2u32.to_be_bytes()));
        let parts = [
            vec![2, 0, 0, 0],
            value(TABLE, b"filter\0"),
            value(NAME, b"FORWARD\0"),
            hook,
            value(POLICY, &0u32.to_be_bytes()),
        ];
        let found = chain(&parts.concat()).unwrap();
        assert_eq!(
            (found.table.as_str(), found.name.as_str(), found.family),
            ("filter", "FORWARD", Family::Ip)
        );
        assert!(found.forwards && found.drops);
        let plain = [vec![1, 0, 0, 0], value(TABLE, b"t\0"), value(NAME, b"c\0")].concat();
        assert!(chain(&plain).is_some_and(|found| !found.forwards && !found.drops));
        assert!(chain(&[7, 0, 0, 0]).is_none() && chain(&[]).is_none());
    }

    #[test]
    fn a_buffer_of_messages_is_taken_apart_and_a_cut_one_ends_it() {
        let two = [message(CHAINS.1, &[1, 2, 3, 4]), message(NLMSG_DONE, &[])].concat();
        assert_eq!(messages(&two), [(CHAINS.1, &[1, 2, 3, 4][..]), (NLMSG_DONE, &[])]);
        for length in 0..two.len() {
            assert!(messages(&two[..length]).len() < 2);
        }
        assert_eq!(refusal(&(-1i32).to_ne_bytes()).kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(attributes(&[0; 8]).count(), 0, "one that is shorter than its own front");
    }
}
