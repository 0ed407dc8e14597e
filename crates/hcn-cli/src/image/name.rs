//! Names of images: containerd stores whole ones, people shorten those of Docker's registry.

/// The whole name of an image of Docker's registry, which people shorten from habit and containerd does not complete.
pub(crate) fn whole_name(name: &str) -> String {
    let (registry, last) = match name.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => ("", name),
        Some(_) => ("docker.io/", name),
        None => ("docker.io/library/", name),
    };
    let tagged = last.rsplit('/').next().is_some_and(|end| end.contains([':', '@']));
    format!("{registry}{name}{}", if tagged { "" } else { ":latest" })
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
