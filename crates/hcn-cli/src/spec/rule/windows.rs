//! `windows`, and what Windows asks of `root`.

use crate::os::Os;
use crate::spec::mount::is_absolute;
use crate::spec::place::Place;
use crate::spec::problem::Problem;

pub(super) fn check(document: &Place<'_>, found: &mut Vec<Problem>) {
    let windows = document.member("windows");
    found.extend(root(&document.member("root").member("path")));
    layers(&windows.member("layerFolders"), found);
    network(&windows.member("network"), found);
    processor(&windows.member("resources").member("cpu"), found);
}

fn root(path: &Place<'_>) -> Option<Problem> {
    path.filled().map(|_| {
        path.broken("is set, but on Windows the shim mounts the layers and writes it itself", "remove it")
    })
}

const WHICH: &str = "list the read-only folders, top-most first, then the writable one: \
     `ctr snapshot prepare --mounts KEY PARENT | hcn spec --snapshot -` does";

fn layers(layers: &Place<'_>, found: &mut Vec<Problem>) {
    let folders = layers.elements();
    match folders.len() {
        0 if layers.raw().is_some_and(|raw| !raw.starts_with('[')) => {}
        0 => found.push(layers.missing(WHICH)),
        1 => found
            .push(layers.broken("has one entry, and a container needs a base and a scratch folder", WHICH)),
        _ => {}
    }
    let mut seen: Vec<String> = Vec::new();
    for folder in &folders {
        let Some(path) = folder.string() else { continue };
        if !is_absolute(&path, Os::Windows) {
            found.push(folder.broken(format!("is {path:?}, which is not absolute"), "write the whole path"));
        } else if seen.iter().any(|other| other.eq_ignore_ascii_case(&path)) {
            found.push(folder.broken(format!("is {path} a second time"), "remove one of the two"));
        }
        seen.push(path);
    }
}

fn network(network: &Place<'_>, found: &mut Vec<Problem>) {
    let (namespace, endpoints) = (network.member("networkNamespace"), network.member("endpointList"));
    let Some(name) = namespace.filled() else { return };
    if let Err(why) = name.parse::<hcn::Guid>() {
        found.push(
            namespace.broken(format!("names no namespace: {why}"), "`hcn-namespace create` prints one"),
        );
    }
    if !endpoints.elements().is_empty() {
        found.push(endpoints.broken(
            "is not used, for the container joins `windows.network.networkNamespace`",
            "remove one of the two",
        ));
    }
}

/// HCS takes one of the three.
fn processor(cpu: &Place<'_>, found: &mut Vec<Problem>) {
    let set = ["count", "maximum", "shares"].map(|key| (key, cpu.member(key)));
    let named: Vec<_> = set.iter().filter(|(_, place)| place.number().is_some_and(|n| n != 0)).collect();
    if named.len() > 1 {
        let names: Vec<_> = named.iter().map(|(key, _)| format!("`{key}`")).collect();
        let why = format!("has {}, and Windows takes one of them", names.join(" and "));
        found.push(cpu.broken(why, "keep one"));
    }
    for (key, place) in named.into_iter().filter(|(key, _)| *key != "count") {
        if place.number().is_some_and(|number| number > 10_000) {
            found.push(place.broken(format!("is above 10000, the most that {key} may be"), "lower it"));
        }
    }
}
