//! The order of plugins, what each one gets, and what a failure leaves; on fake plugins.

use crate::fake::{Lab, container, json, list, list_of, member, variable};
use crate::{Attachment, ErrorKind, Object, Version};

const FIRST: &str = r#"{"cniVersion":"0.4.0", "ips":[{"version":"4","address":"10.1.0.5/24"}]}"#;
const SECOND: &str = r#"{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24","gateway":"10.1.0.1"}]}"#;
const REFUSAL: &str = r#"{"code":11,"msg":"busy","details":"no address yet"}"#;

#[test]
fn each_plugin_gets_the_result_of_the_one_before_as_it_was_printed() {
    let lab = Lab::new();
    lab.fake.answers("a ADD", 0, FIRST);
    lab.fake.answers("b ADD", 0, SECOND);
    let added = lab.runtime.add(&list("1.0.0", &["a", "b"]), &container()).unwrap();
    assert_eq!(added.result.raw().get(), SECOND);
    let given = lab.fake.given();
    assert_eq!(member(&given[0], "prevResult"), None);
    assert_eq!(member(&given[1], "prevResult").as_deref(), Some(FIRST));
    assert_eq!(member(&given[1], "cniVersion").as_deref(), Some(r#""1.0.0""#));
    assert_eq!(lab.cached(), ["lab-t1-eth0"]);
}

#[test]
fn a_failure_in_the_middle_undoes_the_whole_list_backwards_and_caches_nothing() {
    let lab = Lab::new();
    lab.fake.answers("a ADD", 0, FIRST);
    lab.fake.answers("b ADD", 1, REFUSAL);
    let error = lab.runtime.add(&list("1.0.0", &["a", "b", "c"]), &container()).unwrap_err();
    assert_eq!((error.kind(), error.code(), error.plugin()), (ErrorKind::PluginFailed, Some(11), Some("b")));
    assert_eq!(
        error.to_string(),
        "cannot attach container `t1` to network `lab`: plugin `b` failed: busy: no address yet \
         (CNI code 11: try again later); wait a little and run it again"
    );
    assert!(error.undo().is_empty());
    assert_eq!(lab.fake.called(), ["a ADD", "b ADD", "c DEL", "b DEL", "a DEL"]);
    assert_eq!(lab.cached(), [""; 0]);
}

#[test]
fn the_undo_passes_on_the_last_result_there_was() {
    let lab = Lab::new();
    lab.fake.answers("a ADD", 0, FIRST);
    lab.fake.answers("b ADD", 1, REFUSAL);
    lab.runtime.add(&list("1.0.0", &["a", "b"]), &container()).unwrap_err();
    let expected = r#"{"ips":[{"address":"10.1.0.5/24"}],"dns":{},"cniVersion":"1.0.0"}"#;
    for call in &lab.fake.given()[2..] {
        assert_eq!(member(call, "prevResult").as_deref(), Some(expected));
    }
}

#[test]
fn what_the_undo_fails_at_comes_with_the_first_error() {
    let lab = Lab::new();
    lab.fake.answers("a ADD", 1, "");
    lab.fake.answers("b DEL", 2, "cannot");
    let error = lab.runtime.add(&list("1.0.0", &["a", "b"]), &container()).unwrap_err();
    assert_eq!(error.plugin(), Some("a"));
    let undo: Vec<_> = error.undo().iter().map(|error| error.plugin()).collect();
    assert_eq!(undo, [Some("b")]);
    let text = error.to_string();
    assert!(text.contains("; and undoing it failed: plugin `b` failed: cannot"), "{text}");
}

#[test]
fn a_cache_that_is_no_folder_is_told_before_the_first_plugin_runs() {
    let lab = Lab::new();
    std::fs::write(lab.runtime.cache.results(), "a file where the folder should be").unwrap();
    let error = lab.runtime.add(&list("1.0.0", &["a"]), &container()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cache);
    assert_eq!(lab.fake.called(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_result_that_cannot_be_cached_is_undone() {
    let mut lab = Lab::new();
    let nowhere = lab.scratch.path().join("link");
    std::os::unix::fs::symlink("absent/folder", &nowhere).unwrap();
    lab.runtime.cache = crate::Cache::new(nowhere);
    let error = lab.runtime.add(&list("1.0.0", &["a", "b"]), &container()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cache);
    let given = lab.fake.given();
    let verbs: Vec<_> = given.iter().map(|call| variable(call, "CNI_COMMAND")).collect();
    assert_eq!(verbs, ["ADD", "ADD", "DEL", "DEL"]);
    assert_eq!(member(&given[3], "prevResult").as_deref(), Some("{}"));
}

#[test]
fn a_missing_plugin_is_told_before_the_first_one_runs() {
    let lab = Lab::new();
    lab.fake.lacks("b");
    let error = lab.runtime.add(&list("1.0.0", &["a", "b"]), &container()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot attach container `t1` to network `lab`: plugin `b` is not in /plugins; \
         install the plugin, or name its folder in CNI_PATH"
    );
    assert_eq!(error.kind(), ErrorKind::PluginNotFound);
    assert_eq!(lab.fake.called(), [""; 0]);
}

#[test]
fn a_second_add_is_refused_and_touches_nothing() {
    let lab = Lab::new();
    let list = list("1.0.0", &["a"]);
    lab.runtime.add(&list, &container()).unwrap();
    lab.fake.called();
    let error = lab.runtime.add(&list, &container()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyAttached);
    assert_eq!(lab.fake.called(), [""; 0]);
    assert_eq!(lab.cached(), ["lab-t1-eth0"]);
}

#[test]
fn an_id_that_would_leave_the_cache_is_refused_at_every_verb() {
    let (lab, list) = (Lab::new(), list("1.0.0", &["a"]));
    let bad = Attachment { container_id: "../../x".into(), ..container() };
    assert_eq!(lab.runtime.add(&list, &bad).unwrap_err().kind(), ErrorKind::InvalidAttachment);
    assert_eq!(
        lab.runtime.del(&list, &bad).unwrap_err().iter().next().unwrap().kind(),
        ErrorKind::InvalidAttachment
    );
    assert_eq!(lab.runtime.check(&list, &bad).unwrap_err().kind(), ErrorKind::InvalidAttachment);
    assert_eq!(lab.fake.called(), [""; 0]);
}

#[test]
fn del_runs_backwards_with_the_cached_result_in_the_lists_version_and_forgets_it() {
    let lab = Lab::new();
    lab.fake.answers("b ADD", 0, FIRST);
    let list = list("1.0.0", &["a", "b"]);
    lab.runtime.add(&list, &container()).unwrap();
    lab.fake.called();
    lab.runtime.del(&list, &container()).unwrap();
    let given = lab.fake.given();
    let order: Vec<_> = given.iter().map(|call| call.program.file_name().unwrap().to_owned()).collect();
    assert_eq!(order, ["b", "a"]);
    let expected = r#"{"ips":[{"address":"10.1.0.5/24"}],"dns":{},"cniVersion":"1.0.0"}"#;
    assert!(given.iter().all(|call| member(call, "prevResult").as_deref() == Some(expected)));
    assert_eq!(lab.cached(), [""; 0]);
}

#[test]
fn del_goes_on_after_failures_reports_all_and_keeps_the_entry_for_another_try() {
    let lab = Lab::new();
    let list = list("1.0.0", &["a", "b", "c"]);
    lab.runtime.add(&list, &container()).unwrap();
    lab.fake.called();
    lab.fake.answers("c DEL", 1, REFUSAL);
    lab.fake.lacks("b");
    let errors = lab.runtime.del(&list, &container()).unwrap_err();
    let failed: Vec<_> = errors.iter().map(|error| (error.plugin().unwrap(), error.kind())).collect();
    assert_eq!(failed, [("c", ErrorKind::PluginFailed), ("b", ErrorKind::PluginNotFound)]);
    assert_eq!(lab.fake.called(), ["c DEL", "a DEL"]);
    assert_eq!(lab.cached(), ["lab-t1-eth0"]);
}

#[test]
fn del_of_what_was_never_added_succeeds_and_a_gone_namespace_is_empty() {
    let lab = Lab::new();
    let gone = Attachment { netns: None, ..container() };
    lab.runtime.del(&list("1.0.0", &["a"]), &gone).unwrap();
    let given = lab.fake.given();
    assert_eq!(member(&given[0], "prevResult"), None);
    assert_eq!(variable(&given[0], "CNI_NETNS"), "");
}

#[test]
fn before_0_4_0_del_gets_no_result() {
    let lab = Lab::new();
    let list = list("0.3.1", &["a"]);
    lab.runtime.add(&list, &container()).unwrap();
    lab.runtime.del(&list, &container()).unwrap();
    assert_eq!(member(&lab.fake.given()[1], "prevResult"), None);
    assert_eq!(lab.cached(), [""; 0]);
}

#[test]
fn a_cut_entry_is_no_obstacle_to_del_and_add() {
    let lab = Lab::new();
    let list = list("1.0.0", &["a"]);
    for text in ["", r#"{"kind":"cniCacheV1","contai"#] {
        lab.runtime.add(&list, &container()).unwrap();
        std::fs::write(lab.runtime.cache.path("lab", &container()), text).unwrap();
        lab.fake.called();
        lab.runtime.del(&list, &container()).unwrap();
        assert_eq!(member(&lab.fake.given()[0], "prevResult"), None);
        assert_eq!(lab.cached(), [""; 0]);
    }
}

#[test]
fn del_takes_arguments_from_the_cache() {
    let lab = Lab::new();
    let list = list_of(
        r#"{"cniVersion":"1.0.0","name":"lab","plugins":[{"type":"a","capabilities":{"portMappings":true}}]}"#,
    );
    let mut wishes = container();
    wishes.args = vec![("K".into(), "V".into())];
    wishes.capability_args.set("portMappings", json("[ {\"hostPort\":80} ]"));
    lab.runtime.add(&list, &wishes).unwrap();
    lab.runtime.del(&list, &container()).unwrap();
    for call in lab.fake.given() {
        assert_eq!(
            member(&call, "runtimeConfig").as_deref(),
            Some(r#"{"portMappings":[ {"hostPort":80} ]}"#)
        );
        assert_eq!(variable(&call, "CNI_ARGS"), "K=V");
    }
}

#[test]
fn an_entry_of_another_attachment_with_the_same_key_is_left_alone() {
    let lab = Lab::new();
    let theirs = list_of(r#"{"cniVersion":"1.0.0","name":"lab-x","plugins":[{"type":"a"}]}"#);
    lab.runtime.add(&theirs, &container()).unwrap();
    let (ours, same_key) = (list("1.0.0", &["a"]), Attachment { container_id: "x-t1".into(), ..container() });
    assert_eq!(lab.runtime.add(&ours, &same_key).unwrap_err().kind(), ErrorKind::AlreadyAttached);
    lab.runtime.del(&ours, &same_key).unwrap();
    assert_eq!(lab.cached(), ["lab-x-t1-eth0"]);
}

#[test]
fn check_needs_a_version_and_a_cached_result() {
    let lab = Lab::new();
    let refused = |version: &str| lab.runtime.check(&list(version, &["a"]), &container()).unwrap_err().kind();
    assert_eq!(refused("0.3.1"), ErrorKind::Unsupported);
    assert_eq!(refused("1.0.0"), ErrorKind::Cache);
    assert_eq!(lab.fake.called(), [""; 0]);
}

#[test]
fn check_runs_in_order_with_the_cached_result_and_stops_at_the_first_failure() {
    let lab = Lab::new();
    let list = list("1.0.0", &["a", "b", "c"]);
    lab.runtime.add(&list, &container()).unwrap();
    lab.runtime.check(&list, &container()).unwrap();
    assert!(lab.fake.given()[3..].iter().all(|call| member(call, "prevResult").as_deref() == Some("{}")));
    lab.fake.answers("b CHECK", 1, REFUSAL);
    assert_eq!(lab.runtime.check(&list, &container()).unwrap_err().plugin(), Some("b"));
    assert_eq!(lab.fake.called(), ["a CHECK", "b CHECK"]);
}

#[test]
fn a_disabled_check_runs_nothing() {
    let lab = Lab::new();
    let list = list_of(r#"{"cniVersion":"0.2.0","name":"n","disableCheck":"true","plugins":[{"type":"a"}]}"#);
    lab.runtime.check(&list, &container()).unwrap();
    assert_eq!(lab.fake.called(), [""; 0]);
}

#[test]
fn status_is_asked_since_1_1_0_and_stops_at_the_first_failure() {
    let lab = Lab::new();
    lab.fake.answers("a STATUS", 1, r#"{"code":50,"msg":"daemon not running"}"#);
    lab.runtime.status(&list("1.0.0", &["a", "b"])).unwrap();
    assert_eq!(lab.runtime.status(&list("1.1.0", &["a", "b"])).unwrap_err().code(), Some(50));
    assert_eq!(lab.fake.called(), ["a STATUS"]);
}

#[test]
fn versions_are_those_of_the_answer_and_the_oldest_where_it_is_not_understood() {
    let lab = Lab::new();
    lab.fake.answers("a VERSION", 0, r#"{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}"#);
    lab.fake.answers("b VERSION", 1, r#"{"code":4,"msg":"unknown CNI_COMMAND: VERSION"}"#);
    assert_eq!(lab.runtime.versions("a").unwrap(), [Version::new(0, 4, 0), Version::new(1, 0, 0)]);
    assert_eq!(lab.runtime.versions("b").unwrap(), [Version::OLDEST]);
    assert_eq!(lab.runtime.versions("c").unwrap_err().kind(), ErrorKind::InvalidResult);
    let call = &lab.fake.given()[0];
    assert_eq!(call.stdin, r#"{"cniVersion":"1.1.0"}"#);
    assert_eq!((variable(call, "CNI_NETNS"), variable(call, "CNI_PATH")), ("dummy".into(), "dummy".into()));
}

#[test]
fn every_variable_is_set_even_when_it_is_empty() {
    let lab = Lab::new();
    lab.runtime.add(&list("1.0.0", &["a"]), &container()).unwrap();
    let env: Vec<_> = lab.fake.given()[0].env.iter().map(|(k, v)| format!("{k}={}", v.display())).collect();
    let expected = [
        "CNI_COMMAND=ADD",
        "CNI_CONTAINERID=t1",
        "CNI_NETNS=/ns/t1",
        "CNI_IFNAME=eth0",
        "CNI_ARGS=",
        "CNI_PATH=/plugins",
    ];
    assert_eq!(env, expected);
}

#[test]
fn an_argument_that_no_plugin_asks_for_reaches_none() {
    let lab = Lab::new();
    let wishes = Attachment { capability_args: Object::parse(r#"{"mac":"02::"}"#).unwrap(), ..container() };
    lab.runtime.add(&list("1.0.0", &["a"]), &wishes).unwrap();
    assert_eq!(member(&lab.fake.given()[0], "runtimeConfig"), None);
}
