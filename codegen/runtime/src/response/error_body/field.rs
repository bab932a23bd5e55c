//! The field of a violation in the notations of error schemas: JSON pointer, list of steps, sentence.

use std::borrow::Cow;

use crate::validate::violation::{InputLocation, Violation};

/// Iterates over the steps of a field such as `items[0].quantity`: `items`, `0`, `quantity`.
pub(super) fn steps(field: &str) -> impl Iterator<Item = &str> {
    field.split(['.', '[']).map(|step| step.strip_suffix(']').unwrap_or(step)).filter(|step| !step.is_empty())
}

/// Returns the JSON pointer (RFC 6901) to a field.
pub(super) fn pointer(field: &str) -> String {
    let mut pointer = String::new();
    for step in steps(field) {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// Returns a violation as one clause with its field, such as `limit must be at least 1`.
pub(super) fn clause(violation: &Violation) -> Cow<'_, str> {
    let Violation { location, field, message } = violation;
    Cow::Owned(match (field.as_str(), location) {
        // The violation of a missing body is a sentence of its own.
        ("", InputLocation::Body) if message.starts_with("a body ") => message.to_string(),
        ("", InputLocation::Body) => format!("the body {message}"),
        ("", location) => format!("the {} {message}", location.as_str()),
        (field, _) => format!("{field} {message}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_written_as_a_pointer_and_as_steps() {
        assert_eq!(pointer("items[0].a/b"), "/items/0/a~1b");
        assert_eq!(pointer(""), "");
        assert_eq!(steps("items[0].quantity").collect::<Vec<_>>(), ["items", "0", "quantity"]);
    }

    #[test]
    fn a_clause_names_the_field_or_the_location() {
        assert_eq!(clause(&Violation::body("limit", "must be at least 1")), "limit must be at least 1");
        assert_eq!(clause(&Violation::body("", "must be an object")), "the body must be an object");
        assert_eq!(clause(&Violation::body("", "a body is required")), "a body is required");
    }
}
