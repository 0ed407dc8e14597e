//! `hcn run IMAGE ID true` against `ctr run --rm` with and without `--cni`: the same daemon, image and configuration.
//!
//! On two networks, for what they cost differs most: a bridge alone, and one that masquerades and maps ports.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{fs, iter};

use anyhow::{Context, Result, anyhow, ensure};
use hcn_test::{Daemon, IMAGE, tools};
use serde_json::Value;

use super::client::{self, Cost};
use super::figures::{median, ninth_decile};
use crate::{home, process, say};

/// Rounds of one run of each, one at a time.
const ROUNDS: usize = 60;

/// Blocks of runs at once, the two clients in turns, and the runs of a block.
const BLOCKS: usize = 5;
const RUNS_IN_BLOCK: usize = 48;
const AT_ONCE: usize = 8;

/// The clients, in the order of their turns.
#[derive(Debug, Clone, Copy)]
enum Client {
    CtrWithout,
    CtrWith,
    Hcn,
}

impl Client {
    const ALL: [Client; 3] = [Client::CtrWithout, Client::CtrWith, Client::Hcn];

    fn words(self) -> &'static [&'static str] {
        match self {
            Client::CtrWithout => &["run", "--rm"],
            Client::CtrWith => &["run", "--rm", "--cni"],
            Client::Hcn => &["run"],
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Client::CtrWithout => "ctr run --rm",
            Client::CtrWith => "ctr run --rm --cni",
            Client::Hcn => "hcn run",
        }
    }
}

/// Measures on a thread of its own, which takes its namespaces away with it.
pub(super) fn run() -> Result<()> {
    ensure!(home::is_root(), "a real containerd needs root; run it as root");
    crate::tools::ensure()?;
    process::run(&mut home::cargo("build --locked --release --quiet -p hcn-cli --bin hcn"))?;
    let measured = std::thread::spawn(measure).join();
    process::go_on()?;
    measured.map_err(|_| anyhow!("the benchmark failed; why is above"))?
}

fn measure() -> Result<()> {
    let daemon = Daemon::start()?;
    daemon.provide_ctr_cni()?;
    let env = environment(&daemon)?;
    let lab = Lab { env, hcn: home::target().join("release/hcn"), ctr: ctr() };
    let before = daemon.state();
    let masquerading = fs::read_to_string(conflist(&daemon))?;
    for (network, text) in [("a bridge alone", plain(&masquerading)?), ("with masquerading", masquerading)] {
        fs::write(conflist(&daemon), text)?;
        say::line(&format!("network: {network}"));
        lab.one_at_a_time()?;
        lab.many_at_once()?;
    }
    lab.memory()?;
    lab.help()?;
    lab.remove_what_ctr_leaves();
    let after = daemon.state_like(&before);
    let new: Vec<_> = after.into_iter().filter(|line| !before.contains(line)).collect();
    ensure!(new.is_empty(), "something is left:\n{}", new.join("\n"));
    Ok(())
}

/// ctr itself: the script that unpacked programs are called by would count against it.
fn ctr() -> PathBuf {
    let unpacked = tools::fetched().join("root/usr/bin/ctr");
    if unpacked.is_file() { unpacked } else { tools::need("ctr") }
}

/// The daemon's environment with iptables itself before the script that unpacked programs are called by: on a host
/// it is a program, and each attachment calls it fourteen times.
fn environment(daemon: &Daemon) -> Result<Vec<(String, OsString)>> {
    let root = tools::fetched().join("root/usr");
    let program = root.join("sbin/xtables-nft-multi");
    let mut env = daemon.env();
    if !program.is_file() {
        return Ok(env);
    }
    let folder = daemon.netconf().with_file_name("iptables");
    fs::create_dir_all(&folder)?;
    for name in ["iptables", "ip6tables"] {
        symlink(&program, folder.join(name))?;
    }
    let libraries = root.join(format!("lib/{}-linux-gnu", std::env::consts::ARCH));
    for (_, path) in env.iter_mut().filter(|(name, _)| name == "PATH") {
        *path = std::env::join_paths(iter::once(folder.clone()).chain(std::env::split_paths(path)))?;
    }
    env.push(("XTABLES_LIBDIR".to_owned(), libraries.join("xtables").into()));
    env.push(("LD_LIBRARY_PATH".to_owned(), libraries.into()));
    Ok(env)
}

