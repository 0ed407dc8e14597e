//! The pass over a document: refuse as the service does, or write it anew in its canonical spelling.

use hcn::{Code, Guid};
use serde_json::value::RawValue;

use super::json::{Form, compact, form, members};
use super::policy::PolicyShape;
use super::{Is, Member, Names, Shape};
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};

/// The document in its canonical spelling.
pub(crate) fn canonical(profile: &Profile, shape: &Shape, text: &str) -> Ruling<String> {
    let document: &RawValue = serde_json::from_str(text).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    let mut pass = Pass { profile, out: String::with_capacity(text.len()) };
    pass.object("", shape, document)?;
    Ok(pass.out)
}

struct Pass<'a> {
    profile: &'a Profile,
    out: String,
}

impl Pass<'_> {
    fn object(&mut self, field: &str, shape: &Shape, value: &RawValue) -> Ruling<()> {
        expect(field, value, Form::Object)?;
        let mut seen = Vec::new();
        self.out.push('{');
        for (key, value) in members(value).map_err(|_| Refusal::from(Code::INVALID_JSON))? {
            let member = self.known(shape, &key)?;
            if seen.contains(&member.name) {
                // INFERRED: refused; a document with the same member twice, sent to a real Windows, would settle it.
                return Err(Refusal::json(member.name, "DuplicateField"));
            }
            seen.push(member.name);
            self.member(member, value)?;
        }
        self.out.push('}');
        Ok(())
    }

    /// INFERRED: names match whatever their case (a client's `IPConfigurations` was accepted by a real Windows
    /// that refuses unknown members); reading such an endpoint back would settle it.
    fn known(&self, shape: &Shape, key: &str) -> Ruling<&'static Member> {
        let known =
            |member: &&Member| member.name.eq_ignore_ascii_case(key) && self.profile.knows(member.since);
        shape.0.iter().find(known).ok_or_else(|| Refusal::json(key, "UnknownField"))
    }

    /// A member that is null is absent.
    fn member(&mut self, member: &Member, value: &RawValue) -> Ruling<()> {
        if form(value) == Form::Null {
            return Ok(());
        }
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        self.out.push_str(&format!("\"{}\":", member.name));
        self.value(member.name, &member.is, value)
    }

    fn value(&mut self, field: &str, is: &Is, value: &RawValue) -> Ruling<()> {
        match is {
            Is::Any => {}
            Is::AnyObject => expect(field, value, Form::Object)?,
            Is::Text => expect(field, value, Form::Text)?,
            Is::Bool => expect(field, value, Form::Bool)?,
            Is::Number(most) => number(field, *most, value)?,
            Is::Guid => guid(field, value)?,
            Is::Name(names) => return self.name(field, names, value),
            Is::Object(shape) => return self.object(field, shape, value),
            Is::Policy(types) => return self.policy(field, types, value),
            Is::List(each) => return self.list(field, each, value),
        }
        self.out.push_str(&compact(value));
        Ok(())
    }

    fn list(&mut self, field: &str, each: &Is, value: &RawValue) -> Ruling<()> {
        expect(field, value, Form::List)?;
        let values: Vec<&RawValue> =
            serde_json::from_str(value.get()).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
        self.out.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.value(field, each, value)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn policy(&mut self, field: &str, types: &'static [PolicyShape], value: &RawValue) -> Ruling<()> {
        expect(field, value, Form::Object)?;
        let (mut kind, mut settings) = (None, None);
        for (key, value) in members(value).map_err(|_| Refusal::from(Code::INVALID_JSON))? {
            match key.to_ascii_lowercase().as_str() {
                "type" => kind = Some(value),
                "settings" => settings = Some(value).filter(|value| form(value) != Form::Null),
                _ => return Err(Refusal::json(&key, "UnknownField")),
            }
        }
        let policy = self.policy_type(types, kind)?;
        self.out.push_str(&format!("{{\"Type\":\"{}\"", policy.name));
        if let Some(settings) = settings {
            expect("Settings", settings, Form::Object)?;
            check_settings(self.profile, policy, settings)?;
            self.out.push_str(&format!(",\"Settings\":{}", compact(settings)));
        }
        self.out.push('}');
        Ok(())
    }

    /// An absent type is the one of ordinal 0, which the service itself leaves out.
    fn policy_type(
        &self,
        types: &'static [PolicyShape],
        kind: Option<&RawValue>,
    ) -> Ruling<&'static PolicyShape> {
        let found = match kind {
            None => types.first(),
            Some(kind) if form(kind) == Form::Number => {
                kind.get().parse().ok().and_then(|ordinal: usize| types.get(ordinal))
            }
            Some(kind) => {
                let name = text("Type", kind)?;
                types.iter().find(|policy| policy.name == name)
            }
        };
        let known = found.filter(|policy| self.profile.knows(policy.since));
        known.ok_or_else(|| Code::INVALID_POLICY_TYPE.into())
    }

    fn name(&mut self, field: &str, names: &Names, value: &RawValue) -> Ruling<()> {
        let found = match form(value) {
            Form::Number => {
                number(field, u64::from(u32::MAX), value)?;
                value.get().parse().ok().and_then(|ordinal: usize| names.known.get(ordinal))
            }
            _ => {
                let text = text(field, value)?;
                names.known.iter().find(|(name, _)| *name == text)
            }
        };
        let known = found.filter(|(_, since)| self.profile.knows(*since));
        let (name, _) = known.ok_or_else(|| unknown_name(field, names))?;
        self.out.push_str(&format!("\"{name}\""));
        Ok(())
    }
}

