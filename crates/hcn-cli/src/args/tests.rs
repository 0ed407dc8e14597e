//! Command lines as people type them, the seed's among them, down to the checked options.

use super::*;
use crate::Failure;
use crate::os::Os;
use crate::run::options::{Files, Io, RunOptions, Source, Wanted};

fn parsed(words: &[&str]) -> Result<(Global, RunArgs), Stop> {
    match parse(words.iter().map(OsString::from))? {
        Cli { global, command: Command::Run(args) } => Ok((global, *args)),
        other => panic!("it is no run: {other:?}"),
    }
}

/// Every file is empty.
fn checked(args: RunArgs, os: Os) -> Result<RunOptions, Failure> {
    RunOptions::new(args, &mut Files::Handed(Box::new(std::io::repeat(0))), os)
}

fn options(words: &[&str], os: Os) -> RunOptions {
    checked(parsed(words).unwrap().1, os).unwrap()
}

fn wanted(options: RunOptions) -> Wanted {
    match options.source {
        Source::Image(wanted) => *wanted,
        Source::Config(file, _) | Source::Rootfs(file, _) => panic!("it has no image but {}", file.display()),
    }
}

/// The message and the exit code of a command line that is refused.
fn refused(words: &[&str]) -> String {
    match parsed(words).and_then(|(_, args)| checked(args, Os::Linux).map_err(Stop::Refused)) {
        Err(Stop::Refused(failure)) => failure.to_string(),
        Err(Stop::Usage(error, true)) => error.to_string().lines().next().unwrap_or_default().to_owned(),
        other => panic!("it was taken: {other:?}"),
    }
}

#[test]
fn the_seed_s_first_command_line_is_understood() {
    let destination = r"c:\Users\ContainerAdministrator\AppData\Local\opam";
    let mount = format!(r"type=bind,src=d:\cache\opam,dst={destination}");
    let opam = "curl.exe -L -o c:\\Windows\\opam.exe https://github.com/ocaml/opam/releases/download/2.3.0/opam-2.3.0-x86_64-windows.exe && opam.exe init --debug-level=3 -y";
    let image = "mcr.microsoft.com/windows/servercore:ltsc2022";
    let line = [
        "hcn",
        "run",
        "--rm",
        "--cni",
        "-user",
        "ContainerAdministrator",
        "-mount",
        &mount,
        image,
        "my-container",
        "cmd",
        "/c",
        opam,
    ];
    let options = options(&line, Os::Windows);
    assert_eq!(options.container.as_deref(), Some("my-container"));
    let wanted = wanted(options);
    assert_eq!((wanted.image.as_str(), wanted.user.as_deref()), (image, Some("ContainerAdministrator")));
    assert_eq!(wanted.command, ["cmd", "/c", opam]);
    assert_eq!(
        (wanted.mounts[0].source.as_deref(), wanted.mounts[0].destination.as_str()),
        (Some(r"d:\cache\opam"), destination)
    );
}

#[test]
fn the_seed_s_last_command_line_is_understood() {
    let options = options(&["hcn", "run", "--rm", "-cni", "--config", "config.json"], Os::Windows);
    assert_eq!(options.source, Source::Config("config.json".into(), Vec::new()));
    assert_eq!(options.container, None);
}

#[test]
fn ctr_s_global_flags_stand_before_and_behind_the_command() {
    let before = [
        "hcn",
        "-a",
        "/c.sock",
        "-n",
        "k8s.io",
        "--timeout",
        "90s",
        "-connect-timeout=5s",
        "-debug",
        "run",
        "image",
        "t1",
    ];
    let behind = [
        "hcn",
        "run",
        "-address",
        "/c.sock",
        "-n=k8s.io",
        "-timeout=1m30s",
        "--connect-timeout",
        "5s",
        "--debug",
        "image",
        "t1",
    ];
    for line in [&before[..], &behind] {
        let (global, args) = parsed(line).unwrap();
        assert_eq!(global.address.as_deref(), Some("/c.sock"));
        assert_eq!(global.containerd_namespace.as_deref(), Some("k8s.io"));
        assert_eq!(global.timeout, Some(Duration::from_secs(90)));
        assert_eq!(global.connect_timeout, Some(Duration::from_secs(5)));
        assert!(global.verbose);
        assert_eq!(args.operands, ["image", "t1"]);
    }
}

