//! The table of flags, row by row: what is supported has its effect in the plan, what is refused says so, what has no
//! effect is noted.

use super::*;
use crate::args::{self, Answer, Flag, RunArgs, TABLE};
use crate::run::options::Files;

/// A command line with a flag in it, and what it changes: a pointer into [`document`] and the value there.
struct Case {
    flag: &'static str,
    os: Os,
    words: &'static [&'static str],
    pointer: &'static str,
    value: Value,
}

fn case(
    (flag, os): (&'static str, Os),
    words: &'static [&'static str],
    pointer: &'static str,
    value: Value,
) -> Case {
    Case { flag, os, words, pointer, value }
}

const L: Os = Os::Linux;
const W: Os = Os::Windows;

const CPU: &str = "/spec/linux/resources/cpu";

/// At least one for each flag on each system that it is supported on.
fn cases() -> Vec<Case> {
    let mount = json!({"destination": "/b", "type": "bind", "source": "/tmp", "options": ["rbind"]});
    let windows_mount = json!([{"destination": r"C:\b", "source": r"D:\a"}]);
    let null = json!({
        "path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 0o666, "uid": 0, "gid": 0
    });
    let mut cases = vec![
        case(
            ("interactive", L),
            &["-i"],
            "/stdio/stdin",
            json!("/var/lib/hcn/runs/0123456789abcdef/io/stdin"),
        ),
        case(("interactive", W), &["-i"], "/stdio/stdin", json!(r"\\.\pipe\hcn-0123456789abcdef-stdin")),
        case(("tty", L), &["-t"], "/spec/process/terminal", json!(true)),
        case(("tty", W), &["-t"], "/spec/process/consoleSize", json!({"width": 80, "height": 24})),
        case(("fifo-dir", L), &["--fifo-dir", "/x"], "/stdio/folder", json!("/x/hcn-0123456789abcdef")),
        case(("platform", L), &["--platform", "linux/arm64"], "/options/platform", json!(true)),
        case(("platform", W), &["--platform", "windows/amd64"], "/options/platform", json!(true)),
        case(("env", L), &["-e", "A=1"], "/spec/process/env/1", json!("A=1")),
        case(("env", W), &["-env", "A=1"], "/spec/process/env/0", json!("A=1")),
        case(("cwd", L), &["-w", "/x"], "/spec/process/cwd", json!("/x")),
        case(("cwd", W), &["-cwd", r"C:\x"], "/spec/process/cwd", json!(r"C:\x")),
        case(("user", L), &["-u", "joe:staff"], "/container/user/name", json!("joe:staff")),
        case(("user", W), &["-user", "ContainerUser"], "/spec/process/user/username", json!("ContainerUser")),
        case(
            ("mount", L),
            &["-mount", "type=bind,src=/tmp,dst=/b,options=rbind"],
            "/spec/mounts/9",
            mount.clone(),
        ),
        case(("mount", W), &["-mount", r"src=D:\a,dst=C:\b"], "/spec/mounts", windows_mount.clone()),
        case(("volume", L), &["-v", "/tmp:/b"], "/spec/mounts/9", mount),
        case(("volume", W), &["-v", r"D:\a:C:\b"], "/spec/mounts", windows_mount),
        case(("device", L), &["--device", "/dev/null"], "/spec/linux/devices/0", null),
        case(
            ("device", W),
            &["--device", "class://X"],
            "/spec/windows/devices",
            json!([{"idType": "class", "id": "X"}]),
        ),
        case(
            ("rootfs-propagation", L),
            &["--rootfs-propagation", "slave"],
            "/spec/linux/rootfsPropagation",
            json!("slave"),
        ),
        case(
            ("memory-limit", L),
            &["--memory-limit", "4096"],
            "/spec/linux/resources/memory/limit",
            json!(4096),
        ),
        case(
            ("memory-limit", W),
            &["--memory-limit", "4096"],
            "/spec/windows/resources/memory/limit",
            json!(4096),
        ),
        case(
            ("cpus", L),
            &["--cpus", "1.5"],
            CPU,
            json!({"shares": 1024, "quota": 150_000, "period": 100_000}),
        ),
        case(
            ("cpu-quota", L),
            &["--cpu-quota", "5000"],
            CPU,
            json!({"shares": 1024, "quota": 5000, "period": 0}),
        ),
        case(
            ("cpu-period", L),
            &["--cpu-period", "9000"],
            CPU,
            json!({"shares": 1024, "quota": -1, "period": 9000}),
        ),
        case(("cpu-shares", L), &["--cpu-shares", "7"], CPU, json!({"shares": 7})),
        case(("cpu-shares", L), &["--cpu-shares", "0"], CPU, Value::Null),
        case(("cpu-shares", W), &["--cpu-shares", "7"], "/spec/windows/resources/cpu", json!({"shares": 7})),
        case(("cpuset-cpus", L), &["--cpuset-cpus", "0-3"], CPU, json!({"shares": 1024, "cpus": "0-3"})),
        case(("cpuset-mems", L), &["--cpuset-mems", "0"], CPU, json!({"shares": 1024, "mems": "0"})),
        case(("cpu-count", W), &["--cpu-count", "2"], "/spec/windows/resources/cpu", json!({"count": 2})),
        case(("cpu-max", W), &["--cpu-max", "2500"], "/spec/windows/resources/cpu", json!({"maximum": 2500})),
        case(
            ("rlimit-nofile", L),
            &["--rlimit-nofile", "5:9"],
            "/spec/process/rlimits",
            json!([{"type": "RLIMIT_NOFILE", "soft": 5, "hard": 9}]),
        ),
        case(("cgroup", L), &["--cgroup", "/x"], "/spec/linux/cgroupsPath", json!("/x")),
        case(("cgroup", L), &["--cgroup", ""], "/spec/linux/cgroupsPath", Value::Null),
        case(("rdt-class", L), &["--rdt-class", "gold"], "/spec/linux/intelRdt", json!({"closID": "gold"})),
        case(
            ("privileged-without-host-devices", L),
            &["--privileged", "--privileged-without-host-devices"],
            "/spec/linux/readonlyPaths",
            Value::Null,
        ),
        case(
            ("cap-add", L),
            &["--cap-add", "CAP_BPF"],
            "/spec/process/capabilities/effective/14",
            json!("CAP_BPF"),
        ),
        case(
            ("cap-drop", L),
            &["--cap-drop", "CAP_CHOWN"],
            "/spec/process/capabilities/bounding/0",
            json!("CAP_DAC_OVERRIDE"),
        ),
        case(("allow-new-privs", L), &["--allow-new-privs"], "/spec/process/noNewPrivileges", Value::Null),
        case(
            ("apparmor-profile", L),
            &["--apparmor-profile", "lab"],
            "/spec/process/apparmorProfile",
            json!("lab"),
        ),
        case(
            ("with-ns", L),
            &["--with-ns", "ipc:/proc/1/ns/ipc"],
            "/spec/linux/namespaces/1",
            json!({"type": "ipc", "path": "/proc/1/ns/ipc"}),
        ),
        case(("with-ns", L), &["--with-ns", "network:/run/netns/x"], "/plan/lanes/0", json!([])),
        case(("isolated", W), &["--isolated"], "/spec/windows/hyperv", json!({})),
        case(
            ("runtime-config-path", L),
            &["--runtime", "io.containerd.kata.v2", "--runtime-config-path", "/x"],
            "/container/options",
            json!({"generic": {"config_path": "/x"}}),
        ),
        case(
            ("runtime-config-path", W),
            &["--runtime", "io.containerd.x.v2", "--runtime-config-path", "/x"],
            "/container/options",
            json!({"generic": {"config_path": "/x"}}),
        ),
        case(
            ("runc-binary", L),
            &["--runc-binary", "/x"],
            "/container/options/runc",
            json!({"binary": "/x"}),
        ),
        case(("runc-root", L), &["--runc-root", "/x"], "/container/options/runc", json!({"root": "/x"})),
        case(
            ("runc-systemd-cgroup", L),
            &["--runc-systemd-cgroup", "--cgroup", "a:b:c"],
            "/container/options/runc",
            json!({"systemd_cgroup": true}),
        ),
        case(("no-pivot", L), &["--no-pivot"], "/container/options/runc", json!({"no_pivot": true})),
        case(("net", L), &["--net", "cni"], "/options/net", json!("Some(Cni)")),
        case(("net", W), &["--net", "nat"], "/options/net", json!("Some(Nat)")),
        case(("net", L), &["--net", "none"], "/options/net", json!("Some(None)")),
        case(("network", W), &["--net", "nat", "--network", "lab"], "/options/network", json!("lab")),
        case(("dns", L), &["--dns", "192.0.2.53"], "/plan/first/0/names/dns", json!(["192.0.2.53"])),
        case(("dns", W), &["--dns", "192.0.2.53"], "/plan/lanes/0/0/cni/dns", json!(["192.0.2.53"])),
        case(
            ("add-host", L),
            &["--add-host", "db:192.0.2.7"],
            "/plan/first/0/names/more_hosts",
            json!([["db", "192.0.2.7"]]),
        ),
        case(("net-host", L), &["--net-host"], "/spec/linux/namespaces/4", Value::Null),
    ];
    for os in [L, W] {
        let cmd = json!(["sh", "ls"]);
        cases.extend([
            case(
                ("keep-entrypoint", os),
                &["--keep-entrypoint", "--entrypoint-is-sh"],
                "/spec/process/args",
                cmd,
            ),
            case(("hostname", os), &["--hostname", "lab"], "/spec/hostname", json!("lab")),
            case(("label", os), &["--label", "k=v"], "/container/labels/k", json!("v")),
            case(("annotation", os), &["--annotation", "k=v"], "/spec/annotations/k", json!("v")),
            case(("read-only", os), &["--read-only"], "/spec/root/readonly", json!(true)),
            case(("runtime", os), &["--runtime", "x"], "/container/runtime", json!("x")),
            case(
                ("snapshotter", os),
                &["--snapshotter", "native"],
                "/container/snapshot/snapshotter",
                json!("native"),
            ),
            case(
                ("snapshotter-label", os),
                &["--snapshotter-label", "k=v"],
                "/plan/lanes/1/1/snapshot/labels",
                json!({"k": "v"}),
            ),
            case(("pull", os), &["--pull", "never"], "/options/policy", json!("Never")),
            case(("hosts-dir", os), &["--hosts-dir", "/x"], "/options/hosts_dir", json!("/x")),
            case(("plain-http", os), &["--plain-http"], "/options/plain_http", json!(true)),
            case(("new-namespace", os), &["--new-namespace"], "/options/new_namespace", json!(true)),
            case(("snapshot", os), &["--snapshot", "x"], "/container/snapshot/key", json!("x")),
            case(("commit", os), &["--commit", "x"], "/plan/lanes/1/3/commit/name", json!("x")),
            case(("report", os), &["--report", "/x/y"], "/options/report", json!("/x/y")),
            case(("dump-config", os), &["--dump-config", "/x/y"], "/options/dump", json!("/x/y")),
            case(("detach", os), &["-d"], "/plan/detached", json!(true)),
            case(("pid-file", os), &["--pid-file", "/x/y"], "/options/pid_file", json!("/x/y")),
            case(("null-io", os), &["--null-io"], "/stdio", Value::Null),
            case(("log-uri", os), &["--log-uri", "file:///x"], "/plan/log", json!("file:///x")),
            case(("dry-run", os), &["--dry-run"], "/options/dry_run", json!("Some(Table)")),
            case(("output", os), &["--dry-run", "-o", "json"], "/options/dry_run", json!("Some(Json)")),
            case(("quiet", os), &["-q"], "/options/notes", json!("Quiet")),
            case(
                ("cni-netconfpath", os),
                &["--cni-netconfpath", "/x"],
                "/places/configurations",
                json!("/x"),
            ),
            case(("cni-path", os), &["--cni-path", "/x"], "/plan/lanes/0/0/cni/path", json!(["/x"])),
            case(("cni-cache", os), &["--cni-cache", "/x"], "/plan/lanes/0/0/cni/cache", json!("/x")),
            // Nothing changes: they say what is so anyway.
            case(("rm", os), &["--rm"], "/container/image", json!("busybox")),
            case(("cni", os), &["--cni"], "/container/image", json!("busybox")),
        ]);
    }
    cases
}

