//! The application of `x-pagination` to an operation.

use super::recognise::{has_header, successful_body, total_header};
use crate::diagnostic::{Diagnostic, closest};
use crate::model::operation::{ListPage, Operation, PageMember, ParameterLocation};
use crate::model::schema::{Format, Kind, PageMapping, PageParameter, PageRole, SchemaId, Schemas};
use crate::source::Spanned;

/// Returns the page of an operation as `x-pagination` names it.
///
/// # Errors
///
/// Returns a report for each pointer without target and each name without parameter.
pub(super) fn apply(
    schemas: &Schemas,
    operation: &Operation,
    mapping: &PageMapping,
) -> Result<ListPage, Vec<Diagnostic>> {
    let Some((response, body)) = successful_body(operation) else {
        let message = format!("`x-pagination` has no effect on {}", operation.title());
        let report = Diagnostic::error("bad-pagination", mapping.span, message);
        return Err(vec![report.label("the operation has no successful response with a single JSON body")]);
    };
    let mut mistakes = Vec::new();
    let parameters: Vec<(PageParameter, usize)> = mapping
        .parameters
        .iter()
        .filter_map(|(meaning, name)| match parameter(operation, name) {
            Ok(index) => Some((*meaning, index)),
            Err(mistake) => {
                mistakes.push(*mistake);
                None
            }
        })
        .collect();
    let cursor = [PageParameter::Cursor, PageParameter::Number, PageParameter::Offset]
        .into_iter()
        .find_map(|wanted| parameters.iter().find(|(meaning, _)| *meaning == wanted))
        .map(|(_, index)| *index);
    let (mut list, mut members, mut link) = (None, Vec::new(), false);
    for (role, pointer) in &mapping.members {
        if *role == PageRole::Next && pointer.value.eq_ignore_ascii_case("link") {
            link = has_header(&operation.responses[response], "Link");
            if !link {
                let message = format!("{} declares no header `Link`", operation.title());
                let report = Diagnostic::error("bad-pagination", pointer.span, message);
                mistakes.push(report.label("names a header that the response does not have"));
            }
            continue;
        }
        let path: Vec<String> =
            pointer.value.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        let target = target(schemas, body, &path);
        let kind = target.map(|target| schemas.kind(target));
        let is_text = |kind: &Kind| matches!(kind, Kind::String(_));
        let fits = kind.is_some_and(|kind| match role {
            PageRole::Items => matches!(kind, Kind::Array(_)),
            PageRole::Next | PageRole::Previous => matches!(kind, Kind::String(_) | Kind::Integer(_) | Kind::Number(_)),
            PageRole::HasMore | PageRole::IsLast => matches!(kind, Kind::Boolean),
            _ => matches!(kind, Kind::Integer(_) | Kind::Number(_)),
        });
        match kind.filter(|_| fits) {
            Some(Kind::Array(array)) if *role == PageRole::Items => list = Some((path, array.items)),
            Some(kind) => {
                let is_token = matches!(role, PageRole::Next | PageRole::Previous);
                let uri =
                    matches!(kind, Kind::String(shape) if matches!(shape.format, Format::Uri | Format::UriReference));
                let is_url = is_token && is_text(kind) && (uri || cursor.is_none());
                let parameter = cursor.filter(|_| is_token && !is_url);
                members.push(PageMember { role: *role, path, is_url, parameter });
            }
            None => mistakes.push(no_target(*role, pointer, target.is_some())),
        }
    }
    match list {
        Some((items, element)) if mistakes.is_empty() => {
            let total_header = total_header(&operation.responses[response]);
            Ok(ListPage { response, body, element, items, members, parameters, link, total_header })
        }
        _ => Err(mistakes),
    }
}

/// Returns the index of the query parameter with a name.
fn parameter(operation: &Operation, name: &Spanned<String>) -> Result<usize, Box<Diagnostic>> {
    let query = || {
        operation.parameters.iter().enumerate().filter(|(_, parameter)| parameter.location == ParameterLocation::Query)
    };
    if let Some((index, _)) = query().find(|(_, parameter)| parameter.name == name.value) {
        return Ok(index);
    }
    let message = format!("{} has no query parameter `{}`", operation.title(), name.value);
    let report = Diagnostic::error("bad-pagination", name.span, message).label("names no parameter");
    let close = closest(&name.value, query().map(|(_, parameter)| parameter.name.as_str()));
    let help = match close {
        Some(close) => format!("did you mean `{close}`?"),
        None => "name a query parameter of the operation".to_owned(),
    };
    Err(Box::new(report.help(help)))
}

/// Returns the schema at a path of properties.
fn target(schemas: &Schemas, body: SchemaId, path: &[String]) -> Option<SchemaId> {
    path.iter().try_fold(body, |schema, name| match schemas.kind(schema) {
        Kind::Object(object) => object.properties.iter().find(|it| it.name == *name).map(|it| it.schema),
        _ => None,
    })
}

/// Returns the report of a pointer that leads to no value of the type of its role.
fn no_target(role: PageRole, pointer: &Spanned<String>, exists: bool) -> Diagnostic {
    let expected = match role {
        PageRole::Items => "an array",
        PageRole::Next | PageRole::Previous => "a string or a number",
        PageRole::HasMore | PageRole::IsLast => "a boolean",
        _ => "a number",
    };
    let message = match exists {
        true => format!("`{}` of `x-pagination` is not {expected}", pointer.value),
        false => format!("`{}` of `x-pagination` is no property of the response", pointer.value),
    };
    Diagnostic::error("bad-pagination", pointer.span, message)
        .label(format!("expected a pointer to {expected}"))
        .help("a JSON pointer begins at the root of the response body: `/meta/total`")
}
