//! Whole documents from files and standard input, good and bad.

use super::Lab;

#[test]
fn a_document_keeps_what_hcn_does_not_know_for_the_service_to_judge() {
    let lab = Lab::new();
    let document = r#"{"Name":"n","Type":"NAT","Odd":[1e400],"Flags":0}"#;
    let output = lab.program(&["network", "create", "-f", "-"]).stdin(document).run();
    insta::assert_snapshot!(output.snapshot(), @r"
    exit 1
    stderr: hcn: cannot create network `n`: the service cannot use the document (0x803B001B HCN_E_INVALID_JSON: Invalid JSON document string. {{Odd,UnknownField}}); leave out members that this Windows release does not know
    ");
    let output = lab
        .program(&["network", "create", "-f", "-", "-o", "name"])
        .stdin(document.replace(r#""Odd":[1e400],"#, ""))
        .run();
    assert_eq!((output.exit, output.stdout().as_str()), (0, "n\n"));
}

#[test]
fn a_document_of_a_file_names_all_but_the_network() {
    let lab = Lab::furnished();
    lab.scratch.file(
        "web.json",
        "\u{feff}{\"Name\":\"from-file\",\"IpConfigurations\":[{\"IpAddress\":\"10.1.0.44\"}]}",
    );
    assert_eq!(lab.done("endpoint create -f web.json --network nat -o name"), "from-file\n");
    let refused = lab.run("endpoint create -f web.json");
    insta::assert_snapshot!(refused.snapshot(), @r"
    exit 1
    stderr: hcn: cannot create endpoint `from-file`: the document is invalid at `HostComputeNetwork`: an endpoint names the network that it is on (0x8007000D ERROR_INVALID_DATA)
    ");
}

#[test]
fn bad_documents_are_refused_with_their_place_and_make_nothing() {
    let lab = Lab::new();
    let long = format!(r#"{{"Name":"{}"}}"#, "x".repeat(10 << 20));
    let deep = format!(r#"{{"Odd":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    let bad: [(&str, Vec<u8>); 9] = [
        ("empty", Vec::new()),
        ("truncated", br#"{"Name":"n","Ipams":[{"Subnets":"#.to_vec()),
        ("two", b"{} {}".to_vec()),
        ("list", b"[]".to_vec()),
        ("type", br#"{"Name":"n","Ipams":[{"Subnets":[{"IpAddressPrefix":5}]}]}"#.to_vec()),
        ("twice", br#"{"Name":"n","name":"m"}"#.to_vec()),
        ("bytes", b"{\"Name\":\"\xff\"}".to_vec()),
        ("long", long.into_bytes()),
        ("deep", deep.into_bytes()),
    ];
    let mut said = String::new();
    for (name, bytes) in bad {
        lab.scratch.file(name, bytes);
        let output = lab.run(&format!("network create -f {name}"));
        said.push_str(&format!("{} {}", output.exit, output.stderr()));
    }
    insta::assert_snapshot!(said, @r"
    1 hcn: cannot read `empty`: the document is invalid: EOF while parsing a value at line 1 column 0; correct it there, nothing was changed
    1 hcn: cannot read `truncated`: the document is invalid at `Ipams[0].Subnets`: EOF while parsing a value at line 1 column 32; correct it there, nothing was changed
    1 hcn: cannot read `two`: the document is invalid: trailing characters at line 1 column 4; correct it there, nothing was changed
    1 hcn: cannot read `list`: the document is invalid: invalid type: sequence, expected an object at line 1 column 0; correct it there, nothing was changed
    1 hcn: cannot read `type`: the document is invalid at `Ipams[0].Subnets[0].IpAddressPrefix`: invalid type: integer `5`, expected a string at line 1 column 53; correct it there, nothing was changed
    1 hcn: cannot read `twice`: the document is invalid: duplicate field `Name` at line 1 column 18; correct it there, nothing was changed
    1 hcn: cannot read `bytes`: it is not UTF-8 (invalid utf-8 sequence of 1 bytes from index 9); save it as UTF-8
    1 hcn: cannot read `long`: it is longer than 4 MiB; no document is; name another file
    1 hcn: cannot create a network: the service cannot use the document (0x803B001B HCN_E_INVALID_JSON: Invalid JSON document string. {{Odd,UnknownField}}); leave out members that this Windows release does not know
    ");
    assert_eq!(lab.ids(), [const { Vec::<String>::new() }; 3]);
}

/// Creates a network of this name, which is written as JSON writes it.
fn named(lab: &Lab, name: &str) -> hcn_test::Output {
    let document = format!(r#"{{"Name":"{name}"}}"#);
    lab.program(&["network", "create", "-f", "-", "-q"]).stdin(document).run()
}

#[test]
fn names_that_no_service_takes_are_refused_and_make_nothing() {
    let lab = Lab::new();
    insta::assert_snapshot!(named(&lab, r"nul\u0000inside").snapshot(), @r"
    exit 1
    stderr: hcn: cannot create network `nul\0inside`: the service took an argument or a part of the document for incorrect (0x80070057 E_INVALIDARG: The parameter is incorrect. {{Name holds a NUL}})
    ");
    let long = named(&lab, &"n".repeat(300));
    assert!(long.exit == 1 && long.stderr().contains("300 characters"), "{}", long.stderr());
    assert_eq!(lab.ids(), [const { Vec::<String>::new() }; 3]);
}

#[test]
fn a_name_with_control_characters_is_printed_on_one_line() {
    let lab = Lab::new();
    named(&lab, r"line\nbreak \u001b[2J").success();
    for line in ["network list", "network list -o name"] {
        let shown = lab.done(line);
        assert!(shown.contains(r"line\nbreak \u{1b}[2J") && !shown.contains('\u{1b}'), "{shown}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let lab = Lab::new();
    lab.scratch.folder("folder");
    let said = super::said(
        &lab,
        &["network create -f nosuch.json", "network create -f folder", "network modify x nosuch.json"],
    );
    insta::assert_snapshot!(said, @r"
    $ hcn network create -f nosuch.json
    hcn: cannot read `nosuch.json`: No such file or directory (os error 2); name a file that can be read, or - for standard input
    exit 3
    $ hcn network create -f folder
    hcn: cannot read `folder`: Is a directory (os error 21); name a file that can be read, or - for standard input
    exit 1
    $ hcn network modify x nosuch.json
    hcn: cannot read `nosuch.json`: No such file or directory (os error 2); name a file that can be read, or - for standard input
    exit 3
    ");
}
