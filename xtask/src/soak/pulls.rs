//! Runs that are killed at every point of theirs, the pull of their image among them, from a registry on loopback; each
//! of them twice, for each way to clean up. An image that had arrived is to stay: it is removed before the host is
//! compared, so that what the pull itself left shows.

use anyhow::{Result, ensure};
use hcn_test::{Daemon, Output, Registry};

use super::kills::{By, Field, POINTS};
use super::strangers::hcn;
use super::{Figures, Scale, containerd_2};
use crate::process;

/// How large a layer is, in bytes.
const SIZE: usize = 1_000_000;

/// Does it, on containerd 2.x, which alone can pull.
pub(super) fn run(scale: &Scale, figures: &mut Figures) -> Result<()> {
    let Some(daemon) = containerd_2()? else { return Ok(()) };
    let mut field = Field::with(daemon)?;
    let registry = Registry::start(&field.daemon)?;
    registry.push("lab/tool:1", SIZE)?;
    let image = registry.name("lab/tool:1");
    let (mut killed, stride) = (0, POINTS / scale.of(POINTS));
    'points: for point in (0..POINTS).step_by(stride) {
        for by in [By::Gc, By::NextRun] {
            process::go_on()?;
            let died = at_point(&field.daemon, &image, point);
            let remove = |daemon: &Daemon| drop(daemon.ctr(&format!("images rm --sync {image}")));
            if died.exit != 137 {
                ensure!(died.exit == 7, "it was not killed: {}", died.snapshot());
                remove(&field.daemon);
                break 'points;
            }
            killed += 1;
            field.judge_after(by, &died.snapshot(), remove)?;
        }
    }
    ensure!(killed > 0, "no run was killed: HCN_STOP_AT had no effect");
    figures.add(
        "kills of runs that pull, each followed by `hcn gc` or the next run, and the host as before",
        killed,
    );
    field.end(figures)
}

fn at_point(daemon: &Daemon, image: &str, point: usize) -> Output {
    let run = hcn(daemon).args(["run", image, "killed", "sh", "-c", "exit 7"]);
    run.env("HCN_STOP_AT", point.to_string()).run()
}
