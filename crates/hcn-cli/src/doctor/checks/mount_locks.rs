//! Do the sources of the bind mounts take lock files, on the host and inside a container?

use hcn_lockprobe::{Left, Report, Row, Stage};

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
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
    if bind.source.to_str().is_some_and(|path| !facts.host.is_there(path)) {
        return vec![Finding::skipped(format!("{named} is not there, as mount.sources tells"))];
    }
    let host = facts.locks.on_host(&bind.source);
    let mut findings = vec![on_host(facts.os, bind, &named, &host)];
    match facts.locks.in_container(bind) {
        Some(inside) => findings.push(in_container(facts, bind, &named, (&host, &inside))),
        None => findings.extend(read_only(bind, &named)),
    }
    findings
}

fn on_host(os: Os, bind: &Bind, named: &str, host: &Fact<Report>) -> Finding {
    let place = format!("{named} on the host");
    match host {
        Err(absent) => {
            Finding { seen: format!("{place}: {}", absent.why()), ..Finding::from(absent.clone()) }
        }
        Ok(report) => told(os, bind, &place, (report, "")),
    }
}

/// That it could not be tried is a fault here: the container of which the user asked did not run.
fn in_container(
    facts: &Facts<'_>,
    bind: &Bind,
    named: &str,
    (host, inside): (&Fact<Report>, &Fact<Report>),
) -> Finding {
    let image = facts.subject.image.as_deref().unwrap_or_default();
    let place = format!("{named} at {} in a container of {image}", bind.destination);
    match inside {
        Err(absent @ Absent::NotHere(why)) => {
            Finding { seen: format!("{place}: {why}"), ..Finding::from(absent.clone()) }
        }
        Err(Absent::Denied(why) | Absent::Unreadable(why)) => Finding::failure(
            format!("{place}: it could not be tried: {why}"),
            Fix::advice("what is said there names the cause; the other checks may tell more"),
        ),
        Ok(report) => told(facts.os, bind, &place, (report, compared(host, report))),
    }
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

fn told(os: Os, bind: &Bind, place: &str, (report, where_else): (&Report, &str)) -> Finding {
    match (report.first_failure(), &report.left[..]) {
        (None, []) => Finding::ok(format!("{place}: every stage passed")),
        (None, left) => left_behind(os, place, left),
        (Some(row), _) => {
            let code = row.code.map(|code| format!(", with {code}")).unwrap_or_default();
            let (name, seen) = (row.name(), &row.seen);
            let known = row.stage.about().known;
            let failed = format!("{place}: the first stage that fails is {name}{code}: {seen}{where_else}");
            Finding::failure(format!("{failed}\nknown of it: {known}"), help(os, bind, row))
        }
    }
}

fn left_behind(os: Os, place: &str, left: &[Left]) -> Finding {
    let named: Vec<_> = left.iter().map(|left| format!("{}: {}", left.path.display(), left.why)).collect();
    let removed: Vec<_> = left.iter().map(|left| shell::remove(os, &left.path)).collect();
    Finding::warning(
        format!(
            "{place}: every stage passed, and files of the probe could not be removed: {}",
            named.join(", ")
        ),
        Fix::command(removed.join("\n")),
    )
}

/// What is known to help; for most failures nobody knows anything.
fn help(os: Os, bind: &Bind, row: &Row) -> Fix {
    let is_full = matches!(row.code, Some(28 | 112));
    let is_denied = matches!(row.code, Some(5 | 13));
    match row.stage {
        Stage::Create if is_read_only(bind) => Fix::advice(WITHOUT_RO),
        Stage::Create if row.code == Some(30) => {
            Fix::advice("mount the source's file system for writing: mount -o remount,rw PLACE")
        }
        Stage::Create if is_denied => Fix::advice(
            "let the user of the container write there, or run the container as one who may (--user)",
        ),
        Stage::Create | Stage::Write if is_full => Fix::advice("make room on the source's volume"),
        Stage::ReleasedAtExit | Stage::ReleasedAtKill if os == Os::Windows => Fix::advice(
            "keep lock files in the container's own file system, or use a host newer than Server 2019; what is locked \
             already is free again once the container is gone",
        ),
        Stage::RelativeOpens => {
            Fix::advice("have programs use absolute paths, or work in a folder that is not a mount")
        }
        _ => Fix::Unknown,
    }
}

const WITHOUT_RO: &str = "leave the option `ro` out of the mount, where programs are to write there";

fn is_read_only(bind: &Bind) -> bool {
    bind.options.iter().any(|option| option == "ro")
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
    use crate::doctor::facts::recorded::{Recorded, probed};
    use crate::doctor::subject::Subject;
    use hcn_lockprobe::{Kind, Outcome};

    fn failed(stage: Stage, code: Option<i32>, seen: &str) -> Report {
        let lock = stage.is_per_lock().then_some(Kind::Ofd);
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
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn files_that_could_not_be_removed_are_named_with_the_command_that_does() {
        let left = vec![Left { path: "/data/.x y".into(), why: "not permitted".into() }];
        let report = Report { left, ..probed("/data", &[]) };
        insta::assert_snapshot!(with("rbind", Ok(report), None).tell(&Locks), @r#"
        warning: --mount: /data on the host: every stage passed, and files of the probe could not be removed: /data/.x y: not permitted
          Command("rm -- '/data/.x y'")
        "#);
    }
}
