//! The containers that ctr and hcn make of the same command line, as containerd has them: the same in every member but
//! those of [`DIFFERENCES`].

use std::collections::BTreeSet;

use hcn_cli::args::DIFFERENCES;
use hcn_test::{IMAGE, Program, Release, require, tools};
use serde_json::{Value, json};

use super::lab::{Lab, lab};

/// Flags of one command line; what stands for places is filled in. All of them both programs have.
const LINES: [&str; 25] = [
    "",
    "--env A=1 --env PATH=/bin",
    "--env-file SCRATCH/env --env B=3",
    "--cwd /tmp",
    "--read-only",
    "--label k=v --label bare",
    "--annotation k=v --label k=label",
    "--mount type=bind,src=/etc,dst=/opt,options=rbind:ro",
    "--mount type=tmpfs,src=tmpfs,dst=/opt,options=mode=755:nosuid",
    "--privileged",
    "--cap-add CAP_SYS_NICE --cap-add CAP_CHOWN",
    "--cap-drop CAP_MKNOD --cap-drop CAP_NET_RAW",
    "--allow-new-privs",
    "--seccomp --seccomp-profile SCRATCH/seccomp.json",
    "--memory-limit 67108864",
    "--cpu-quota 50000 --cpu-period 100000",
    "--cpus 1.5",
    "--cpu-shares 512",
    "--cgroup /NAMESPACE/elsewhere",
    "--device /dev/fuse",
    "--with-ns ipc:/proc/self/ns/ipc",
    "--rootfs-propagation private",
    "--net-host",
    "--no-pivot",
    "--snapshotter-label k=v --runc-root SCRATCH/runc",
];

/// The command of the containers: it says that it runs, as it is told to, and ends with its standard input.
const COMMAND: &str = "cat";

fn words(lab: &Lab, line: &str) -> Vec<String> {
    let scratch = lab.daemon.scratch();
    scratch.file("env", "A=1\nB=2\n\nC\n");
    scratch
        .file("seccomp.json", r#"{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64"]}"#);
    let line = line.replace("SCRATCH", &scratch.path().display().to_string());
    line.replace("NAMESPACE", lab.daemon.namespace()).split_whitespace().map(str::to_owned).collect()
}

fn info(lab: &Lab, id: &str) -> Value {
    let told = lab.daemon.ctr(&format!("containers info {id}")).success().stdout();
    serde_json::from_str(&told).expect("ctr prints JSON")
}

/// The record of a container that ctr runs.
fn ctrs(lab: &Lab, flags: &[String], image: &str, id: &str) -> Value {
    let ctr = lab.daemon.program(tools::need_of(lab.daemon.release(), "ctr"));
    record_of(lab, ctr.args(["run", "--rm"]).args(flags).args([image, id]), id)
}

/// The record of a container that hcn runs. Should it not get on, its log tells how far it came.
fn ours(lab: &Lab, flags: &[String], image: &str, id: &str) -> Value {
    record_of(lab, lab.hcn_run().env("HCN_LOG", "debug").arg("-i").args(flags).args([image, id]), id)
}

fn record_of(lab: &Lab, program: Program, id: &str) -> Value {
    let mut running = program.arg(COMMAND).spawn();
    running.write(b"up\n");
    running.wait_for_stdout("up");
    let record = info(lab, id);
    running.close_stdin();
    running.wait().success();
    record
}

/// Where two documents differ, a line each.
fn unlike(path: &str, ours: &Value, ctrs: &Value) -> Vec<String> {
    match (ours, ctrs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            keys.iter().flat_map(|key| unlike(&format!("{path}.{key}"), &ours[*key], &ctrs[*key])).collect()
        }
        _ if ours == ctrs => Vec::new(),
        _ => vec![format!("{path}: hcn {ours}, ctr {ctrs}")],
    }
}

/// Takes out what must differ, and says which rows of the table that were.
fn differing(ours: &mut Value, ctrs: &mut Value) -> BTreeSet<&'static str> {
    DIFFERENCES.iter().filter(|(member, _)| differs(member, ours, ctrs)).map(|(member, _)| *member).collect()
}

