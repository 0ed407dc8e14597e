//! What the commands for runs, attachments and diagnosis say of themselves, where there is nothing to tell of, and of
//! words that they do not take.

use hcn_test::{Output, Program, Scratch};

/// `hcn LINE` on a host without runs, attachments and a containerd.
fn hcn(scratch: &Scratch, line: &str) -> Output {
    let hcn = Program::new(env!("CARGO_BIN_EXE_hcn")).args(line.split_whitespace()).env("COLUMNS", "100");
    hcn.env("HCN_STATE", scratch.join("state"))
        .env("HCN_CNI_CACHE", scratch.join("cache"))
        .env("CONTAINERD_ADDRESS", "/nonexistent/c.sock")
        .scratch(scratch.path())
        .run()
}

/// What each line prints and exits with.
fn said(lines: &[&str]) -> String {
    let scratch = Scratch::new();
    let one = |line: &&str| format!("$ hcn {line}\n{}\n", hcn(&scratch, line).snapshot());
    lines.iter().map(one).collect()
}

/// The helps of these commands, without the flags that all have.
fn helps(lines: &[&str]) -> String {
    let scratch = Scratch::new();
    let own = |line: &&str| {
        let help = hcn(&scratch, line).success().stdout();
        let (own, after) = help.split_once("Global options:").unwrap_or((&help, ""));
        let after = after.split_once("\n\n").map(|(_, after)| after).unwrap_or_default();
        format!("{own}{after}")
    };
    lines.iter().map(own).collect()
}

#[test]
fn help_of_the_commands_for_runs_names_their_flags() {
    insta::assert_snapshot!(helps(&["ps -h", "stop -h", "rm -h", "logs -h", "gc -h"]), @"
    List the runs that there are

    Usage: hcn ps [OPTIONS]

    Options:
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json]
      -q, --quiet            Print the containers' ids alone, one a line
      -h, --help             Print help (see more with '--help')

    Stop containers and remove everything of their runs

    Usage: hcn stop [OPTIONS] <ID>...

    Arguments:
      <ID>...  Containers' ids, or the fronts of them

    Options:
      -t, --time <DURATION>  How long it may take until it is killed: seconds, or such as 1m30s
                             [default: 10]
      -h, --help             Print help

    Remove runs, with --force also of containers that run

    Usage: hcn rm [OPTIONS] <ID>...

    Arguments:
      <ID>...  Containers' ids, or the fronts of them

    Options:
      -f, --force  Kill containers that run
      -h, --help   Print help

    Print the output of a container that was kept in a file

    Usage: hcn logs [OPTIONS] <ID>

    Arguments:
      <ID>  The container's id, or the front of it

    Options:
      -f, --follow  Go on until the run has ended
      -h, --help    Print help

    Remove what killed runs left

    Usage: hcn gc [OPTIONS]

    Options:
          --dry-run          Tell what would be removed, and remove nothing
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json]
      -h, --help             Print help (see more with '--help')

    The next `hcn run` does the same by itself, for the containerd that it uses.
    0: nothing is left; 1: something is, for the reasons given.
    ");
}