/// Flags whose files have tests of their own below, or whose effect is on the host.
const APART: [&str; 6] = ["config", "rootfs", "env-file", "privileged", "seccomp", "seccomp-profile"];

fn parsed(words: &[&str]) -> RunArgs {
    let line = ["hcn", "run"].iter().chain(words).map(std::ffi::OsString::from);
    let crate::args::Command::Run(args) = args::parse(line).expect("it parses").command else {
        panic!("it is another command")
    };
    *args
}

/// What a command line means, as one document.
fn document(os: Os, words: &[&str]) -> Result<Value, Failure> {
    let entrypoint = words.contains(&"--entrypoint-is-sh");
    let flags: Vec<_> = words.iter().copied().filter(|word| *word != "--entrypoint-is-sh").collect();
    let line = [&flags[..], &["busybox", "t1", "ls"]].concat();
    let args = parsed(&line);
    let settings = Settings::new(&Global::default(), &args.places, &Environment::default(), os)?;
    let options = RunOptions::new(args, &mut Files::there(), os)?;
    let Source::Image(wanted) = options.source.clone() else { panic!("it is an image") };
    let mut image = image();
    image.configuration.config.entrypoint = entrypoint.then(|| "sh".to_owned()).into_iter().collect();
    let mut facts = facts(os);
    if !options.attaches {
        facts.network = Network::None;
    }
    let workload = Workload::Image(Box::new(image), wanted);
    let planned = plan(Inputs { settings: &settings, options: &options, workload, facts, pulled: false })?;
    Ok(described(&planned.plan, &options, &settings))
}

