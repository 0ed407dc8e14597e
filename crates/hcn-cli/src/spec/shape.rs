//! What each member of a runtime spec must consist of: containerd and its shims read config.json into structs, and one
//! value of the wrong kind makes them refuse the whole. The tables are in `shape/`.

mod common;
mod linux;
mod windows;

use super::place::Place;
use super::problem::{Kind, Problem};
use super::tree::Content;

/// What a value must consist of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Nobody looks.
    Any,
    Text,
    Flag,
    /// A whole number from the first to the second.
    Whole(i128, i128),
    List(&'static Shape),
    /// An object with keys of the user's own.
    Map(&'static Shape),
    Object(&'static [Field]),
}

/// A member that is known, and what its value must be. Others are none of anybody's business.
pub(super) type Field = (&'static str, Shape);

const U16: Shape = Shape::Whole(0, u16::MAX as i128);
const U32: Shape = Shape::Whole(0, u32::MAX as i128);
const U64: Shape = Shape::Whole(0, u64::MAX as i128);
const I64: Shape = Shape::Whole(i64::MIN as i128, i64::MAX as i128);
const TEXTS: Shape = Shape::List(&Shape::Text);

/// Everything below a place whose kind is wrong, or whose key differs from a known one in case alone.
pub(super) fn check(document: &Place<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(document, &common::SPEC, &mut found);
    found
}

fn walk(place: &Place<'_>, shape: &Shape, found: &mut Vec<Problem>) {
    match (shape, place.content()) {
        // `null` reads as absent in Go.
        (_, None) | (Shape::Any, _) => {}
        (Shape::List(of), Some(Content::Array(_))) => {
            place.elements().iter().for_each(|element| walk(element, of, found));
        }
        (Shape::Map(of), Some(Content::Object(_))) => {
            place.members().iter().for_each(|(_, member)| walk(member, of, found));
        }
        (Shape::Object(fields), Some(Content::Object(_))) => walk_fields(place, fields, found),
        (Shape::Text | Shape::Flag | Shape::Whole(..), Some(Content::Scalar)) if fits(place, shape) => {}
        _ => found.push(misfit(place, shape)),
    }
}

fn walk_fields(place: &Place<'_>, fields: &[Field], found: &mut Vec<Problem>) {
    for (key, member) in place.members() {
        match fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((name, shape)) if *name == key => walk(&member, shape, found),
            Some((name, _)) => found.push(member.problem(
                Kind::Shape,
                "is spelled in another case than containerd writes it",
                format!("spell it `{name}`"),
            )),
            None => {}
        }
    }
}

fn fits(place: &Place<'_>, shape: &Shape) -> bool {
    let raw = place.raw().unwrap_or_default();
    match shape {
        Shape::Text => raw.starts_with('"'),
        Shape::Flag => matches!(raw, "true" | "false"),
        Shape::Whole(least, most) => place.number().is_some_and(|number| (*least..=*most).contains(&number)),
        Shape::Any | Shape::List(_) | Shape::Map(_) | Shape::Object(_) => true,
    }
}

fn misfit(place: &Place<'_>, shape: &Shape) -> Problem {
    let must_be = match shape {
        Shape::Any => "a value",
        Shape::Text => "a text",
        Shape::Flag => "true or false",
        Shape::Whole(least, most) => {
            let fix = format!("write a number from {least} to {most}");
            return place.problem(
                Kind::Shape,
                format!("is {}, not a whole number in range", shown(place)),
                fix,
            );
        }
        Shape::List(_) => "an array",
        Shape::Map(_) | Shape::Object(_) => "an object",
    };
    let it = if place.is_root() { "it " } else { "" };
    place.problem(
        Kind::Shape,
        format!("{it}is {}, not {must_be}", shown(place)),
        format!("write {must_be} there"),
    )
}

/// What stands there, for a message: short values as they are.
fn shown(place: &Place<'_>) -> String {
    match (place.content(), place.raw()) {
        (Some(Content::Object(_)), _) => "an object".to_owned(),
        (Some(Content::Array(_)), _) => "an array".to_owned(),
        (_, Some(raw)) if raw.len() <= 40 => raw.to_owned(),
        (_, Some(raw)) if raw.starts_with('"') => "a text".to_owned(),
        _ => "a long number".to_owned(),
    }
}
