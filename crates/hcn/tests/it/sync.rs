//! Telling guests, where none is registered. A keeper that answers is tried under Wine, by the program `guest-keeper`.

use hcn::{Hcn, Namespace, NamespaceId, NamespaceKind};
use hcn_emulator::Emulator;

#[test]
fn a_namespace_without_a_registered_guest_needs_no_telling_and_an_absent_one_is_not_found() {
    let hcn = Hcn::new(Emulator::in_memory());
    for kind in [NamespaceKind::Host, NamespaceKind::Guest] {
        let made = hcn.namespaces().create(&Namespace::new(kind)).unwrap();
        hcn.sync(made.id.unwrap()).unwrap();
    }
    assert!(hcn.sync(NamespaceId::random()).unwrap_err().is_absence());
}
