//! A private Wine prefix: it is Windows 10, knows its drives, and leaves nothing.

use hcn_test::{Wine, require};

#[test]
fn it_is_windows_10_with_drives_of_its_own() {
    require!(Wine);
    let wine = Wine::new().unwrap();
    std::fs::write(wine.drive_d().join("file"), "hello").unwrap();
    let output = wine.program("cmd").args(["/c", "ver & type D:\\file"]).run().success().stdout();
    assert!(output.contains("Microsoft Windows 10.0.") && output.ends_with("hello"), "{output}");
    let prefix = wine.prefix();
    drop(wine);
    assert!(!prefix.exists());
}

#[test]
fn paths_have_two_names() {
    require!(Wine);
    let wine = Wine::new().unwrap();
    for (unix, windows) in [
        (wine.system32(), "C:\\windows\\system32"),
        (wine.drive_d().join("a b"), "D:\\a b"),
        ("/usr/bin".into(), "Z:\\usr\\bin"),
    ] {
        assert_eq!(wine.win_path(&unix), windows);
        assert_eq!(wine.unix_path(windows), unix);
    }
}
