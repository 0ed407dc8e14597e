//! Help, the version, and what a wrong command line is answered with.

use hcn_test::{Output, Program};

fn hcn(args: &[&str]) -> Output {
    // The width of help follows this where there is no terminal.
    Program::new(env!("CARGO_BIN_EXE_hcn")).args(args).env("COLUMNS", "100").run()
}

#[test]
fn help_names_the_command_and_the_global_flags() {
    insta::assert_snapshot!(hcn(&["--help"]).snapshot(), @r"
    exit 0
    stdout:
    Windows container networking for plain containerd

    Usage: hcn [OPTIONS] <COMMAND>

    Commands:
      run        Run a container in a network namespace of its own and remove everything afterwards
      namespace  Namespaces: the network compartments of containers [aliases: ns, namespaces]
      network    Networks: switches with subnets [aliases: net, networks]
      endpoint   Endpoints: the NICs of containers [aliases: ep, endpoints]
      spec       Make or change a config.json, and tell everything that is wrong with it
      cni        Show and remove attachments that libcni's cache knows, whoever made them
      doctor     Say why networking does not work on this host, and what to do
      ps         List the runs that there are
      stop       Stop containers and remove everything of their runs
      rm         Remove runs, with --force also of containers that run
      logs       Print the output of a container that was kept in a file
      gc         Remove what killed runs left

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Global options:
      -a, --address <ADDRESS>            containerd's socket or pipe [env: CONTAINERD_ADDRESS]
      -n, --containerd-namespace <NAME>  The containerd namespace, ctr's --namespace [env:
                                         CONTAINERD_NAMESPACE] [default: default]
          --timeout <DURATION>           Time limit of the whole command, such as 90s or 1m30s; 0 is
                                         none
          --connect-timeout <DURATION>   Time limit of connecting to containerd [default: 10s]
          --state <FOLDER>               Where runs keep their journals [env: HCN_STATE]
          --hns <SERVICE>                The host network service: system, emulator or emulator:PATH
                                         [env: HCN_HNS]
          --verbose                      Log on standard error what is done; HCN_LOG chooses more
                                         closely [alias: --debug]
    ");
}