fn described(plan: &Plan, options: &RunOptions, settings: &Settings) -> Value {
    let Source::Image(wanted) = &options.source else { panic!("it is an image") };
    let stdio = plan.steps().find_map(|step| if let Step::Stdio(stdio) = step { Some(stdio) } else { None });
    let text = serde_json::to_string(plan).unwrap();
    json!({
        "plan": serde_json::from_str::<Value>(&text).unwrap(),
        "container": serde_json::from_str::<Value>(&serde_json::to_string(container(plan)).unwrap()).unwrap(),
        "spec": spec(plan),
        "stdio": stdio,
        "places": {"configurations": settings.cni_configurations},
        "options": {
            "net": format!("{:?}", options.net),
            "network": options.network,
            "new_namespace": options.new_namespace,
            "policy": format!("{:?}", wanted.pull.policy),
            "platform": wanted.platform.is_some(),
            "hosts_dir": wanted.pull.hosts_dir,
            "plain_http": wanted.pull.plain_http,
            "dump": options.dump,
            "report": options.report,
            "pid_file": options.pid_file,
            "dry_run": format!("{:?}", options.dry_run),
            "notes": format!("{:?}", options.notes),
        },
    })
}

fn supported(os: Os) -> impl Iterator<Item = &'static Flag> {
    TABLE.iter().filter(move |flag| flag.answer(os) == Answer::Supported)
}

