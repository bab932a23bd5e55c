//! The parts of conversions between two versions of a contract that are equal for all contracts.
//!
//! Generated code converts the requests of an older version with these functions. They add the field of a value to the
//! violation of its conversion.

use std::collections::BTreeMap;

use crate::validate::violation::{InputLocation, Violation};
use crate::values::patch::Patch;
use crate::values::sort::Sort;

/// Adds the name of a field to the violation of its conversion.
///
/// # Errors
///
/// Returns the violation of the conversion.
pub fn field<T>(name: &str, converted: Result<T, Violation>) -> Result<T, Violation> {
    converted.map_err(|violation| violation.within(name))
}

/// Adds the location and the name of a parameter to the violation of its conversion.
///
/// # Errors
///
/// Returns the violation of the conversion.
pub fn parameter<T>(location: InputLocation, name: &str, converted: Result<T, Violation>) -> Result<T, Violation> {
    converted.map_err(|violation| Violation { location, ..violation.within(name) })
}

/// Converts an optional value.
///
/// # Errors
///
/// Returns the violation of the value's conversion.
pub fn optional<A, B>(
    value: Option<A>,
    convert: impl FnOnce(A) -> Result<B, Violation>,
) -> Result<Option<B>, Violation> {
    value.map(convert).transpose()
}

/// Converts the value of a patch.
///
/// # Errors
///
/// Returns the violation of the value's conversion.
pub fn patch<A, B>(value: Patch<A>, convert: impl FnOnce(A) -> Result<B, Violation>) -> Result<Patch<B>, Violation> {
    Ok(match value {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(value) => Patch::Value(convert(value)?),
    })
}

/// Converts the elements of a list.
///
/// # Errors
///
/// Returns the first violation of an element's conversion, with the index of the element.
pub fn list<A, B>(list: Vec<A>, convert: impl Fn(A) -> Result<B, Violation>) -> Result<Vec<B>, Violation> {
    let elements = list.into_iter().enumerate();
    elements
        .map(|(index, element)| convert(element).map_err(|violation| violation.within(&format!("[{index}]"))))
        .collect()
}

/// Converts the values of a map.
///
/// # Errors
///
/// Returns the first violation of a value's conversion, with the key of the value.
pub fn entries<A, B>(
    map: BTreeMap<String, A>,
    convert: impl Fn(A) -> Result<B, Violation>,
) -> Result<BTreeMap<String, B>, Violation> {
    map.into_iter()
        .map(|(key, value)| {
            let converted = convert(value).map_err(|violation| violation.within(&shortened(&key)))?;
            Ok((key, converted))
        })
        .collect()
}

/// Converts the names of a sparse fieldset. A name of the older version may stand for several of the next.
pub fn field_names<A, B>(names: Option<Vec<A>>, convert: impl Fn(A) -> Vec<B>) -> Option<Vec<B>> {
    names.map(|names| names.into_iter().flat_map(convert).collect())
}

/// Converts a sort order. A key of the older version may stand for several of the next; a descending key reverses them.
pub fn sort_order<A, B>(order: Vec<Sort<A>>, convert: impl Fn(A) -> Vec<Sort<B>>) -> Vec<Sort<B>> {
    let keys = order.into_iter().flat_map(|sort| {
        let reversed = sort.descending;
        convert(sort.by).into_iter().map(move |key| Sort { by: key.by, descending: key.descending != reversed })
    });
    keys.collect()
}

/// Checks that the next version allows a converted sort order.
///
/// # Errors
///
/// Returns a violation of the parameter `name` if it does not.
pub fn allowed_order<B: PartialEq>(
    name: &str,
    order: Vec<Sort<B>>,
    allowed: &[&[Sort<B>]],
) -> Result<Vec<Sort<B>>, Violation> {
    if order.is_empty() || allowed.contains(&order.as_slice()) {
        return Ok(order);
    }
    let message = "is a sort order that the latest version of the API does not support";
    Err(Violation { location: InputLocation::Query, field: name.to_owned(), message: message.into() })
}

/// Returns the key of a caller's map for the path of a violation, shortened so that violations stay small.
fn shortened(key: &str) -> String {
    match key.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", key.get(..end).unwrap_or_default()),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(number: i32) -> Result<i64, Violation> {
        match number % 2 {
            0 => Ok(number.into()),
            _ => Err(Violation::body("", "must be even")),
        }
    }

    #[test]
    fn a_violation_names_the_element_that_cannot_be_converted() {
        assert_eq!(list(vec![2, 4], even), Ok(vec![2, 4]));
        let violation = field("items", list(vec![2, 3], even)).unwrap_err();
        assert_eq!(violation.field, "items[1]");
        let map = BTreeMap::from([("a".to_owned(), 1)]);
        assert_eq!(field("by_name", entries(map, even)).unwrap_err().field, "by_name.a");
        let violation = parameter(InputLocation::Query, "size", optional(Some(1), even)).unwrap_err();
        assert_eq!((violation.location, violation.field.as_str()), (InputLocation::Query, "size"));
        assert_eq!(patch(Patch::Value(2), even), Ok(Patch::Value(2)));
    }

    #[test]
    fn a_descending_key_reverses_the_keys_that_it_stands_for() {
        let both = |_: char| vec![Sort { by: 1, descending: false }, Sort { by: 2, descending: true }];
        let order = sort_order(vec![Sort { by: 'n', descending: true }], both);
        assert_eq!(order, [Sort { by: 1, descending: true }, Sort { by: 2, descending: false }]);
        assert!(allowed_order("sort", order.clone(), &[&order]).is_ok());
        assert_eq!(allowed_order("sort", order, &[]).unwrap_err().field, "sort");
    }

    #[test]
    fn a_name_can_stand_for_several_fields() {
        assert_eq!(field_names(Some(vec!['n']), |_| vec![1, 2]), Some(vec![1, 2]));
        assert_eq!(field_names(None, |_: char| vec![1]), None);
    }
}