fn conflist(daemon: &Daemon) -> PathBuf {
    daemon.netconf().join("10-hcn-test.conflist")
}

/// The same network without what iptables does.
fn plain(conflist: &str) -> Result<String> {
    let mut conflist: Value = serde_json::from_str(conflist)?;
    let plugins = conflist["plugins"].as_array_mut().context("no plugins")?;
    plugins.truncate(1);
    plugins[0]["ipMasq"] = false.into();
    Ok(conflist.to_string())
}

struct Lab {
    env: Vec<(String, OsString)>,
    hcn: PathBuf,
    ctr: PathBuf,
}

impl Lab {
    fn command(&self, client: Client, flags: &[&str], id: &str, words: &[&str]) -> Command {
        let program = if matches!(client, Client::Hcn) { &self.hcn } else { &self.ctr };
        let mut command = Command::new(program);
        command.args(client.words()).args(flags).args([IMAGE, id]).args(words);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn one_at_a_time(&self) -> Result<()> {
        let mut costs = Client::ALL.map(|_| Vec::new());
        for round in 0..ROUNDS + 2 {
            for (index, client) in Client::ALL.into_iter().enumerate() {
                process::go_on()?;
                let cost = client::cost(&mut self.command(client, &[], &format!("one-{round}"), &["true"]))?;
                // The first rounds warm the caches.
                costs[index].extend((round >= 2).then_some(cost));
            }
            self.remove_what_ctr_leaves();
        }
        say::line(&format!(
            "one at a time, {ROUNDS} rounds in turns: median (9 in 10 below), CPU of the client"
        ));
        let wall = |index: usize| median(&walls(&costs[index]));
        for (index, client) in Client::ALL.into_iter().enumerate() {
            let (nine, cpu) = (ninth_decile(&walls(&costs[index])), median(&cpus(&costs[index])));
            say::line(&format!("  {:<20} {:6.0} ms ({nine:.0})  {cpu:5.1} ms", client.shown(), wall(index)));
        }
        say::line(&format!(
            "  hcn / ctr without a network {:.2}, hcn / ctr with {:.2}",
            wall(2) / wall(0),
            wall(2) / wall(1)
        ));
        Ok(())
    }

    fn many_at_once(&self) -> Result<()> {
        let clients = [Client::CtrWith, Client::Hcn];
        let mut blocks = clients.map(|_| Vec::new());
        for block in 0..BLOCKS {
            for (index, client) in clients.into_iter().enumerate() {
                blocks[index].push(self.block(client, block)?);
                self.remove_what_ctr_leaves();
            }
        }
        let total = BLOCKS * RUNS_IN_BLOCK;
        say::line(&format!(
            "{AT_ONCE} at a time, {total} runs each in blocks of {RUNS_IN_BLOCK}, every exit code 0"
        ));
        for (index, client) in clients.into_iter().enumerate() {
            let column =
                |value: fn(&Block) -> f64| median(&blocks[index].iter().map(value).collect::<Vec<_>>());
            say::line(&format!(
                "  {:<20} {:5.1} runs/s, CPU a run: {:5.1} ms the client, {:5.0} ms the machine",
                client.shown(),
                column(|block| block.rate),
                column(|block| block.client),
                column(|block| block.machine),
            ));
        }
        let rate =
            |index: usize| median(&blocks[index].iter().map(|block: &Block| block.rate).collect::<Vec<_>>());
        say::line(&format!("  hcn / ctr {:.2} in throughput", rate(1) / rate(0)));
        Ok(())
    }

    fn block(&self, client: Client, block: usize) -> Result<Block> {
        let next = AtomicUsize::new(0);
        let (begun, machine) = (Instant::now(), client::machine_cpu()?);
        let worked: Result<Vec<Vec<Cost>>> = std::thread::scope(|scope| {
            let work = || scope.spawn(|| self.work(client, block, &next));
            let workers: Vec<_> = (0..AT_ONCE).map(|_| work()).collect();
            let joined = workers.into_iter().map(|worker| worker.join());
            joined.map(|done| done.map_err(|_| anyhow!("a worker failed"))?).collect()
        });
        let costs = worked?.concat();
        Ok(Block {
            rate: RUNS_IN_BLOCK as f64 / begun.elapsed().as_secs_f64(),
            client: cpus(&costs).iter().sum::<f64>() / RUNS_IN_BLOCK as f64,
            machine: (client::machine_cpu()? - machine) / RUNS_IN_BLOCK as f64,
        })
    }

    fn work(&self, client: Client, block: usize, next: &AtomicUsize) -> Result<Vec<Cost>> {
        let mut costs = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= RUNS_IN_BLOCK {
                return Ok(costs);
            }
            process::go_on()?;
            costs.push(client::cost(&mut self.command(
                client,
                &[],
                &format!("many-{block}-{index}"),
                &["true"],
            ))?);
        }
    }