/// The settings of a policy, checked on a page of their own that is thrown away: their bytes stay.
///
/// INFERRED: what is wrong inside them gives 0x803B000D and not 0x803B001B; an unknown member in a policy's
/// settings, sent to a real Windows, would settle it.
fn check_settings(profile: &Profile, policy: &PolicyShape, settings: &RawValue) -> Ruling<()> {
    let mut page = Pass { profile, out: String::new() };
    page.object("Settings", &policy.settings, settings)
        .map_err(|refusal| Refusal { code: Code::INVALID_POLICY, ..refusal })
}

/// INFERRED: the detail's word; an enum with an unknown name, sent to a real Windows, would settle it.
fn unknown_name(field: &str, names: &Names) -> Refusal {
    match names.otherwise {
        Code::INVALID_JSON => Refusal::json(field, "UnknownValue"),
        otherwise => otherwise.into(),
    }
}

/// `ExpectedObject` was seen.
///
/// INFERRED: the other words; a member of each wrong type, sent to a real Windows, would settle them.
fn expect(field: &str, value: &RawValue, wanted: Form) -> Ruling<()> {
    let word = match wanted {
        Form::Object => "ExpectedObject",
        Form::List => "ExpectedArray",
        Form::Text => "ExpectedString",
        Form::Number => "ExpectedNumber",
        Form::Bool => "ExpectedBool",
        Form::Null => "ExpectedNull",
    };
    if form(value) == wanted { Ok(()) } else { Err(Refusal::json(field, word)) }
}

fn number(field: &str, most: u64, value: &RawValue) -> Ruling<()> {
    expect(field, value, Form::Number)?;
    match value.get().parse::<u64>() {
        Ok(number) if number <= most => Ok(()),
        _ => Err(Refusal::json(field, "ExpectedNumber")),
    }
}

fn text(field: &str, value: &RawValue) -> Ruling<String> {
    expect(field, value, Form::Text)?;
    serde_json::from_str(value.get()).map_err(|_| Refusal::from(Code::INVALID_JSON))
}

/// Braces are refused, as a client saw.
///
/// INFERRED: with this code; adding an endpoint by an id in braces on a real Windows would settle it.
fn guid(field: &str, value: &RawValue) -> Ruling<()> {
    let text = text(field, value)?;
    match text.parse::<Guid>() {
        Ok(_) if !text.starts_with('{') => Ok(()),
        _ => Err(Refusal::detailed(Code::GUID_CONVERSION_FAILURE, field)),
    }
}
