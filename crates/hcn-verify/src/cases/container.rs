//! One container through the `hcn` beside this program, where containerd answers.

use super::case;
use crate::bench::Bench;
use crate::case::{Answer, Case, Seen, Stop, depends};
use crate::container::Ended;

pub(super) const CASES: &[Case] = &[case(
    "container.run",
    "does `hcn run` run a container, and return its exit code, 7?",
    depends(&[Answer::Says("exit 7")]),
    |bench| match bench.around.container.run(&Bench::name()) {
        Ok(Ended::Exit(code)) => Ok(Seen::says(format!("exit {code}"))),
        Ok(Ended::Refused(line)) => Ok(Seen::says(line)),
        Err(reason) => Err(Stop::Skip(reason)),
    },
)];