#[test]
fn of_a_global_flag_that_is_given_twice_the_last_counts() {
    let twice =
        ["-a", "/one", "-n=one", "--timeout", "1s", "--connect-timeout=1s", "--state", "/one", "--hns=x"];
    let last =
        ["-a", "/two", "-n=two", "--timeout", "2s", "--connect-timeout=2s", "--state", "/two", "--hns=y"];
    let (debug, image) = (&["--debug", "--verbose"][..], &["image", "t1"][..]);
    let lines = [
        [&["hcn", "run"][..], &twice, &last, debug, image].concat(),
        [&["hcn"][..], &twice, &last, debug, &["run"], image].concat(),
        [&["hcn"][..], &twice, debug, &["run"], &last, debug, image].concat(),
    ];
    for line in lines {
        let (global, _) = parsed(&line).unwrap();
        let texts = [global.address, global.containerd_namespace, global.hns].map(Option::unwrap);
        assert_eq!(texts, ["/two", "two", "y"], "{line:?}");
        assert_eq!([global.timeout, global.connect_timeout], [Some(Duration::from_secs(2)); 2], "{line:?}");
        assert_eq!((global.state, global.verbose), (Some("/two".into()), true), "{line:?}");
    }
    assert!(parse(["hcn", "-a", "/one", "ps", "-a", "/two"].map(OsString::from)).is_ok(), "another command");
}

#[test]
fn what_follows_the_image_is_the_container_s() {
    let line = ["hcn", "run", "-i", "image", "t1", "tool", "-cni", "--tty", "--", "-e", "x"];
    let options = options(&line, Os::Linux);
    assert_eq!(options.io, Io::Passed { interactive: true });
    assert_eq!(wanted(options).command, ["tool", "-cni", "--tty", "--", "-e", "x"]);
}

#[test]
fn a_detached_terminal_is_asked_for_as_people_type_it() {
    let asked = options(&["hcn", "run", "-dit", "-pid-file", "/p", "image", "t1", "sh"], Os::Linux);
    assert_eq!((asked.detach, asked.tty, asked.pid_file), (true, true, Some("/p".into())));
    assert_eq!(asked.io, Io::Passed { interactive: true });
    let logged = options(&["hcn", "run", "--detach", "-log-uri=binary:///x?a=b", "image", "t1"], Os::Linux);
    assert_eq!(logged.io, Io::Log("binary:///x?a=b".into()));
}

#[test]
fn labels_and_environment_are_collected_in_order() {
    let line = ["hcn", "run", "-e", "A=1", "--env=B=2=3", "-label", "k", "--label", "a=b=c", "image", "t1"];
    let options = options(&line, Os::Linux);
    assert_eq!(options.labels, [("a".into(), "b=c".into()), ("k".into(), "true".into())].into());
    assert_eq!(wanted(options).env, ["A=1", "B=2=3"]);
}

#[test]
fn mounts_keep_the_order_in_which_they_were_typed() {
    let mounts = [
        "-v",
        "/a:/1",
        "--mount",
        "type=tmpfs,dst=/2",
        "--volume=/b:/3",
        "-mount=type=tmpfs,dst=/4",
        "-v/c:/5",
    ];
    let line = [&["hcn", "run", "-i"], &mounts[..], &["image", "t1"]].concat();
    let mounts = wanted(options(&line, Os::Linux)).mounts;
    let order: Vec<_> = mounts.iter().map(|mount| mount.destination.as_str()).collect();
    assert_eq!(order, ["/1", "/2", "/3", "/4", "/5"]);
}

#[test]
fn the_end_of_the_run_can_not_be_asked_away() {
    insta::assert_snapshot!(refused(&["hcn", "run", "--rm=false", "image", "t1"]), @"error: unexpected value 'false' for '--rm' found; no more were expected");
}

