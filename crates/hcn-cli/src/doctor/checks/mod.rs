//! Every check, in the order of the report: a line here and a file each.

mod cni_configuration;
mod cni_host_network;
mod cni_plugins;
mod cni_reservations;
mod cni_subnets;
mod cni_version;
mod config_layers;
mod config_namespace;
mod config_rootfs;
mod config_spec;
mod containerd_leftovers;
mod containerd_pull;
mod containerd_reachable;
mod containerd_runtime;
mod containerd_snapshotter;
mod containerd_space;
mod containerd_version;
mod containerd_volume;
mod hcn_degraded;
mod hcn_endpoints;
mod hcn_feature;
mod hcn_features;
mod hcn_interface_indices;
mod hcn_library;
mod hcn_namespaces;
mod hcn_nat_networks;
mod hcn_ports;
mod hcn_routes;
mod hcn_service;
mod hcn_services;
mod image_platform;
mod ipam;
mod linux_bridge;
mod linux_bridge_filter;
mod linux_cgroups;
mod linux_firewall;
mod linux_forwarding;
mod linux_iptables;
mod linux_namespaces;
mod linux_overlayfs;
mod linux_rights;
pub(crate) mod mount;
mod mount_build;
mod mount_case;
mod mount_dev_drive;
mod mount_drive;
mod mount_file_system;
mod mount_filters;
mod mount_kind;
mod mount_links;
mod mount_locks;
mod mount_options;
mod mount_path_length;
mod mount_rights;
mod mount_sources;
mod mount_space;
mod mount_table;
mod package;
mod service;

use super::check::Check;

/// All of them.
pub(crate) const ALL: &[&dyn Check] = &[
    &containerd_reachable::Reachable,
    &containerd_version::Version,
    &containerd_runtime::Runtime,
    &containerd_snapshotter::Snapshotter,
    &containerd_pull::Pull,
    &containerd_space::Space,
    &containerd_volume::Volume,
    &containerd_leftovers::Leftovers,
    &hcn_features::Features,
    &hcn_services::Services,
    &hcn_library::Library,
    &hcn_service::Service,
    &hcn_degraded::Degraded,
    &hcn_namespaces::Namespaces,
    &hcn_endpoints::Endpoints,
    &hcn_nat_networks::NatNetworks,
    &hcn_routes::Routes,
    &hcn_ports::Ports,
    &hcn_interface_indices::InterfaceIndices,
    &cni_configuration::Configuration,
    &cni_version::Version,
    &cni_host_network::HostNetwork,
    &cni_plugins::Plugins,
    &cni_subnets::Subnets,
    &cni_reservations::Reservations,
    &image_platform::Image,
    &config_spec::Spec,
    &config_namespace::NetworkNamespace,
    &config_rootfs::Rootfs,
    &config_layers::Layers,
    &mount_sources::Sources,
    &mount_kind::SourceKind,
    &mount_links::Links,
    &mount_path_length::PathLength,
    &mount_drive::MountDrive,
    &mount_file_system::FileSystem,
    &mount_dev_drive::DevDrive,
    &mount_filters::MountFilters,
    &mount_options::Options,
    &mount_space::MountSpace,
    &mount_rights::MountRights,
    &mount_case::Case,
    &mount_build::Build,
    &mount_locks::Locks,
    &linux_rights::Rights,
    &linux_namespaces::Namespaces,
    &linux_cgroups::Cgroups,
    &linux_overlayfs::Overlayfs,
    &linux_forwarding::Forwarding,
    &linux_iptables::Iptables,
    &linux_firewall::Firewall,
    &linux_bridge::Bridge,
    &linux_bridge_filter::BridgeFilter,
];
