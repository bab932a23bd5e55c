//! The implementation of the runtime's `Listed` for a response that contains a page of a list.

use writ_contract::model::operation::{ListPage, Operation};
use writ_contract::model::schema::{PageParameter, PageRole};

use crate::rust::code::{Code, literal};
use crate::rust::operations::page_path::{Owner, PathStep, steps};
use crate::rust::operations::response_body::{BodyEncoding, forms};
use crate::rust::plan::types::TypePlan;
use crate::rust::types::page_constructor::first;
use crate::rust::view::{ListedView, OperationView};

/// Returns the view of the runtime's `Listed` for the response of an operation, or `None` if it is not a page whose
/// elements have a field.
pub fn listed(plan: &TypePlan<'_>, operation: &Operation, view: &OperationView) -> Option<ListedView> {
    let page = operation.page.as_ref()?;
    let response = operation.responses.get(page.response)?;
    match forms(plan, operation, response).as_slice() {
        [form] if form.encoding == BodyEncoding::Json => {}
        _ => return None,
    }
    let next = next(plan, operation, page);
    if next.is_empty() {
        return None;
    }
    let direction = operation.response_direction();
    let steps = steps(plan, page.body, &page.items, direction)?;
    let element = plan.element(page.element, direction);
    let several = view.response.successes.len() > 1;
    let body = if several { "body" } else { "self.body" };
    let items = taken(body, plan.is_nullable(page.body), &steps);
    let items = match view.response.successes.iter().find(|success| success.body.is_some()) {
        Some(success) if several => {
            format!("match self {{ Self::{} {{ body, .. }} => {items}, _ => Vec::new() }}", success.variant)
        }
        _ => items,
    };
    let pointer = |path: &[String]| literal(&json_pointer(path));
    let mut layout = Vec::new();
    if !page.items.is_empty() {
        layout.push(format!("items: {}", pointer(&page.items)));
    }
    layout.push(format!("next: &[{}]", next.join(", ")));
    let roles = [
        ("has_more", PageRole::HasMore),
        ("is_last", PageRole::IsLast),
        ("total", PageRole::Total),
        ("pages", PageRole::Pages),
        ("limit", PageRole::Limit),
    ];
    for (field, role) in roles {
        layout.extend(page.member(role).map(|member| format!("{field}: Some({})", pointer(&member.path))));
    }
    layout.extend(page.total_header.as_ref().map(|name| format!("total_header: Some({})", literal(name))));
    Some(ListedView {
        item: Code::of(&element),
        layout: layout.into_iter().map(Code::of).collect(),
        items: Code::of(items),
    })
}

/// Returns the ways to request the next page, the preferred one first: a link is complete, and a token is exact while the
/// list changes.
fn next(plan: &TypePlan<'_>, operation: &Operation, page: &ListPage) -> Vec<String> {
    let name = |index: usize| literal(&operation.parameters[index].name);
    let mut ways = Vec::new();
    if page.link {
        ways.push("client::NextPage::Link".to_owned());
    }
    if let Some(member) = page.member(PageRole::Next) {
        let pointer = literal(&json_pointer(&member.path));
        match member.parameter {
            Some(parameter) if !member.is_url => {
                ways.push(format!("client::NextPage::Token({pointer}, {})", name(parameter)));
            }
            _ => ways.push(format!("client::NextPage::Url({pointer})")),
        }
    }
    if let Some(number) = page.parameter(PageParameter::Number) {
        ways.push(format!(
            "client::NextPage::Number({}, {})",
            name(number),
            first(plan, operation, page, PageParameter::Number)
        ));
    } else if let Some(offset) = page.parameter(PageParameter::Offset) {
        let first = first(plan, operation, page, PageParameter::Offset);
        ways.push(format!("client::NextPage::Offset({}, {first})", name(offset)));
    }
    ways
}

/// Returns the JSON pointer of a path of properties (RFC 6901 § 3).
fn json_pointer(path: &[String]) -> String {
    path.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Returns the expression of the elements at the end of a path of fields. An absent list has no elements.
fn taken(base: &str, nullable: bool, path: &[PathStep]) -> String {
    let rest = |base: &str| match path {
        [] => base.to_owned(),
        [step, rest @ ..] => {
            let field = format!("{base}.{}", step.field);
            match step.owner {
                Owner::Value => taken(&field, false, rest),
                Owner::Option => taken(&field, true, rest),
                Owner::Patch => taken(&format!("{field}.value()"), true, rest),
            }
        }
    };
    match (nullable, path) {
        (false, _) => rest(base),
        (true, []) => format!("{base}.unwrap_or_default()"),
        (true, _) => format!("{base}.map(|it| {}).unwrap_or_default()", rest("it")),
    }
}
