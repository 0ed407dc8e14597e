//! The Windows Host Network Service, emulated: a library behind hcn's Api.
