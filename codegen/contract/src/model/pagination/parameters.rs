//! The query parameters that select a page.

use super::words::{PARAMETERS, normal};
use crate::model::operation::{Operation, ParameterLocation};
use crate::model::schema::{Kind, PageParameter, Schemas};

/// Returns the query parameters of an operation that select a page, each by its index. Type and name decide their meaning.
pub(super) fn parameters(schemas: &Schemas, operation: &Operation) -> Vec<(PageParameter, usize)> {
    let names: Vec<Option<String>> = operation
        .parameters
        .iter()
        .map(|parameter| Some(normal(&parameter.name)).filter(|_| parameter.location == ParameterLocation::Query))
        .collect();
    let find = |meaning: PageParameter, words: &[&str]| {
        words.iter().find_map(|word| {
            names.iter().enumerate().find_map(|(index, name)| {
                let fits = || fits(schemas.kind(operation.parameters[index].schema), meaning);
                (name.as_deref() == Some(*word) && fits()).then_some((meaning, index))
            })
        })
    };
    PARAMETERS.iter().filter_map(|(meaning, words)| find(*meaning, words)).collect()
}

/// Returns true if values of a kind can have the meaning: a cursor is text, all others are whole numbers.
fn fits(kind: &Kind, meaning: PageParameter) -> bool {
    match meaning {
        PageParameter::Cursor => matches!(kind, Kind::String(_)),
        _ => matches!(kind, Kind::Integer(_) | Kind::Number(_)),
    }
}