/// A command line with this flag alone.
fn alone(flag: &Flag) -> Vec<String> {
    let name = format!("--{}", flag.name);
    flag.value.name().map_or(vec![name.clone()], |_| vec![name, "1".to_owned()])
}

#[test]
#[cfg_attr(windows, ignore = "Linux' paths and devices")]
fn a_supported_flag_has_its_effect() {
    for Case { flag, os, words, pointer, value } in cases() {
        let with = document(os, words).unwrap_or_else(|why| panic!("{words:?} on {os}: {why}"));
        let without = document(os, &[]).unwrap();
        let found = |document: &Value| document.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(found(&with), value, "--{flag} on {os}");
        let implied = ["rm", "cni"].contains(&flag);
        assert_eq!(found(&without) == value, implied, "--{flag} on {os} changes something");
    }
}

#[test]
fn every_supported_flag_has_a_case() {
    let cases = cases();
    for os in [L, W] {
        let tested = |flag: &&Flag| {
            APART.contains(&flag.name) || cases.iter().any(|case| case.flag == flag.name && case.os == os)
        };
        let missing: Vec<_> = supported(os).filter(|flag| !tested(flag)).map(|flag| flag.name).collect();
        assert_eq!(missing, Vec::<&str>::new(), "on {os}");
    }
}

