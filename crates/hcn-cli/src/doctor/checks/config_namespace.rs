//! Is the network namespace there that the config.json names, with a network in it, and for this container alone?

use hcn::{Guid, Namespace};

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Fact, Facts};
use crate::doctor::shell;
use crate::os::Os;
use crate::spec;

pub(super) struct NetworkNamespace;

impl Check for NetworkNamespace {
    fn about(&self) -> About {
        About {
            id: "config.namespace",
            title: "the network namespace of the config.json is there, and nobody else's",
            why: "a container whose namespace is gone is refused in words that do not say so; one in a namespace without \
                  endpoints has no network; two in one share its addresses, and the first that ends takes the network \
                  away from the other",
            fix: "makes a namespace and writes it into the file",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let name = match named(facts) {
            Err(finding) => return vec![finding],
            Ok(name) => name,
        };
        let is_there = match facts.os {
            Os::Windows => object(facts, &name),
            Os::Linux => path(facts, &name),
        };
        std::iter::once(is_there).chain(others(facts, &name)).collect()
    }
}

/// The namespace; a GUID as plugins compare it.
fn named(facts: &Facts<'_>) -> Result<String, Finding> {
    let (config, document) = facts.subject.document_for(facts.os)?;
    let file = config.file.display();
    match spec::named(document, config.os) {
        Ok(None) => Err(Finding::ok(format!("{file} names no network namespace: `hcn run` makes one"))),
        Ok(Some(name)) if facts.os == Os::Windows => match name.parse::<Guid>() {
            Ok(id) => Ok(id.to_string()),
            Err(why) => Err(Finding::failure(format!("{file}: {why}"), made(facts))),
        },
        Ok(Some(name)) => Ok(name),
        Err(why) => Err(Finding::skipped(format!("{file}: {why}"))),
    }
}

fn object(facts: &Facts<'_>, name: &str) -> Finding {
    let namespaces = match facts.hns.namespaces() {
        Err(absent) => return absent.into(),
        Ok(namespaces) => namespaces,
    };
    let is_it = |namespace: &&Namespace| namespace.id.is_some_and(|id| id.to_string() == name);
    match namespaces.iter().find(is_it).map(|namespace| namespace.endpoints().count()) {
        None => Finding::failure(format!("the Host Network Service has no namespace {name}"), made(facts)),
        Some(0) => Finding::warning(
            format!("the namespace {name} has no endpoints"),
            Fix::advice(
                "start the container with `hcn run` or `ctr run --cni`, which attach one, or do it with \
                 `hcn endpoint create --network NETWORK` and `hcn namespace attach`",
            ),
        ),
        Some(count) => Finding::ok(format!("the namespace {name} is there, with {count} endpoints")),
    }
}

fn path(facts: &Facts<'_>, path: &str) -> Finding {
    match facts.host.is_network_namespace(path) {
        Err(absent) => absent.into(),
        Ok(true) => Finding::ok(format!("the network namespace {path} is there")),
        Ok(false) => Finding::failure(format!("there is no network namespace at {path}"), made_at(path)),
    }
}

/// Where people keep them, iproute2 makes one of a name.
fn made_at(path: &str) -> Fix {
    let name = path.strip_prefix("/run/netns/").or_else(|| path.strip_prefix("/var/run/netns/"));
    match name.filter(|name| !name.is_empty() && !name.contains('/')) {
        Some(name) => Fix::command(format!("ip netns add {}", shell::quoted(Os::Linux, name))),
        None => Fix::advice("correct the path, or let the run make a namespace: `hcn run --new-namespace`"),
    }
}

/// The file is named again as it was typed.
fn made(facts: &Facts<'_>) -> Fix {
    let file = facts.subject.config.as_ref().map(|config| shell::path(facts.os, &config.file));
    Fix::command(format!(
        "hcn spec --in-place {} --network-namespace (hcn namespace create)",
        file.unwrap_or_default()
    ))
}

/// Who else has it in its spec.
fn others(facts: &Facts<'_>, name: &str) -> Option<Finding> {
    let users: Fact<Vec<_>> = facts.containerd.containers();
    let users = match users {
        Err(absent) => {
            return Some(Finding::skipped(format!("who else is in it cannot be told: {}", absent.why())));
        }
        Ok(users) => users,
    };
    let mut users =
        users.iter().filter(|user| user.network.as_deref() == Some(name)).map(ToString::to_string);
    let first = users.next()?;
    let all = users.fold(first, |all, user| format!("{all}, {user}"));
    let fix = match facts.os {
        Os::Windows => made(facts),
        Os::Linux => Fix::advice("let the run make a namespace of its own: `hcn run --new-namespace`"),
    };
    Some(Finding::warning(format!("the namespace {name} is that of {all} too"), fix))
}

#[cfg(test)]
mod tests {
    use hcn::{EndpointId, Resource};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::containerd::Container;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::subject::{Config, Subject};