    /// ctr calls DEL without the network namespace, so that the bridge plugin leaves its masquerading rule: one a run,
    /// which would make every later run slower, hcn's too.
    fn remove_what_ctr_leaves(&self) {
        let Some(iptables) = tools::find("iptables") else { return };
        for flag in ["-F", "-X"] {
            let mut command = Command::new(&iptables);
            command.args(["-t", "nat", flag]).envs(self.env.iter().map(|(name, value)| (name, value)));
            // Without a table of rules there is nothing to remove.
            let _ = command.stderr(Stdio::null()).status();
        }
    }

    /// While the container runs: everything but the tear-down is behind it.
    fn memory(&self) -> Result<()> {
        let peak = |client, flags: &[&str]| -> Result<f64> {
            let mut command = self.command(client, flags, "memory", &["sh", "-c", "echo up; cat"]);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
            let stdout = child.stdout.take().context("no stdout")?;
            BufReader::new(stdout).lines().next().context("the container says nothing")??;
            let peak = client::peak_memory(child.id());
            drop(child.stdin.take());
            ensure!(child.wait()?.success(), "the container failed");
            peak
        };
        let (ctr, hcn) = (peak(Client::CtrWith, &[])?, peak(Client::Hcn, &["-i"])?);
        self.remove_what_ctr_leaves();
        say::line(&format!("memory at most: ctr {ctr:.1} MiB, hcn {hcn:.1} MiB: {:.2}", hcn / ctr));
        Ok(())
    }

    fn help(&self) -> Result<()> {
        let mut costs = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (index, program) in [&self.ctr, &self.hcn].into_iter().enumerate() {
                costs[index].push(client::cost(Command::new(program).arg("--help"))?);
            }
        }
        let [ctr, hcn] = costs.map(|costs| median(&walls(&costs)));
        say::line(&format!("--help: ctr {ctr:.1} ms, hcn {hcn:.1} ms: {:.2}", hcn / ctr));
        Ok(())
    }
}

/// What a block of runs at once came to; CPU in milliseconds a run.
#[derive(Debug)]
struct Block {
    rate: f64,
    client: f64,
    machine: f64,
}

fn walls(costs: &[Cost]) -> Vec<f64> {
    costs.iter().map(|cost| cost.wall).collect()
}

fn cpus(costs: &[Cost]) -> Vec<f64> {
    costs.iter().map(|cost| cost.cpu).collect()
}
