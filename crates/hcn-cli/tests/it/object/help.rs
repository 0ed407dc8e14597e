//! The help of every command, as people read it.

use super::{Lab, said};

#[test]
fn help_of_the_nouns_names_their_verbs() {
    let lab = Lab::new();
    let brief = |line: &str| {
        let all = lab.done(line);
        all.split("Global options:").next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(["namespace -h", "network -h", "endpoint -h"].map(brief).concat(), @r"
    Namespaces: the network compartments of containers

    Usage: hcn namespace [OPTIONS] <COMMAND>

    Commands:
      list    List the namespaces, and the containers that use them [alias: ls]
      show    Show all of some namespaces [alias: inspect]
      create  Create a namespace and print its id
      delete  Delete namespaces and print the ids of those that are gone [alias: rm]
      modify  Send a request to change a namespace, as it is
      attach  Add endpoints to a namespace
      detach  Take endpoints out of a namespace; they stay
      prune   List the namespaces that ctr and nerdctl left behind; with --yes, delete them

    Options:
      -h, --help  Print help

    Networks: switches with subnets

    Usage: hcn network [OPTIONS] <COMMAND>

    Commands:
      list    List the networks [alias: ls]
      show    Show all of some networks [alias: inspect]
      create  Create a network and print its id
      delete  Delete networks and print the ids of those that are gone [alias: rm]
      modify  Send a request to change a network, as it is

    Options:
      -h, --help  Print help

    Endpoints: the NICs of containers

    Usage: hcn endpoint [OPTIONS] <COMMAND>

    Commands:
      list    List the endpoints [alias: ls]
      show    Show all of some endpoints [alias: inspect]
      create  Create an endpoint on a network and print its id
      delete  Delete endpoints and print the ids of those that are gone [alias: rm]
      modify  Send a request to change an endpoint, as it is

    Options:
      -h, --help  Print help
    ");
}

#[test]
fn help_of_the_verbs_names_their_flags() {
    let lab = Lab::new();
    let brief = |line: &str| {
        let all = lab.done(line);
        let after =
            all.split("\n\n").filter(|part| part.starts_with("A namespace is listed")).collect::<String>();
        format!("{}{after}", all.split("Global options:").next().unwrap_or_default())
    };
    insta::assert_snapshot!(["network list -h", "network show -h", "network delete -h", "network modify -h"].map(brief).concat(), @r"
    List the networks

    Usage: hcn network list [OPTIONS]

    Options:
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json, name]
      -q, --quiet            Print ids alone, one a line
      -h, --help             Print help (see more with '--help')

    Show all of some networks

    Usage: hcn network show [OPTIONS] <ID>...

    Arguments:
      <ID>...  Ids, beginnings of ids, or names

    Options:
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json, name]
      -q, --quiet            Print ids alone, one a line
      -h, --help             Print help (see more with '--help')

    Delete networks and print the ids of those that are gone

    Usage: hcn network delete [OPTIONS] <ID>...

    Arguments:
      <ID>...  Ids, beginnings of ids, or names

    Options:
      -h, --help  Print help

    Send a request to change a network, as it is

    Usage: hcn network modify [OPTIONS] <ID> <FILE>

    Arguments:
      <ID>    The id, its beginning, or the name
      <FILE>  The request as the service takes it: ResourceType, RequestType, Settings; - is standard
              input

    Options:
      -h, --help  Print help
    ");
    insta::assert_snapshot!(["network create -h", "endpoint create -h"].map(brief).concat(), @r#"
    Create a network and print its id

    Usage: hcn network create [OPTIONS] [NAME]

    Arguments:
      [NAME]  Its name

    Options:
          --type <TYPE>          NAT, ICS, Transparent, L2Bridge, L2Tunnel, Overlay, Private or Internal
                                 [default: NAT]
          --subnet <PREFIX>      A subnet, as in 10.1.0.0/24
          --gateway <ADDRESS>    The gateway of the subnet that it lies in
          --dns <ADDRESS>        A name server
          --dns-domain <DOMAIN>  The domain of short names
          --dns-search <DOMAIN>  A further domain to search
          --adapter <NAME>       The host's network adapter that it is on
          --vlan <NUMBER>        The VLAN of its subnets
          --policy <JSON>        A further policy, as in {"Type":"NAME","Settings":{}}
      -f, --file <FILE>          Create it from this document, whole; - is standard input
          --id <GUID>            Its id [default: the document's, else a random one]
      -o, --output <FORMAT>      How to print it [default: table] [possible values: table, json, name]
      -q, --quiet                Print ids alone, one a line
      -h, --help                 Print help (see more with '--help')

    Create an endpoint on a network and print its id

    Usage: hcn endpoint create [OPTIONS] [NAME]

    Arguments:
      [NAME]  Its name

    Options:
          --network <NETWORK>      The network that it is on: an id, its beginning, or a name
          --ip <ADDRESS[/LENGTH]>  An address, with or without the length of its prefix [default: the
                                   service chooses]
          --mac <ADDRESS>          The MAC address, as in 00-15-5D-52-C0-00 [default: the service
                                   chooses]
          --gateway <ADDRESS>      The gateway [default: the subnet's]
          --dns <ADDRESS>          A name server [default: the network's]
          --dns-domain <DOMAIN>    The domain of short names
          --dns-search <DOMAIN>    A further domain to search
      -p, --publish <HOST:PORT>    A port of the host that leads to the endpoint's, as in 8080:80 or
                                   53:53/udp
          --policy <JSON>          A further policy, as in {"Type":"NAME","Settings":{}}
      -f, --file <FILE>            Create it from this document, whole; - is standard input
          --id <GUID>              Its id [default: the document's, else a random one]
      -o, --output <FORMAT>        How to print it [default: table] [possible values: table, json, name]
      -q, --quiet                  Print ids alone, one a line
      -h, --help                   Print help (see more with '--help')
    "#);
    insta::assert_snapshot!(["namespace create -h", "namespace attach -h", "namespace detach -h", "namespace prune -h"].map(brief).concat(), @r"
    Create a namespace and print its id

    Usage: hcn namespace create [OPTIONS]

    Options:
          --type <TYPE>      Host, HostDefault, Guest or GuestDefault [default: none is named, which is
                             Host]
      -f, --file <FILE>      Create it from this document, whole; - is standard input
          --id <GUID>        Its id [default: the document's, else a random one]
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json, name]
      -q, --quiet            Print ids alone, one a line
      -h, --help             Print help (see more with '--help')

    Add endpoints to a namespace

    Usage: hcn namespace attach [OPTIONS] <TARGET> <ENDPOINT>...

    Arguments:
      <TARGET>       The namespace: its id, or the beginning of it
      <ENDPOINT>...  The endpoints: ids, beginnings of ids, or names

    Options:
      -h, --help  Print help

    Take endpoints out of a namespace; they stay

    Usage: hcn namespace detach [OPTIONS] <TARGET> <ENDPOINT>...

    Arguments:
      <TARGET>       The namespace: its id, or the beginning of it
      <ENDPOINT>...  The endpoints: ids, beginnings of ids, or names

    Options:
      -h, --help  Print help

    List the namespaces that ctr and nerdctl left behind; with --yes, delete them

    Usage: hcn namespace prune [OPTIONS]

    Options:
          --yes              Delete them, and print the ids of those that are gone
      -o, --output <FORMAT>  How to print it [default: table] [possible values: table, json, name]
      -q, --quiet            Print ids alone, one a line
      -h, --help             Print help (see more with '--help')

    A namespace is listed if it is not the default one, holds no container, and is named by no container
    of any containerd namespace and by no run of hcn, in two looks at least ten minutes apart. Each call
    is a look, with or without --yes; they are kept in the folder of --state.
    ");
}

#[test]
fn wrong_usage_exits_2_and_says_what_is_missing() {
    let lab = Lab::new();
    insta::assert_snapshot!(said(&lab, &["network", "network create", "endpoint create x", "namespace attach x", "network rm", "endpoint list -o yaml", "network create x --type bridge", "network create x -f y", "endpoint create --network x --ip 1.2.3", "network create x --subnet 10.99.0.0/99", "network create x --gateway 10.99", "network list --namespace x"]), @r"
    $ hcn network
    Networks: switches with subnets

    Usage: hcn network [OPTIONS] <COMMAND>

    Commands:
      list    List the networks [alias: ls]
      show    Show all of some networks [alias: inspect]
      create  Create a network and print its id
      delete  Delete networks and print the ids of those that are gone [alias: rm]
      modify  Send a request to change a network, as it is

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
    exit 2
    $ hcn network create
    error: the following required arguments were not provided:
      <NAME>

    Usage: hcn network create <NAME>

    For more information, try '--help'.
    exit 2
    $ hcn endpoint create x
    error: the following required arguments were not provided:
      --network <NETWORK>

    Usage: hcn endpoint create --network <NETWORK> <NAME>

    For more information, try '--help'.
    exit 2
    $ hcn namespace attach x
    error: the following required arguments were not provided:
      <ENDPOINT>...

    Usage: hcn namespace attach <TARGET> <ENDPOINT>...

    For more information, try '--help'.
    exit 2
    $ hcn network rm
    error: the following required arguments were not provided:
      <ID>...

    Usage: hcn network delete <ID>...

    For more information, try '--help'.
    exit 2
    $ hcn endpoint list -o yaml
    error: invalid value 'yaml' for '--output <FORMAT>'
      [possible values: table, json, name]

    For more information, try '--help'.
    exit 2
    $ hcn network create x --type bridge
    error: invalid value 'bridge' for '--type <TYPE>': there is no such type; choose NAT, ICS, Transparent, L2Bridge, L2Tunnel, Overlay, Private, Internal, Mirrored, Infiniband, ConstrainedICS

    For more information, try '--help'.
    exit 2
    $ hcn network create x -f y
    error: the argument '--file <FILE>' cannot be used with:
      [NAME]
      --type <TYPE>
      --subnet <PREFIX>
      --gateway <ADDRESS>
      --dns <ADDRESS>
      --dns-domain <DOMAIN>
      --dns-search <DOMAIN>
      --adapter <NAME>
      --vlan <NUMBER>
      --policy <JSON>

    Usage: hcn network create --file <FILE> [NAME]

    For more information, try '--help'.
    exit 2
    $ hcn endpoint create --network x --ip 1.2.3
    error: invalid value '1.2.3' for '--ip <ADDRESS[/LENGTH]>': it is no address; write one as 10.1.0.5 or 10.1.0.5/24

    For more information, try '--help'.
    exit 2
    $ hcn network create x --subnet 10.99.0.0/99
    error: invalid value '10.99.0.0/99' for '--subnet <PREFIX>': behind the slash stands no number up to 32; write a subnet as 10.1.0.0/24

    For more information, try '--help'.
    exit 2
    $ hcn network create x --gateway 10.99
    error: invalid value '10.99' for '--gateway <ADDRESS>': it is no address; write one as 10.1.0.1

    For more information, try '--help'.
    exit 2
    $ hcn network list --namespace x
    hcn: --namespace is ambiguous: it can mean containerd's namespace (a tenant) or a network namespace; use -n/--containerd-namespace for the first, and name the second in config.json
    exit 2
    ");
}

#[test]
fn short_and_plural_nouns_mean_the_same() {
    let lab = Lab::furnished();
    for (short, long) in [
        ("ns ls -q", "namespace list -q"),
        ("namespaces ls -q", "namespace list -q"),
        ("net inspect nat", "network show nat"),
        ("networks ls", "network list"),
        ("ep ls", "endpoint list"),
        ("endpoints inspect web", "endpoint show web"),
    ] {
        assert_eq!(lab.done(short), lab.done(long), "{short}");
    }
}
