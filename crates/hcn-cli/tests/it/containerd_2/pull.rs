//! Pulling from a real registry on loopback: what works, how it fails, and that nothing is left of a pull that failed.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use hcn_test::{Daemon, IMAGE, Output, Program, Registry, Release, require};
use insta::assert_snapshot;

use super::lab::{Lab, lab, names_hidden};

/// How large the layer is that only the registry has, and how much of it is handed on before the trouble begins: more
/// than any other answer of a registry holds.
const SIZE: usize = 1_000_000;
const PART: usize = 300_000;

fn hidden() -> impl Drop {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "[REGISTRY]");
    settings.add_filter(r"sha256:[0-9a-f]{64}", "[DIGEST]");
    settings.bind_to_scope()
}

/// `hcn run --pull … IMAGE ID COMMAND`
fn pull(lab: &Lab, when: &str, image: &str, id: &str) -> Program {
    lab.hcn_run().args(["--pull", when, image, id, "sh", "-c", "wc -c < /large"])
}

/// What a pull that worked brought is to stay: here it goes.
fn remove(lab: &Lab, image: &str) {
    lab.daemon.ctr(&format!("images rm --sync {image}")).success();
}

/// What happens between the daemon and a registry, once part of the layer was handed on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The connection is cut, and so is the next one after as much.
    Cut,
    /// The connection is cut, and no other brings anything.
    Death,
    /// Nothing more comes.
    Silence,
}

/// Its port, and what tells of each time.
fn proxy(registry: &Registry, trouble: Trouble) -> (u16, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let (port, to) = (listener.local_addr().expect("it listens").port(), registry.port());
    let (tell, told) = channel();
    let dead = Arc::new(AtomicBool::new(false));
    thread::spawn(move || {
        for client in listener.incoming().flatten().filter(|_| !dead.load(Ordering::Relaxed)) {
            let (tell, dead) = (tell.clone(), Arc::clone(&dead));
            thread::spawn(move || {
                if part_of_an_answer(&client, to) {
                    dead.store(trouble == Trouble::Death, Ordering::Relaxed);
                    let _ = tell.send(());
                    if trouble == Trouble::Silence {
                        thread::park();
                    }
                }
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    });
    (port, told)
}

/// Hands on what the client says and what the registry answers; was that answer too long?
fn part_of_an_answer(client: &TcpStream, registry: u16) -> bool {
    let Ok(server) = TcpStream::connect(("127.0.0.1", registry)) else { return false };
    let [mut from, mut into] = [client, &server].map(|stream| stream.try_clone().expect("a clone"));
    thread::spawn(move || std::io::copy(&mut from, &mut into));
    let cut = hand_on(&server, client);
    let _ = server.shutdown(Shutdown::Both);
    cut
}

/// Was it more than the limit?
fn hand_on(mut from: &TcpStream, mut to: &TcpStream) -> bool {
    let (mut buffer, mut handed) = ([0; 16 * 1024], 0);
    while handed <= PART {
        let Ok(count @ 1..) = from.read(&mut buffer) else { return false };
        if to.write_all(&buffer[..count]).is_err() {
            return false;
        }
        handed += count;
    }
    true
}

#[test]
fn a_missing_image_is_pulled_once_and_always_asks_again() {
    require!(Root, Containerd);
    let (first, again) = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:latest", SIZE).unwrap();
        let image = registry.name("lab/tool");
        let first = pull(lab, "missing", &image, "first").run();
        let log_of = |when, id| {
            let before = registry.log().lines().count();
            pull(lab, when, &image, id).run().success();
            registry.log().lines().count() - before
        };
        let again = [log_of("missing", "second"), log_of("always", "third")];
        remove(lab, &registry.name("lab/tool:latest"));
        (first, again)
    });
    assert_eq!(first.snapshot(), "exit 0\nstdout: 1000000");
    assert!(again[0] == 0 && again[1] > 0, "requests of the second and the third run: {again:?}");
}

#[test]
fn never_pulls_nothing_and_neither_does_a_dry_run() {
    require!(Root, Containerd);
    let _hidden = hidden();
    let refused = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:1", 10).unwrap();
        let never = pull(lab, "never", &registry.name("lab/tool:1"), "never").run();
        let dry = lab.hcn_run().args(["--dry-run", &registry.name("lab/tool:1"), "dry"]).run();
        assert_eq!((registry.log().matches("GET").count(), dry.exit), (0, 125));
        never.snapshot().split(" in containerd's").next().unwrap_or_default().to_owned()
    });
    assert_snapshot!(refused, @r"
    exit 125
    stderr: hcn: cannot run image `[REGISTRY]/lab/tool:1`: it is not
    ");
}