    const GUID: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

    fn with(os: Os, spec: &str) -> Recorded {
        let config = Some(Config::parse(r"C:\c d\config.json".as_ref(), spec, os));
        Recorded { os, subject: Subject { config, ..Subject::default() }, ..Recorded::healthy() }
    }

    fn windows(name: &str) -> Recorded {
        with(Os::Windows, &format!(r#"{{"windows":{{"network":{{"networkNamespace":"{name}"}}}}}}"#))
    }

    fn linux(path: &str) -> Recorded {
        with(Os::Linux, &format!(r#"{{"linux":{{"namespaces":[{{"type":"network","path":"{path}"}}]}}}}"#))
    }

    fn namespace(resources: Vec<Resource>) -> Fact<Vec<Namespace>> {
        let id = Some(GUID.parse().unwrap());
        Ok(vec![Namespace { id, resources: Some(resources), ..Namespace::for_container() }])
    }

    #[test]
    fn a_namespace_with_an_endpoint_that_nobody_else_has_is_well() {
        let endpoint = Resource::of_endpoint(EndpointId::from(Guid::from_u128(7)));
        let host = Recorded { namespaces: namespace(vec![endpoint]), ..windows(&GUID.to_uppercase()) };
        insta::assert_snapshot!(host.tell(&NetworkNamespace), @"ok: the namespace 6b29fc40-ca47-1067-b31d-00dd010662da is there, with 1 endpoints");
        insta::assert_snapshot!(windows("").tell(&NetworkNamespace), @r"ok: C:\c d\config.json names no network namespace: `hcn run` makes one");
        insta::assert_snapshot!(linux("/run/netns/lab").tell(&NetworkNamespace), @"ok: the network namespace /run/netns/lab is there");
    }

    #[test]
    fn a_guid_that_the_service_does_not_know_is_replaced_by_one_that_it_made() {
        insta::assert_snapshot!(windows(GUID).tell(&NetworkNamespace), @r#"
        failure: the Host Network Service has no namespace 6b29fc40-ca47-1067-b31d-00dd010662da
          Command("hcn spec --in-place 'C:\\c d\\config.json' --network-namespace (hcn namespace create)")
        "#);
        assert!(windows("lab").tell(&NetworkNamespace).starts_with("failure: "));
    }

    #[test]
    fn a_namespace_without_endpoints_or_with_another_s_container_is_warned_of() {
        let user = Container {
            namespace: "k8s.io".into(),
            id: "web".into(),
            network: Some(GUID.into()),
            ..Container::default()
        };
        let host =
            Recorded { namespaces: namespace(Vec::new()), containers: Ok(vec![user]), ..windows(GUID) };
        insta::assert_snapshot!(host.tell(&NetworkNamespace), @r#"
        warning: the namespace 6b29fc40-ca47-1067-b31d-00dd010662da has no endpoints
          Advice("start the container with `hcn run` or `ctr run --cni`, which attach one, or do it with `hcn endpoint create --network NETWORK` and `hcn namespace attach`")
        warning: the namespace 6b29fc40-ca47-1067-b31d-00dd010662da is that of k8s.io/web too
          Command("hcn spec --in-place 'C:\\c d\\config.json' --network-namespace (hcn namespace create)")
        "#);
    }

    #[test]
    fn a_path_that_is_no_namespace_is_made_one() {
        let host = Recorded { missing: vec!["/run/netns/lab"], ..linux("/run/netns/lab") };
        insta::assert_snapshot!(host.tell(&NetworkNamespace), @r#"
        failure: there is no network namespace at /run/netns/lab
          Command("ip netns add lab")
        "#);
        let host = Recorded { missing: vec!["/x"], ..linux("/x") };
        insta::assert_snapshot!(host.tell(&NetworkNamespace), @r#"
        failure: there is no network namespace at /x
          Advice("correct the path, or let the run make a namespace: `hcn run --new-namespace`")
        "#);
    }

    #[test]
    fn without_a_file_a_service_or_a_daemon_it_is_skipped() {
        insta::assert_snapshot!(Recorded::healthy().tell(&NetworkNamespace), @"skipped: no config.json was named; name one with --config");
        let silent = || Absent::Unreadable("no answer".to_owned());
        let host = Recorded { namespaces: Err(silent()), containers: Err(silent()), ..windows(GUID) };
        insta::assert_snapshot!(host.tell(&NetworkNamespace), @r"
        skipped: no answer
        skipped: who else is in it cannot be told: no answer
        ");
    }
}
