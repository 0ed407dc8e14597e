//! Many runs at once leave nothing: `lab` compares everything by name, before and after. Each has its own exit code, and
//! an address that none beside it has.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use hcn_test::{Running, require};

use super::lab::{Lab, lab};

const RUNS: usize = 100;
const AT_A_TIME: usize = 8;

/// Every code that a program may choose for itself; those from 125 on are hcn's and the shell's.
const CODES: usize = 125;

/// A run that prints its address, and exits with its number.
fn start(lab: &Lab, number: usize) -> (usize, Running) {
    let script =
        format!("ip -4 -o addr show eth0 | sed -n 's/.* inet \\([^/]*\\).*/\\1/p'; exit {}", number % CODES);
    (number, lab.sh(&format!("many-{number}"), &script).spawn())
}

#[test]
fn a_hundred_runs_eight_at_a_time_have_their_exit_codes_and_addresses_and_leave_nothing() {
    require!(Root, Containerd);
    let addresses = lab(|lab| {
        let (mut running, mut addresses) = (Vec::new(), Vec::new());
        for number in 0..RUNS {
            if running.len() == AT_A_TIME {
                addresses.push(finish(running.remove(0)));
            }
            running.push(start(lab, number));
        }
        addresses.extend(running.into_iter().map(finish));
        addresses
    });
    assert_eq!(addresses.len(), RUNS);
    assert!(addresses.iter().all(|address| address.octets().starts_with(&[10, 88, 0])), "{addresses:?}");
    for beside in addresses.windows(AT_A_TIME) {
        assert_eq!(beside.iter().collect::<HashSet<_>>().len(), AT_A_TIME, "one given twice: {addresses:?}");
    }
}

/// Its address, once its exit code was right.
fn finish((number, running): (usize, Running)) -> Ipv4Addr {
    let output = running.wait();
    assert_eq!((output.exit, &*output.stderr()), ((number % CODES) as i32, ""), "run {number}");
    let address = output.stdout();
    address.trim().parse().unwrap_or_else(|_| panic!("run {number} has no address but {address:?}"))
}
