//! What the keeper of a daemon does.

/// `$1` configuration, `$2` folder, `$3` containerd namespace. Shims are found by their `-address`
/// argument; what they started goes first, or it would outlive them. Programs of the daemon's environment that are left
/// in sessions of their own go too.
pub(super) const SCRIPT: &str = r#"
trap '' INT TERM HUP PIPE
cd /
start() {
    containerd -c "$1" -l info >>"$2/containerd.log" 2>&1 </dev/null &
    daemon=$!
}
start "$@"
while read -r word; do
    case "$word" in
    stop) kill "$daemon" && wait "$daemon" ;;
    start) start "$@" ;;
    esac
    echo done
done
kill -9 "$daemon" 2>/dev/null
wait "$daemon" 2>/dev/null
for file in $(grep -lzxF "CONTAINERD_ADDRESS=$2/c.sock" /proc/[0-9]*/environ 2>/dev/null); do
    folder=${file%/environ}
    kill -9 "${folder#/proc/}" 2>/dev/null
done
tree() {
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done
    kill -9 "$1" 2>/dev/null
}
for folder in /proc/[0-9]*; do
    case "$(tr '\0' ' ' <"$folder/cmdline" 2>/dev/null)" in
    *containerd-shim*" -address $2/c.sock "*) tree "${folder#/proc/}" ;;
    esac
done
tac /proc/self/mountinfo | while read -r _ _ _ _ point _; do
    case "$point" in "$2"/*) umount -l "$point" ;; esac
done
for group in /sys/fs/cgroup/"$3" /sys/fs/cgroup/*/"$3"; do
    [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
done
rm -rf "$2"
"#;
