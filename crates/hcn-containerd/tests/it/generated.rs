//! The committed code is what the definitions generate. After a change of `proto/`, bless the new code:
//! `HCN_BLESS=1 cargo test -p hcn-containerd --test it generated`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use protox::prost_reflect::prost_types::FileDescriptorSet;

const MARK: &str = "// @generated from proto/ by the test tests/it/generated.rs: change that, then bless.\n";

type Files = BTreeMap<OsString, String>;

#[test]
fn the_committed_code_is_what_the_definitions_generate() {
    let committed = package().join("src/pb");
    let generated = generate();
    if std::env::var_os("HCN_BLESS").is_some() {
        bless(&committed, &generated);
    }
    let advice = "src/pb is not what proto/ generates; bless it: \
                  HCN_BLESS=1 cargo test -p hcn-containerd --test it generated";
    assert!(read(&committed) == generated, "{advice}");
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn generate() -> Files {
    let scratch = tempfile::tempdir().unwrap();
    tonic_prost_build::configure()
        .build_transport(false)
        .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
        .include_file("mod.rs")
        .out_dir(scratch.path())
        .compile_fds(definitions())
        .unwrap();
    let mut files = read(scratch.path());
    files.values_mut().for_each(|text| text.insert_str(0, MARK));
    files
}

fn definitions() -> FileDescriptorSet {
    let folder = package().join("proto");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "proto"));
    files.sort();
    let mut compiler = protox::Compiler::new([folder]).unwrap();
    compiler.include_source_info(true).include_imports(true).open_files(files).unwrap();
    compiler.file_descriptor_set()
}

fn read(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name(), fs::read_to_string(entry.path()).unwrap())).collect()
}

fn bless(folder: &Path, files: &Files) {
    fs::remove_dir_all(folder).unwrap();
    fs::create_dir(folder).unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
}