#[test]
fn a_refused_flag_exits_125_with_its_reason() {
    for (os, flag) in [L, W].into_iter().flat_map(|os| TABLE.iter().map(move |flag| (os, flag))) {
        let Answer::Refused(why) = flag.answer(os) else { continue };
        let words = alone(flag);
        let refused = document(os, &words.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_err();
        assert_eq!(refused, Failure::run(format!("--{} is not supported: {why}", flag.name)), "on {os}");
    }
}

#[test]
fn a_flag_without_effect_is_noted() {
    for (os, flag) in [L, W].into_iter().flat_map(|os| TABLE.iter().map(move |flag| (os, flag))) {
        let Answer::Ignored(why) = flag.answer(os) else { continue };
        let words = alone(flag);
        let line: Vec<_> = words.iter().map(String::as_str).chain(["busybox", "t1"]).collect();
        let options = RunOptions::new(parsed(&line), &mut Files::there(), os).unwrap();
        assert_eq!(options.ignored, [format!("--{} has no effect: {why}", flag.name)], "on {os}");
    }
}

#[test]
fn short_forms_and_single_dashes_are_the_same_flags() {
    for flag in TABLE {
        let short = flag.short.map(|letter| format!("-{letter}"));
        for written in
            [Some(format!("--{}", flag.name)), Some(format!("-{}", flag.name)), short].into_iter().flatten()
        {
            let value = flag.value.name().map(|_| "-1");
            let line: Vec<_> =
                std::iter::once(&*written).chain(value).chain(["busybox", "t1", "-x"]).collect();
            let args = parsed(&line);
            assert!(args.is_set(flag.name), "{written}");
            assert_eq!(args.text(flag.name), value, "{written}");
            assert_eq!(args.operands, ["busybox", "t1", "-x"], "{written}");
        }
    }
}

#[test]
fn what_says_how_an_image_s_container_is_to_be_is_refused_beside_a_config() {
    for flag in TABLE.iter().filter(|flag| !flag.with_config && flag.answer(L) == Answer::Supported) {
        let words = alone(flag);
        let line: Vec<_> = words.iter().map(String::as_str).chain(["--config", "c.json", "t1"]).collect();
        let refused = RunOptions::new(parsed(&line), &mut Files::there(), L).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("--{} has no effect with --config", flag.name)), "{refused}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux' capabilities")]
fn a_privileged_container_has_every_right_of_ours_and_nothing_hidden() {
    let with = document(L, &["--privileged"]).unwrap();
    let linux = &with["spec"]["linux"];
    assert_eq!(linux["resources"]["devices"], json!([{"allow": true, "access": "rwm"}]));
    assert_eq!((&linux["maskedPaths"], &linux["readonlyPaths"]), (&Value::Null, &Value::Null));
    let devices = linux["devices"].as_array().unwrap();
    assert!(devices.iter().any(|device| device["path"] == "/dev/null"));
    let sysfs = with["spec"]["mounts"].as_array().unwrap().iter().find(|mount| mount["type"] == "sysfs");
    assert_eq!(sysfs.unwrap()["options"], json!(["nosuid", "noexec", "nodev", "rw"]));
    assert_eq!(
        with["spec"]["process"]["capabilities"]["effective"],
        json!(crate::sys::own_capabilities().unwrap())
    );
}

