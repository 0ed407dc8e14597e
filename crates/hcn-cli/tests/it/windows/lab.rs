//! A Windows host of one test: a folder of a prefix that all share, and in it a store of the emulator, a daemon, a
//! network configuration, layers, and the places where hcn keeps what it must not leave.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hcn::{Api, Endpoint, Guid, Hcn, Kind, Namespace, NamespaceId, Network, NetworkKind, SchemaVersion};
use hcn_emulator::Emulator;
use hcn_stand_in::{ImageSettings, Refusal, Settings};
use hcn_test::{Output, Patience, Program, Running, Wine, tools};
use serde_json::{Value, json};

use super::journal::Journal;

/// An image for this host, and one for another build of Windows.
pub(crate) const IMAGE: &str = "mcr.microsoft.com/windows/nanoserver:stand-in";
pub(crate) const ESCAPED: &str = "mcr.microsoft.com/windows/servercore:stand-in";
pub(crate) const NEWER: &str = "mcr.microsoft.com/windows/nanoserver:ltsc2049";

/// A snapshot that somebody prepared on the first of them.
pub(crate) const PREPARED: &str = "prepared";

/// The prefix that the tests share, for making one takes seconds, and the build of Windows that it says it is. It ends
/// with the test program.
fn host() -> &'static (Wine, u32) {
    static HOST: OnceLock<(Wine, u32)> = OnceLock::new();
    HOST.get_or_init(|| {
        let wine = Wine::new().expect("a prefix can be made");
        let build = build_of(&wine);
        (wine, build)
    })
}

fn wine() -> &'static Wine {
    &host().0
}

fn build_of(wine: &Wine) -> u32 {
    let said = wine.program("cmd").args(["/c", "ver"]).run().success().stdout();
    let version = said.split("10.0.").nth(1).expect("a version of Windows 10");
    version.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
}

/// A host.
pub(crate) struct Lab {
    folder: PathBuf,
    number: u32,
    before: Vec<String>,
    daemon: Option<Running>,
}

impl Lab {
    /// A host whose daemon and plugin work.
    pub(crate) fn new() -> Self {
        Self::with(BTreeMap::new(), Value::Null)
    }

    /// A host whose plugin fails: `how` as the stand-in knows it.
    pub(crate) fn with_failing_plugin(verb: &str, how: &str) -> Self {
        Self::with(BTreeMap::new(), json!({"verb": verb, "how": how}))
    }

    /// A host whose daemon refuses a call.
    pub(crate) fn refusing(call: &str, message: &str) -> Self {
        Self::refusing_for(None, call, message)
    }

    /// A host whose daemon refuses a call so many times.
    pub(crate) fn refusing_for(times: Option<u32>, call: &str, message: &str) -> Self {
        let code = "Unknown".into();
        let refusal = Refusal { code, message: message.into(), times, done: false };
        Self::with(BTreeMap::from([(call.to_owned(), refusal)]), Value::Null)
    }

    /// A host whose daemon loses the connection once in a call, before or after that is done.
    pub(crate) fn losing(call: &str, done: bool) -> Self {
        let (code, message) = ("Unavailable".into(), "the connection was lost".into());
        let refusal = Refusal { code, message, times: Some(1), done };
        Self::with(BTreeMap::from([(call.to_owned(), refusal)]), Value::Null)
    }

    /// A host whose daemon loses the connection when a record is made, which comes so many milliseconds later.
    pub(crate) fn with_late_records(delay: u64) -> Self {
        Self::with_daemon(|settings| settings.late_records = Some(delay), Value::Null)
    }

    fn with(refuse: BTreeMap<String, Refusal>, fail: Value) -> Self {
        Self::with_daemon(|settings| settings.refuse = refuse, fail)
    }

