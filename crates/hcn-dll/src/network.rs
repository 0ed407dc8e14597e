//! The exports of networks.

use hcn::{Api, Kind, Query};

use crate::guard::exports;
use crate::param::{InGuid, InHandle, InText, OutHandle, OutText};

exports! {
    /// The ids of the networks that the query names, as a JSON array. NULL asks for all.
    fn HcnEnumerateNetworks(query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Networks")?;
        answer.put_text(&api.enumerate(Kind::Network, query.optional("Query")?.as_deref())?)
    };

    /// Make a network and open it. A zero id lets the document, else the service, choose.
    fn HcnCreateNetwork(id: InGuid, settings: InText, handle: OutHandle, record: OutText) |api, record| {
        handle.required("Network")?;
        handle.put_handle(api.create(Kind::Network, None, id.required()?, &settings.required("Settings")?)?);
        Ok(())
    };

    /// Open a network.
    fn HcnOpenNetwork(id: InGuid, handle: OutHandle, record: OutText) |api, record| {
        handle.required("Network")?;
        handle.put_handle(api.open(Kind::Network, id.required()?)?);
        Ok(())
    };

    /// Change a network.
    fn HcnModifyNetwork(handle: InHandle, settings: InText, record: OutText) |api, record| {
        api.modify(Kind::Network, handle.required()?, &settings.required("Settings")?)
    };

    /// The document of a network, in the dialect of the query.
    fn HcnQueryNetworkProperties(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Properties")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::Network, handle.required()?, Query::Properties, query.as_deref())?)
    };

    /// Delete a network.
    fn HcnDeleteNetwork(id: InGuid, record: OutText) |api, record| {
        api.delete(Kind::Network, id.required()?)
    };

    /// Give a handle back. Deletes nothing.
    fn HcnCloseNetwork(handle: InHandle) |api| {
        api.close(Kind::Network, handle.required()?)
    };
}
