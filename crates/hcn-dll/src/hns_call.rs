//! `HNSCall`, the V1 front door of the service. vmcompute.dll exports it on Windows; ours forwards it here.

use hcn::Api;

use crate::guard::exports;
use crate::param::{InText, OutText};

exports! {
    /// `GET`, `POST` or `DELETE` a path such as `/globals/version`. The answer says whether it succeeded; the HRESULT
    /// only whether there is an answer.
    fn HNSCall(method: InText, path: InText, object: InText, response: OutText) |api| {
        response.required("Response")?;
        let (method, path) = (method.required("Method")?, path.required("Path")?);
        let body = object.optional("Object")?.unwrap_or_default();
        response.put_text(&api.hns_call(&method, &path, &body)?)
    };
}
