//! In which members a container that hcn made differs from the one that ctr would have made of the same command line.
//! docs/flags.md tells them; a test compares both in a real containerd, and holds that each of these does differ.

/// A member of what `ctr containers info` prints, and why it differs; `*` stands for any element.
pub const DIFFERENCES: &[(&str, &str)] = &[
    ("CreatedAt, UpdatedAt", "the time"),
    (
        "SnapshotKey",
        "ctr calls the snapshot as the container; hcn's name is the run's own, so that no other is ever taken for it",
    ),
    ("Labels[io.github.hcn-rs.hcn/run]", "names the run, which alone deletes what bears it"),
    ("Spec.ociVersion", "that of the runtime-spec which each release of containerd was built with"),
    ("Spec.linux.maskedPaths[*]", "hcn hides /sys/devices/virtual/powercap too, as releases since 1.7 do"),
    (
        "Spec.linux.namespaces[*].path",
        "hcn makes the network namespace itself, before the task; with ctr runc makes it",
    ),
    (
        "Spec.mounts[*]",
        "hcn mounts an /etc/hosts and an /etc/resolv.conf that match the attachment; ctr --cni mounts none",
    ),
    (
        "Spec.process.env[*]",
        "on a folder (--rootfs) hcn sets a PATH, without which runc finds no command by its name; a TERM that was asked \
         for, or that the image has, stays the only one with --tty, where ctr puts TERM=xterm behind it",
    ),
    ("Runtime.Options", "hcn passes --no-pivot on with the container; ctr with the task"),
];