#[test]
fn each_refusal_names_the_flag_the_reason_and_the_fix() {
    let lines = [
        &["hcn", "-namespace", "k8s.io", "run", "image", "t1"][..],
        &["hcn", "run", "--namespace=k8s.io", "image", "t1"],
        &["hcn", "run", "-t", "--null-io", "image", "t1"],
        &["hcn", "run", "-di", "image", "t1"],
        &["hcn", "run", "-i", "--log-uri", "file:///x", "image", "t1"],
        &["hcn", "run", "-dit", "--log-uri", "file:///x", "image", "t1"],
        &["hcn", "run", "-i", "--null-io", "image", "t1"],
        &["hcn", "run", "-u", "a:b:c", "image", "t1"],
        &["hcn", "run", "--log-uri", "/var/log/x", "image", "t1"],
        &["hcn", "run", "--log-uri", "file://var/log/x", "image", "t1"],
        &["hcn", "run", "--log-uri", "file:///x", "--null-io", "image", "t1"],
        &["hcn", "run", "-gpus", "1", "image", "t1"],
        &["hcn", "run", "--isolated", "image", "t1"],
        &["hcn", "run", "--nosuch", "image", "t1"],
        &["hcn", "run"],
        &["hcn", "run", "image"],
        &["hcn", "run", "image", "a/b"],
        &["hcn", "run", "--config", "config.json", "t1", "sh"],
        &["hcn", "run", "--config", "config.json", "-e", "A=B", "t1"],
        &["hcn", "run", "--label", "=x", "image", "t1"],
        &["hcn", "run", "--label", "io.github.hcn-rs.hcn/run=x", "image", "t1"],
        &["hcn", "run", "-o", "json", "image", "t1"],
    ];
    let answers: Vec<_> = lines.iter().map(|line| refused(line)).collect();
    insta::assert_snapshot!(answers.join("\n"), @r"
    --namespace is ambiguous: it can mean containerd's namespace (a tenant) or a network namespace; use -n/--containerd-namespace for the first, and name the second in config.json
    --namespace is ambiguous: it can mean containerd's namespace (a tenant) or a network namespace; use -n/--containerd-namespace for the first, and name the second in config.json
    --tty and --null-io exclude each other: a terminal has streams; leave one out
    --interactive has no effect with --detach: nobody's input could be passed on; leave it out, or add --tty, whose input stays open
    --interactive has no effect with --log-uri: there is no standard input then, as with ctr; leave one out
    --interactive has no effect with --log-uri: there is no standard input then, as with ctr; leave one out
    --interactive and --null-io exclude each other: standard input is a stream; leave one out
    cannot run as user `a:b:c`: it is not USER[:GROUP]; write it as in root, joe:staff or 1000:1000
    cannot use --log-uri `/var/log/x`: it is no URI; write file:///PATH or binary:///PROGRAM
    cannot use --log-uri `file://var/log/x`: its path is not whole; write three slashes, as in file:///var/log/box.log
    --log-uri and --null-io exclude each other: the output goes either somewhere or nowhere; leave one out
    --gpus is not supported: devices of GPUs come from the vendor's hook or CDI files, which hcn does not read; write what they say into a config.json and run that with --config
    --isolated is not supported: Hyper-V isolates containers on Windows only; leave it out
    error: unexpected argument '--nosuch' found
    nothing to run: neither an image nor --config was given; write hcn run IMAGE ID, or hcn run --config config.json
    cannot run `image`: the container has no id; write hcn run image ID
    cannot use `a/b` as container id: it may hold letters and digits, and single `.`, `_` and `-` between them; choose another
    cannot use `sh` behind the id `t1`: with --config the command is process.args of config.json; leave it out
    --env has no effect with --config: the spec is run as it is; write it into config.json
    cannot use --label `=x`: its key is empty; choose another
    cannot use --label `io.github.hcn-rs.hcn/run=x`: hcn marks what is its own with it; choose another
    --output has no effect without --dry-run; add it, or leave --output out
    ");
}

#[test]
fn every_flag_stands_once_in_the_table() {
    command().debug_assert();
}

#[test]
fn the_way_of_the_network_is_chosen_by_name_and_that_of_hcn_on_windows_alone() {
    let line =
        ["hcn", "run", "--net", "nat", "--network", "lab", "--dns", "1.1.1.1", "--dns", "::1", "image", "t1"];
    let chosen = options(&line, Os::Windows);
    assert_eq!((chosen.net, chosen.network.as_deref(), chosen.dns.len()), (Some(Net::Nat), Some("lab"), 2));
    let on_windows = |line: &[&str]| checked(parsed(line).unwrap().1, Os::Windows).unwrap_err().to_string();
    let refusals = [
        refused(&line),
        refused(&["hcn", "run", "--network", "lab", "image", "t1"]),
        on_windows(&["hcn", "run", "--net", "cni", "--network", "lab", "image", "t1"]),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @r"
    --net nat is not supported: it makes the endpoint through HCN, which is on Windows only; leave it out, and the CNI configuration is used
    --network is not supported: it belongs to --net nat, which needs HCN, on Windows only; write it into the CNI configuration
    --network has no effect with --net cni; write it into the CNI configuration, or choose --net nat
    ");
}

#[test]
fn run_is_the_same_with_the_other_commands_and_alone() {
    let [whole, alone] = [command(), run_alone()].map(|mut command| {
        command.build();
        let run = command.find_subcommand_mut("run").unwrap();
        (run.render_long_help().to_string(), run.render_usage().to_string(), format!("{run:?}"))
    });
    assert_eq!(whole, alone);
}