    fn with_daemon(change: impl FnOnce(&mut Settings), fail: Value) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = wine().drive_c().join(format!("t{number}"));
        let mut lab = Self { folder, number, before: Vec::new(), daemon: None };
        lab.lay_out(&fail);
        lab.make_network();
        lab.start_daemon(change);
        lab.before = lab.state();
        lab
    }

    /// A file or folder of this host, as Linux sees it.
    pub(crate) fn unix(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The same, as Windows sees it.
    pub(crate) fn win(&self, name: &str) -> String {
        format!(r"C:\t{}\{}", self.number, name.replace('/', r"\"))
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let file = self.unix(name);
        std::fs::create_dir_all(file.parent().expect("a file has a folder")).expect("it can be made");
        std::fs::write(file, contents).expect("it can be written");
    }

    fn lay_out(&self, fail: &Value) {
        for folder in ["root", "layers/top", "layers/base", "cni", "work"] {
            std::fs::create_dir_all(self.unix(folder)).expect("it can be made");
        }
        self.write("layers/scratch/sandbox.vhdx", "a disk");
        self.write("conf/0-lab.conf", self.conf("0.2.0", fail).to_string());
        let plugin = tools::windows().join("test/cni-stand-in.exe");
        std::fs::copy(plugin, self.unix("cni/cni-stand-in.exe")).expect("the plugin was built");
        std::fs::create_dir_all(wine().drive_d().join("cache/opam")).expect("it can be made");
    }

    /// What lies in the folder of configurations on real hosts: one plugin, an old version.
    fn conf(&self, version: &str, fail: &Value) -> Value {
        let mut conf = json!({"cniVersion": version, "name": "lab", "type": "cni-stand-in",
            "journal": self.win("journal")});
        if !fail.is_null() {
            conf["fail"] = fail.clone();
        }
        conf
    }

    /// The network is there before the run, as on a host that ran containers before.
    fn make_network(&self) {
        let lab = Network {
            name: Some("lab".into()),
            kind: Some(NetworkKind::Nat),
            schema_version: Some(SchemaVersion::V2),
            ..Network::default()
        };
        self.hcn().networks().create(&lab).expect("the network can be made");
    }

    fn start_daemon(&mut self, change: impl FnOnce(&mut Settings)) {
        let here = format!("10.0.{}.1", host().1);
        let image = |name: &str, version: &str, config| ImageSettings {
            name: name.into(),
            os_version: Some(version.into()),
            config,
            unpacked: true,
        };
        let escaped =
            json!({"ArgsEscaped": true, "Entrypoint": ["play", "say a \"b\" c"], "Cmd": ["exit 7"]});
        let images = vec![
            image(
                IMAGE,
                &here,
                json!({"Cmd": ["play", "say by the image"], "Env": ["A=b"], "User": "ContainerUser"}),
            ),
            image(ESCAPED, &here, escaped),
            image(NEWER, "10.0.99999.1", json!({})),
        ];
        let (journal, root) = (self.win("journal").into(), self.win("root").into());
        let prepared = vec![PREPARED.to_owned()];
        let refuse = BTreeMap::new();
        let mut settings =
            Settings { address: self.pipe(), journal, root, images, prepared, refuse, late_records: None };
        change(&mut settings);
        self.write("settings.json", serde_json::to_string(&settings).expect("settings are JSON"));
        let program = tools::windows().join("test/containerd-stand-in.exe");
        let start = || self.program(&program).arg(self.win("settings.json")).spawn();
        let mut daemon = start();
        // On a busy machine Wine does not load a program now and then: it ends with 1, and nothing was said or begun.
        if !daemon.says("ready", 1) {
            daemon = start();
            daemon.wait_for_stdout("ready");
        }
        self.daemon = Some(daemon);
    }

    fn pipe(&self) -> String {
        format!(r"\\.\pipe\containerd-t{}", self.number)
    }

    /// A Windows program that sees this host.
    pub(crate) fn program(&self, exe: &Path) -> Program {
        let program = wine().program(exe).env("HCN_EMULATOR_STORE", self.win("hns.db"));
        let program = program.env("CONTAINERD_ADDRESS", self.pipe()).env("HCN_STATE", self.win("state"));
        let program = program.env("HCN_CNI_CACHE", self.win("cache")).env("NETCONFPATH", self.win("conf"));
        program.env("CNI_PATH", self.win("cni")).current_dir(self.unix("work"))
    }

    /// `hcn.exe run`
    pub(crate) fn hcn_run(&self) -> Program {
        self.program(&tools::windows().join("hcn.exe")).arg("run")
    }

    /// `hcn.exe run -q -d FLAGS --config C:\t1\config.json ID`, to its end: what it printed, and what it said.
    pub(crate) fn detach(&self, flags: &[&str], id: &str, script: &[&str]) -> (i32, String, String) {
        let said = self.unix("front");
        let flags = [&["-q", "-d"], flags].concat();
        let exit = self.config(&flags, id, script).with_output_in(&said).run().exit;
        let read = |file: &Path| std::fs::read_to_string(file).expect("it was made").replace("\r\n", "\n");
        (exit, read(&said), read(&self.unix("front.err")))
    }

    /// `hcn.exe ARGS`
    pub(crate) fn hcn_exe(&self, args: &[&str]) -> Output {
        self.program(&tools::windows().join("hcn.exe")).args(args).run()
    }

    /// An attachment in libcni's cache that somebody made.
    pub(crate) fn attachment(&self, container: &str) {
        let entry = json!({"kind": "cniCacheV1", "containerId": container, "ifName": "eth0", "networkName": "lab",
            "config": "", "netns": "6b29fc40-ca47-1067-b31d-00dd010662da",
            "result": {"cniVersion": "0.2.0", "ip4": {"ip": "172.16.0.5/24"}}});
        self.write(&format!("cache/results/lab-{container}-eth0"), entry.to_string());
    }

    /// `hcn.exe run FLAGS --config C:\t1\config.json ID`, with a spec of the seed's kind that runs a script.
    pub(crate) fn config(&self, flags: &[&str], id: &str, script: &[&str]) -> Program {
        self.spec(&self.seed(script, ""));
        self.hcn_run().args(flags).args(["--config", &self.win("config.json"), id])
    }

    /// The spec that OBuilder writes, with a namespace or none.
    pub(crate) fn seed(&self, script: &[&str], namespace: &str) -> Value {
        let args: Vec<_> = ["play"].iter().chain(script).collect();
        let layers = ["top", "base", "scratch"].map(|layer| self.win(&format!("layers/{layer}")));
        json!({
            "ociVersion": "1.1.0",
            "process": {"args": args, "cwd": r"C:\", "user": {"username": "ContainerAdministrator"}},
            "mounts": [{"destination": r"C:\opam", "type": "bind", "source": r"D:\cache\opam", "options": ["rw"]}],
            "windows": {
                "layerFolders": layers,
                "ignoreFlushesDuringBoot": true,
                "network": {"allowUnqualifiedDNSQuery": true, "networkNamespace": namespace},
            },
        })
    }

    /// Writes config.json.
    pub(crate) fn spec(&self, spec: &Value) {
        self.write("config.json", spec.to_string());
    }

    /// The exit code with all 32 bits, of which Linux sees eight: a batch file says it on its last line.
    pub(crate) fn whole_exit(&self, args: &[&str]) -> u32 {
        let hcn = wine().win_path(&tools::windows().join("hcn.exe"));
        self.write("exit.bat", format!("@\"{hcn}\" run {}\r\n@echo %errorlevel%\r\n", args.join(" ")));
        let said = self.program(Path::new("cmd")).args(["/c", &self.win("exit.bat")]).run().stdout();
        let last = said.lines().last().unwrap_or_default();
        last.trim().parse::<i64>().unwrap_or_else(|why| panic!("{last:?} is no number: {why}")) as u32
    }

    /// The service that all programs of this host talk to, seen from Linux.
    pub(crate) fn hcn(&self) -> Hcn {
        Hcn::new(Emulator::open(&self.unix("hns.db")).expect("the store can be opened"))
    }

    /// A namespace that somebody made before the run.
    pub(crate) fn namespace(&mut self) -> NamespaceId {
        let made = self.hcn().namespaces().create(&Namespace::for_container()).expect("it can be made");
        self.keep();
        made.id.expect("it has an id")
    }

    /// A namespace that somebody made, with an endpoint in it.
    pub(crate) fn foreign_endpoint(&self) {
        let hcn = self.hcn();
        let namespace = hcn.namespaces().create(&Namespace::for_container()).expect("it can be made");
        let network = hcn.networks().ids().expect("they can be listed")[0];
        let namespace = namespace.id.expect("it has an id");
        hcn.attach(Guid::random().into(), &Endpoint::on(network), namespace).expect("it can be made").keep();
    }

    /// What is there now is to stay.
    pub(crate) fn keep(&mut self) {
        self.before = self.state();
    }

    /// What the stand-ins wrote down.
    pub(crate) fn journal(&self) -> Journal {
        Journal::read(&self.unix("journal"))
    }

    /// Waits until the stand-ins wrote this down.
    pub(crate) fn wait_for(&self, line: &str) {
        let mut patience = Patience::new(Duration::from_secs(60));
        while !self.journal().holds(line) {
            assert!(!patience.is_over(), "`{line}` never came: {:#?}", self.journal());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The processes of this host's plugin.
    pub(crate) fn plugins(&self) -> Vec<u32> {
        wine().processes(&self.win("cni/cni-stand-in.exe"))
    }

    /// Is there no child of a plugin that holds this file's lock?
    pub(crate) fn is_free(&self, file: &str) -> bool {
        let plugin = self.program(&self.unix("cni/cni-stand-in.exe"));
        plugin.args(["--is-free", &self.win(file)]).run().exit == 0
    }

    /// Waits until there is none any more.
    pub(crate) fn wait_until_free(&self, file: &str) {
        let mut patience = Patience::new(Duration::from_secs(60));
        while !self.is_free(file) {
            assert!(!patience.is_over(), "the lock of {file} is still held");
        }
    }

    /// Waits until no run is kept any more.
    pub(crate) fn wait_until_removed(&self) {
        let mut patience = Patience::new(Duration::from_secs(60));
        while entries(&self.unix("state/runs")).next().is_some() {
            assert!(!patience.is_over(), "a run's folder is still there");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// All that must not leak: objects of the service with all they hold, snapshots, cached results, folders of runs.
    fn state(&self) -> Vec<String> {
        let emulator = Emulator::open(&self.unix("hns.db")).expect("the store can be opened");
        let mut state = Vec::new();
        for kind in [Kind::Network, Kind::Endpoint, Kind::Namespace] {
            let ids = emulator.enumerate(kind, None).expect("it can be listed");
            let ids: Vec<Guid> = serde_json::from_str(&ids).expect("a list of ids");
            state.extend(ids.into_iter().map(|id| properties(&emulator, kind, id)));
        }
        for folder in ["root/snapshots", "cache/results", "state/runs"] {
            state.extend(entries(&self.unix(folder)).map(|name| format!("{folder}/{name}")));
        }
        state.sort();
        state
    }

    /// What there is more than before the run: that alone has changed, and no rule was broken.
    #[track_caller]
    pub(crate) fn more(&self) -> Vec<String> {
        let state = self.state();
        assert!(self.before.iter().all(|line| state.contains(line)), "{:#?} of {:#?}", state, self.before);
        assert_eq!(self.journal().violations(), [""; 0]);
        state.into_iter().filter(|line| !self.before.contains(line)).collect()
    }

    /// Nothing is left, nothing that was there has changed, and no rule was broken. Answers what was written down.
    #[track_caller]
    pub(crate) fn assert_unchanged(&self) -> Journal {
        assert_eq!(self.state(), self.before);
        let journal = self.journal();
        assert_eq!(journal.violations(), [""; 0]);
        journal
    }
}

fn properties(emulator: &Emulator, kind: Kind, id: Guid) -> String {
    let handle = emulator.open(kind, id).expect("it is there");
    let text = emulator.query(kind, handle, hcn::Query::Properties, None).expect("it can be read");
    emulator.close(kind, handle).expect("it was open");
    text
}

fn entries(folder: &Path) -> impl Iterator<Item = String> {
    let read = std::fs::read_dir(folder).into_iter().flatten();
    read.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
}

/// What a program said; paths, the host's build and the names of runs hidden.
pub(crate) fn hidden(lab: &Lab, output: &Output) -> String {
    let text = output.snapshot().replace(&lab.win(""), r"C:\[TEST]\");
    let text = text.replace(&format!("build {}", host().1), "build [BUILD]");
    text.split_inclusive('`')
        .map(|part| part.split_at_checked(part.len().saturating_sub(17)).map_or(part.to_owned(), without_run))
        .collect()
}

/// A run's name is 16 hexadecimal digits in front of a quote's end.
fn without_run((front, end): (&str, &str)) -> String {
    let is_run = end.strip_suffix('`').is_some_and(|run| run.bytes().all(|byte| byte.is_ascii_hexdigit()));
    format!("{front}{}", if is_run { "[RUN]`" } else { end })
}