#[test]
fn help_of_run_fits_a_screen() {
    insta::assert_snapshot!(hcn(&["run", "-h"]).snapshot(), @r"
    exit 0
    stdout:
    Run a container in a network namespace of its own and remove everything afterwards

    Usage: hcn run [OPTIONS] IMAGE ID [COMMAND [ARGUMENT]...]
           hcn run [OPTIONS] --rootfs FOLDER ID COMMAND [ARGUMENT]...
           hcn run [OPTIONS] --config CONFIG.JSON [ID]

    Options:
      -c, --config <FILE>             Run this runtime spec as it is, with a network; no image is needed
          --rootfs                    Run on a folder: it stands in the place of IMAGE, and no snapshot
                                      is made
      -i, --interactive               Pass standard input to the container
      -t, --tty                       Give the container a terminal: this one, its input included
      -e, --env <NAME=VALUE>          Set an environment variable
          --env-file <FILE>           Set the environment variables of a file, one a line
      -w, --cwd <FOLDER>              The working folder of the command
      -u, --user <USER>               The user: a name or UID, and a group or GID behind a colon; a name
                                      on Windows
          --keep-entrypoint           Put the command behind the image's entrypoint, as Docker does, not
                                      in its place
          --mount <MOUNT>             A mount, as in type=bind,src=/a,dst=/b,options=rbind:ro
      -v, --volume <SRC:DST[:ro]>     A folder or file of the host in the container
          --hostname <NAME>           The container's host name
          --label <KEY=VALUE>         A label of the container
          --read-only                 Make the root file system read-only
          --memory-limit <BYTES>      The most memory it may use
          --cpus <NUMBER>             How many processors it may use, as in 1.5 (Linux)
          --cpu-count <NUMBER>        How many processors it may use (Windows)
          --privileged                Give it every right of hcn and the host's devices (Linux)
          --cap-add <CAP_NAME>        Add a capability (Linux)
          --cap-drop <CAP_NAME>       Drop a capability (Linux)
          --isolated                  Isolate the container by Hyper-V (Windows)
          --runtime <NAME>            The runtime [default: io.containerd.runc.v2, on Windows
                                      io.containerd.runhcs.v1]
          --pull <WHEN>               When the image is pulled: missing, always or never [default:
                                      missing]
          --platform <PLATFORM>       The image's platform, as in linux/amd64 [default: this host's]
          --snapshot <KEY>            Run on this prepared snapshot, which stays unless committed
          --commit <NAME>             Commit the root file system under this name when the command
                                      succeeds
          --report <FILE>             Write what the run did to this file, as JSON
          --snapshotter <NAME>        The snapshotter [env: CONTAINERD_SNAPSHOTTER] [default: overlayfs,
                                      on Windows windows]
          --net <WAY>                 What gives it its network: cni; nat, by HCN alone (Windows); or
                                      none, for no network at all
                                      [default: cni; on Windows nat where there is no CNI configuration]
          --network <NAME>            With --net nat: the network [default: nat, else the only NAT
                                      network, else nat is made]
          --dns <ADDRESS>             A name server [default: the attachment's, else the host's beyond
                                      its loopback]
          --add-host <NAME:ADDRESS>   A line of the hosts file (Linux)
          --net-host                  Use the host's network (Linux)
          --cni-netconfpath <FOLDER>  Where CNI configurations are [env: NETCONFPATH]
          --cni-path <FOLDER>         Where CNI plugins are [env: CNI_PATH]
          --cni-cache <FOLDER>        Where CNI results are kept [env: HCN_CNI_CACHE]
          --new-namespace             Make a network namespace even where config.json names one
      -d, --detach                    Run in the background: print the id once the container runs; a
                                      process of hcn's keeps its network and removes everything when it
                                      ends
          --pid-file <FILE>           Write the process id of the command to this file once it runs
          --log-uri <URI>             Where the output goes instead: file:///PATH, or binary:///PROGRAM,
                                      which containerd's shim starts
          --null-io                   Give the container no standard streams
          --dry-run                   Print what would be made, and make nothing
      -o, --output <FORMAT>           With --dry-run: how to print it: table or json
      -q, --quiet                     Say nothing but errors
          --rm                        Implied: hcn run always removes what it made, which ctr does only
                                      when asked
          --cni                       Implied: hcn run always attaches a network; --net says how
      -h, --help                      Print help (see more with '--help')

    Global options:
      -a, --address <ADDRESS>            containerd's socket or pipe [env: CONTAINERD_ADDRESS]
      -n, --containerd-namespace <NAME>  The containerd namespace, ctr's --namespace [env:
                                         CONTAINERD_NAMESPACE] [default: default]
          --timeout <DURATION>           Time limit of the whole command, such as 90s or 1m30s; 0 is
                                         none
          --connect-timeout <DURATION>   Time limit of connecting to containerd [default: 10s]
          --state <FOLDER>               Where runs keep their journals [env: HCN_STATE]
          --hns <SERVICE>                The host network service: system, emulator or emulator:PATH
                                         [env: HCN_HNS]
          --verbose                      Log on standard error what is done; HCN_LOG chooses more
                                         closely [alias: --debug]

    Flags may be written with one dash, as Go's programs take them. They end at IMAGE, or at ID with
    --config. --help names more of them.
    The container's exit code is returned; 125: hcn itself failed; 126: the command cannot be invoked;
    127: no such command.
    ");
}

#[test]
fn the_version_is_data() {
    let answer = hcn(&["--version"]);
    assert_eq!((answer.exit, answer.stdout()), (0, format!("hcn {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_wrong_flag_of_run_exits_125_and_that_of_hcn_2() {
    insta::assert_snapshot!(hcn(&["run", "--nosuch", "image", "t1"]).snapshot(), @r"
    exit 125
    stderr:
    error: unexpected argument '--nosuch' found

      tip: to pass '--nosuch' as a value, use '-- --nosuch'

    Usage: hcn run [OPTIONS] IMAGE ID [COMMAND [ARGUMENT]...]
           hcn run [OPTIONS] --rootfs FOLDER ID COMMAND [ARGUMENT]...
           hcn run [OPTIONS] --config CONFIG.JSON [ID]

    For more information, try '--help'.
    ");
    assert_eq!(hcn(&["--nosuch", "run"]).exit, 125);
    assert_eq!(hcn(&["nosuch"]).exit, 2);
}

#[test]
fn a_refused_flag_exits_125_with_one_line() {
    insta::assert_snapshot!(hcn(&["--namespace", "x", "run", "image", "t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: --namespace is ambiguous: it can mean containerd's namespace (a tenant) or a network namespace; use -n/--containerd-namespace for the first, and name the second in config.json
    ");
}

#[test]
fn a_daemon_that_is_not_there_is_named() {
    insta::assert_snapshot!(hcn(&["-a", "/nonexistent/c.sock", "run", "image", "t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot connect to containerd at /nonexistent/c.sock: there is no such socket; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS
    ");
}
