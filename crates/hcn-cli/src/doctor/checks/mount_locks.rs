//! Do the sources of the bind mounts take lock files, on the host and inside a container?

use hcn_lockprobe::{Left, Report, Row, Stage};

use super::mount_options;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::locks::{Probed, Ran};
use crate::doctor::facts::volume::Kind;
use crate::doctor::facts::{Absent, Fact, Facts};
use crate::doctor::shell;
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct Locks;

impl Check for Locks {
    fn about(&self) -> About {
        About {
            id: "mount.locks",
            title: "the bind mounts take lock files, on the host and inside a container",
            why: "package managers, build tools and databases lock files; a mount whose file system refuses one step of that \
                  fails them with errors that name neither the step nor the mount. The stages, and what is known of each: \
                  docs/lockprobe.md",
            fix: "says what is known to help",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        match facts.subject.binds() {
            Err(finding) => vec![finding],
            Ok(binds) => binds.iter().flat_map(|bind| judged(facts, bind)).collect(),
        }
    }
}

fn judged(facts: &Facts<'_>, bind: &Bind) -> Vec<Finding> {
    let named = format!("{}: {}", bind.asked_by, bind.source.display());
    if let Some(why) = no_folder(facts, bind) {
        return vec![Finding::skipped(format!("{named} {why}"))];
    }
    let host = facts.locks.on_host(&bind.source);
    let mut findings = on_host(facts, bind, &named, &host);
    match facts.locks.in_container(bind) {
        Some(inside) => findings.extend(in_container(facts, bind, &named, (&host, &inside))),
        None => findings.extend(read_only(bind, &named)),
    }
    findings
}

/// Why nothing can be tried: the probe makes files of its own, and those need a folder.
fn no_folder(facts: &Facts<'_>, bind: &Bind) -> Option<&'static str> {
    match facts.host.finds(&bind.source) {
        Err(_) => return Some("cannot be looked at: see mount.kind"),
        Ok(false) => return Some("is not there, as mount.sources tells"),
        Ok(true) => {}
    }
    match facts.volume.place(&bind.source).kind {
        Ok(Kind::File) => Some("is a single file, in which no lock file can be made"),
        Ok(Kind::Other) => Some("is neither a folder nor a file: no lock file can be made there"),
        Ok(Kind::Folder) | Err(_) => None,
    }
}

fn on_host(facts: &Facts<'_>, bind: &Bind, named: &str, host: &Fact<Report>) -> Vec<Finding> {
    let place = format!("{named} on the host");
    match host {
        Err(absent) => vec![untried(&place, absent)],
        Ok(report) => told((facts, bind), (Ran::Host, &place), (report, "")),
    }
}

/// That it could not be tried is a fault here: the container of which the user asked did not run.
fn in_container(
    facts: &Facts<'_>,
    bind: &Bind,
    named: &str,
    (host, inside): (&Fact<Report>, &Fact<Report>),
) -> Vec<Finding> {
    let image = facts.subject.image.as_deref().unwrap_or_default();
    let place = format!("{named} at {} in a container of {image}", bind.destination);
    match inside {
        Err(absent @ Absent::NotHere(_)) => vec![untried(&place, absent)],
        Err(Absent::Denied(why) | Absent::Unreadable(why) | Absent::Silent(why)) => vec![Finding::failure(
            format!("{place}: it could not be tried: {why}"),
            Fix::advice("what is said there names the cause; the other checks may tell more"),
        )],
        Ok(report) => told((facts, bind), (Ran::Container, &place), (report, compared(host, report))),
    }
}

fn untried(place: &str, absent: &Absent) -> Finding {
    Finding { seen: format!("{place}: {}", absent.why()), ..Finding::from(absent.clone()) }
}

/// How the host stands with what fails inside.
fn compared(host: &Fact<Report>, inside: &Report) -> &'static str {
    match (host.as_ref().map(Report::first_failure), inside.first_failure()) {
        (Ok(None), Some(_)) => "; only in the container: on the host every stage passes",
        (Ok(Some(host)), Some(row)) if host.name() == row.name() => "; on the host too",
        (Ok(Some(_)), Some(_)) => "; on the host another one fails first",
        _ => "",
    }
}

/// What the stages say, and what is left: the one says nothing about the other.
fn told(
    asked: (&Facts<'_>, &Bind),
    (ran, place): (Ran, &str),
    (report, where_else): (&Report, &str),
) -> Vec<Finding> {
    let failed = report.first_failure();
    let stages = match failed {
        None => Finding::ok(format!("{place}: every stage passed")),
        Some(row) => failure(asked, (ran, place), (row, where_else)),
    };
    let probe = Probed { place: ran, failed: failed.cloned(), left: report.left.clone() };
    let all = std::iter::once(stages).chain(left_behind(asked.0.os, place, &report.left));
    all.map(|finding| Finding { probe: Some(Box::new(probe.clone())), ..finding }).collect()
}

fn failure(
    (facts, bind): (&Facts<'_>, &Bind),
    (ran, place): (Ran, &str),
    (row, where_else): (&Row, &str),
) -> Finding {
    let code = row.code.map(|code| format!(", with {code}")).unwrap_or_default();
    let (name, seen, known) = (row.name(), &row.seen, row.stage.about().known);
    let failed = format!("{place}: the first stage that fails is {name}{code}: {seen}{where_else}");
    Finding::failure(format!("{failed}\nknown of it: {known}"), help(facts, bind, ran, row))
}

fn left_behind(os: Os, place: &str, left: &[Left]) -> Option<Finding> {
    let named: Vec<_> = left.iter().map(|left| format!("{}: {}", left.path.display(), left.why)).collect();
    let removed: Vec<_> = left.iter().map(|left| shell::remove(os, &left.path)).collect();
    let seen = format!("{place}: files of the probe could not be removed: {}", named.join(", "));
    (!left.is_empty()).then(|| Finding::warning(seen, Fix::command(removed.join("\n"))))
}

/// What a code says where a file is made or written, as far as something helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    ReadOnly,
    Denied,
    Full,
}

/// One number means different things: errno's on Linux, GetLastError's on Windows.
fn cause(os: Os, code: i32) -> Option<Cause> {
    match (os, code) {
        // EROFS, EACCES, ENOSPC, EDQUOT
        (Os::Linux, 30) => Some(Cause::ReadOnly),
        (Os::Linux, 13) => Some(Cause::Denied),
        (Os::Linux, 28 | 122) => Some(Cause::Full),
        // ERROR_WRITE_PROTECT, ERROR_ACCESS_DENIED, ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED
        (Os::Windows, 19) => Some(Cause::ReadOnly),
        (Os::Windows, 5) => Some(Cause::Denied),
        (Os::Windows, 39 | 112 | 1295) => Some(Cause::Full),
        _ => None,
    }
}

/// What is known to help; for most failures nobody knows anything.
fn help(facts: &Facts<'_>, bind: &Bind, ran: Ran, row: &Row) -> Fix {
    let cause = row.code.and_then(|code| cause(facts.os, code));
    match (row.stage, cause, ran) {
        // The option is the mount's: the host's own folder knows nothing of it.
        (Stage::Create, Some(Cause::ReadOnly | Cause::Denied), Ran::Container) if is_read_only(bind) => {
            Fix::advice(WITHOUT_RO)
        }
        (Stage::Create, Some(Cause::ReadOnly), _) => writable(facts, bind),
        (Stage::Create, Some(Cause::Denied), Ran::Container) => Fix::advice(
            "let the user of the container write there, or run the container as one who may (--user)",
        ),
        (Stage::Create, Some(Cause::Denied), Ran::Host) => Fix::advice(
            "ask as a user who may write there; what the container's user may, --in-container tries",
        ),
        (Stage::Create | Stage::Write, Some(Cause::Full), _) => {
            Fix::advice("make room on the source's volume, or raise this user's quota there, if there is one")
        }
        (Stage::ReleasedAtExit | Stage::ReleasedAtKill, _, Ran::Container) if facts.os == Os::Windows => {
            Fix::advice(
                "keep lock files in the container's own file system, or use a host newer than Server 2019; what is locked \
                 already is free again once the container is gone",
            )
        }
        (Stage::RelativeOpens, ..) => {
            Fix::advice("have programs use absolute paths, or work in a folder that is not a mount")
        }
        _ => Fix::Unknown,
    }
}

/// As mount.options says it, where the volume is known.
fn writable(facts: &Facts<'_>, bind: &Bind) -> Fix {
    match &facts.volume.place(&bind.source).mounted {
        Ok(mounted) => mount_options::writable(facts.os, mounted),
        Err(_) => Fix::advice("let the source's volume be written"),
    }
}

const WITHOUT_RO: &str = "leave the option `ro` out of the mount, where programs are to write there";

fn is_read_only(bind: &Bind) -> bool {
    bind.options.iter().any(|option| option.eq_ignore_ascii_case("ro"))
}

/// What the host alone cannot show.
fn read_only(bind: &Bind, named: &str) -> Option<Finding> {
    is_read_only(bind).then(|| {
        Finding::warning(
            format!("{named} is read-only in the container: no program can make a lock file there"),
            Fix::advice(WITHOUT_RO),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::Status;
    use crate::doctor::facts::recorded::{Recorded, probed, volume};
    use crate::doctor::subject::Subject;
    use hcn_lockprobe::{Kind as Lock, Outcome};

    fn failed(stage: Stage, code: Option<i32>, seen: &str) -> Report {
        let lock = stage.is_per_lock().then_some(Lock::Ofd);
        probed("/data", &[Row { stage, lock, outcome: Outcome::Failed, seen: seen.into(), code }])
    }

    fn with(options: &str, host: Fact<Report>, inside: Option<Fact<Report>>) -> Recorded {
        let mounts = [format!("type=bind,src=/data,dst=/d,options={options}")];
        let subject = Subject::new(None, &mounts, Some("busybox"), Os::Linux).unwrap();
        Recorded { subject, locks: host, locks_inside: inside, ..Recorded::healthy() }
    }

    fn well() -> Fact<Report> {
        Ok(probed("/data", &[]))
    }

    #[test]
    fn without_a_mount_nothing_is_tried() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Locks), @"skipped: no bind mount was named; name one with --mount or --config");
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn where_all_passes_both_places_are_named() {
        insta::assert_snapshot!(with("rbind", well(), Some(well())).tell(&Locks), @r"
        ok: --mount: /data on the host: every stage passed
        ok: --mount: /data at /d in a container of busybox: every stage passed
        ");
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn the_first_stage_that_fails_is_told_with_its_code_and_where() {
        let locks =
            failed(Stage::LockExclusive, Some(37), "cannot take a lock: No locks available (os error 37)");
        insta::assert_snapshot!(with("rbind", well(), Some(Ok(locks.clone()))).tell(&Locks), @r"
        ok: --mount: /data on the host: every stage passed
        failure: --mount: /data at /d in a container of busybox: the first stage that fails is lock-exclusive (ofd), with 37: cannot take a lock: No locks available (os error 37); only in the container: on the host every stage passes
        known of it: Linux: 37 (ENOLCK) is mostly NFS without its lock daemon, 95 (EOPNOTSUPP) or 38 (ENOSYS) a file system without such locks; another kind of lock may work there. Windows: 1 or 50 is a file system or a filter that knows no locks
          Unknown
        ");
        let told = with("rbind", Ok(locks.clone()), Some(Ok(locks.clone()))).tell(&Locks);
        assert!(told.contains("(os error 37); on the host too\n"), "{told}");
        let full = failed(Stage::Write, Some(28), "cannot write: No space left on device (os error 28)");
        let told = with("rbind", Ok(full), Some(Ok(locks))).tell(&Locks);
        assert!(told.contains("; on the host another one fails first\n"), "{told}");
        assert!(told.contains("make room on the source's volume"), "{told}");
    }

    fn helped(os: Os, options: &str, code: i32, ran: Ran) -> String {
        let host = Recorded { os, ..with(options, well(), None) };
        let row = failed(Stage::Create, Some(code), "cannot create a file").stages[0].clone();
        format!("{:?}", help(&host.facts(), &host.subject.binds().unwrap()[0], ran, &row))
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_code_means_what_it_means_on_its_system() {
        let told = |os, code| helped(os, "rbind", code, Ran::Container);
        // 5 is an error of the device, and 13 data that is not valid.
        assert_eq!([told(Os::Linux, 5), told(Os::Windows, 13)], ["Unknown"; 2]);
        assert_eq!([told(Os::Linux, 112), told(Os::Windows, 28)], ["Unknown"; 2]);
        assert!(told(Os::Linux, 13).contains("(--user)") && told(Os::Windows, 5).contains("(--user)"));
        assert_eq!(
            [told(Os::Linux, 30), told(Os::Windows, 19)],
            [r#"Advice("let the source's volume be written")"#; 2]
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn the_option_of_a_mount_is_never_blamed_for_what_fails_on_the_host() {
        assert!(helped(Os::Linux, "rbind:ro", 30, Ran::Container).contains("leave the option `ro` out"));
        assert!(helped(Os::Windows, "rbind:ro", 5, Ran::Container).contains("leave the option `ro` out"));
        assert!(helped(Os::Linux, "rbind:ro", 30, Ran::Host).contains("let the source's volume be written"));
        assert!(helped(Os::Linux, "rbind:ro", 13, Ran::Host).contains("ask as a user who may write there"));
        let create = failed(Stage::Create, Some(30), "cannot create a file: Read-only file system");
        let mut host = Recorded { locks: Ok(create), ..volume::linux(|_| ()) };
        insta::assert_snapshot!(host.tell(&Locks).lines().last().unwrap_or_default(), @r#"  Command("mount -o remount,rw /")"#);
        host.locks = Ok(failed(Stage::ReleasedAtExit, None, "the lock is still held"));
        assert!(Recorded { os: Os::Windows, ..host }.tell(&Locks).ends_with("\n  Unknown\n"));
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn what_is_no_folder_is_skipped_in_a_container_too() {
        let told = |kind| {
            let host = volume::linux(|place| place.kind = Ok(kind));
            Recorded { locks_inside: Some(Err(Absent::Unreadable("it ended with 2".into()))), ..host }
                .tell(&Locks)
        };
        insta::assert_snapshot!(told(Kind::File), @"skipped: --mount: /srv/cache is a single file, in which no lock file can be made");
        insta::assert_snapshot!(told(Kind::Other), @"skipped: --mount: /srv/cache is neither a folder nor a file: no lock file can be made there");
        assert!(told(Kind::Folder).starts_with("ok: ") && told(Kind::Folder).contains("\nfailure: "));
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_read_only_mount_is_told_without_a_container_and_named_as_the_cause_inside_one() {
        insta::assert_snapshot!(with("rbind:ro", well(), None).tell(&Locks), @r#"
        ok: --mount: /data on the host: every stage passed
        warning: --mount: /data is read-only in the container: no program can make a lock file there
          Advice("leave the option `ro` out of the mount, where programs are to write there")
        "#);
        let create =
            failed(Stage::Create, Some(30), "cannot create a file: Read-only file system (os error 30)");
        let told = with("rbind:ro", well(), Some(Ok(create))).tell(&Locks);
        assert!(
            told.contains("is create, with 30: ") && told.contains("leave the option `ro` out"),
            "{told}"
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn what_could_not_be_tried_is_skipped_on_the_host_and_a_fault_in_the_container() {
        let nowhere = Absent::NotHere("there is no hcn-lockprobe".into());
        let no_image = Absent::Unreadable("the image is not there".into());
        insta::assert_snapshot!(with("rbind", Err(nowhere), Some(Err(no_image))).tell(&Locks), @r#"
        not available: --mount: /data on the host: there is no hcn-lockprobe
        failure: --mount: /data at /d in a container of busybox: it could not be tried: the image is not there
          Advice("what is said there names the cause; the other checks may tell more")
        "#);
        let told = Recorded { missing: vec!["/data"], ..with("rbind", well(), None) }.tell(&Locks);
        insta::assert_snapshot!(told, @"skipped: --mount: /data is not there, as mount.sources tells");
        let told = Recorded { silent: vec!["/data"], ..with("rbind", well(), Some(well())) }.tell(&Locks);
        insta::assert_snapshot!(told, @"skipped: --mount: /data cannot be looked at: see mount.kind");
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn files_that_could_not_be_removed_are_named_with_the_command_that_does() {
        let left = vec![Left { path: "/data/.x y".into(), why: "not permitted".into() }];
        let report = Report { left, ..probed("/data", &[]) };
        insta::assert_snapshot!(with("rbind", Ok(report), None).tell(&Locks), @r#"
        ok: --mount: /data on the host: every stage passed
        warning: --mount: /data on the host: files of the probe could not be removed: /data/.x y: not permitted
          Command("rm -- '/data/.x y'")
        "#);
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn files_that_are_left_are_told_beside_a_stage_that_failed() {
        let left = vec![Left { path: "/data/.x".into(), why: "not permitted".into() }];
        let deleted = failed(Stage::Delete, Some(1), "cannot delete a file: not permitted");
        let findings =
            Locks.examine(&with("rbind", Ok(Report { left: left.clone(), ..deleted }), None).facts());
        let told: Vec<_> = findings.iter().map(|finding| (finding.status, finding.fix.clone())).collect();
        assert_eq!(told[0], (Status::Failure, Some(Fix::Unknown)));
        assert_eq!(told[1..], [(Status::Warning, Some(Fix::command("rm -- /data/.x")))]);
        assert_eq!(findings[1].probe.as_ref().map(|probe| &probe.left), Some(&left));
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_program_gets_the_stage_its_lock_and_its_code_in_members_of_their_own() {
        let locks = failed(Stage::LockExclusive, Some(37), "cannot take a lock");
        let findings = Locks.examine(&with("rbind", well(), Some(Ok(locks))).facts());
        let probes: Vec<_> =
            findings.iter().map(|finding| serde_json::to_value(&finding.probe).unwrap()).collect();
        insta::assert_snapshot!(probes[0], @r#"{"place":"host"}"#);
        insta::assert_snapshot!(probes[1], @r#"{"failed":{"code":37,"lock":"ofd","outcome":"failed","seen":"cannot take a lock","stage":"lock-exclusive"},"place":"container"}"#);
    }
}
