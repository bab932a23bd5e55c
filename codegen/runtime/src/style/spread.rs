//! Parsing object parameters whose properties are separate pairs of a query or of cookies.

use std::borrow::Cow;

use crate::http::percent;
use crate::http::query::Pair;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::brackets::{self, Tree};
use crate::style::coding::{Coding, ENCODING};
use crate::style::parse::Found;

const KEYS: &str = "must be written as name[key]=value";

/// Returns true if the parameter is an object whose properties are separate pairs of a query or of cookies.
#[inline]
pub(crate) fn is_spread(parameter: &Parameter) -> bool {
    parameter.style == Style::DeepObject || is_exploded_object(parameter)
}

#[inline]
fn is_exploded_object(parameter: &Parameter) -> bool {
    matches!(parameter.style, Style::Form | Style::Cookie) && parameter.kind == ValueKind::Object && parameter.explode
}

/// Returns true if a query or cookie pair with this name belongs to the parameter at `index` of `parameters`.
///
/// A name that another parameter takes alone, or that is reserved for a credential, does not belong to an object.
pub(crate) fn belongs(parameters: &[Parameter], index: usize, name: &str) -> bool {
    let Some(parameter) = parameters.get(index) else {
        return false;
    };
    if !is_spread(parameter) {
        return parameter.name == name;
    }
    let is_key = match parameter.style {
        Style::DeepObject => name.strip_prefix(parameter.name).is_some_and(|rest| rest.starts_with('[')),
        _ => parameter.fields.is_none_or(|fields| fields.contains(&name)),
    };
    is_key
        && !parameter.reserved.contains(&name)
        && !parameters.iter().enumerate().any(|(other, declared)| {
            other != index
                && declared.location == parameter.location
                && match declared.style {
                    Style::DeepObject => is_exploded_object(parameter) && belongs(parameters, other, name),
                    _ => !is_exploded_object(declared) && declared.name == name,
                }
        })
}

/// Returns true if a query or cookie pair with this name belongs to the parameter at `index` of `parameters` and
/// to no other one, so that the receiver reads it as a part of that parameter.
#[cfg(feature = "client")]
pub(crate) fn belongs_alone(parameters: &[Parameter], index: usize, name: &str) -> bool {
    let is_beside = |other: &usize| parameters[*other].location == parameters[index].location && *other != index;
    belongs(parameters, index, name)
        && !(0..parameters.len()).filter(is_beside).any(|other| belongs(parameters, other, name))
}

/// Parses the parameter at `index` of `parameters` from those `pairs` of a query or of cookies that belong to
/// it.
pub(crate) fn parse_spread<'a>(
    parameters: &[Parameter],
    index: usize,
    pairs: impl Iterator<Item = Pair<'a>>,
    coding: Coding,
) -> Result<Found<'a>, &'static str> {
    let Some(parameter) = parameters.get(index) else { return Ok(Found::Absent) };
    let mut tree = Tree::default();
    for pair in pairs.filter(|pair| belongs(parameters, index, &pair.name)) {
        let value = coding.decode(pair.raw).ok_or(ENCODING)?;
        // An invalid name would be that of another pair. The names of cookies are not encoded.
        if coding == Coding::Query && percent::decode_form(pair.raw_name).is_none() {
            return Err(ENCODING);
        }
        if parameter.style != Style::DeepObject {
            tree.insert_key(pair.name.clone(), value);
            continue;
        }
        let keys = brackets::keys_behind(&pair, parameter.name);
        let keys = keys.filter(|keys| keys.iter().any(|key| !key.is_empty())).ok_or(KEYS)?;
        tree.insert_at(keys.into_iter().map(Cow::Owned), value);
    }
    Ok(if tree.is_empty() { Found::Absent } else { Found::Text(tree.into_map()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the names that belong to the first parameter.
    fn owned<'n>(parameters: &[Parameter], names: &[&'n str]) -> Vec<&'n str> {
        names.iter().copied().filter(|name| belongs(parameters, 0, name)).collect()
    }

    const FREE: Parameter = Parameter::query("filter").kind(ValueKind::Object);
    const DEEP: Parameter = Parameter::query("sort").style(Style::DeepObject, true).kind(ValueKind::Object);

    #[test]
    fn an_object_with_free_names_has_all_pairs_that_no_other_parameter_has() {
        let names = ["x", "page", "key", "sort", "sort[a]", "sort[", "trace", "filter"];
        assert_eq!(owned(&[FREE], &names), names);
        let parameters = [FREE.reserved(&["key"]), Parameter::query("page"), DEEP, Parameter::header("trace")];
        assert_eq!(owned(&parameters, &names), ["x", "sort", "trace", "filter"]);
        assert!(!belongs(&parameters, 4, "x"));
    }

    #[test]
    fn an_object_with_known_fields_has_their_pairs_also_beside_another_object() {
        let known = || FREE.fields(&["a", "b", "page"]);
        assert_eq!(owned(&[known(), Parameter::query("page")], &["a", "b", "c", "filter", "page"]), ["a", "b"]);
        let both = [known(), Parameter::query("other").kind(ValueKind::Object).fields(&["b", "c"])];
        assert_eq!(owned(&both, &["a", "b", "c", "other"]), ["a", "b"]);
    }

    #[test]
    fn a_deep_object_has_the_pairs_with_its_name_and_brackets() {
        let names = ["sort", "sort[a]", "sort[a][b]", "sort[]", "sorts[a]", "so[a]", "x"];
        assert_eq!(owned(&[DEEP], &names), ["sort[a]", "sort[a][b]", "sort[]"]);
        assert_eq!(owned(&[DEEP, FREE], &names), ["sort[a]", "sort[a][b]", "sort[]"]);
        assert_eq!(owned(&[DEEP, Parameter::query("sort[a]")], &names), ["sort[a][b]", "sort[]"]);
    }

    #[test]
    fn a_parameter_of_one_pair_has_the_pair_with_its_name() {
        for parameter in [Parameter::query("a"), FREE.style(Style::Form, false), FREE.style(Style::Json, true)] {
            assert!(!is_spread(&parameter));
            let name = parameter.name;
            assert_eq!(owned(&[parameter], &["a", "filter", "x"]), [name]);
        }
        assert!(is_spread(&FREE) && is_spread(&DEEP) && is_spread(&FREE.style(Style::Cookie, true)));
    }

    #[test]
    #[cfg(feature = "client")]
    fn a_pair_that_two_objects_have_belongs_to_neither_alone() {
        let other = Parameter::query("other").kind(ValueKind::Object).fields(&["b", "c"]);
        let parameters = [FREE.fields(&["a", "b"]), other, Parameter::cookie("c").kind(ValueKind::Object)];
        let alone = |name: &str| (0..3).filter(|index| belongs_alone(&parameters, *index, name)).collect::<Vec<_>>();
        assert_eq!(["a", "b", "c", "d"].map(alone), [vec![0, 2], vec![2], vec![1, 2], vec![2]]);
    }
}
