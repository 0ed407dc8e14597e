//! Is the image there, and for this host: its system, its processor, on Windows its build?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::release;
use crate::image::{self, Host, Offer, Platform};
use crate::os::Os;

pub(super) struct Image;

impl Check for Image {
    fn about(&self) -> About {
        About {
            id: "image.platform",
            title: "the image is there, and runs on this host",
            why: "a program for another processor or system cannot be started, and Windows refuses a container whose \
                  build its own kernel does not run; a container in process isolation shares that kernel, one in \
                  Hyper-V isolation brings its own",
            fix: "pulls what is for this host, or says which images are",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let name = match facts.subject.image() {
            Err(finding) => return vec![finding],
            Ok(name) => name,
        };
        let image = match facts.containerd.image(name) {
            Err(absent) => return vec![absent.into()],
            Ok(image) => image,
        };
        vec![match image.map(|image| image.offers) {
            None => Finding::failure(
                format!("containerd's namespace {} has no image {name}", facts.containerd.namespace()),
                pull(facts, name),
            ),
            Some(Err(why)) => {
                Finding::failure(format!("the image {name} cannot be used: {why}"), pull(facts, name))
            }
            Some(Ok(offers)) => judged(facts, name, &offers),
        }]
    }
}

fn judged(facts: &Facts<'_>, name: &str, offers: &[Offer]) -> Finding {
    let host = host(facts);
    let mut fitting = offers.iter().filter(|offer| host.runs(&offer.platform)).peekable();
    let is_for = format!("the image {name} is for {}", listed(offers));
    let this = format!("this host is {}", spoken(&host));
    if let Some(there) = fitting.clone().find(|offer| offer.is_pulled) {
        return Finding::ok(format!("the image {name} has {}, and {this}", told(&there.platform)));
    }
    if fitting.peek().is_some() {
        let seen = format!("{is_for}, and {this}, but what is for this host was not pulled");
        return Finding::failure(seen, pull(facts, name));
    }
    let platforms: Vec<Platform> = offers.iter().map(|offer| offer.platform.clone()).collect();
    let isolated = host.runs_isolated(&platforms) && !host.isolated;
    let fix = if isolated { isolate(&host) } else { other(&host, facts, name) };
    Finding::failure(format!("{is_for}, and {this}"), fix)
}

/// As the config.json has the container isolated, if one was named; else its processes share the host's kernel.
fn host(facts: &Facts<'_>) -> Host {
    Host {
        os: facts.os,
        architecture: image::architecture(facts.host.architecture()),
        build: facts.host.build(),
        isolated: facts.subject.config.as_ref().is_some_and(|config| config.is_isolated()),
        wanted: None,
    }
}

fn spoken(host: &Host) -> String {
    let Host { os, architecture, build, isolated, .. } = host;
    let build = build.map(|build| format!(" build {}", release::named(build))).unwrap_or_default();
    let how = match (os, isolated) {
        (Os::Linux, _) => "",
        (Os::Windows, true) => ", with Hyper-V isolation",
        (Os::Windows, false) => ", with process isolation",
    };
    format!("{}/{architecture}{build}{how}", os.name())
}

/// A platform; the build of Windows by its name.
fn told(platform: &Platform) -> String {
    let build = platform.os_version.split('.').nth(2).and_then(|build| build.parse().ok());
    match build {
        Some(build) => format!("{}/{} build {}", platform.os, platform.architecture, release::named(build)),
        None => platform.to_string(),
    }
}

/// Each once; what is of no platform describes other entries, and is for nobody.
fn listed(offers: &[Offer]) -> String {
    let mut all: Vec<_> = offers
        .iter()
        .filter(|offer| offer.platform.os != "unknown")
        .map(|offer| told(&offer.platform))
        .collect();
    all.dedup();
    if all.is_empty() { "no platform".to_owned() } else { all.join(", ") }
}

fn isolate(host: &Host) -> Fix {
    let same = release::tag(|build| host.runs(&of_build(host, build)));
    let same =
        same.map(|tag| format!(", or take an image for this host, as Microsoft's are with the tag {tag}"));
    Fix::advice(format!(
        "have Hyper-V isolate it: `hcn run --isolated`, or \"hyperv\": {{}} below \"windows\" in config.json{}",
        same.unwrap_or_default()
    ))
}

fn of_build(host: &Host, build: u32) -> Platform {
    Platform {
        os: host.os.name().to_owned(),
        architecture: host.architecture.to_owned(),
        os_version: format!("10.0.{build}.0"),
        ..Platform::default()
    }
}

/// What the registry has under that name may be for other hosts than what was pulled or imported.
fn other(host: &Host, facts: &Facts<'_>, name: &str) -> Fix {
    let pull = command(facts, name);
    let tag = release::tag(|build| host.runs(&of_build(host, build))).filter(|_| host.os == Os::Windows);
    let tag = tag.map(|tag| format!(" (Microsoft's with the tag {tag} run here)")).unwrap_or_default();
    Fix::advice(format!(
        "choose an image for this host{tag}; if the registry has one under that name:\n{pull}"
    ))
}

fn pull(facts: &Facts<'_>, name: &str) -> Fix {
    Fix::command(command(facts, name))
}

fn command(facts: &Facts<'_>, name: &str) -> String {
    let containerd = facts.containerd;
    let place = [containerd.address(), containerd.namespace(), containerd.snapshotter()];
    image::pull_line(facts.os, place, "", name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::facts::{Absent, containerd};
    use crate::doctor::subject::{Config, Subject};

    /// `os/architecture[/os.version]`, with a `-` in front where it was not pulled.
    fn offer(text: &&str) -> Offer {
        let mut parts = text.trim_start_matches('-').split('/').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let platform =
            Platform { os: next(), architecture: next(), os_version: next(), ..Platform::default() };
        Offer { platform, is_pulled: !text.starts_with('-') }
    }

    fn linux(offers: &[&str]) -> Recorded {
        let offers = Ok(offers.iter().map(offer).collect());
        let subject = Subject { image: Some("busybox".into()), ..Subject::default() };
        Recorded { subject, image: Ok(Some(containerd::Image { offers })), ..Recorded::healthy() }
    }

    fn windows(build: u32, offers: &[&str], config: Option<&str>) -> String {
        let mut host = Recorded { os: Os::Windows, build: Some(build), ..linux(offers) };
        host.subject.config = config.map(|text| Config::parse("config.json".as_ref(), text, Os::Windows));
        host.tell(&Image)
    }

    #[test]
    fn an_image_for_this_host_is_well() {
        insta::assert_snapshot!(linux(&["unknown/unknown", "-linux/arm64", "linux/amd64"]).tell(&Image), @"ok: the image busybox has linux/amd64, and this host is linux/amd64");
        insta::assert_snapshot!(windows(26100, &["windows/amd64/10.0.20348.1906"], None), @"ok: the image busybox has windows/amd64 build 20348 (Server 2022), and this host is windows/amd64 build 26100 (Server 2025 or Windows 11 24H2), with process isolation");
    }

    #[test]
    fn an_image_of_another_processor_is_told_with_the_pull_that_may_help() {
        insta::assert_snapshot!(linux(&["linux/arm64"]).tell(&Image), @r#"
        failure: the image busybox is for linux/arm64, and this host is linux/amd64
          Advice("choose an image for this host; if the registry has one under that name:\nctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest")
        "#);
    }

    #[test]
    fn what_was_not_pulled_is_pulled() {
        insta::assert_snapshot!(linux(&["linux/arm64", "-linux/amd64"]).tell(&Image), @r#"
        failure: the image busybox is for linux/arm64, linux/amd64, and this host is linux/amd64, but what is for this host was not pulled
          Command("ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest")
        "#);
        let none = Recorded { image: Ok(None), ..linux(&[]) };
        insta::assert_snapshot!(none.tell(&Image), @r#"
        failure: containerd's namespace default has no image busybox
          Command("ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest")
        "#);
    }

    #[test]
    fn builds_are_judged_by_the_rules_of_the_release_and_of_the_isolation() {
        insta::assert_snapshot!(windows(20348, &["windows/amd64/10.0.17763.5"], None), @r#"
        failure: the image busybox is for windows/amd64 build 17763 (Server 2019), and this host is windows/amd64 build 20348 (Server 2022), with process isolation
          Advice("have Hyper-V isolate it: `hcn run --isolated`, or \"hyperv\": {} below \"windows\" in config.json, or take an image for this host, as Microsoft's are with the tag ltsc2022")
        "#);
        insta::assert_snapshot!(windows(20348, &["windows/amd64/10.0.17763.5"], Some(r#"{"windows":{"hyperv":{}}}"#)), @"ok: the image busybox has windows/amd64 build 17763 (Server 2019), and this host is windows/amd64 build 20348 (Server 2022), with Hyper-V isolation");
        insta::assert_snapshot!(windows(17763, &["windows/amd64/10.0.20348.1"], None), @r#"
        failure: the image busybox is for windows/amd64 build 20348 (Server 2022), and this host is windows/amd64 build 17763 (Server 2019), with process isolation
          Advice("choose an image for this host (Microsoft's with the tag ltsc2019 run here); if the registry has one under that name:\nctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest")
        "#);
        insta::assert_snapshot!(windows(20348, &["linux/amd64"], None), @r#"
        failure: the image busybox is for linux/amd64, and this host is windows/amd64 build 20348 (Server 2022), with process isolation
          Advice("choose an image for this host (Microsoft's with the tag ltsc2022 run here); if the registry has one under that name:\nctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest")
        "#);
    }

    #[test]
    fn an_image_that_contradicts_itself_is_told_as_such() {
        let offers = Err("its manifest names no configuration".to_owned());
        let broken = Recorded { image: Ok(Some(containerd::Image { offers })), ..linux(&[]) };
        assert!(
            broken.tell(&Image).starts_with("failure: the image busybox cannot be used: its manifest names")
        );
    }

    #[test]
    fn without_an_image_or_a_daemon_it_is_skipped() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Image), @"skipped: no image was named; name one with --image");
        let silent = Recorded { image: Err(Absent::Unreadable("no answer".into())), ..linux(&[]) };
        insta::assert_snapshot!(silent.tell(&Image), @"skipped: no answer");
    }
}
