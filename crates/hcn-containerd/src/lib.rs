//! A small gRPC client of containerd: connection, messages, nothing else.
