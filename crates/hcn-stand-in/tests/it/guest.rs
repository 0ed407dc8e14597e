//! A utility VM's keeper is told by the library that its namespace has changed.

use hcn_test::{Wine, require, tools};

#[test]
fn the_keeper_of_a_guest_is_asked_once_and_believed_and_others_are_left_alone() {
    require!(Wine, WindowsArtefacts, StandIns);
    let wine = Wine::new().unwrap();
    let told = wine.program(tools::windows().join("test/guest-keeper.exe")).run();
    insta::assert_snapshot!(told.snapshot(), @r#"
    exit 0
    stdout:
    of type Host: done
    nobody registered: done
    the keeper is gone: done
    asked "{\"ID\":\"pod1\",\"Op\":\"sync\"}\n": done
    asked "{\"ID\":\"pod1\",\"Op\":\"sync\"}\n": cannot sync namespace `ID` with its guest: the service failed without saying why (0x80004005 E_FAIL: no such pod)
    asked "{\"ID\":\"pod1\",\"Op\":\"sync\"}\n": cannot sync namespace `ID` with its guest: the service failed without saying why (0x80004005 E_FAIL: its keeper gave no answer)
    asked "{\"ID\":\"pod1\",\"Op\":\"sync\"}\n": cannot sync namespace `ID` with its guest: the service failed without saying why (0x80004005 E_FAIL: its keeper's answer has more than 65536 bytes)
    a registration of another kind: cannot sync namespace `ID` with its guest: the data is invalid (0x8007000D ERROR_INVALID_DATA: its registration: invalid type: integer `7`, expected a string at line 1 column 16)
    "#);
}