#[test]
fn two_pulls_of_one_image_at_once_are_fine() {
    require!(Root, Containerd);
    let both = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:1", SIZE).unwrap();
        let image = registry.name("lab/tool:1");
        let running = ["one", "two"].map(|id| pull(lab, "missing", &image, id).spawn());
        let both = running.map(|run| run.wait().snapshot());
        remove(lab, &image);
        both
    });
    assert_eq!(both, ["exit 0\nstdout: 1000000"; 2]);
}

/// A pull through trouble; `lab` insists that nothing is left of one that failed.
fn through(lab: &Lab, trouble: Trouble) -> Output {
    let registry = Registry::start(&lab.daemon).expect("a registry serves");
    registry.push("lab/tool:1", SIZE).expect("a registry serves");
    let (port, _) = proxy(&registry, trouble);
    let image = format!("127.0.0.1:{port}/lab/tool:1");
    let done = pull(lab, "missing", &image, "through").run();
    if done.exit == 0 {
        remove(lab, &image);
    }
    done
}

#[test]
fn a_connection_that_is_cut_again_and_again_goes_on() {
    require!(Root, Containerd);
    let done = lab(|lab| through(lab, Trouble::Cut).snapshot());
    assert_eq!(done, "exit 0\nstdout: 1000000");
}

#[test]
fn a_registry_that_dies_in_the_middle_of_a_layer_fails_the_pull_and_leaves_nothing() {
    require!(Root, Containerd);
    let failed = lab(|lab| through(lab, Trouble::Death));
    let said = failed.stderr();
    assert_eq!((failed.exit, said.lines().count()), (125, 1), "{said}");
    assert!(said.starts_with("hcn: cannot pull image `127.0.0.1:") && said.contains("lab/tool:1"), "{said}");
}

#[test]
fn a_layer_that_is_not_what_its_digest_says_is_refused() {
    require!(Root, Containerd);
    let _hidden = hidden();
    let refused = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        let layer = registry.push("lab/tool:1", SIZE).unwrap();
        let mut bytes = std::fs::read(registry.blob(&layer)).unwrap();
        bytes[SIZE / 2] ^= 1;
        std::fs::write(registry.blob(&layer), bytes).unwrap();
        pull(lab, "missing", &registry.name("lab/tool:1"), "wrong").run().snapshot()
    });
    assert_snapshot!(refused, @r#"
    exit 125
    stderr: hcn: cannot pull image `[REGISTRY]/lab/tool:1`: failed commit on ref "layer-[DIGEST]": unexpected commit digest [DIGEST], expected [DIGEST]: failed precondition; look at the registry, and try again
    "#);
}

#[test]
fn a_term_during_a_pull_leaves_nothing() {
    require!(Root, Containerd);
    let stopped = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:1", SIZE).unwrap();
        let (port, told) = proxy(&registry, Trouble::Silence);
        let running = pull(lab, "missing", &format!("127.0.0.1:{port}/lab/tool:1"), "stopped").spawn();
        told.recv().expect("the layer comes half");
        running.terminate();
        running.wait().snapshot()
    });
    assert_snapshot!(stopped, @r"
    exit 143
    stderr: hcn: stopped by SIGTERM before the container was started
    ");
}

/// A run with half a layer pulled is ended by another command; answers how both ended. Nothing is left by then.
fn ended_from_outside(lab: &Lab, registry: &Registry, flags: &[&str], command: &[&str]) -> String {
    let (port, told) = proxy(registry, Trouble::Silence);
    let image = format!("127.0.0.1:{port}/lab/tool:1");
    let running = lab.hcn_run().args(flags).args([&image, "early", "true"]).spawn();
    told.recv().expect("the layer comes half");
    let ended = lab.hcn(command).run().snapshot();
    let runs = std::fs::read_dir(lab.daemon.hcn_state().join("runs")).expect("there was one");
    assert_eq!(runs.count(), 0, "{command:?}");
    assert!(!lab.daemon.state().iter().any(|line| line.starts_with("ingest ")), "half a layer is left");
    format!("{ended}\n{}", running.wait().snapshot())
}

#[test]
fn a_run_that_pulls_is_stopped_and_removed_and_leaves_nothing() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:1", SIZE).unwrap();
        let cases = [
            (&[][..], &["stop", "early"][..]),
            (&["-d"], &["stop", "early"]),
            (&["-d"], &["rm", "-f", "early"]),
        ];
        cases.map(|(flags, command)| ended_from_outside(lab, &registry, flags, command))
    });
    assert!(ended[1] == ended[0] && ended[2] == ended[0], "{ended:?}");
    assert_snapshot!(ended[0], @r"
    exit 0
    stdout: early
    exit 143
    stderr: hcn: stopped by SIGTERM before the container was started
    ");
}

