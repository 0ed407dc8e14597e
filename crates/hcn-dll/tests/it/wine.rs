//! From outside: a C program that knows only the SDK's signatures, under Wine, on the DLL in system32.

use std::path::{Path, PathBuf};

use hcn_test::{Program, Wine, require, tools};

/// Every function that the real DLL is known to export.
const NAMES: &[&str] = &[
    "HcnEnumerateNetworks",
    "HcnCreateNetwork",
    "HcnOpenNetwork",
    "HcnModifyNetwork",
    "HcnQueryNetworkProperties",
    "HcnDeleteNetwork",
    "HcnCloseNetwork",
    "HcnEnumerateEndpoints",
    "HcnCreateEndpoint",
    "HcnOpenEndpoint",
    "HcnModifyEndpoint",
    "HcnQueryEndpointProperties",
    "HcnQueryEndpointStats",
    "HcnQueryEndpointAddresses",
    "HcnDeleteEndpoint",
    "HcnCloseEndpoint",
    "HcnEnumerateNamespaces",
    "HcnCreateNamespace",
    "HcnOpenNamespace",
    "HcnModifyNamespace",
    "HcnQueryNamespaceProperties",
    "HcnDeleteNamespace",
    "HcnCloseNamespace",
    "HcnEnumerateLoadBalancers",
    "HcnCreateLoadBalancer",
    "HcnOpenLoadBalancer",
    "HcnModifyLoadBalancer",
    "HcnQueryLoadBalancerProperties",
    "HcnDeleteLoadBalancer",
    "HcnCloseLoadBalancer",
    "HcnEnumerateSdnRoutes",
    "HcnCreateSdnRoute",
    "HcnOpenSdnRoute",
    "HcnModifySdnRoute",
    "HcnQuerySdnRouteProperties",
    "HcnDeleteSdnRoute",
    "HcnCloseSdnRoute",
    "HcnCreateGuestNetworkService",
    "HcnModifyGuestNetworkService",
    "HcnDeleteGuestNetworkService",
    "HcnCloseGuestNetworkService",
    "HcnEnumerateGuestNetworkServices",
    "HcnOpenGuestNetworkService",
    "HcnQueryGuestNetworkServiceProperties",
    "HcnRegisterGuestNetworkServiceCallback",
    "HcnUnregisterGuestNetworkServiceCallback",
    "HcnReserveGuestNetworkServicePort",
    "HcnReserveGuestNetworkServicePortRange",
    "HcnReleaseGuestNetworkServicePortReservationHandle",
    "HcnEnumerateGuestNetworkPortReservations",
    "HcnFreeGuestNetworkPortReservations",
    "HcnRegisterServiceCallback",
    "HcnUnregisterServiceCallback",
    "HcnOpenService",
    "HcnCloseService",
];

/// A prefix, and the program in it.
struct Outside {
    wine: Wine,
    exe: PathBuf,
}

impl Outside {
    fn new() -> Self {
        let wine = Wine::new().unwrap();
        let exe = wine.scratch().join("consumer.exe");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/consumer.c");
        let compiler = Program::new(tools::need("x86_64-w64-mingw32-gcc"));
        compiler.args(["-Wall", "-Werror", "-o"]).arg(&exe).arg(source).arg("-lole32").run().success();
        Outside { wine, exe }
    }

    /// On the prefix's own store, whatever the other tests of this process named.
    fn program(&self, args: &[&str]) -> Program {
        self.wine.program(&self.exe).args(args).env_remove("HCN_EMULATOR_STORE")
    }

    fn says(&self, args: &[&str]) -> String {
        let output = self.program(args).run().success();
        output.stdout()
    }
}