#[test]
fn help_of_cni_names_its_verbs_and_their_flags() {
    insta::assert_snapshot!(helps(&["cni -h", "cni list -h", "cni del -h"]), @"
    Show and remove attachments that libcni's cache knows, whoever made them

    Usage: hcn cni [OPTIONS] <COMMAND>

    Commands:
      del   Detach a container, with the configuration as it was when it was attached
      list  List the attachments in the cache [alias: ls]

    Options:
      -h, --help  Print help

    List the attachments in the cache

    Usage: hcn cni list [OPTIONS]

    Options:
      -o, --output <FORMAT>           How to print it [default: table] [possible values: table, json]
          --snapshotter <NAME>        The snapshotter [env: CONTAINERD_SNAPSHOTTER] [default: overlayfs,
                                      on Windows windows]
          --cni-netconfpath <FOLDER>  Where CNI configurations are [env: NETCONFPATH]
          --cni-path <FOLDER>         Where CNI plugins are [env: CNI_PATH]
          --cni-cache <FOLDER>        Where CNI results are kept [env: HCN_CNI_CACHE]
      -h, --help                      Print help (see more with '--help')

    Detach a container, with the configuration as it was when it was attached

    Usage: hcn cni del [OPTIONS] <NETWORK> <CONTAINERID> <IFNAME>

    Arguments:
      <NETWORK>      The network's name
      <CONTAINERID>  The container's id as plugins know it: with ctr and hcn, the containerd namespace,
                     a dash, and the id
      <IFNAME>       The interface in the container

    Options:
          --netns <NAMESPACE>         The network namespace, where the cache does not know it: a path,
                                      on Windows a GUID
          --snapshotter <NAME>        The snapshotter [env: CONTAINERD_SNAPSHOTTER] [default: overlayfs,
                                      on Windows windows]
          --cni-netconfpath <FOLDER>  Where CNI configurations are [env: NETCONFPATH]
          --cni-path <FOLDER>         Where CNI plugins are [env: CNI_PATH]
          --cni-cache <FOLDER>        Where CNI results are kept [env: HCN_CNI_CACHE]
      -h, --help                      Print help

    NETWORK, CONTAINERID and IFNAME are as `hcn cni list` shows them. What the cache does not know is
    refused; what is gone already is success.
    ");
}

#[test]
fn help_of_doctor_names_its_flags() {
    insta::assert_snapshot!(helps(&["doctor -h"]), @"
    Say why networking does not work on this host, and what to do

    Usage: hcn doctor [OPTIONS]

    Options:
          --only <ID>                 Only the checks of these ids
          --list                      List the checks
          --explain <ID>              Say what a check looks at, and why it matters
          --config <FILE>             Look at this config.json, and at what it needs; - is standard
                                      input
          --mount <MOUNT>             Look at this bind mount, as in
                                      type=bind,src=/a,dst=/b,options=rbind:ro
          --compare <PATH>            Put the mounts' volumes beside that of a folder that works, and
                                      say what differs
          --image <REF>               Look at this image: is it for this host?
          --in-container              Try lock files inside a container of the image too, through the
                                      mounts
      -o, --output <FORMAT>           How to print: table or json [default: table]
          --snapshotter <NAME>        The snapshotter [env: CONTAINERD_SNAPSHOTTER] [default: overlayfs,
                                      on Windows windows]
          --cni-netconfpath <FOLDER>  Where CNI configurations are [env: NETCONFPATH]
          --cni-path <FOLDER>         Where CNI plugins are [env: CNI_PATH]
          --cni-cache <FOLDER>        Where CNI results are kept [env: HCN_CNI_CACHE]
      -h, --help                      Print help
    ");
}

#[test]
fn help_of_the_other_verbs_of_objects_names_their_flags() {
    insta::assert_snapshot!(helps(&["namespace list -h", "namespace show -h", "namespace delete -h", "namespace modify -h"]), @"
    List the namespaces, and the containers that use them

    Usage: hcn namespace list [OPTIONS]

    Options:
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json, name]
      -q, --quiet            Print ids alone, one a line
      -h, --help             Print help (see more with '--help')

    Show all of some namespaces

    Usage: hcn namespace show [OPTIONS] <ID>...

    Arguments:
      <ID>...  Ids, beginnings of ids, or names

    Options:
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json, name]
      -q, --quiet            Print ids alone, one a line
      -h, --help             Print help (see more with '--help')

    Delete namespaces and print the ids of those that are gone

    Usage: hcn namespace delete [OPTIONS] <ID>...

    Arguments:
      <ID>...  Ids, beginnings of ids, or names

    Options:
      -h, --help  Print help

    Send a request to change a namespace, as it is

    Usage: hcn namespace modify [OPTIONS] <ID> <FILE>

    Arguments:
      <ID>    The id, its beginning, or the name
      <FILE>  The request as the service takes it: ResourceType, RequestType, Settings; - is standard
              input

    Options:
      -h, --help  Print help
    ");
    for verb in ["list", "show", "delete", "modify"] {
        let [network, endpoint] = ["network", "endpoint"].map(|noun| helps(&[&format!("{noun} {verb} -h")]));
        let renamed = endpoint.replace("endpoint", "network").replace("an network", "a network");
        assert_eq!(renamed, network, "{verb}");
    }
}

#[test]
fn where_there_is_nothing_lists_are_empty_and_names_are_unknown() {
    insta::assert_snapshot!(said(&["ps", "ps -o json", "ps -q", "stop box", "rm box", "logs box", "gc", "gc --dry-run", "cni list", "cni list -o json", "cni del lab default-box eth0"]), @"
    $ hcn ps
    exit 0
    stdout: ID  IMAGE  PID  STATUS  ADDRESSES  AGE
    $ hcn ps -o json
    exit 0
    stdout: []
    $ hcn ps -q
    exit 0
    $ hcn stop box
    exit 3
    stderr: hcn: no run has a container `box`; `hcn ps` lists those that there are
    $ hcn rm box
    exit 3
    stderr: hcn: no run has a container `box`; `hcn ps` lists those that there are
    $ hcn logs box
    exit 3
    stderr: hcn: no run has a container `box`; `hcn ps` lists those that there are
    $ hcn gc
    exit 0
    $ hcn gc --dry-run
    exit 0
    $ hcn cni list
    exit 0
    stdout: NETWORK  CONTAINERID  IFNAME  ADDRESSES
    $ hcn cni list -o json
    exit 0
    stdout: []
    $ hcn cni del lab default-box eth0
    exit 3
    stderr: hcn: cannot detach container `default-box` from network `lab`: it is not in the CNI result cache, [SCRATCH]/cache/results/lab-default-box-eth0; name network, container id and interface as they are kept there: `hcn cni list` shows them
    ");
}

#[test]
fn words_that_they_do_not_take_are_wrong_usage() {
    insta::assert_snapshot!(said(&["stop", "stop --time soon box", "rm", "logs", "gc box", "ps -o yaml", "cni", "cni del lab", "doctor --only nosuch"]), @"
    $ hcn stop
    exit 2
    stderr:
    error: the following required arguments were not provided:
      <ID>...

    Usage: hcn stop <ID>...

    For more information, try '--help'.
    $ hcn stop --time soon box
    exit 2
    stderr:
    error: invalid value 'soon' for '--time <DURATION>': a duration such as 10s, 300ms or 1m30s is expected

    For more information, try '--help'.
    $ hcn rm
    exit 2
    stderr:
    error: the following required arguments were not provided:
      <ID>...

    Usage: hcn rm <ID>...

    For more information, try '--help'.
    $ hcn logs
    exit 2
    stderr:
    error: the following required arguments were not provided:
      <ID>

    Usage: hcn logs <ID>

    For more information, try '--help'.
    $ hcn gc box
    exit 2
    stderr:
    error: unexpected argument 'box' found

    Usage: hcn gc [OPTIONS]

    For more information, try '--help'.
    $ hcn ps -o yaml
    exit 2
    stderr:
    error: invalid value 'yaml' for '--output <FORMAT>'
      [possible values: table, json]

    For more information, try '--help'.
    $ hcn cni
    exit 2
    stderr:
    Show and remove attachments that libcni's cache knows, whoever made them

    Usage: hcn cni [OPTIONS] <COMMAND>

    Commands:
      del   Detach a container, with the configuration as it was when it was attached
      list  List the attachments in the cache [alias: ls]

    Options:
      -h, --help  Print help

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
    $ hcn cni del lab
    exit 2
    stderr:
    error: the following required arguments were not provided:
      <CONTAINERID>
      <IFNAME>

    Usage: hcn cni del <NETWORK> <CONTAINERID> <IFNAME>

    For more information, try '--help'.
    $ hcn doctor --only nosuch
    exit 2
    stderr: hcn: there is no check `nosuch`; `hcn doctor --list` names them all
    ");
}
