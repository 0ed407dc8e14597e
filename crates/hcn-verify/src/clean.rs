//! Removing what an earlier run left: by the ids in its report, and by the names that only this suite gives.

use std::fmt;
use std::fs;
use std::path::Path;

use hcn::{Error, Guid, Hcn, Kind, Modify, Object, Objects, Raw, RequestType};
use serde::Deserialize;
use serde_json::Value;

use crate::report::{Made, MadeKind, MadeState};

/// The beginning of every name that the suite gives.
const PREFIX: &str = "hcn-verify-";

/// What was removed and what was not.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// What is gone now.
    pub removed: Vec<(Kind, Guid)>,
    /// What could not be removed.
    pub left: Vec<(Kind, Guid, Error)>,
    /// The lists that could not be had.
    pub unseen: Vec<Error>,
}

impl Cleaned {
    /// Is nothing left?
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && self.unseen.is_empty()
    }
}

/// The file is there, and is no report of hcn-verify.
#[derive(Debug)]
pub struct NoReport(String);

impl fmt::Display for NoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoReport {}

#[derive(Deserialize)]
struct Earlier {
    program: String,
    made: Vec<Made>,
}

/// What an earlier report says is left; nothing where there is no report.
///
/// # Errors
/// A file that is there and is no report: it must not be overwritten.
pub fn unfinished(report: &Path) -> Result<Vec<Made>, NoReport> {
    let no_report = |why: &dyn fmt::Display| {
        NoReport(format!(
            "cannot use {} as the report: {why}; remove it, or name another file with `--report`",
            report.display()
        ))
    };
    let text = match fs::read(report) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(no_report(&error)),
    };
    let earlier: Earlier =
        serde_json::from_slice(&text).map_err(|_| no_report(&"it is there and no report of hcn-verify"))?;
    if earlier.program != "hcn-verify" {
        return Err(no_report(&"it is another program's"));
    }
    Ok(earlier.made.into_iter().filter(|made| made.state != MadeState::Removed).collect())
}

/// Removes these objects, then everything whose name begins with `hcn-verify-`. What is absent is done.
pub fn clean(hcn: &Hcn, made: &[Made]) -> Cleaned {
    let mut cleaned = Cleaned::default();
    for made in made.iter().rev() {
        match made.kind {
            MadeKind::Network => remove(&hcn.networks(), made.id, &mut cleaned),
            MadeKind::Endpoint => remove(&hcn.endpoints(), made.id, &mut cleaned),
            MadeKind::Namespace => {
                empty(hcn, made);
                remove(&hcn.namespaces(), made.id, &mut cleaned);
            }
        }
    }
    by_name(&hcn.endpoints(), &mut cleaned);
    by_name(&hcn.namespaces(), &mut cleaned);
    by_name(&hcn.networks(), &mut cleaned);
    cleaned
}

fn remove<T: Object>(objects: &Objects<T>, id: Guid, cleaned: &mut Cleaned) {
    match objects.delete(id.into()) {
        Ok(()) => cleaned.removed.push((T::KIND, id)),
        Err(error) if error.is_absence() => {}
        Err(error) => cleaned.left.push((T::KIND, id, error)),
    }
}

/// Containers stand in the way of a namespace's deletion. Whether they are out the deletion will show.
fn empty(hcn: &Hcn, namespace: &Made) {
    for container in &namespace.containers {
        let settings = serde_json::json!({ "ContainerId": container });
        let request = Modify {
            resource_type: Some("Container".into()),
            request_type: Some(RequestType::Remove),
            settings: Raw::new(&settings).ok(),
            ..Modify::default()
        };
        let _ = hcn.namespaces().modify(namespace.id.into(), &request);
    }
}

fn by_name<T: Object>(objects: &Objects<T>, cleaned: &mut Cleaned) {
    let all = match objects.list() {
        Ok(all) => all,
        Err(error) => return cleaned.unseen.push(error),
    };
    let ours = all.iter().filter(|object| object.name().is_some_and(|name| name.starts_with(PREFIX)));
    for id in ours.filter_map(Object::id) {
        remove(objects, id.into(), cleaned);
    }
}

/// Notes in the report that nothing is left, so that the next run may replace it.
///
/// # Errors
/// A report that cannot be read or written.
pub fn note_cleaned(report: &Path) -> std::io::Result<()> {
    let mut earlier: Value = match fs::read(report) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for made in earlier["made"].as_array_mut().into_iter().flatten() {
        made["state"] = "removed".into();
    }
    crate::sink::write(report, &format!("{earlier:#}\n"))
}
