//! Every member of every table, however deep, with a value of each form that it does not take: the service refuses it
//! and makes nothing.

use hcn::{Api, Guid, Kind};

use super::*;
use crate::Emulator;
use crate::shape::policy::PolicyShape;

/// Documents that are right but for one value, and what they are wrong in.
#[derive(Default)]
struct Wrong(Vec<(String, String)>);

/// A value of each form.
const FORMS: [(&str, &str); 5] = [
    ("object", r#"{"x":1}"#),
    ("list", "[[1]]"),
    ("text", r#""\u00e9?""#),
    ("number", "-1.5"),
    ("bool", "true"),
];

impl Wrong {
    /// All members of a table; `around` writes an object of it into the whole document.
    fn object(&mut self, path: &str, shape: &Shape, around: &dyn Fn(String) -> String) {
        for member in shape.0 {
            let path = format!("{path}.{}", member.name);
            let around = |value: String| around(format!("{{\"{}\":{value}}}", member.name));
            self.value(&path, &member.is, &around);
        }
    }

    fn value(&mut self, path: &str, is: &Is, around: &dyn Fn(String) -> String) {
        let takes: &[&str] = match is {
            Is::Any => return,
            Is::AnyObject => &["object"],
            // A text that no member takes for what it should say is refused elsewhere, by its rule.
            Is::Text => &["text"],
            Is::Bool => &["bool"],
            Is::Guid | Is::Number(_) | Is::Name(_) | Is::Object(_) | Is::Policy(_) | Is::List(_) => &[],
        };
        for (form, value) in FORMS.iter().filter(|(form, _)| !takes.contains(form)) {
            self.0.push((format!("{path} as {form}"), around((*value).to_owned())));
        }
        match is {
            Is::Object(shape) => self.object(path, shape, around),
            Is::List(each) => self.value(path, each, &|value| around(format!("[{value}]"))),
            Is::Policy(types) => types.iter().for_each(|policy| self.policy(path, policy, around)),
            _ => {}
        }
    }

    fn policy(&mut self, path: &str, policy: &PolicyShape, around: &dyn Fn(String) -> String) {
        let path = format!("{path}.{}", policy.name);
        let around =
            |settings: String| around(format!(r#"{{"Type":"{}","Settings":{settings}}}"#, policy.name));
        self.object(&path, &policy.settings, &around);
    }
}

#[test]
fn every_member_of_every_table_refuses_every_other_form() {
    let hns = Emulator::in_memory();
    let v2 = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
    let network = hns.create(Kind::Network, None, Guid::from_u128(1), v2).unwrap();
    let mut count = 0;
    for (kind, parent, shape) in [
        (Kind::Network, None, &NETWORK),
        (Kind::Endpoint, Some(network), &ENDPOINT),
        (Kind::Namespace, None, &NAMESPACE),
    ] {
        let mut wrong = Wrong::default();
        let whole = |object: String| match object.starts_with(r#"{"SchemaVersion":"#) {
            true => object,
            false => format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}},{}"#, &object[1..]),
        };
        wrong.object(kind.noun(), shape, &whole);
        let before = hns.dump().unwrap();
        for (what, text) in &wrong.0 {
            let refused = hns.create(kind, parent, Guid::from_u128(2), text);
            let record = refused.expect_err(what).record.expect(what);
            assert!(record.starts_with(r#"{"Success":false,"Error":""#), "{what}: {record}");
        }
        assert_eq!(hns.dump().unwrap(), before, "a refused create leaves nothing");
        count += wrong.0.len();
    }
    assert!(count > 500, "only {count} documents were made");
}

#[test]
fn a_members_name_of_ten_megabytes_does_not_come_back() {
    let name = "x".repeat(10 << 20);
    let refused = check(&format!(r#"{{"{name}":1}}"#)).unwrap_err();
    assert!(refused.record().len() < 300);
}
