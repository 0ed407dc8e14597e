//! A stand-in of containerd, over a Unix socket, and a client of it.

use std::path::PathBuf;

use hcn_containerd::{Client, Container, Options, Runtime, any};
use hcn_stand_in::{ImageSettings, Settings};
use hcn_test::{Program, Running, Scratch};
use serde_json::{Value, json};

/// The image's name.
pub(crate) const IMAGE: &str = "mcr.microsoft.com/windows/nanoserver:ltsc2019";

/// A daemon and what it leaves.
pub(crate) struct Lab {
    pub(crate) client: Client,
    pub(crate) scratch: Scratch,
    _daemon: Running,
}

/// The emulator's store, as a variable for every program of a test.
pub(crate) fn service(scratch: &Scratch) -> (&'static str, String) {
    ("HCN_HNS", format!("emulator:{}", scratch.join("hns.db").display()))
}

impl Lab {
    pub(crate) async fn start() -> Self {
        let scratch = Scratch::new();
        let image = ImageSettings {
            name: IMAGE.into(),
            os_version: Some("10.0.17763.1".into()),
            config: json!({"Cmd": ["play"]}),
            unpacked: true,
        };
        let settings = Settings {
            prepared: Vec::new(),
            address: scratch.join("c.sock").display().to_string(),
            journal: scratch.join("journal"),
            root: scratch.folder("root"),
            images: vec![image],
            refuse: Default::default(),
            late_records: None,
        };
        let file = scratch.file("settings.json", serde_json::to_string(&settings).unwrap());
        let program = Program::new(env!("CARGO_BIN_EXE_containerd-stand-in")).arg(file);
        let (name, value) = service(&scratch);
        let mut daemon = program.env(name, value).spawn();
        daemon.wait_for_stdout("ready");
        let client = Client::connect(&settings.address.parse().unwrap(), &Options::default()).await.unwrap();
        Self { client, scratch, _daemon: daemon }
    }

    pub(crate) fn journal(&self) -> Vec<Value> {
        crate::journal::lines(&self.scratch.join("journal"))
    }

    /// The service that the daemon asks.
    pub(crate) fn hcn(&self) -> hcn::Hcn {
        hcn::Hcn::new(hcn_emulator::Emulator::open(&self.scratch.join("hns.db")).unwrap())
    }

    /// Layers for a spec: two folders, and a scratch with a disk.
    pub(crate) fn layers(&self) -> Vec<PathBuf> {
        self.scratch.file("scratch/sandbox.vhdx", "a disk");
        vec![self.scratch.folder("top"), self.scratch.folder("base"), self.scratch.join("scratch")]
    }
}

/// A record of a container for Windows.
pub(crate) fn record(id: &str, spec: &Value) -> Container {
    Container {
        id: id.into(),
        runtime: Some(Runtime { name: "io.containerd.runhcs.v1".into(), options: None }),
        spec: Some(any::spec(spec.to_string())),
        ..Container::default()
    }
}

/// A spec for Windows that runs a script.
pub(crate) fn spec(script: &[&str], windows: Value) -> Value {
    let args: Vec<_> = ["play"].iter().chain(script).collect();
    json!({"ociVersion": "1.1.0", "process": {"args": args, "cwd": "C:\\"}, "windows": windows})
}
