//! Which object a word means: a GUID in any spelling, else a name, else the beginning of one id.

use std::cell::OnceCell;

use hcn::{Guid, Object, Objects};

use super::table::printable;
use crate::Failure;
use crate::command::service::refused;
use crate::exit::Exit;

/// The objects of a kind by name and by the beginnings of their ids. They are listed once, and only when a word needs it.
pub(in crate::command) struct Index<'a, T: Object> {
    objects: &'a Objects<T>,
    known: OnceCell<Vec<Known>>,
}

/// What an object can be called.
#[derive(Debug, Clone)]
struct Known {
    id: Guid,
    name: Option<String>,
}

impl<'a, T: Object> Index<'a, T> {
    /// Nothing is asked yet.
    pub(in crate::command) fn new(objects: &'a Objects<T>) -> Self {
        Self { objects, known: OnceCell::new() }
    }

    /// The id of the object that the word means. A whole GUID is taken as it is, whether or not there is such an object.
    pub(in crate::command) fn find(&self, word: &str) -> Result<T::Id, Failure> {
        match word.parse::<Guid>() {
            Ok(id) => Ok(id.into()),
            Err(_) => choose(T::KIND.noun(), word, self.known()?).map(T::Id::from),
        }
    }

    fn known(&self) -> Result<&[Known], Failure> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let listed = self.objects.list().map_err(refused)?;
        Ok(self.known.get_or_init(|| listed.iter().filter_map(known).collect()))
    }
}

fn known<T: Object>(object: &T) -> Option<Known> {
    Some(Known { id: object.id()?.into(), name: object.name().map(str::to_owned) })
}

/// A name wins over the beginning of an id: it was given by somebody.
fn choose(noun: &str, word: &str, known: &[Known]) -> Result<Guid, Failure> {
    if word.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            format!("cannot look for a{} {noun}: the id is empty; name one", n(noun)),
        ));
    }
    let named: Vec<_> = known.iter().filter(|known| known.name.as_deref() == Some(word)).collect();
    let found = if named.is_empty() { beginning(word, known) } else { named };
    match found[..] {
        [one] => Ok(one.id),
        [] => Err(none(noun, word)),
        _ => Err(several(noun, word, &found)),
    }
}

/// Those whose id begins so, in any case, with or without the opening brace.
fn beginning<'a>(word: &str, known: &'a [Known]) -> Vec<&'a Known> {
    let start = word.strip_prefix('{').unwrap_or(word).to_ascii_lowercase();
    let fits = |known: &&Known| !start.is_empty() && known.id.to_string().starts_with(&start);
    known.iter().filter(fits).collect()
}

fn none(noun: &str, word: &str) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!(
            "cannot find the {noun} `{}`: no id begins so and none has this name; `hcn {noun} list` shows those that \
             there are",
            short(word)
        ),
    )
}

/// How many of those that fit are listed.
const LISTED: usize = 10;

fn several(noun: &str, word: &str, found: &[&Known]) -> Failure {
    let mut listed: Vec<String> = found.iter().take(LISTED).map(|known| described(known)).collect();
    if found.len() > LISTED {
        listed.push(format!("{} more", found.len() - LISTED));
    }
    Failure::new(
        Exit::Usage,
        format!(
            "cannot tell which {noun} `{}` means: it fits {}; write more of the id",
            short(word),
            listed.join(", ")
        ),
    )
}

fn described(known: &Known) -> String {
    match known.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{} (`{}`)", known.id, short(name)),
        None => known.id.to_string(),
    }
}

/// A word as a message shows it.
fn short(word: &str) -> String {
    match word.char_indices().nth(64) {
        Some((end, _)) => printable(&word[..end]) + "…",
        None => printable(word),
    }
}

fn n(noun: &str) -> &'static str {
    if noun.starts_with('e') { "n" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Known> {
        let known =
            |id: &str, name: Option<&str>| Known { id: id.parse().unwrap(), name: name.map(str::to_owned) };
        vec![
            known("ab29fc40-ca47-1067-b31d-00dd010662da", Some("nat")),
            known("ab3a0000-ca47-1067-b31d-00dd010662da", None),
            known("cd000000-ca47-1067-b31d-00dd010662da", Some("ab3")),
            known("cd000001-ca47-1067-b31d-00dd010662da", Some("twice")),
            known("cd000002-ca47-1067-b31d-00dd010662da", Some("twice")),
        ]
    }

    fn chosen(word: &str) -> Result<String, Failure> {
        choose("network", word, &known()).map(|id| id.to_string()[..8].to_owned())
    }

    #[test]
    fn a_name_wins_over_the_beginning_of_an_id() {
        assert_eq!(chosen("ab3"), Ok("cd000000".into()));
        assert_eq!(chosen("nat"), Ok("ab29fc40".into()));
    }

    #[test]
    fn a_beginning_is_taken_in_any_spelling() {
        for word in ["ab2", "AB2", "{ab29", "{AB29FC40-CA47", "ab29fc40-ca47-1067-b31d-00dd010662d"] {
            assert_eq!(chosen(word), Ok("ab29fc40".into()), "{word}");
        }
    }

    #[test]
    fn what_fits_nothing_or_several_is_told() {
        insta::assert_snapshot!(chosen("ab").unwrap_err(), @"cannot tell which network `ab` means: it fits ab29fc40-ca47-1067-b31d-00dd010662da (`nat`), ab3a0000-ca47-1067-b31d-00dd010662da; write more of the id");
        insta::assert_snapshot!(chosen("twice").unwrap_err(), @"cannot tell which network `twice` means: it fits cd000001-ca47-1067-b31d-00dd010662da (`twice`), cd000002-ca47-1067-b31d-00dd010662da (`twice`); write more of the id");
        insta::assert_snapshot!(chosen(&"x".repeat(300)).unwrap_err(), @"cannot find the network `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`: no id begins so and none has this name; `hcn network list` shows those that there are");
        let exits = ["ab", "x", "", "{"].map(|word| chosen(word).unwrap_err().exit);
        assert_eq!(exits, [Exit::Usage, Exit::NotFound, Exit::Usage, Exit::NotFound]);
    }
}
