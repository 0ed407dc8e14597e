//! What the cache's files say, and which files of others it reads.

use crate::cache::Found;
use crate::fake::{container, json, list};
use crate::{Attachment, Cache, Conflist, ErrorKind, RawValue};
use proptest::prelude::*;
use tempfile::TempDir;

const RESULT: &str = r#"{"cniVersion":"1.0.0", "ips":[{"address":"10.1.0.5/24"}]}"#;

fn lab() -> (TempDir, Cache, Conflist) {
    let scratch = TempDir::new().unwrap();
    let cache = Cache::new(scratch.path().join("cni"));
    (scratch, cache, list("1.0.0", &["a"]))
}

#[test]
fn an_entry_has_libcnis_members_in_libcnis_order() {
    let (_scratch, cache, list) = lab();
    let mut attachment = container();
    attachment.args = vec![("K".into(), "V".into())];
    attachment.capability_args.set("mac", json(r#""02::1""#));
    cache.write(&list, &attachment, &json(RESULT)).unwrap();
    let config = "eyJjbmlWZXJzaW9uIjoiMS4wLjAiLCJuYW1lIjoibGFiIiwicGx1Z2lucyI6W3sidHlwZSI6ImEifV19";
    let expected = format!(
        r#"{{"kind":"cniCacheV1","containerId":"t1","config":"{config}","ifName":"eth0","networkName":"lab","netns":"/ns/t1","cniArgs":[["K","V"]],"capabilityArgs":{{"mac":"02::1"}},"result":{RESULT}}}"#
    );
    assert_eq!(std::fs::read_to_string(cache.results().join("lab-t1-eth0")).unwrap(), expected);
}

#[test]
fn an_entry_is_read_back_whole() {
    let (_scratch, cache, list) = lab();
    cache.write(&list, &container(), &json(RESULT)).unwrap();
    let entry = cache.read("lab", &container()).unwrap().unwrap();
    assert_eq!(entry.attachment, container());
    assert_eq!(entry.result.as_deref().map(RawValue::get), Some(RESULT));
    assert_eq!(entry.conflist().unwrap().raw().get(), list.raw().get());
}

#[cfg(unix)]
#[test]
fn folder_and_file_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_scratch, cache, list) = lab();
    cache.write(&list, &container(), &json(RESULT)).unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(cache.results()), 0o700);
    assert_eq!(mode(cache.path("lab", &container())), 0o600);
}

#[test]
fn writing_again_replaces_and_leaves_no_temporary_file() {
    let (_scratch, cache, list) = lab();
    cache.write(&list, &container(), &json("{}")).unwrap();
    cache.write(&list, &container(), &json(RESULT)).unwrap();
    assert_eq!(std::fs::read_dir(cache.results()).unwrap().count(), 1);
    assert_eq!(cache.read("lab", &container()).unwrap().unwrap().result.unwrap().get(), RESULT);
}

#[test]
fn the_bare_result_of_an_old_libcni_is_an_entry_too() {
    let (_scratch, cache, _) = lab();
    std::fs::create_dir_all(cache.results()).unwrap();
    std::fs::write(cache.path("lab", &container()), RESULT).unwrap();
    let entry = cache.read("lab", &container()).unwrap().unwrap();
    assert_eq!(entry.result.unwrap().get(), RESULT);
    assert_eq!((entry.attachment.netns, entry.config), (None, Vec::new()));
    assert_eq!(cache.entries().unwrap().len(), 0, "it does not say whose it is");
}

