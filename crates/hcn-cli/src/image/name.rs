//! Names of images: containerd stores whole ones, people shorten those of Docker's registry.

/// Docker's registry, and what some old documents call it.
const DOCKER: &str = "docker.io";
const DOCKER_S_INDEX: &str = "index.docker.io";

/// The whole name of an image of Docker's registry, which people shorten from habit and containerd does not complete.
pub(crate) fn whole_name(name: &str) -> String {
    let (registry, path) = match name.split_once('/') {
        Some((first, path)) if is_registry(first) => (first, path),
        _ => (DOCKER, name),
    };
    let registry = if registry == DOCKER_S_INDEX { DOCKER } else { registry };
    let library = if registry == DOCKER && !path.contains('/') { "library/" } else { "" };
    let is_tagged = path.rsplit('/').next().is_some_and(|end| end.contains([':', '@']));
    let tag = if is_tagged { "" } else { ":latest" };
    format!("{registry}/{library}{path}{tag}")
}

/// Repositories have neither dots in their first part nor capitals.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.chars().any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_completed_for_the_command_that_pulls() {
        for (name, whole) in [
            ("busybox", "docker.io/library/busybox:latest"),
            ("busybox:1", "docker.io/library/busybox:1"),
            ("me/tool", "docker.io/me/tool:latest"),
            ("docker.io/busybox", "docker.io/library/busybox:latest"),
            ("index.docker.io/busybox:1", "docker.io/library/busybox:1"),
            ("docker.io/me/tool", "docker.io/me/tool:latest"),
            ("busybox@sha256:aa", "docker.io/library/busybox@sha256:aa"),
            ("LAB/tool", "LAB/tool:latest"),
            ("localhost:5000/tool", "localhost:5000/tool:latest"),
            (
                "mcr.microsoft.com/windows/servercore:ltsc2022",
                "mcr.microsoft.com/windows/servercore:ltsc2022",
            ),
        ] {
            assert_eq!(whole_name(name), whole);
        }
    }
}
