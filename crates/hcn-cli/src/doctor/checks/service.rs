//! Starting and stopping the daemon in the way that it was started in here.

use std::path::Path;

use crate::doctor::facts::Facts;
use crate::doctor::shell;
use crate::os::Os;

/// Who starts and stops the daemon.
enum Keeper {
    /// systemd, by this unit.
    Unit(String),
    /// A script of the system.
    Script,
    /// Somebody, by this command line; the process, where it runs.
    Command(Option<u64>, String),
}

const SCRIPT: &str = "/etc/init.d/containerd";

/// The command that starts a daemon that does not run.
pub(super) fn start(facts: &Facts<'_>) -> String {
    match systems_own(facts, Some("containerd")) {
        Some(keeper) => keeper.start(facts),
        None => {
            let address = shell::quoted(facts.os, facts.containerd.address());
            Keeper::Command(None, format!("containerd --address {address}")).start(facts)
        }
    }
}

/// The commands that stop the daemon that runs, and start it again; `None` where it is a part of something else, which is
/// not ours to stop.
pub(super) fn stop_and_start(facts: &Facts<'_>) -> Option<(String, String)> {
    let process = facts.containerd.process().ok()?;
    let group = facts.host.text(&format!("/proc/{process}/cgroup")).unwrap_or_default();
    let unit = group.lines().find_map(|line| line.rsplit_once("/system.slice/")?.1.strip_suffix(".service"));
    let keeper = match unit {
        // A container has no systemd, and the cgroups of the machine that has it.
        Some(unit) if has_systemd(facts) && !unit.contains("containerd") => return None,
        unit => systems_own(facts, unit),
    };
    let keeper = match keeper {
        Some(keeper) => keeper,
        None => Keeper::Command(Some(process), command_line(facts, process)?),
    };
    Some((keeper.stop(), keeper.start(facts)))
}

/// What the system has for its services.
fn systems_own(facts: &Facts<'_>, unit: Option<&str>) -> Option<Keeper> {
    match (has_systemd(facts), unit) {
        (true, unit) => unit.map(|unit| Keeper::Unit(unit.to_owned())),
        (false, _) => facts.host.is_there(SCRIPT).then_some(Keeper::Script),
    }
}

fn has_systemd(facts: &Facts<'_>) -> bool {
    facts.host.is_there("/run/systemd/system")
}

/// As it was typed.
fn command_line(facts: &Facts<'_>, process: u64) -> Option<String> {
    let words = facts.host.text(&format!("/proc/{process}/cmdline")).ok()?;
    let words = words.trim_end_matches('\0').split('\0');
    Some(words.map(|word| shell::quoted(facts.os, word)).collect::<Vec<_>>().join(" "))
}

impl Keeper {
    fn start(&self, facts: &Facts<'_>) -> String {
        match self {
            _ if facts.os == Os::Windows => "Start-Service containerd".to_owned(),
            Self::Unit(unit) => format!("systemctl start {unit}"),
            Self::Script => format!("{SCRIPT} start"),
            Self::Command(_, line) => {
                let folder = Path::new(facts.containerd.address()).parent().unwrap_or(Path::new("/"));
                let [folder, log] =
                    [folder, &folder.join("containerd.log")].map(|path| shell::path(facts.os, path));
                format!("mkdir -p {folder} && nohup {line} >> {log} 2>&1 < /dev/null &")
            }
        }
    }

    fn stop(&self) -> String {
        match self {
            Self::Unit(unit) => format!("systemctl stop {unit}"),
            Self::Script => format!("{SCRIPT} stop"),
            Self::Command(process, _) => {
                let process = process.unwrap_or_default();
                // Gone is what has no program any more: whoever started it may not have asked how it ended.
                format!("kill {process}; while [ -e /proc/{process}/exe ]; do sleep 0.1; done")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    const LINE: &str = "/usr/bin/containerd\0-c\0/a b.toml\0";

    fn told(missing: &[&'static str], group: &'static str) -> String {
        let mut host = Recorded { missing: missing.to_vec(), ..Recorded::healthy() };
        host.texts.extend([("/proc/77/cgroup", group), ("/proc/77/cmdline", LINE)]);
        let both = stop_and_start(&host.facts()).map(|(stop, start)| format!("{stop} / {start}"));
        format!("{}\n{}", start(&host.facts()), both.unwrap_or_default())
    }

    #[test]
    fn a_unit_is_started_and_stopped_by_systemd() {
        insta::assert_snapshot!(told(&[], "0::/system.slice/containerd.service\n"), @r"
        systemctl start containerd
        systemctl stop containerd / systemctl start containerd
        ");
    }

    #[test]
    fn a_part_of_something_else_is_left_alone() {
        assert!(told(&[], "0::/system.slice/k3s.service\n").ends_with("containerd\n"));
    }

    #[test]
    fn without_a_service_manager_the_command_line_is_used_again() {
        let none = ["/run/systemd/system", SCRIPT];
        insta::assert_snapshot!(told(&none, "0::/\n"), @r"
        mkdir -p /run/containerd && nohup containerd --address /run/containerd/containerd.sock >> /run/containerd/containerd.log 2>&1 < /dev/null &
        kill 77; while [ -e /proc/77/exe ]; do sleep 0.1; done / mkdir -p /run/containerd && nohup /usr/bin/containerd -c '/a b.toml' >> /run/containerd/containerd.log 2>&1 < /dev/null &
        ");
        assert!(told(&none[..1], "0::/\n").starts_with("/etc/init.d/containerd start\n"));
    }
}
