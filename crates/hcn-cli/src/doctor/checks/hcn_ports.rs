//! Does Windows keep ports from programs that are wanted?

use std::ops::RangeInclusive;

use hcn::PortMapping;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Fact, Facts};

pub(super) struct Ports;

impl Check for Ports {
    fn about(&self) -> About {
        About {
            id: "hcn.ports",
            title: "Windows does not keep the ports that are published, or blocks of low ones, from programs",
            why: "its address translation reserves blocks of a hundred ports, elsewhere after each boot: a free port in one \
                  cannot be bound, with an error about access permissions",
            fix: "moves the ports that Windows gives out back to where they belong, and starts the translation anew",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        [("tcp", PortMapping::TCP), ("udp", PortMapping::UDP)]
            .into_iter()
            .map(|(name, number)| judged(facts, name, number).unwrap_or_else(Finding::from))
            .collect()
    }
}

/// Below it no block is reserved, unless somebody moved the ports that Windows gives out (IANA's dynamic ports).
const DYNAMIC: u16 = 49152;
/// As many as a block of the address translation has; what programs exclude is smaller mostly.
const BLOCK: u16 = 100;

/// Ports that programs cannot bind.
#[derive(Debug, PartialEq, Eq)]
struct Excluded {
    ports: RangeInclusive<u16>,
    /// Did an administrator reserve them, for a program that may bind them?
    is_administered: bool,
}

fn judged(facts: &Facts<'_>, protocol: &str, number: u32) -> Fact<Finding> {
    let text = facts.host.excluded_ports(protocol)?;
    let Some(excluded) = listed(&text) else {
        return Ok(Finding::skipped(format!("netsh does not tell which {protocol} ports are excluded")));
    };
    let mut blocks = excluded.iter().filter(|one| !one.is_administered);
    let published = published(facts, number)?;
    // INFERRED: what is excluded for one port alone is the service's own, for that which it publishes; netsh before and after a
    // published port on a real Windows would settle it.
    let several = blocks.clone().filter(|one| one.ports.len() > 1);
    let taken = several
        .into_iter()
        .find_map(|one| Some((one, published.iter().find(|port| one.ports.contains(port))?)));
    if let Some((one, port)) = taken {
        let seen = format!("{protocol} port {port} is published, and Windows excludes {}", spoken(one));
        return Ok(Finding::warning(seen, anew(protocol)));
    }
    let is_low_block = |one: &&Excluded| *one.ports.end() < DYNAMIC && one.ports.len() >= usize::from(BLOCK);
    Ok(match blocks.find(is_low_block) {
        Some(one) => Finding::warning(
            format!("Windows excludes blocks of low {protocol} ports, such as {}", spoken(one)),
            anew(protocol),
        ),
        None => Finding::ok(format!(
            "{} ranges of {protocol} ports are excluded, none of which matters",
            excluded.len()
        )),
    })
}

/// Below a line of dashes: two numbers, and a star where an administrator reserved them. No table where netsh fails.
fn listed(text: &str) -> Option<Vec<Excluded>> {
    let mut lines = text.lines();
    lines.find(|line| line.starts_with("----"))?;
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let ports = words.next()?.parse().ok()?..=words.next()?.parse().ok()?;
        Some(Excluded { ports, is_administered: words.next() == Some("*") })
    };
    Some(lines.filter_map(row).collect())
}

/// The host's ports that endpoints publish.
fn published(facts: &Facts<'_>, number: u32) -> Fact<Vec<u16>> {
    let endpoints = facts.hns.endpoints()?;
    let policies = endpoints.iter().flat_map(|endpoint| endpoint.policies.iter().flatten());
    let mappings = policies.filter_map(|policy| policy.read::<PortMapping>()?.ok());
    Ok(mappings.filter(|one| one.protocol == Some(number)).filter_map(|one| one.external_port).collect())
}

fn spoken(excluded: &Excluded) -> String {
    format!("{} to {}", excluded.ports.start(), excluded.ports.end())
}

/// What Microsoft's support gives for it.
fn anew(protocol: &str) -> Fix {
    Fix::command(format!(
        "netsh int ipv4 set dynamicport {protocol} start={DYNAMIC} num={}\nRestart-Service winnat",
        u16::MAX - DYNAMIC + 1
    ))
}

#[cfg(test)]
mod tests {
    use hcn::{Endpoint, Guid};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn host(rows: &str) -> Recorded {
        let table = format!(
            "\r\nProtocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port\r\n----------    --------\r\n{rows}\r\n* - Administered port exclusions.\r\n"
        );
        Recorded { excluded_ports: Ok(table), ..Recorded::healthy() }
    }

    #[test]
    fn ranges_where_they_belong_are_well() {
        let rows = "      5357        5357\r\n     50000       50059     *\r\n     61117       61216\r\n";
        insta::assert_snapshot!(host(rows).tell(&Ports), @r"
        ok: 3 ranges of tcp ports are excluded, none of which matters
        ok: 3 ranges of udp ports are excluded, none of which matters
        ");
    }

    #[test]
    fn a_low_block_is_warned_of_and_so_is_one_with_a_published_port() {
        insta::assert_snapshot!(host("      1031        1130\r\n").tell(&Ports), @r#"
        warning: Windows excludes blocks of low tcp ports, such as 1031 to 1130
          Command("netsh int ipv4 set dynamicport tcp start=49152 num=16384\nRestart-Service winnat")
        warning: Windows excludes blocks of low udp ports, such as 1031 to 1130
          Command("netsh int ipv4 set dynamicport udp start=49152 num=16384\nRestart-Service winnat")
        "#);
        let endpoint = Endpoint::on(Guid::from_u128(9).into()).with_policy(PortMapping::tcp(80, 61120));
        let own = endpoint.clone();
        let single = Recorded { endpoints: Ok(vec![own]), ..host("     61120       61120\r\n") };
        assert!(single.tell(&Ports).starts_with("ok: "), "{}", single.tell(&Ports));
        let published = Recorded { endpoints: Ok(vec![endpoint]), ..host("     61117       61216\r\n") };
        assert!(
            published
                .tell(&Ports)
                .starts_with("warning: tcp port 61120 is published, and Windows excludes 61117 to 61216\n")
        );
    }

    #[test]
    fn without_netsh_it_is_not_available() {
        let host = Recorded {
            excluded_ports: Err(Absent::NotHere("netsh: not found".into())),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(host.tell(&Ports), @r"
        not available: netsh: not found
        not available: netsh: not found
        ");
        let mute = Recorded { excluded_ports: Ok(String::new()), ..Recorded::healthy() };
        assert!(mute.tell(&Ports).starts_with("skipped: netsh does not tell"));
    }
}
