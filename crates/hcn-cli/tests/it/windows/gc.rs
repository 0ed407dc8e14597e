//! What `hcn.exe run` leaves when it is killed, and that `hcn.exe gc` and the next run remove it.

use std::time::Duration;

use hcn_test::{Output, Program, Running, require, tools};

use super::lab::{Lab, hidden};

/// More than a run has points to die at.
const POINTS: usize = 200;

fn gc(lab: &Lab) -> Program {
    lab.program(&tools::windows().join("hcn.exe")).arg("gc")
}

/// A run that dies at its Nth point, or ends with 7 where it has fewer.
fn killed_at(lab: &Lab, flags: &[&str], point: usize) -> Output {
    lab.config(flags, "dying", &["exit 7"]).env("HCN_STOP_AT", point.to_string()).run()
}

/// Who stands beside the kills and is not to be touched: a run that lives and a detached one, somebody's attachment, and
/// a namespace that is nobody's here, with its endpoint.
struct Strangers(Running);

impl Strangers {
    fn new(lab: &mut Lab) -> Self {
        let mut living = lab
            .config(&["-q"], "living", &["say ready", "on 15 4", "wait"])
            .deadline(Duration::from_secs(3600))
            .spawn();
        living.wait_for_stdout("ready");
        assert_eq!(lab.detach(&[], "detached", &["on 15 3", "wait"]).0, 0);
        lab.attachment("foreign");
        lab.foreign_endpoint();
        lab.keep();
        Self(living)
    }

    /// They live, by name; that all they have is there was compared.
    #[track_caller]
    fn check(&mut self, lab: &Lab) {
        assert!(self.0.is_running(), "the living run has ended");
        let mut listed: Vec<_> =
            lab.hcn_exe(&["ps", "-q"]).success().stdout().lines().map(str::to_owned).collect();
        listed.sort();
        assert_eq!(listed, ["detached", "living"]);
    }

    /// Each ends as its own script says: it was not disturbed.
    fn end(self, lab: &Lab) {
        lab.hcn_exe(&["stop", "detached"]).success();
        lab.hcn_exe(&["stop", "living"]).success();
        assert_eq!(self.0.wait().exit, 4);
    }
}

/// Kills at every so manieth point, each of them twice, for each way to clean up: gc and the next run. Answers how many
/// kills there were.
fn kill_everywhere(flags: &[&str], stride: usize) -> usize {
    let mut lab = Lab::new();
    let mut strangers = Strangers::new(&mut lab);
    let mut count = 0;
    for point in (0..POINTS).step_by(stride) {
        for by_gc in [true, false] {
            let died = killed_at(&lab, flags, point);
            if died.exit == 7 {
                strangers.end(&lab);
                return count;
            }
            assert_eq!(died.exit, 137, "{}", died.snapshot());
            let (cleaned, wanted) = match by_gc {
                true => (gc(&lab).run(), 0),
                false => (lab.config(flags, "dying", &["exit 3"]).run(), 3),
            };
            assert_eq!(cleaned.exit, wanted, "{}; {}", died.snapshot(), cleaned.snapshot());
            lab.assert_unchanged();
            strangers.check(&lab);
            count += 1;
        }
    }
    panic!("a run has more than {POINTS} points")
}

#[test]
#[ignore = "a trial of minutes: `cargo xtask soak kill-steps-windows`"]
fn wherever_hcn_exe_is_killed_gc_removes_what_it_left() {
    require!(Wine, WindowsArtefacts, StandIns);
    let stride = std::env::var("HCN_SOAK_STRIDE").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let count: usize =
        [&["-q"][..], &["-q", "--net", "nat"]].into_iter().map(|flags| kill_everywhere(flags, stride)).sum();
    eprintln!("killed and cleaned up: {count}");
}

#[test]
fn gc_removes_what_a_killed_run_left() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let mut running = lab.config(&["-q"], "killed", &["say ready", "on 9 5", "echo"]).spawn();
    running.wait_for_stdout("ready");
    running.signal(rustix::process::Signal::KILL);
    running.wait();
    let removed = gc(&lab).run();
    assert_eq!(removed.exit, 0, "{}", hidden(&lab, &removed));
    assert!(removed.stdout().contains("removed    killed"), "{}", removed.stdout());
    lab.assert_unchanged();
}

#[test]
fn gc_removes_what_a_killed_run_had_half_written_for_the_user() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let names = || std::fs::read_dir(lab.unix("work")).expect("it is there").count();
    let flags = ["-q", "--report", &lab.win("work/report.json")];
    let killed = lab.config(&flags, "half", &["exit 7"]).env("HCN_STOP_AT", "a draft").run();
    assert_eq!((killed.exit, names()), (137, 1), "{}", killed.snapshot());
    assert_eq!((gc(&lab).run().exit, names()), (0, 0));
    lab.assert_unchanged();
}

/// Starts a run and kills it as soon as there is a process of the plugin, which then is being started.
fn killed_with_a_new_plugin(lab: &Lab) -> Output {
    let mut running = lab.config(&["-q"], "dying", &["exit 7"]).spawn();
    while lab.plugins().is_empty() {
        assert!(running.is_running(), "no plugin was seen");
    }
    running.signal(rustix::process::Signal::KILL);
    running.wait()
}

#[test]
fn a_plugin_dies_with_hcn_exe_that_is_killed_while_it_starts_it() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    // Its output ends: nobody is left who holds it.
    assert_eq!(killed_with_a_new_plugin(&lab).exit, 137);
    assert_eq!(lab.plugins(), [0; 0]);
    assert_eq!(gc(&lab).run().exit, 0);
    lab.assert_unchanged();
}
