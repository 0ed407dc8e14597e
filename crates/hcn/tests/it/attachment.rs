//! Attaching and detaching by ids that the caller chose.

use hcn::{Code, EndpointId, ErrorKind, Modify, NamespaceId, RequestType};

use crate::{endpoint, endpoints, hcn, lab, namespace};

#[test]
fn an_attached_endpoint_is_in_the_namespace_with_its_address() {
    let hcn = hcn();
    let (namespace, id) = (namespace(&hcn), EndpointId::random());
    let attachment = hcn.attach(id, &endpoint(lab(&hcn), "10.1.0.5"), namespace).unwrap();
    assert_eq!(attachment.endpoint().addresses().collect::<Vec<_>>(), ["10.1.0.5"]);
    assert_eq!(hcn.namespaces().get(namespace).unwrap().endpoints().collect::<Vec<_>>(), [id]);
    assert_eq!(hcn.endpoints().get(attachment.keep().id.unwrap()).unwrap().namespace(), Some(namespace));
}

#[test]
fn detaching_leaves_nothing_and_may_be_done_twice() {
    let hcn = hcn();
    let (namespace, id) = (namespace(&hcn), EndpointId::random());
    hcn.attach(id, &endpoint(lab(&hcn), "10.1.0.5"), namespace).unwrap().keep();
    for _ in 0..2 {
        hcn.detach(id, namespace).unwrap();
        assert_eq!(endpoints(&hcn), []);
        assert_eq!(hcn.namespaces().get(namespace).unwrap().endpoints().count(), 0);
    }
}

#[test]
fn detaching_where_the_namespace_is_gone_deletes_the_endpoint() {
    let hcn = hcn();
    let (namespace, id) = (namespace(&hcn), EndpointId::random());
    hcn.attach(id, &endpoint(lab(&hcn), "10.1.0.5"), namespace).unwrap().keep();
    hcn.namespaces().delete(namespace).unwrap();
    hcn.detach(id, namespace).unwrap();
    assert_eq!(endpoints(&hcn), []);
}

#[test]
fn attaching_to_an_absent_namespace_leaves_no_endpoint() {
    let hcn = hcn();
    let document = endpoint(lab(&hcn), "10.1.0.5");
    let refused = hcn.attach(EndpointId::random(), &document, NamespaceId::random()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert_eq!(endpoints(&hcn), []);
}

#[test]
fn a_dropped_attachment_frees_its_address() {
    let hcn = hcn();
    let (namespace, document) = (namespace(&hcn), endpoint(lab(&hcn), "10.1.0.5"));
    drop(hcn.attach(EndpointId::random(), &document, namespace).unwrap());
    hcn.attach(EndpointId::random(), &document, namespace).unwrap().detach().unwrap();
    assert_eq!(endpoints(&hcn), []);
}

#[test]
fn an_id_that_is_taken_keeps_its_endpoint() {
    let hcn = hcn();
    let (namespace, network, id) = (namespace(&hcn), lab(&hcn), EndpointId::random());
    hcn.attach(id, &endpoint(network, "10.1.0.5"), namespace).unwrap().keep();
    let refused = hcn.attach(id, &endpoint(network, "10.1.0.6"), namespace).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    assert_eq!(hcn.namespaces().get(namespace).unwrap().endpoints().collect::<Vec<_>>(), [id]);
}

#[test]
fn a_dead_container_is_taken_out_so_that_its_namespace_can_be_deleted() {
    let hcn = hcn();
    let namespace = namespace(&hcn);
    for id in ["dead", "alive"] {
        hcn.namespaces().modify(namespace, &Modify::container(RequestType::Add, id)).unwrap();
    }
    assert_eq!(hcn.namespaces().delete(namespace).unwrap_err().code(), Code::REQUEST_UNSUPPORTED);
    hcn.take_out(namespace, |id| id == "dead").unwrap();
    assert_eq!(hcn.namespaces().get(namespace).unwrap().containers().collect::<Vec<_>>(), ["alive"]);
    hcn.take_out(namespace, |_| true).unwrap();
    hcn.namespaces().delete(namespace).unwrap();
    hcn.take_out(namespace, |_| true).unwrap();
}