#[test]
fn a_seccomp_profile_and_an_environment_are_read_from_files() {
    let scratch = hcn_test::Scratch::new();
    let profile = scratch.file("profile.json", r#"{"defaultAction":"SCMP_ACT_ALLOW"}"#).display().to_string();
    let env = scratch.file("env", "A=1\nB=2\n").display().to_string();
    let with =
        document(L, &["--seccomp", "--seccomp-profile", &profile, "--env-file", &env, "-e", "B=3"]).unwrap();
    assert_eq!(with["spec"]["linux"]["seccomp"], json!({"defaultAction": "SCMP_ACT_ALLOW"}));
    assert_eq!(with["spec"]["process"]["env"].as_array().unwrap()[1..], [json!("A=1"), json!("B=3")]);
    let windows = document(W, &["--env-file", &env]).unwrap();
    assert_eq!(windows["spec"]["process"]["env"], json!(["A=1", "B=2"]));
}

/// The environment and the notes of a plan with these flags.
fn env_of(flags: &[&str]) -> (Vec<String>, String) {
    let options =
        RunOptions::new(parsed(&[flags, &["busybox", "t1"]].concat()), &mut Files::there(), L).unwrap();
    let Source::Image(wanted) = options.source else { panic!("it is an image") };
    let planned = with_image(L, *wanted, |_| {});
    let env = spec(&planned.plan)["process"]["env"].clone();
    let env: Vec<String> = serde_json::from_value(env).unwrap();
    (env.into_iter().filter(|entry| !entry.starts_with("PATH=")).collect(), planned.notes.join("\n"))
}

#[test]
fn of_two_env_files_the_last_counts_and_an_empty_name_is_none() {
    let scratch = hcn_test::Scratch::new();
    let [one, two] = [("one", "A=1\nB=1\n"), ("two", "B=2\n")]
        .map(|(name, text)| scratch.file(name, text).display().to_string());
    assert_eq!(env_of(&["--env-file", &one, "--env-file", &two]).0, ["B=2"]);
    assert_eq!(env_of(&["--env-file", &one, "--env-file", "", "-e", "C=3"]).0, ["C=3"]);
}

#[test]
fn a_variable_without_a_value_is_noted_and_so_is_the_first_comment_of_a_file() {
    let scratch = hcn_test::Scratch::new();
    let file = scratch.file("x.env", "A=1\n# of A\nHOME\n\n  # B=2\n").display().to_string();
    let (env, notes) = env_of(&["--env-file", &file, "-e", "A", "-e", "", "-e", "C=3"]);
    assert_eq!(env, ["  # B=2", "C=3"], "as with ctr");
    insta::assert_snapshot!(notes.replace(&file, "[FILE]"), @"
    line 2 of --env-file `[FILE]` is no comment but a variable, as with ctr; take such lines out
    `HOME` in line 3 of --env-file `[FILE]` has no value, so it only takes back an earlier one; write HOME=VALUE
    --env A has no value, so it only takes back an earlier one; write A=VALUE
    ");
}

#[test]
#[cfg_attr(windows, ignore = "Linux' paths")]
fn a_folder_takes_the_place_of_an_image() {
    let args = parsed(&["--rootfs", "-u", "joe", "/srv/root", "t1", "ls"]);
    let settings = Settings::new(&Global::default(), &args.places, &Environment::default(), L).unwrap();
    let options = RunOptions::new(args, &mut Files::there(), L).unwrap();
    let Source::Rootfs(folder, wanted) = options.source.clone() else { panic!("it is a folder") };
    let workload = Workload::Rootfs(folder, wanted);
    let planned =
        plan(Inputs { settings: &settings, options: &options, workload, facts: facts(L), pulled: false })
            .unwrap();
    let record = container(&planned.plan);
    assert_eq!(spec(&planned.plan)["root"], json!({"path": "/srv/root"}));
    assert_eq!((&record.image, &record.snapshot), (&None, &None));
    let user = super::super::User { name: "joe".into(), of_image: false, rootfs: Some("/srv/root".into()) };
    assert_eq!(record.user, Some(user));
    assert!(!planned.plan.steps().any(|step| matches!(step, Step::Names(_) | Step::Snapshot { .. })));
}

#[test]
fn what_cannot_be_is_refused_with_the_fix() {
    let lines: [&[&str]; 22] = [
        &["--cpus", "x"],
        &["--cpus", "1", "--cpu-quota", "5"],
        &["--memory-limit", "1g"],
        &["--rlimit-nofile", "9:5"],
        &["--cap-add", "NET_ADMIN"],
        &["--privileged-without-host-devices"],
        &["--seccomp"],
        &["--seccomp-profile", "/x"],
        &["--with-ns", "net:/x"],
        &["--with-ns", "network:x"],
        &["--annotation", "k"],
        &["--device", "/nosuch"],
        &["--add-host", "db"],
        &["--add-host", "db:x"],
        &["--dns", "localhost"],
        &["--net", "host"],
        &["--net-host", "--dns", "192.0.2.1"],
        &["--net-host", "--with-ns", "network:/x"],
        &["--dns", "192.0.2.1", "-v", "/tmp:/etc"],
        &["--runc-systemd-cgroup"],
        &["--runtime", "x", "--no-pivot"],
        &["-u", "a:b:c"],
    ];
    let refused: Vec<_> = lines.iter().map(|line| document(L, line).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(refused.join("\n"), @r"
    cannot use --cpus `x`: it is not a number such as 1.5; write one
    cannot use --cpus with --cpu-quota or --cpu-period: it sets both of them; leave one or the other out
    cannot use --memory-limit `1g`: it is not a number of bytes; write one
    cannot use --rlimit-nofile `9:5`: the soft limit is beyond the hard one; write it as in 1024:4096
    cannot use --cap-add `NET_ADMIN`: it does not begin with CAP_; write it as in CAP_NET_ADMIN
    --privileged-without-host-devices has no effect without --privileged; add it
    --seccomp without a profile is not supported: hcn brings none along; name one with --seccomp-profile
    --seccomp-profile has no effect without --seccomp; add it
    cannot use --with-ns `net:/x`: `net` is none of pid, network, uts, mount, user, ipc, cgroup; write it as in network:/run/netns/NAME
    cannot use --with-ns `network:x`: its path is not absolute; write it as in network:/run/netns/NAME
    cannot use --annotation `k`: it is not KEY=VALUE; write it so
    cannot use --device `/nosuch`: No such file or directory (os error 2); name a device node, or a folder of them
    cannot use --add-host `db`: it is not NAME:ADDRESS; write NAME:ADDRESS, as in db:192.0.2.7
    cannot use --add-host `db:x`: `x` is no IP address; write NAME:ADDRESS, as in db:192.0.2.7
    cannot use --dns `localhost`: it is no IP address; write one, as in 192.0.2.53
    cannot use --net `host`: there is no such way; choose cni, none, or on Windows nat
    --dns has no effect with --net-host: the container has the host's network; leave one of them out
    --with-ns network has no effect with --net-host: the container has the host's network; leave one of them out
    --dns has no effect with a mount of your own at /etc/resolv.conf; write it there, or leave one of them out
    --runc-systemd-cgroup needs --cgroup, as in --cgroup machine.slice:hcn:NAME; add it
    --no-pivot has no effect with a runtime other than io.containerd.runc.v2; leave one of them out
    cannot run as user `a:b:c`: it is not USER[:GROUP]; write it as in root, joe:staff or 1000:1000
    ");
    let windows: [&[&str]; 3] =
        [&["--cpu-count", "1", "--cpu-max", "5"], &["--cpu-shares", "10001"], &["--device", "x"]];
    let refused: Vec<_> = windows.iter().map(|line| document(W, line).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(refused.join("\n"), @r"
    cannot use more than one of --cpu-count, --cpu-shares and --cpu-max: Windows takes one; leave the others out
    cannot use --cpu-shares `10001`: Windows takes 1 to 10000; choose a smaller number
    cannot use --device `x`: it is not IDTYPE://ID; write it as in class://5B45201D-F2F2-4F3B-85BB-30FF1F953599
    ");
}
