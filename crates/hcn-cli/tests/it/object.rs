//! The commands for networks, endpoints and namespaces, on a store of the emulator of each test's own.

mod attach;
mod create;
mod document;
mod help;
mod list;
mod store;
mod which;

use hcn::Hcn;
use hcn_emulator::Emulator;
use hcn_test::{Output, Program, Scratch};

/// Ids that tests choose, so that what is printed is the same each time.
const NAT: &str = "aa000000-0000-0000-0000-000000000001";
const LAB: &str = "ab000000-0000-0000-0000-000000000002";
const WEB: &str = "ea000000-0000-0000-0000-000000000001";
const ROOM: &str = "ba000000-0000-0000-0000-000000000001";

/// A service of its own, and a folder for files.
struct Lab {
    scratch: Scratch,
}

impl Lab {
    fn new() -> Self {
        Self { scratch: Scratch::new() }
    }

    /// A network with an endpoint on it, another network, and a namespace.
    fn furnished() -> Self {
        let lab = Self::new();
        lab.done(&format!(
            "network create nat --id {NAT} --subnet 10.1.0.0/24 --gateway 10.1.0.1 --dns 1.1.1.1"
        ));
        lab.done(&format!("network create lab --id {LAB} --type l2bridge --subnet 10.2.0.0/24"));
        lab.done(&format!(
            "endpoint create web --id {WEB} --network nat --ip 10.1.0.7 --mac 00:15:5d:00:00:07"
        ));
        lab.done(&format!("namespace create --id {ROOM}"));
        lab
    }

    /// `hcn WORDS`, without a containerd.
    fn program(&self, words: &[&str]) -> Program {
        Program::new(env!("CARGO_BIN_EXE_hcn"))
            .args(words)
            .env("HCN_HNS", format!("emulator:{}", self.scratch.join("hns.db").display()))
            .env("HCN_STATE", self.scratch.join("state"))
            .env("CONTAINERD_ADDRESS", "/nonexistent/c.sock")
            .env("COLUMNS", "100")
            .current_dir(self.scratch.path())
            .scratch(self.scratch.path())
    }

    /// The words of a line, which no blank is in.
    fn run(&self, line: &str) -> Output {
        self.program(&line.split_whitespace().collect::<Vec<_>>()).run()
    }

    /// What it printed, which has to work.
    #[track_caller]
    fn done(&self, line: &str) -> String {
        self.run(line).success().stdout()
    }

    /// The service, seen without the program.
    fn hcn(&self) -> Hcn {
        Hcn::new(Emulator::open(&self.scratch.join("hns.db")).expect("the store can be opened"))
    }

    /// All that there is, to be compared.
    fn ids(&self) -> [Vec<String>; 3] {
        let hcn = self.hcn();
        let text = |ids: Vec<hcn::Guid>| ids.iter().map(ToString::to_string).collect();
        let networks = hcn.networks().ids().expect("they can be listed");
        let endpoints = hcn.endpoints().ids().expect("they can be listed");
        let namespaces = hcn.namespaces().ids().expect("they can be listed");
        [
            text(networks.into_iter().map(Into::into).collect()),
            text(endpoints.into_iter().map(Into::into).collect()),
            text(namespaces.into_iter().map(Into::into).collect()),
        ]
    }
}

/// What each line says, one behind the other; GUIDs are shown, for the tests chose them.
fn said(lab: &Lab, lines: &[&str]) -> String {
    let one = |line: &&str| {
        let output = lab.run(line);
        let (out, err) = (output.stdout(), output.stderr());
        let text = format!("$ hcn {line}\n{out}{err}");
        match output.exit {
            0 => text,
            exit => format!("{text}exit {exit}\n"),
        }
    };
    let text: String = lines.iter().map(one).collect();
    text.replace(&*lab.scratch.path().to_string_lossy(), "[SCRATCH]")
}