fn differs(member: &str, ours: &mut Value, ctrs: &mut Value) -> bool {
    let before = (ours.clone(), ctrs.clone());
    for record in [&mut *ours, &mut *ctrs] {
        take_out(member, record);
    }
    // It differed exactly if what was taken out was not the same on both sides.
    let taken = |before: &Value, after: &Value| (before != after).then(|| before.clone());
    taken(&before.0, ours) != taken(&before.1, ctrs)
}

/// Takes a member of the table out of a record.
fn take_out(member: &str, record: &mut Value) {
    let is_file = |mount: &Value| {
        ["/etc/hosts", "/etc/resolv.conf"].iter().any(|file| mount["destination"] == *file)
            && mount["source"] != mount["destination"]
    };
    match member {
        "CreatedAt, UpdatedAt" => {
            ["CreatedAt", "UpdatedAt"].iter().for_each(|time| record[*time] = Value::Null)
        }
        "SnapshotKey" => record["SnapshotKey"] = Value::Null,
        "Labels[io.github.hcn-rs.hcn/run]" => {
            // Go writes `null` where there are none.
            let labels = record["Labels"].as_object_mut();
            labels.into_iter().for_each(|labels| drop(labels.remove("io.github.hcn-rs.hcn/run")));
            if record["Labels"].is_null() {
                record["Labels"] = json!({});
            }
        }
        "Spec.ociVersion" => record["Spec"]["ociVersion"] = Value::Null,
        "Spec.linux.maskedPaths[*]" => {
            let paths = record["Spec"]["linux"]["maskedPaths"].as_array_mut();
            paths.into_iter().for_each(|paths| paths.retain(|path| path != "/sys/devices/virtual/powercap"));
        }
        "Spec.linux.namespaces[*].path" => {
            let namespaces = record["Spec"]["linux"]["namespaces"].as_array_mut().expect("it has some");
            let network = namespaces.iter_mut().find(|namespace| namespace["type"] == "network");
            network
                .and_then(Value::as_object_mut)
                .into_iter()
                .for_each(|network| drop(network.remove("path")));
        }
        "Spec.mounts[*]" => {
            record["Spec"]["mounts"].as_array_mut().expect("it has some").retain(|mount| !is_file(mount));
        }
        "Spec.process.env[*]" if record["Image"] == "" => {
            let env = record["Spec"]["process"]["env"].as_array_mut();
            env.into_iter().for_each(|env| env.retain(|entry| !entry.to_string().starts_with("\"PATH=")));
        }
        "Spec.process.env[*]" => {}
        "Runtime.Options" => {
            // `no_pivot_root` is field 1 of runc's options.
            if record["Runtime"]["Options"]["value"] == "CAE=" {
                record["Runtime"]["Options"]["value"] = Value::Null;
            }
        }
        other => panic!("{other} is a row of the table, and this test does not know it"),
    }
}

fn compare(lab: &Lab, line: &str, number: usize) -> BTreeSet<&'static str> {
    let flags = words(lab, line);
    let id = format!("drop-in-{number}");
    let (mut ctrs, mut ours) = (ctrs(lab, &flags, IMAGE, &id), ours(lab, &flags, IMAGE, &id));
    let differing = differing(&mut ours, &mut ctrs);
    assert_eq!(unlike("", &ours, &ctrs), Vec::<String>::new(), "{line}");
    differing
}

#[test]
fn containers_are_ctr_s_own_but_for_the_members_of_the_table() {
    require!(Root, Containerd);
    let mut differed: BTreeSet<&str> = BTreeSet::new();
    for (number, line) in LINES.iter().enumerate() {
        differed.extend(lab(move |lab| compare(lab, line, number)));
    }
    // A folder is run without an image: compared by the test below.
    differed.insert("Spec.process.env[*]");
    let stale: Vec<_> = DIFFERENCES.iter().filter(|(member, _)| !differed.contains(member)).collect();
    assert_eq!(stale, Vec::<&(&str, &str)>::new(), "these do not differ");
}

