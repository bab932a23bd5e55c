//! The query parameters that select a page.

use super::words::{INTERVAL_ENDS, PARAMETERS, normal};
use crate::model::operation::{Operation, Parameter, ParameterLocation, Style};
use crate::model::schema::{Format, Kind, PageParameter, Schemas, StringShape};

/// Returns the query parameters of an operation that select a page, each by its index. Type and name decide their meaning.
pub(super) fn parameters(schemas: &Schemas, operation: &Operation) -> Vec<(PageParameter, usize)> {
    let names: Vec<Option<String>> = operation
        .parameters
        .iter()
        .map(|parameter| Some(normal(&parameter.name)).filter(|_| is_plain(parameter)))
        .collect();
    let is_interval = names.iter().flatten().any(|name| INTERVAL_ENDS.contains(&name.as_str()));
    let find = |meaning: PageParameter, words: &[&str]| {
        words.iter().filter(|word| !(is_interval && **word == "start")).find_map(|word| {
            names.iter().enumerate().find_map(|(index, name)| {
                let fits = || fits(schemas.kind(operation.parameters[index].schema), meaning);
                (name.as_deref() == Some(*word) && fits()).then_some((meaning, index))
            })
        })
    };
    PARAMETERS.iter().filter_map(|(meaning, words)| find(*meaning, words)).collect()
}

/// Returns the query parameter of text with one of these names.
pub(super) fn text_parameter(schemas: &Schemas, operation: &Operation, names: [&str; 2]) -> Option<usize> {
    operation.parameters.iter().position(|parameter| {
        let name = normal(&parameter.name);
        is_plain(parameter)
            && !name.is_empty()
            && names.contains(&name.as_str())
            && fits(schemas.kind(parameter.schema), PageParameter::Cursor)
    })
}

fn is_plain(parameter: &Parameter) -> bool {
    parameter.location == ParameterLocation::Query && parameter.style != Style::Json
}

/// Returns true if values of a kind can have the meaning: a cursor is text other than a date or time, all others are whole
/// numbers.
fn fits(kind: &Kind, meaning: PageParameter) -> bool {
    match meaning {
        PageParameter::Cursor => match kind {
            Kind::String(StringShape { format, .. }) => {
                !matches!(format, Format::DateTime | Format::Date | Format::Moment | Format::Time | Format::Duration)
            }
            _ => false,
        },
        _ => matches!(kind, Kind::Integer(_) | Kind::Number(_)),
    }
}
