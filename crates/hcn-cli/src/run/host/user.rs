//! The user of a Linux container, looked up in the container's own /etc/passwd and /etc/group, as containerd's client
//! does. The image says what is in them, so this is done once its root file system is there, and without mounting it.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Machine;
use super::layered::Layered;
use crate::Failure;
use crate::run::plan::{Container, User};
use crate::spec::Step::Member;
use crate::spec::{Document, linux_ids};

impl Machine<'_> {
    /// The container's spec, with the user's numbers in it.
    pub(super) async fn spec_with_user(&self, container: &Container) -> Result<Box<RawValue>, Failure> {
        let Some(user) = &container.user else { return Ok(container.spec.clone()) };
        let found = match (&user.rootfs, linux_ids(&user.name)) {
            // Its groups would stand in the files.
            (_, Some((uid, gid))) if !user.of_image => Found { uid, gid, groups: Vec::new() },
            (Some(folder), _) => look_up(user, &Layered::folder(folder))?,
            (None, _) => self.look_up_in_snapshot(user, container).await?,
        };
        put(&container.spec, &found)
    }

    async fn look_up_in_snapshot(&self, user: &User, container: &Container) -> Result<Found, Failure> {
        let mounts = self.mounts(container.snapshot.as_ref()).await?;
        match (Layered::of(&mounts), linux_ids(&user.name)) {
            (Some(rootfs), _) => look_up(user, &rootfs),
            // Neither numbers nor root need a file, but for further groups.
            (None, Some((uid, gid))) => Ok(Found { uid, gid, groups: Vec::new() }),
            (None, None) if user.name == "root" => Ok(Found::default()),
            (None, None) => Err(wrong(
                &user.name,
                "the snapshotter's file systems cannot be read without mounting them; give both numbers, as in --user \
                 1000:1000",
            )),
        }
    }
}

/// Who a user is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
}

fn put(spec: &RawValue, found: &Found) -> Result<Box<RawValue>, Failure> {
    let mut document = Document::parse(spec.get()).map_err(Failure::run)?;
    document.set(&[Member("process"), Member("user")], &found.entry()).map_err(Failure::run)?;
    RawValue::from_string(document.into_text()).map_err(Failure::run)
}

impl Found {
    /// The primary group stands among the additional ones too, or a process could drop out of it.
    fn entry(&self) -> Value {
        let missing = Some(self.gid).filter(|gid| !self.groups.contains(gid));
        let groups: Vec<_> = missing.into_iter().chain(self.groups.iter().copied()).collect();
        json!({"uid": self.uid, "gid": self.gid, "additionalGids": groups})
    }
}

fn look_up(user: &User, rootfs: &Layered) -> Result<Found, Failure> {
    let read = |path: &str| {
        let unreadable =
            |why| wrong(&user.name, &format!("{path} of its root file system cannot be read: {why}"));
        rootfs.read(path).map(Option::unwrap_or_default).map_err(unreadable)
    };
    resolve(user, &read("/etc/passwd")?, &read("/etc/group")?)
}

fn wrong(name: &str, why: &str) -> Failure {
    Failure::run(format!("cannot run as user `{name}`: {why}"))
}

/// A line of /etc/passwd.
struct Account<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
}

/// A line of /etc/group.
struct Group<'a> {
    name: &'a str,
    gid: u32,
    members: &'a str,
}

fn accounts(passwd: &str) -> impl Iterator<Item = Account<'_>> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.trim().split(':');
        let (name, _, uid, gid) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        Some(Account { name, uid: uid.parse().ok()?, gid: gid.parse().ok()? })
    })
}

fn groups(group: &str) -> impl Iterator<Item = Group<'_>> {
    group.lines().filter_map(|line| {
        let mut fields = line.trim().split(':');
        let (name, _, gid) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Group { name, gid: gid.parse().ok()?, members: fields.next().unwrap_or_default() })
    })
}