#[test]
fn a_daemon_that_goes_away_during_a_pull_leaves_a_journal_by_which_all_is_removed() {
    require!(Root, Containerd);
    let mut daemon = Daemon::start_release(Release::of(module_path!())).expect("a daemon can be started");
    let registry = Registry::start(&daemon).expect("a registry serves");
    registry.push("lab/tool:1", SIZE).expect("a registry serves");
    let (port, told) = proxy(&registry, Trouble::Silence);
    let before = daemon.state();
    let hcn = |daemon: &Daemon| daemon.program(env!("CARGO_BIN_EXE_hcn"));
    let image = format!("127.0.0.1:{port}/lab/tool:1");
    let running = hcn(&daemon).args(["run", &image, "cut", "true"]).spawn();
    told.recv().expect("the layer comes half");
    daemon.stop();
    let ended = running.wait();
    let said = ended.stderr();
    assert_eq!(ended.exit, 125, "{said}");
    assert!(said.contains("cannot pull image") && said.contains("`hcn gc` tries again"), "{said}");
    daemon.start_again().expect("it starts again");
    hcn(&daemon).arg("gc").run().success();
    assert_eq!(daemon.state_like(&before), before, "{said}");
}

/// A run that is killed with half a layer pulled; answers what it left, and what its journal says.
fn killed(lab: &Lab, registry: &Registry) -> (Vec<String>, String) {
    let (port, told) = proxy(registry, Trouble::Silence);
    let running = pull(lab, "missing", &format!("127.0.0.1:{port}/lab/tool:1"), "killed").spawn();
    told.recv().expect("the layer comes half");
    let before = lab.hcn(&["ps", "-q"]).run().stdout();
    running.signal(rustix::process::Signal::KILL);
    assert_eq!((running.wait().exit, before.as_str()), (137, "killed\n"));
    let kinds = lab.daemon.state().into_iter().filter_map(|line| Some(line.split_once(' ')?.0.to_owned()));
    let mut left: Vec<_> = kinds.filter(|kind| ["lease", "ingest", "run"].contains(&kind.as_str())).collect();
    left.dedup();
    (left, lab.hcn(&["gc", "--dry-run"]).run().snapshot())
}

#[test]
fn what_a_run_leaves_that_is_killed_during_a_pull_one_gc_removes_or_the_next_run() {
    require!(Root, Containerd);
    let _names = names_hidden();
    let (left, shown, cleaned) = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:1", SIZE).unwrap();
        let (left, shown) = killed(lab, &registry);
        let gc = lab.hcn(&["gc"]).run().snapshot();
        assert!(!lab.daemon.state().iter().any(|line| line.starts_with("ingest ")), "half a layer is left");
        killed(lab, &registry);
        (left, shown, [gc, lab.run("next", &["true"]).run().snapshot()])
    });
    assert_eq!(left, ["ingest", "lease", "run"]);
    assert_snapshot!(shown, @"
    exit 0
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] found      killed
                     lease      hcn-[RUN]
    ");
    assert_snapshot!(cleaned.join("\n"), @"
    exit 0
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] removed    killed
    exit 0
    stderr: hcn: note: removed what run [RUN] of container `killed` had left
    ");
}

