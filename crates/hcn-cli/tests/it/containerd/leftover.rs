//! Many runs at once leave nothing: `lab` compares everything by name, before and after.

use hcn_test::{Running, require};

use super::lab::{Lab, lab};

fn start(lab: &Lab, number: usize) -> Running {
    lab.sh(&format!("many-{number}"), &format!("ip addr show eth0 | grep -c 'inet 10.88.0.'; exit {number}"))
        .spawn()
}

#[test]
fn twenty_runs_four_at_a_time_leave_nothing() {
    require!(Root, Containerd);
    lab(|lab| {
        let mut running: Vec<(usize, Running)> = Vec::new();
        for number in 0..20 {
            if running.len() == 4 {
                finish(running.remove(0));
            }
            running.push((number, start(lab, number)));
        }
        running.into_iter().for_each(finish);
    });
}

fn finish((number, running): (usize, Running)) {
    assert_eq!(running.wait().snapshot(), format!("exit {number}\nstdout: 1"));
}
