//! One dead run that somebody else unmakes.

use std::fs;

use hcn_test::Scratch;

use super::*;
use crate::args::{Global, Places};
use crate::env::Environment;
use crate::os::Os;
use crate::run::known::{self, Runs};

/// A run whose folder is held, as by who unmakes it.
fn held(state: &Scratch) -> (RunFolder, Known) {
    let plan = Plan {
        version: Plan::VERSION,
        run: "a1".into(),
        boot: "boot".into(),
        address: "/c.sock".into(),
        containerd_namespace: "default".into(),
        container: "web".into(),
        network_namespace: None,
        detached: true,
        log: None,
        first: Vec::new(),
        lanes: [Vec::new(), Vec::new()],
        then: Vec::new(),
    };
    let folder = RunFolder::create(state.path(), &plan).unwrap();
    let Runs { mut runs, .. } = known::all(state.path()).unwrap();
    (folder, runs.remove(0))
}

fn settings() -> Settings {
    Settings::new(&Global::default(), &Places::default(), &Environment::default(), Os::HOST).unwrap()
}

#[tokio::test]
async fn a_run_that_somebody_else_unmakes_is_gone_when_it_is_answered_for() {
    let state = Scratch::new();
    let (folder, known) = held(&state);
    let settings = settings();
    let reclaimed = async {
        let ended = reclaim_within(&settings, &known, UNMAKING).await;
        (ended, fs::exists(known.folder.join("plan.json")).unwrap())
    };
    // The first of the two finds it held: it is asked first.
    let (reclaimed, removed) = tokio::join!(biased; reclaimed, async { folder.remove() });
    removed.unwrap();
    assert_eq!(reclaimed, (Ok(()), false));
}

#[tokio::test]
async fn a_run_that_somebody_else_holds_on_to_is_left() {
    let state = Scratch::new();
    let (_folder, known) = held(&state);
    let ended = reclaim_within(&settings(), &known, Duration::ZERO).await;
    assert_eq!(ended, Err(left(&known)));
    assert!(known.folder.join("plan.json").exists());
}