#[test]
fn a_registry_that_wants_a_password_gets_docker_s() {
    require!(Root, Containerd);
    let _hidden = hidden();
    let said = lab(|lab| {
        let registry = Registry::with_password(&lab.daemon).unwrap();
        let image = registry.name("lab/tool:1");
        registry.push("lab/tool:1", 10).unwrap();
        let path = lab.daemon.env().into_iter().find(|(name, _)| name == "PATH").unwrap().1;
        let helpers = lab.daemon.scratch().folder("helpers");
        let path = std::iter::once(helpers).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).unwrap();
        let run = |config: &str| {
            lab.daemon.scratch().file("docker/config.json", config);
            pull(lab, "missing", &image, "locked").env("PATH", &path).run()
        };
        let auths =
            format!(r#"{{"auths":{{"127.0.0.1:{}":{{"auth":"dXNlcjpzZWNyZXQ="}}}}}}"#, registry.port());
        let helper =
            r#"[ "$1" = get ] && read -r server; echo "{\"Username\":\"user\",\"Secret\":\"secret\"}""#;
        lab.daemon.scratch().script("helpers/docker-credential-lab", helper);
        let answers = [run("{}"), run(r#"{"credsStore":"nosuch"}"#)].map(|said| said.snapshot());
        for config in [auths.as_str(), r#"{"credsStore":"lab"}"#] {
            assert_eq!(run(config).success().stdout(), "10\n");
            remove(lab, &image);
        }
        answers.join("\n")
    });
    assert_snapshot!(said, @r"
    exit 125
    stderr: hcn: cannot pull image `[REGISTRY]/lab/tool:1`: failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials; look at the registry, and try again
    exit 125
    stderr: hcn: cannot pull image `[REGISTRY]/lab/tool:1`: failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials; and the credential helper `docker-credential-nosuch` failed for [REGISTRY]: it is not on PATH; install it, or take it out of config.json; look at the registry, and try again
    ");
}

#[test]
fn an_image_for_a_processor_that_this_one_includes_is_pulled() {
    require!(Root, Containerd);
    let ran = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push_for("lab/old:1", &["386"]).unwrap();
        let ran = pull(lab, "missing", &registry.name("lab/old:1"), "old").run();
        remove(lab, &registry.name("lab/old:1"));
        ran
    });
    assert_eq!(ran.snapshot(), "exit 0\nstdout: 1");
}

#[test]
fn of_several_processors_this_one_s_is_pulled_and_another_where_it_was_asked_for() {
    require!(Root, Containerd);
    let _hidden = hidden();
    let never = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push_for("lab/both:1", &["386", "arm64", "amd64"]).unwrap();
        let image = registry.name("lab/both:1");
        let run = |flags: &[&str], id| lab.hcn_run().args(flags).args([image.as_str(), id, "true"]).run();
        run(&["--platform", "linux/arm64"], "foreign").success();
        let never = run(&["--pull", "never"], "own");
        run(&[], "pulled").success();
        run(&["--pull", "never", "--platform", "amd64"], "there").success();
        remove(lab, &image);
        never.snapshot().split("; pull it").next().unwrap_or_default().to_owned()
    });
    assert_snapshot!(never, @r"
    exit 125
    stderr: hcn: cannot run image `[REGISTRY]/lab/both:1`: its content [DIGEST] was not pulled, and this host is linux/amd64
    ");
}

#[test]
fn always_runs_what_it_pulled_though_a_record_has_the_short_name() {
    require!(Root, Containerd);
    let ran = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:latest", SIZE).unwrap();
        let short = registry.name("lab/tool");
        lab.daemon.ctr(&format!("images tag {IMAGE} {short}")).success();
        let ran = pull(lab, "always", &short, "new").run();
        remove(lab, &format!("{short} {short}:latest"));
        ran
    });
    assert_eq!(ran.snapshot(), "exit 0\nstdout: 1000000");
}

#[test]
fn the_daemon_s_folder_of_registries_says_where_one_is() {
    require!(Root, Containerd);
    let ran = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        registry.push("lab/tool:1", 10).unwrap();
        let hosts = lab.daemon.scratch().folder("hosts/lab.invalid");
        let server = format!("server = \"http://127.0.0.1:{}\"\n", registry.port());
        std::fs::write(hosts.join("hosts.toml"), server).unwrap();
        let folder = hosts.parent().expect("a folder").display().to_string();
        let image = "lab.invalid/lab/tool:1";
        let run = lab
            .hcn_run()
            .args(["--hosts-dir", &folder, image, "mirrored", "sh", "-c", "wc -c < /large"])
            .run();
        remove(lab, image);
        run
    });
    assert_eq!(ran.snapshot(), "exit 0\nstdout: 10");
}

#[test]
fn the_report_of_a_pull_that_failed_tells_how_long_it_took_and_what_was_cleaned_up() {
    require!(Root, Containerd);
    let report: serde_json::Value = lab(|lab| {
        let registry = Registry::start(&lab.daemon).unwrap();
        let file = lab.daemon.scratch().folder("report").join("report.json");
        let run = lab.hcn_run().arg("--report").arg(&file);
        assert_eq!(run.args([registry.name("lab/nosuch:1").as_str(), "absent"]).run().exit, 125);
        let report = std::fs::read(&file).expect("it is there");
        std::fs::remove_file(file).expect("it is there");
        serde_json::from_slice(&report).expect("it is JSON")
    });
    let phases: Vec<_> = report["seconds"].as_object().expect("an object").keys().collect();
    assert_eq!(phases, ["acquire", "all"]);
    let cleaned = &report["cleaned_up"];
    assert_eq!(
        (&cleaned[0]["what"], &cleaned[0]["gone"], &cleaned[1]),
        (&"lease".into(), &true.into(), &().into())
    );
}
