//! Endpoints in namespaces, and requests that are passed on.

use super::{Lab, ROOM, WEB, said};

#[test]
fn endpoints_go_into_a_namespace_and_out_of_it() {
    let lab = Lab::furnished();
    let inside = || {
        let room = lab.hcn().namespaces().get(ROOM.parse().unwrap()).unwrap();
        room.endpoints().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    lab.done("namespace attach ba web");
    assert_eq!(inside(), [WEB]);
    lab.done(&format!("namespace detach {ROOM} ea"));
    assert_eq!((inside(), lab.ids()[1].len()), (vec![], 1));
    insta::assert_snapshot!(said(&lab, &["namespace attach ba nosuch", "namespace attach nosuch web", "namespace detach ba web"]), @r"
    $ hcn namespace attach ba nosuch
    hcn: cannot find the endpoint `nosuch`: no id begins so and none has this name; `hcn endpoint list` shows those that there are
    exit 3
    $ hcn namespace attach nosuch web
    hcn: cannot find the namespace `nosuch`: no id begins so and none has this name; `hcn namespace list` shows those that there are
    exit 3
    $ hcn namespace detach ba web
    hcn: cannot modify namespace `ba000000-0000-0000-0000-000000000001`: there is no such object (0x80070490 ERROR_NOT_FOUND: Element not found.)
    exit 3
    ");
}

#[test]
fn a_request_is_passed_on_as_it_is() {
    let lab = Lab::furnished();
    let request =
        format!(r#"{{"ResourceType":"Endpoint","RequestType":"Add","Settings":{{"EndpointId":"{WEB}"}}}}"#);
    lab.scratch.file("request.json", &request);
    lab.done("namespace modify ba request.json");
    let again =
        lab.program(&["namespace", "modify", "ba", "-"]).stdin(request.replace("Add", "Remove")).run();
    again.success();
    let ports = r#"{"ResourceType":"Policy","RequestType":"Add","Settings":{"Policies":[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}}]}}"#;
    lab.program(&["endpoint", "modify", "web", "-"]).stdin(ports).run().success();
    assert!(lab.done("endpoint show web").contains("policies     PortMapping\n"));
    let odd = lab.program(&["network", "modify", "nat", "-"]).stdin(r#"{"ResourceType":"Nonsense"}"#).run();
    insta::assert_snapshot!(odd.snapshot(), @r"
    exit 1
    stderr: hcn: cannot modify network `[GUID]`: the service cannot use the document (0x803B001B HCN_E_INVALID_JSON: Invalid JSON document string. {{ResourceType,UnknownValue}}); leave out members that this Windows release does not know
    ");
}
