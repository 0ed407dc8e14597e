//! Are there namespaces that nobody uses any more?

use hcn::NamespaceId;

use crate::command::namespace::prune;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Fact, Facts};
use crate::doctor::shell;

pub(super) struct Namespaces;

impl Check for Namespaces {
    fn about(&self) -> About {
        About {
            id: "hcn.namespaces",
            title: "every namespace is somebody's",
            why: "ctr and nerdctl make a namespace for each container on Windows and never delete it: they pile up, and \
                  the service becomes slow",
            fix: "looks twice, ten minutes apart, and deletes those that nobody used either time",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let (unused, count) = match unused(facts) {
            Err(absent) => return vec![absent.into()],
            Ok(found) => found,
        };
        if unused.is_empty() {
            return vec![Finding::ok(format!("{count} namespaces, and each is somebody's"))];
        }
        let made = unused.iter().map(|id| format!("{id}, made {}", maker(facts, *id)));
        let seen = format!("nobody uses {}", made.collect::<Vec<_>>().join("; "));
        vec![Finding::warning(seen, Fix::command(shell::hcn(facts, "namespace prune --yes")))]
    }
}

/// Those that hold no container and that neither a container of containerd nor a run names; and how many there are.
fn unused(facts: &Facts<'_>) -> Fact<(Vec<NamespaceId>, usize)> {
    // They are listed before those who may use them: what is made from here on is not looked at.
    let namespaces = facts.hns.namespaces()?;
    let (containers, runs) = (facts.containerd.containers()?, facts.runs.guids()?);
    let is_used = |id: &NamespaceId| {
        runs.contains(&id.0) || containers.iter().any(|container| container.mentions.contains(&id.0))
    };
    let free = namespaces.iter().filter_map(prune::free);
    Ok((free.filter(|id| !is_used(id)).collect(), namespaces.len()))
}

/// CNI's cache keeps for whom a namespace was attached.
fn maker(facts: &Facts<'_>, id: NamespaceId) -> String {
    let attached = facts.cni.attachments().unwrap_or_default();
    let is_its = |name: &str| name.parse::<hcn::Guid>().is_ok_and(|named| named == id.0);
    match attached.iter().find(|one| one.namespace.as_deref().is_some_and(is_its)) {
        Some(one) => {
            format!("for the container {} by a runtime with CNI, such as ctr or nerdctl", one.container)
        }
        None => "by ctr or nerdctl, or by hand, as it seems".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use hcn::{Guid, Namespace};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::cni::Attached;
    use crate::doctor::facts::containerd::Container;
    use crate::doctor::facts::recorded::Recorded;

    fn host() -> Recorded {
        let namespace =
            |number| Namespace { id: Some(Guid::from_u128(number).into()), ..Namespace::for_container() };
        Recorded { namespaces: Ok(vec![namespace(1), namespace(2)]), ..Recorded::healthy() }
    }

    #[test]
    fn those_of_a_container_or_a_run_are_well() {
        let container = Container { mentions: HashSet::from([Guid::from_u128(1)]), ..Container::default() };
        let host = Recorded {
            containers: Ok(vec![container]),
            guids: Ok(HashSet::from([Guid::from_u128(2)])),
            ..host()
        };
        insta::assert_snapshot!(host.tell(&Namespaces), @"ok: 2 namespaces, and each is somebody's");
    }

    #[test]
    fn those_of_nobody_are_named_with_their_likely_maker() {
        let attached = Attached {
            network: "nat".into(),
            container: "default-web".into(),
            namespace: Some(Guid::from_u128(2).to_string().to_uppercase()),
        };
        let host = Recorded { attachments: Ok(vec![attached]), ..host() };
        insta::assert_snapshot!(host.tell(&Namespaces), @r#"
        warning: nobody uses 00000000-0000-0000-0000-000000000001, made by ctr or nerdctl, or by hand, as it seems; 00000000-0000-0000-0000-000000000002, made for the container default-web by a runtime with CNI, such as ctr or nerdctl
          Command("hcn namespace prune --yes")
        "#);
    }

    #[test]
    fn without_a_daemon_nobody_is_called_nobody_s() {
        let host = Recorded { containers: Err(Absent::Unreadable("no answer".into())), ..host() };
        insta::assert_snapshot!(host.tell(&Namespaces), @"skipped: no answer");
    }
}
