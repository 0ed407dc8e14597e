//! Every flag of `hcn run`, and every one of `ctr run` of the releases 1.6 (Linux) to 2.x (Linux and Windows): the one
//! table of flags. The order is that of the help.

use super::flag::{Flag, path, switch, text};

/// What only Linux' kernel knows.
const LINUX_ONLY: &str = "Windows' containers know nothing of the kind; leave it out";
/// What maps users.
const USER_NAMESPACES: &str = "the run's network namespace belongs to the host's user namespace, and a snapshot would \
     have to be owned anew; use ctr run for it";

/// The table.
pub static TABLE: &[Flag] = &[
    // What runs.
    path("config", "FILE", "Run this runtime spec as it is, with a network; no image is needed").short('c').ctr("1.6"),
    switch("rootfs", "Run on a folder: it stands in the place of IMAGE, and no snapshot is made")
        .ctr_linux("1.6")
        .of_image()
        .on_linux("the shims of Windows need layers; name them as windows.layerFolders in a config.json and run that with --config"),
    // The process.
    switch("interactive", "Pass standard input to the container").short('i'),
    switch("tty", "Give the container a terminal: this one, its input included").short('t').ctr("1.6"),
    text("env", "NAME=VALUE", "Set an environment variable").short('e').ctr("1.6").of_image(),
    path("env-file", "FILE", "Set the environment variables of a file, one a line").ctr("1.6").of_image(),
    text("cwd", "FOLDER", "The working folder of the command").short('w').ctr("1.6").of_image(),
    text("user", "USER", "The user: a name or UID, and a group or GID behind a colon; a name on Windows")
        .short('u')
        .ctr("1.7")
        .of_image(),
    switch("keep-entrypoint", "Put the command behind the image's entrypoint, as Docker does, not in its place")
        .of_image(),
    // What it sees.
    text("mount", "MOUNT", "A mount, as in type=bind,src=/a,dst=/b,options=rbind:ro").ctr("1.6").of_image(),
    text("volume", "SRC:DST[:ro]", "A folder or file of the host in the container").short('v').of_image(),
    text("device", "DEVICE", "A device: a node or folder of nodes on Linux; IDTYPE://ID on Windows")
        .ctr_linux("1.6")
        .ctr_windows("1.7")
        .of_image()
        .rare(),
    text("hostname", "NAME", "The container's host name").ctr_linux("1.7").of_image(),
    text("label", "KEY=VALUE", "A label of the container").ctr("1.6"),
    text("annotation", "KEY=VALUE", "An annotation of the runtime spec").ctr("1.6").of_image().rare(),
    switch("read-only", "Make the root file system read-only").ctr("1.6").of_image(),
    text("rootfs-propagation", "MODE", "How mounts of the root file system spread: private, slave, shared, …")
        .ctr_linux("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    // What it may use.
    text("memory-limit", "BYTES", "The most memory it may use").ctr("1.6").of_image(),
    text("cpus", "NUMBER", "How many processors it may use, as in 1.5 (Linux)")
        .ctr_linux("1.6")
        .of_image()
        .on_linux("name whole processors with --cpu-count, or hundredths of a per cent with --cpu-max"),
    text("cpu-quota", "MICROSECONDS", "The time on the processors in each period (Linux)")
        .ctr_linux("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("cpu-period", "MICROSECONDS", "The period of --cpu-quota (Linux)")
        .ctr_linux("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("cpu-shares", "NUMBER", "Its weight where processors are short [default: 1024 on Linux]")
        .ctr_linux("1.6")
        .ctr_windows("1.7")
        .of_image()
        .rare(),
    text("cpuset-cpus", "LIST", "The processors that it may run on, as in 0-3,7 (Linux)")
        .ctr_linux("2.0")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("cpuset-mems", "LIST", "The memory nodes that it may use (Linux)")
        .ctr_linux("2.0")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("cpu-count", "NUMBER", "How many processors it may use (Windows)")
        .ctr_windows("1.6")
        .of_image()
        .on_windows("say how many with --cpus"),
    text("cpu-max", "NUMBER", "Its share of the processors, in hundredths of a per cent (Windows)")
        .ctr_windows("1.7")
        .of_image()
        .on_windows("say how many with --cpus")
        .rare(),
    text("rlimit-nofile", "SOFT[:HARD]", "How many files it may have open [default: 1024] (Linux)")
        .ctr_linux("2.3")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("cgroup", "PATH", "The path of its cgroup [default: /NAMESPACE/ID] (Linux)")
        .ctr("1.6")
        .of_image()
        .ignored_on_windows("Windows has no cgroups")
        .rare(),
    text("rdt-class", "NAME", "The class of Intel RDT that it joins (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("blockio-class", "NAME", "")
        .ctr("1.7")
        .refused("hcn reads no class definitions; write linux.resources.blockIO into a config.json and run that with --config"),
    path("blockio-config-file", "FILE", "")
        .ctr("1.7")
        .refused("hcn reads no class definitions; write linux.resources.blockIO into a config.json and run that with --config"),
    text("gpus", "NUMBER", "")
        .ctr("1.6")
        .refused("devices of GPUs come from the vendor's hook or CDI files, which hcn does not read; write what they say into a config.json and run that with --config"),
    // What it may do.
    switch("privileged", "Give it every right of hcn and the host's devices (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux("Windows has host process containers instead: --annotation microsoft.com/hostprocess-container=true"),
    switch("privileged-without-host-devices", "With --privileged: no devices of the host (Linux)")
        .ctr_linux("1.7")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("cap-add", "CAP_NAME", "Add a capability (Linux)").ctr("1.6").of_image().on_linux(LINUX_ONLY),
    text("cap-drop", "CAP_NAME", "Drop a capability (Linux)").ctr("1.6").of_image().on_linux(LINUX_ONLY),
    switch("allow-new-privs", "Let it gain rights, as sudo does (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    switch("seccomp", "Filter its system calls, with --seccomp-profile (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    path("seccomp-profile", "FILE", "With --seccomp: the profile, JSON as runtime-spec writes it (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("apparmor-profile", "NAME", "The AppArmor profile that confines it, loaded already (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("apparmor-default-profile", "NAME", "")
        .ctr("1.6")
        .refused("hcn has no profile to load; load one with apparmor_parser, and name it with --apparmor-profile"),
    text("with-ns", "TYPE:PATH", "Join a namespace that is there, of the type pid, network, uts, mount, user, ipc or cgroup (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    text("uidmap", "CONTAINER:HOST:COUNT", "").ctr_linux("1.6").refused(USER_NAMESPACES),
    text("gidmap", "CONTAINER:HOST:COUNT", "").ctr_linux("1.6").refused(USER_NAMESPACES),
    switch("remap-labels", "").ctr_linux("1.6").refused(USER_NAMESPACES),
    switch("isolated", "Isolate the container by Hyper-V (Windows)")
        .ctr_windows("1.6")
        .of_image()
        .on_windows("Hyper-V isolates containers on Windows only; leave it out"),
    // How containerd runs it.
    text("runtime", "NAME", "The runtime [default: io.containerd.runc.v2, on Windows io.containerd.runhcs.v1]").ctr("1.6"),
    path("runtime-config-path", "FILE", "The configuration of a runtime that is neither runc nor runhcs").ctr("1.6").rare(),
    path("runc-binary", "FILE", "The program instead of runc (Linux)").ctr_linux("1.6").on_linux(LINUX_ONLY).rare(),
    path("runc-root", "FOLDER", "Where runc keeps its state (Linux)").ctr_linux("1.6").on_linux(LINUX_ONLY).rare(),
    switch("runc-systemd-cgroup", "Have systemd make the cgroup, which --cgroup SLICE:PREFIX:NAME names (Linux)")
        .ctr_linux("1.6")
        .of_image()
        .on_linux(LINUX_ONLY)
        .rare(),
    switch("no-pivot", "Have runc not use pivot_root, as on a RAM disk (Linux)")
        .ctr_linux("1.6")
        .on_linux(LINUX_ONLY)
        .rare(),
    switch("scrub-logs", "")
        .ctr_windows("2.3")
        .refused("runhcs' options are not passed on; configure the runtime in containerd's config"),
    text("pull", "WHEN", "When the image is pulled: missing, always or never [default: missing]").of_image(),
    text("platform", "PLATFORM", "The image's platform, as in linux/amd64 [default: this host's]").ctr("1.6").of_image(),
    path("hosts-dir", "FOLDER", "containerd's folder of registries, each with its hosts.toml").of_image().rare(),
    switch("plain-http", "Pull over HTTP; from this very host it is tried anyway").of_image().rare(),
    text("snapshot", "KEY", "Run on this prepared snapshot, which stays unless committed"),
    text("commit", "NAME", "Commit the root file system under this name when the command succeeds"),
    path("report", "FILE", "Write what the run did to this file, as JSON"),
    text("snapshotter", "NAME", "The snapshotter [env: CONTAINERD_SNAPSHOTTER] [default: overlayfs, on Windows windows]")
        .ctr("1.6")
        .of_image(),
    text("snapshotter-label", "KEY=VALUE", "A label of the snapshot").ctr("1.6").of_image().rare(),
    switch("sync-fs", "").ctr("2.1").refused("nothing is unpacked here; give it to ctr images pull"),
    text("sandbox", "ID", "")
        .ctr("2.0")
        .refused("a sandbox has a network already, and hcn run makes one; use ctr run for it"),
    // The network.
    text("net", "WAY", "What gives it its network: cni; nat, by HCN alone (Windows); or none, for no network at all\n[default: cni; on Windows nat where there is no CNI configuration]"),
    text("network", "NAME", "With --net nat: the network [default: nat, else the only NAT network, else nat is made]")
        .on_windows("it belongs to --net nat, which needs HCN, on Windows only; write it into the CNI configuration"),
    text("dns", "ADDRESS", "A name server [default: the attachment's, else the host's beyond its loopback]"),
    text("add-host", "NAME:ADDRESS", "A line of the hosts file (Linux)")
        .of_image()
        .on_linux("a Windows image has its hosts file among system files, which cannot be mounted over; have the command add the line to C:\\Windows\\System32\\drivers\\etc\\hosts"),
    switch("net-host", "Use the host's network (Linux)")
        .ctr("1.6")
        .of_image()
        .on_linux("a Windows container cannot use the host's network, unless it is a host process container"),
    path("cni-netconfpath", "FOLDER", "Where CNI configurations are [env: NETCONFPATH]"),
    path("cni-path", "FOLDER", "Where CNI plugins are [env: CNI_PATH]"),
    path("cni-cache", "FOLDER", "Where CNI results are kept [env: HCN_CNI_CACHE]"),
    switch("new-namespace", "Make a network namespace even where config.json names one"),
    // The run.
    switch("detach", "Run in the background: print the id once the container runs; a process of hcn's keeps its network and removes everything when it ends").short('d').ctr("1.6"),
    path("pid-file", "FILE", "Write the process id of the command to this file once it runs").ctr("1.6"),
    text("log-uri", "URI", "Where the output goes instead: file:///PATH, or binary:///PROGRAM, which containerd's shim starts").ctr("1.6"),
    switch("null-io", "Give the container no standard streams").ctr("1.6"),
    path("fifo-dir", "FOLDER", "Where the FIFOs of the standard streams are made (Linux) [default: in the run's own folder]")
        .ctr("1.6")
        .on_linux("on Windows the standard streams are named pipes, which are in no folder; leave it out")
        .rare(),
    path("dump-config", "FILE", "Write the finished runtime spec to a file as well").ctr("2.3").rare(),
    switch("dry-run", "Print what would be made, and make nothing"),
    text("output", "FORMAT", "With --dry-run: how to print it: table or json").short('o'),
    switch("quiet", "Say nothing but errors").short('q'),
    switch("rm", "Implied: hcn run always removes what it made, which ctr does only when asked").ctr("1.6"),
    switch("cni", "Implied: hcn run always attaches a network; --net says how").ctr("1.6"),
];
