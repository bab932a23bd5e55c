//! The note about a list that is not seen as a page.

use super::members::{items, members};
use super::parameters::parameters;
use super::recognise::{successful_body, total_header};
use super::setting::{is_read, setting};
use super::words::normal;
use crate::diagnostic::Diagnostic;
use crate::model::operation::Operation;
use crate::model::schema::{PageParameter, PageRole, PageSetting, Schemas};

/// Returns the note about an operation that returns a list with a sign of pages, if it is not seen as a page: a parameter
/// that selects one, or a member or header that describes one. A list without any sign is complete.
pub(super) fn candidate(schemas: &Schemas, operation: &Operation, global: Option<&PageSetting>) -> Option<Diagnostic> {
    let is_decided = setting(schemas, operation).is_some() || matches!(global, Some(PageSetting::Off));
    if operation.page.is_some() || is_decided || !is_read(operation) {
        return None;
    }
    let (response, body) = successful_body(operation)?;
    let (path, _) = items(schemas, body)?;
    let selects = parameters(schemas, operation);
    let describes = if path.is_empty() { Vec::new() } else { members(schemas, body, &path) };
    // Other members, such as a size or the commit before, may describe the object itself.
    let is_sign = |role: PageRole, path: &[String]| match role {
        PageRole::Next => path.iter().any(|name| normal(name).contains("next")),
        role => role == PageRole::HasMore,
    };
    let described = describes.iter().any(|member| is_sign(member.role, &member.path));
    let counted = total_header(&operation.responses[response]).is_some();
    if selects.is_empty() && !described && !counted {
        return None;
    }
    let selected = selects.iter().any(|(meaning, _)| *meaning != PageParameter::Limit);
    let missing = match (selected, path.is_empty()) {
        (false, _) => "no parameter selects a page, and no member of the response leads to the next one",
        (true, true) => "the response is an array without the header `Link`",
        (true, false) => "no member of the response describes the page",
    };
    let message = format!("the list of {} is not seen as a page", operation.title());
    let pointer: String = path.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect();
    let example = match path.is_empty() {
        true => "x-pagination: { items: \"\", next: Link }".to_owned(),
        false => format!("x-pagination: {{ items: {pointer}, next: /nextCursor, cursor: cursor }}"),
    };
    Some(
        Diagnostic::info("list-not-a-page", operation.span, message)
            .label(missing)
            .help(format!("name its parts, for example `{example}`, or write `x-pagination: false`")),
    )
}
