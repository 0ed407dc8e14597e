//! Documents: what is written, what is kept, what is refused and where.

use super::*;

#[test]
fn a_namespace_for_a_container_is_the_schema_version_alone() {
    assert_eq!(Namespace::for_container().to_json(), r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#);
}
