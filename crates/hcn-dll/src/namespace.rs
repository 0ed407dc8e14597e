//! The exports of namespaces.

use hcn::{Api, Kind, Query};

use crate::guard::exports;
use crate::param::{InGuid, InHandle, InText, OutHandle, OutText};

exports! {
    /// The ids of the namespaces that the query names, as a JSON array. NULL asks for all.
    fn HcnEnumerateNamespaces(query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Namespaces")?;
        answer.put_text(&api.enumerate(Kind::Namespace, query.optional("Query")?.as_deref())?)
    };

    /// Make a namespace and open it. A zero id lets the document, else the service, choose.
    fn HcnCreateNamespace(id: InGuid, settings: InText, handle: OutHandle, record: OutText) |api, record| {
        handle.required("Namespace")?;
        handle.put_handle(api.create(Kind::Namespace, None, id.required()?, &settings.required("Settings")?)?);
        Ok(())
    };

    /// Open a namespace.
    fn HcnOpenNamespace(id: InGuid, handle: OutHandle, record: OutText) |api, record| {
        handle.required("Namespace")?;
        handle.put_handle(api.open(Kind::Namespace, id.required()?)?);
        Ok(())
    };

    /// Change a namespace.
    fn HcnModifyNamespace(handle: InHandle, settings: InText, record: OutText) |api, record| {
        api.modify(Kind::Namespace, handle.required()?, &settings.required("Settings")?)
    };

    /// The document of a namespace, in the dialect of the query.
    fn HcnQueryNamespaceProperties(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Properties")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::Namespace, handle.required()?, Query::Properties, query.as_deref())?)
    };

    /// Delete a namespace.
    fn HcnDeleteNamespace(id: InGuid, record: OutText) |api, record| {
        api.delete(Kind::Namespace, id.required()?)
    };

    /// Give a handle back. Deletes nothing.
    fn HcnCloseNamespace(handle: InHandle) |api| {
        api.close(Kind::Namespace, handle.required()?)
    };
}