/// What an image's `USER` may be, by name and number, with and without a group.
const USERS: [&str; 9] = ["", "root", "joe", "1000", "4711", "joe:staff", "1000:1000", "0:0", "4711:users"];

/// A container of an image with this `USER`; ctr's flag `--user` came with 1.7.
fn compare_users(lab: &Lab, user: &str) {
    let image = "docker.io/library/of-user:latest";
    lab.daemon.import_image_of_user(image, user).expect("it can be imported");
    let lines: &[&str] = match lab.daemon.release() {
        Release::Host => &[""],
        Release::Two => &["", "--user joe", "--user joe:staff", "--user 1000:1000", "--user 4711"],
    };
    for line in lines {
        let flags = words(lab, line);
        let (mut ctrs, mut ours) = (ctrs(lab, &flags, image, "user"), ours(lab, &flags, image, "user"));
        differing(&mut ours, &mut ctrs);
        assert_eq!(unlike("", &ours, &ctrs), Vec::<String>::new(), "USER {user}, {line}");
    }
    lab.daemon.ctr(&format!("images rm --sync {image}")).success();
}

#[test]
fn the_user_of_an_image_and_its_groups_are_ctr_s_own() {
    require!(Root, Containerd);
    lab(|lab| USERS.iter().for_each(|user| compare_users(lab, user)));
}

#[test]
fn a_terminal_s_kind_that_was_asked_for_stays_the_only_one() {
    require!(Root, Containerd);
    let (ours, ctrs) = lab(|lab| {
        let flags = ["--tty", "--env", "TERM=vt100", IMAGE, "kind"];
        lab.hcn_run().arg("-d").args(flags).arg(COMMAND).run().success();
        let ours = info(lab, "kind");
        lab.hcn(&["rm", "-f", "kind"]).run().success();
        let create = ["containers", "create", "--snapshotter", lab.daemon.snapshotter()];
        let ctr = lab.daemon.program(tools::need_of(lab.daemon.release(), "ctr"));
        ctr.args(create).args(flags).arg(COMMAND).run().success();
        let ctrs = info(lab, "kind");
        lab.daemon.ctr("containers delete kind").success();
        (ours, ctrs)
    });
    let kinds = |record: &Value| {
        let env: Vec<String> =
            serde_json::from_value(record["Spec"]["process"]["env"].clone()).expect("texts");
        env.into_iter().filter(|entry| entry.starts_with("TERM=")).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&ours), ["TERM=vt100"]);
    assert_eq!(kinds(&ctrs), ["TERM=vt100", "TERM=xterm"]);
}

#[test]
fn a_container_on_a_folder_is_ctr_s_own_too() {
    require!(Root, Containerd);
    let (mut ours, mut ctrs) = lab(|lab| {
        let root = super::rootfs::folder(lab, "drop-in").display().to_string();
        let ours = record_of(lab, lab.hcn_run().args(["-i", "--rootfs", &root, "folder"]), "folder");
        let create = ["containers", "create", "--rootfs", &root, "folder"];
        lab.daemon
            .program(tools::need_of(lab.daemon.release(), "ctr"))
            .args(create)
            .arg(COMMAND)
            .run()
            .success();
        let ctrs = info(lab, "folder");
        lab.daemon.ctr("containers delete folder").success();
        (ours, ctrs)
    });
    assert!(differing(&mut ours, &mut ctrs).contains("Spec.process.env[*]"));
    // `ctr run` writes the shares always, `ctr containers create` never.
    assert_eq!(ours["Spec"]["linux"]["resources"]["cpu"].take(), json!({"shares": 1024}));
    for record in [&mut ours, &mut ctrs] {
        record["Spec"]["linux"]["resources"].as_object_mut().expect("it has some").remove("cpu");
        if record["Spec"]["process"]["env"] == json!([]) {
            record["Spec"]["process"].as_object_mut().expect("it is an object").remove("env");
        }
    }
    assert_eq!(unlike("", &ours, &ctrs), Vec::<String>::new());
}