/// `NAME` or `UID`, and behind a colon `GROUP` or `GID`, by what the two files say. A number need not be in them.
fn resolve(user: &User, passwd: &str, group: &str) -> Result<Found, Failure> {
    let (name, named_group) = match user.name.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (user.name.as_str(), None),
    };
    let number = name.parse::<u32>().ok();
    let is_it = |account: &Account<'_>| number.map_or(account.name == name, |uid| account.uid == uid);
    let account = accounts(passwd).find(is_it);
    let uid = match (number, &account) {
        (Some(uid), _) => uid,
        (None, Some(account)) => account.uid,
        (None, None) if name == "root" => 0,
        (None, None) => {
            let why = format!("its /etc/passwd has no `{name}`; correct it, or give numbers");
            return Err(wrong(&user.name, &why));
        }
    };
    let gid = match named_group {
        Some(named) => gid_of(&user.name, named, group)?,
        None => account.map_or(0, |account| account.gid),
    };
    // A group that was asked for is the only one; beside one that an image names there are others, as with ctr.
    let member = match named_group {
        Some(_) if !user.of_image => None,
        None if number.is_none() => Some(name),
        _ => accounts(passwd).find(|account| account.uid == uid).map(|account| account.name),
    };
    Ok(Found { uid, gid, groups: member.map(|name| further(name, group)).unwrap_or_default() })
}

fn gid_of(user: &str, named: &str, group: &str) -> Result<u32, Failure> {
    let found = || groups(group).find(|group| group.name == named).map(|group| group.gid);
    let missing = || wrong(user, &format!("its /etc/group has no `{named}`; correct it, or give numbers"));
    named.parse().ok().or_else(found).ok_or_else(missing)
}

/// The groups that name the user, without the one that is called as the user is, in the file's order.
fn further(name: &str, group: &str) -> Vec<u32> {
    let has = |group: &Group<'_>| group.name != name && group.members.split(',').any(|member| member == name);
    groups(group).filter(has).map(|group| group.gid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/sh\njoe:x:1000:100:Joe:/home/joe:/bin/sh\nbroken\nx:y:z:0\n";
    const GROUP: &str = "root:x:0:root\nbin:x:1:root,joe\nusers:x:100:\nstaff:x:50:joe\njoe:x:7:joe\n";

    fn user(name: &str, of_image: bool) -> User {
        User { name: name.into(), of_image, rootfs: None }
    }

    fn numbers_of(user: &User) -> (u32, u32, Vec<u32>) {
        let Found { uid, gid, groups } = resolve(user, PASSWD, GROUP).unwrap();
        (uid, gid, groups)
    }

    fn found(name: &str) -> (u32, u32, Vec<u32>) {
        numbers_of(&user(name, false))
    }

    #[test]
    fn names_and_numbers_are_looked_up() {
        assert_eq!(found("root"), (0, 0, vec![1]));
        assert_eq!(found("joe"), (1000, 100, vec![1, 50]));
        assert_eq!(found("1000"), (1000, 100, vec![1, 50]));
        assert_eq!(found("4711"), (4711, 0, vec![]));
        assert_eq!(found("joe:staff"), (1000, 50, vec![]));
        assert_eq!(found("5:staff"), (5, 50, vec![]));
        assert_eq!(found("joe:9"), (1000, 9, vec![]));
    }

    #[test]
    fn an_image_s_user_has_the_groups_that_name_it_beside_the_one_that_the_image_names() {
        let found = |name| numbers_of(&user(name, true));
        assert_eq!(found("joe"), (1000, 100, vec![1, 50]));
        assert_eq!(found("joe:staff"), (1000, 50, vec![1, 50]));
        assert_eq!(found("1000:1000"), (1000, 1000, vec![1, 50]));
        assert_eq!(found("0:0"), (0, 0, vec![1]));
        assert_eq!(found("4711:7"), (4711, 7, vec![]));
    }

    #[test]
    fn who_is_not_there_is_named() {
        let missing = ["ann", "joe:crew"].map(|name| resolve(&user(name, false), PASSWD, GROUP).unwrap_err());
        let lines: Vec<_> = missing.iter().map(Failure::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        cannot run as user `ann`: its /etc/passwd has no `ann`; correct it, or give numbers
        cannot run as user `joe:crew`: its /etc/group has no `crew`; correct it, or give numbers
        ");
        let root = resolve(&user("root", false), "", "").unwrap();
        assert_eq!(root, Found::default(), "an image without files has a root");
    }

    #[test]
    fn the_numbers_stand_in_the_spec_and_nothing_else_changes() {
        let spec = RawValue::from_string(r#"{"process":{"user":{"uid":0},"x":1e400}}"#.into()).unwrap();
        let user = Found { uid: 5, gid: 6, groups: vec![7] };
        assert_eq!(
            put(&spec, &user).unwrap().get(),
            r#"{"process":{"user":{"additionalGids":[6,7],"gid":6,"uid":5},"x":1e400}}"#
        );
        let user = Found { uid: 5, gid: 6, groups: vec![7, 6] };
        assert_eq!(user.entry()["additionalGids"], json!([7, 6]), "once, and in the file's order");
    }
}
