//! How objects are named on a command line.

use super::{LAB, Lab, NAT, WEB, said};

#[test]
fn an_id_is_taken_in_any_spelling() {
    let lab = Lab::furnished();
    let shown = lab.done("network show nat");
    for word in
        [NAT.to_owned(), NAT.to_uppercase(), format!("{{{NAT}}}"), "aa".into(), "AA00".into(), "{aa".into()]
    {
        assert_eq!(lab.done(&format!("network show {word}")), shown, "{word}");
    }
}

#[test]
fn what_fits_several_or_nothing_is_told() {
    let lab = Lab::furnished();
    insta::assert_snapshot!(said(&lab, &[
        "network show a",
        "network delete a",
        "endpoint show nosuch",
        "namespace delete cc000000-0000-0000-0000-000000000001",
        "network show {CC000000-0000-0000-0000-000000000001}",
    ]), @r"
    $ hcn network show a
    hcn: cannot tell which network `a` means: it fits aa000000-0000-0000-0000-000000000001 (`nat`), ab000000-0000-0000-0000-000000000002 (`lab`); write more of the id
    exit 2
    $ hcn network delete a
    hcn: cannot tell which network `a` means: it fits aa000000-0000-0000-0000-000000000001 (`nat`), ab000000-0000-0000-0000-000000000002 (`lab`); write more of the id
    exit 2
    $ hcn endpoint show nosuch
    hcn: cannot find the endpoint `nosuch`: no id begins so and none has this name; `hcn endpoint list` shows those that there are
    exit 3
    $ hcn namespace delete cc000000-0000-0000-0000-000000000001
    hcn: cannot delete namespace `cc000000-0000-0000-0000-000000000001`: there is no such object (0x80070490 ERROR_NOT_FOUND: Element not found.)
    exit 3
    $ hcn network show {CC000000-0000-0000-0000-000000000001}
    hcn: cannot read network `cc000000-0000-0000-0000-000000000001`: there is no such network (0x803B0001 HCN_E_NETWORK_NOT_FOUND: The network was not found.); list the networks with `hcn network list`
    exit 3
    ");
    assert_eq!(lab.program(&["network", "delete", ""]).run().exit, 2);
    assert_eq!(lab.ids()[0].len(), 2);
}

#[test]
fn several_are_shown_and_deleted_and_one_that_fails_stops_no_other() {
    let lab = Lab::furnished();
    assert_eq!(lab.done("network show lab nat -q"), format!("{LAB}\n{NAT}\n"));
    insta::assert_snapshot!(said(&lab, &["endpoint delete web nosuch ea", "network rm nat lab aa", "network list -q"]), @r"
    $ hcn endpoint delete web nosuch ea
    ea000000-0000-0000-0000-000000000001
    hcn: cannot find the endpoint `nosuch`: no id begins so and none has this name; `hcn endpoint list` shows those that there are
    exit 3
    $ hcn network rm nat lab aa
    aa000000-0000-0000-0000-000000000001
    ab000000-0000-0000-0000-000000000002
    $ hcn network list -q
    ");
}

#[test]
fn what_was_shown_before_one_was_missing_is_printed() {
    let lab = Lab::furnished();
    let output = lab.run("endpoint show nosuch web -q");
    assert_eq!((output.exit, output.stdout()), (3, format!("{WEB}\n")));
}
