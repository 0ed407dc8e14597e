//! Many runs at once leave nothing: `lab` compares everything by name, before and after.

use hcn_test::{Running, require};

use super::lab::{Lab, lab};

fn start(lab: &Lab, number: usize) -> Running {
    lab.run(&format!("many-{number}"), &["true"]).spawn()
}

#[test]
fn a_hundred_runs_eight_at_a_time_leave_nothing() {
    require!(Root, Containerd);
    lab(|lab| {
        let mut running: Vec<(usize, Running)> = Vec::new();
        for number in 0..100 {
            if running.len() == 8 {
                finish(running.remove(0));
            }
            running.push((number, start(lab, number)));
        }
        running.into_iter().for_each(finish);
    });
}

fn finish((number, running): (usize, Running)) {
    assert_eq!(running.wait().snapshot(), "exit 0", "run {number}");
}