#[test]
fn a_file_of_libcni_is_read() {
    let (_scratch, cache, _) = lab();
    std::fs::create_dir_all(cache.results()).unwrap();
    let theirs = r#"{"kind":"cniCacheV1","containerId":"default-t1","config":"eyJuYW1lIjoibiIsInBsdWdpbnMiOlt7InR5cGUiOiJicmlkZ2UifV19","ifName":"eth0","networkName":"n","cniArgs":null,"capabilityArgs":{"portMappings":[{"hostPort":80}]},"result":{"cniVersion":"0.4.0","dns":{}}}"#;
    std::fs::write(cache.results().join("n-default-t1-eth0"), theirs).unwrap();
    let entry = cache.entries().unwrap().remove(0);
    assert_eq!((entry.network.as_str(), entry.attachment.container_id.as_str()), ("n", "default-t1"));
    assert_eq!(entry.attachment.capability_args.get("portMappings").unwrap().get(), r#"[{"hostPort":80}]"#);
    assert_eq!(entry.conflist().unwrap().plugins()[0].kind(), "bridge");
}

#[test]
fn nothing_is_told_from_what_cannot_be_read_and_from_what_is_anothers() {
    let (_scratch, cache, list) = lab();
    assert!(matches!(cache.find("lab", &container()).unwrap(), Found::Nothing));
    cache.write(&list, &container(), &json(RESULT)).unwrap();
    let same_key = Attachment { container_id: "b-t1".into(), ..container() };
    std::fs::rename(cache.path("lab", &container()), cache.path("lab", &same_key)).unwrap();
    assert!(matches!(cache.find("lab", &same_key).unwrap(), Found::Another));
    std::fs::write(cache.path("lab", &same_key), "").unwrap();
    assert!(matches!(cache.find("lab", &same_key).unwrap(), Found::Unreadable));
    assert!(cache.read("lab", &same_key).unwrap().is_none());
}

#[test]
fn an_entry_that_has_to_be_there_is_refused_with_its_file_where_it_is_not() {
    let (scratch, cache, list) = lab();
    let refused = |network: &str, attachment: &Attachment| {
        let error = cache.entry(network, attachment).unwrap_err();
        (error.kind(), error.to_string().replace(&scratch.path().display().to_string(), "DIR"))
    };
    let text = "cannot detach container `t1` from network `lab`: it is not in the CNI result cache, \
                DIR/cni/results/lab-t1-eth0; name network, container id and interface as they are kept there";
    assert_eq!(refused("lab", &container()), (ErrorKind::NotAttached, text.to_owned()));
    assert_eq!(refused("../lab", &container()).0, ErrorKind::InvalidAttachment);
    cache.write(&list, &container(), &json(RESULT)).unwrap();
    assert_eq!(cache.entry("lab", &container()).unwrap().attachment, container());
    std::fs::write(cache.path("lab", &container()), "{").unwrap();
    let cut = cache.entry("lab", &container()).unwrap();
    assert!(cut.config.is_empty() && cut.result.is_none() && cut.conflist().is_err());
}

#[test]
fn removing_twice_is_success() {
    let (_scratch, cache, list) = lab();
    cache.write(&list, &container(), &json(RESULT)).unwrap();
    cache.remove("lab", &container()).unwrap();
    cache.remove("lab", &container()).unwrap();
    assert_eq!(cache.entries().unwrap().len(), 0);
}

#[test]
fn removing_takes_what_a_killed_writer_left_and_nothing_of_another_interface() {
    let (_scratch, cache, list) = lab();
    let other = Attachment { ifname: "eth0.5".into(), ..container() };
    let left = |attachment: &Attachment| crate::cache::temporary(&cache.path("lab", attachment));
    cache.write(&list, &other, &json(RESULT)).unwrap();
    for attachment in [&container(), &other] {
        std::fs::write(left(attachment), "{").unwrap();
    }
    cache.remove("lab", &container()).unwrap();
    assert!(!left(&container()).exists());
    assert!(left(&other).exists() && cache.read("lab", &other).unwrap().is_some());
}

proptest! {
    #[test]
    fn no_file_panics(text in "(\\{\"kind\":\"cniCacheV1\",\"[a-zA-Z]{1,12}\":)?.{0,60}\\}?") {
        let (_scratch, cache, _) = lab();
        std::fs::create_dir_all(cache.results()).unwrap();
        std::fs::write(cache.path("lab", &container()), text).unwrap();
        cache.find("lab", &container()).unwrap();
    }
}
