//! The switch port of an endpoint: what a virtual machine's NIC is plugged into.
//!
//! INFERRED: the codes of a second attach and of a detach without one are those that the table has for them; both on a
//! real Windows would settle them.

use hcn::{Code, Endpoint, Guid, Modify, RequestType};
use serde::{Deserialize, Serialize};

use super::is_remote;
use crate::refusal::{Refusal, Ruling};
use crate::rule::aside;
use crate::shape::modify;
use crate::store::Tx;

/// What a request about the port says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Port {
    /// Whose NIC it is.
    pub(crate) virtual_machine_id: Option<Guid>,
    pub(crate) virtual_nic_name: Option<String>,
    pub(crate) port_id: Option<Guid>,
}

/// The port that an endpoint is attached to.
pub(crate) fn of(endpoint: &Endpoint) -> Option<Port> {
    aside::read(&endpoint.extra, aside::PORT)
}

/// The endpoint after a request about its port.
pub(super) fn changed(tx: &Tx<'_>, mut endpoint: Endpoint, request: &Modify) -> Ruling<Endpoint> {
    if is_remote(&endpoint) {
        return Err(Code::INVALID_REMOTE_ENDPOINT_OPERATION.into());
    }
    match (request.request_type.clone().unwrap_or_default(), of(&endpoint)) {
        (RequestType::Add, Some(_)) => return Err(Code::ENDPOINT_ALREADY_ATTACHED.into()),
        (RequestType::Add, None) => {
            let port: Port = modify::settings(&tx.profile, &modify::PORT, request)?;
            endpoint.extra = aside::with(&endpoint.extra, aside::PORT, &port);
        }
        (RequestType::Remove, None) => return Err(Code::ENDPOINT_NOT_ATTACHED.into()),
        (RequestType::Remove, Some(_)) => endpoint.extra = aside::without(&endpoint.extra, aside::PORT),
        // The configuration is as it was: nothing is behind the port.
        (RequestType::Refresh, _) => {}
        (other, _) => {
            let what = format_args!("the request {other} is not one of a port");
            return Err(Refusal::detailed(Code::REQUEST_UNSUPPORTED, what));
        }
    }
    Ok(endpoint)
}
