//! The system's text for each code that the emulator refuses with, as the record carries it.
//!
//! Texts that were logged on a real Windows are marked *logged*; the others say the same in our words, since
//! Windows' own are localized and no client may compare them.

use hcn::Code;

/// The system's text for a code.
pub(crate) const fn message(code: Code) -> &'static str {
    match code {
        Code::NOT_IMPLEMENTED => "Not implemented.",
        Code::NULL_POINTER => "Invalid pointer.",
        Code::UNEXPECTED => "Catastrophic failure.",
        Code::INVALID_HANDLE => "The handle is invalid.",
        Code::INVALID_ARGUMENT => "The parameter is incorrect.", // logged
        Code::OUT_OF_MEMORY => "Not enough memory resources are available to complete this operation.",
        Code::SERVICE_UNAVAILABLE => "The RPC server is unavailable.",
        Code::ALREADY_EXISTS => "Cannot create a file when that file already exists.", // logged
        Code::ELEMENT_NOT_FOUND => "Element not found.",                               // logged
        Code::NETWORK_NOT_FOUND => "The network was not found.",
        Code::ENDPOINT_NOT_FOUND => "The endpoint was not found.", // logged
        Code::SUBNET_NOT_FOUND => "The subnet was not found.",
        Code::POLICY_NOT_FOUND => "The policy was not found.",
        // logged
        Code::INVALID_NETWORK => "The provided network configuration is invalid or missing parameters.",
        Code::INVALID_NETWORK_TYPE => "The network type is invalid.",
        Code::INVALID_ENDPOINT => "The provided endpoint configuration is invalid or missing parameters.",
        Code::INVALID_POLICY => "The provided policy configuration is invalid or missing parameters.",
        Code::INVALID_POLICY_TYPE => "Invalid policy type.", // logged
        Code::NETWORK_ALREADY_EXISTS => "A network with this name already exists.", // logged
        Code::PORT_ALREADY_EXISTS => "The port exists already.",
        Code::REQUEST_UNSUPPORTED => "The request is not supported.",
        Code::MAPPING_NOT_SUPPORTED => "The network does not support port mapping.",
        Code::GUID_CONVERSION_FAILURE => "A text could not be converted to a GUID.",
        Code::INVALID_JSON => "Invalid JSON document string.", // logged
        Code::INVALID_IP => "The IP address is invalid.",
        Code::ENDPOINT_NAMESPACE_ALREADY_EXISTS => "The endpoint is already part of a network namespace.",
        Code::INVALID_INTERNAL_PORT => "The internal port is missing or zero.",
        Code::ADDR_INVALID_OR_RESERVED => "An address provided is invalid or reserved.", // logged
        Code::INVALID_PREFIX => "The prefix is invalid.",
        Code::OBJECT_USED_AFTER_UNLOAD => "The object was used after it had been unloaded.",
        Code::INVALID_REMOTE_ENDPOINT_OPERATION => "The operation is not valid on a remote endpoint.",
        Code::ENDPOINT_ALREADY_ATTACHED => "The endpoint is already attached to the switch.",
        Code::SWITCH_EXTENSION_NOT_FOUND => "The switch extension was not found.",
        Code::ENDPOINT_NOT_LOCAL => "The endpoint is not local.",
        Code::ACCESS_DENIED => "Access is denied.",
        Code::DISK_FULL => "There is not enough space on the disk.",
        Code::ENDPOINT_NOT_ATTACHED => "The endpoint is not attached.",
        _ => "Unspecified error.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_ends_with_a_full_stop() {
        for code in Code::all() {
            assert!(message(code).ends_with('.'), "{code}");
        }
    }
}