#[test]
fn a_stranger_finds_every_function_uses_them_and_reads_the_records() {
    require!(Wine, WindowsArtefacts);
    let outside = Outside::new();
    assert_eq!(outside.says(&[&["names"], NAMES].concat()), "55 names\n");
    insta::assert_snapshot!(outside.says(&["version"]), @r#"HNSCall 00000000 {"Success":true,"Output":{"Major":9,"Minor":2}}"#);
    insta::assert_snapshot!(outside.says(&["story"]), @r#"
    HcnCreateNetwork 00000000
    HcnCreateEndpoint 00000000
    HcnCreateNamespace 00000000
    HcnModifyNamespace 00000000
    HcnQueryNamespaceProperties 00000000 {"ID":"11223344-5566-7788-99aa-bbccddeeff03","Version":38654705666,"Health":{"Extra":{"SharedContainers":[]}},"SchemaVersion":{"Major":2,"Minor":0},"Type":"Host","Resources":[{"Type":"Endpoint","Data":{"Id":"11223344-5566-7788-99AA-BBCCDDEEFF02"}}]}
    HcnQueryEndpointProperties 00000000 {"ID":"11223344-5566-7788-99aa-bbccddeeff02","Name":"nic","Version":38654705666,"Health":{"Extra":{"SharedContainers":[]}},"SchemaVersion":{"Major":2,"Minor":0},"HostComputeNetwork":"11223344-5566-7788-99aa-bbccddeeff01","HostComputeNamespace":"11223344-5566-7788-99aa-bbccddeeff03","IpConfigurations":[{"IpAddress":"10.1.0.5","PrefixLength":24}],"Dns":{"ServerList":["192.0.2.53"]},"Routes":[{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}],"MacAddress":"00-15-5D-00-00-05"}
    HcnQueryNamespaceProperties 00000000 {"CompartmentGuid":"00000000-0000-0000-0000-000000000000","CompartmentId":0,"Containers":[],"Flags":0,"ID":"11223344-5566-7788-99AA-BBCCDDEEFF03","IsDefault":false,"Policies":[],"ResourceList":[{"Data":{"Id":"11223344-5566-7788-99AA-BBCCDDEEFF02"},"Type":"Endpoint"}],"SchemaVersion":{"Major":0,"Minor":0},"State":1,"Version":38654705666}
    HcnEnumerateNetworks 00000000 ["11223344-5566-7788-99aa-bbccddeeff01"]
    HcnEnumerateEndpoints 00000000 ["11223344-5566-7788-99aa-bbccddeeff02"]
    HcnEnumerateNamespaces 00000000 ["11223344-5566-7788-99aa-bbccddeeff03"]
    HcnModifyNamespace 00000000
    HcnDeleteEndpoint 00000000
    HcnDeleteNetwork 00000000
    HcnDeleteNamespace 00000000
    HcnCloseEndpoint 00000000
    HcnCloseNetwork 00000000
    HcnCloseNamespace 00000000
    HcnEnumerateNamespaces 00000000 []
    "#);
    insta::assert_snapshot!(outside.says(&["refusals"]), @r#"
    HcnCreateNamespace 803b001b record {"Success":false,"Error":"Invalid JSON document string. {{CreateWithCompartment,UnknownField}}","ErrorCode":2151350299}
    HcnCreateNamespace 803b001b record {"Success":false,"Error":"Invalid JSON document string. {{SchemaVersion,ExpectedObject}}","ErrorCode":2151350299}
    HcnCreateNamespace 803b001b record {"Success":false,"Error":"Invalid JSON document string. ","ErrorCode":2151350299}
    HcnCreateNamespace 80070057 record {"Success":false,"Error":"The parameter is incorrect. {{Settings is NULL}}","ErrorCode":2147942487}
    HcnOpenNamespace 80070490 record {"Success":false,"Error":"Element not found. ","ErrorCode":2147943568}
    HcnOpenNetwork 803b0001 record {"Success":false,"Error":"The network was not found. ","ErrorCode":2151350273}
    HcnDeleteEndpoint 803b0002 record {"Success":false,"Error":"The endpoint was not found. ","ErrorCode":2151350274}
    HcnCreateEndpoint 80070057 record {"Success":false,"Error":"The parameter is incorrect. {{the handle is NULL}}","ErrorCode":2147942487}
    HcnCloseNamespace 80070006
    HcnEnumerateLoadBalancers 80004001 record {"Success":false,"Error":"Not implemented. {{the emulator does not model load balancers}}","ErrorCode":2147500033}
    "#);
    assert!(outside.wine.drive_c().join("ProgramData/hcn/hns.db").is_file(), "the default store");
}

#[test]
fn strangers_in_several_processes_lose_nothing() {
    require!(Wine, WindowsArtefacts);
    let outside = Outside::new();
    let makers: Vec<_> = (0..5).map(|_| outside.program(&["make", "20"]).spawn()).collect();
    for maker in makers {
        maker.wait().success();
    }
    assert_eq!(outside.says(&["list"]), "00000000 100 namespaces\n");
}
