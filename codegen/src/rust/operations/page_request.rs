//! The access to the page that a request selects, from the fields of its parameters.

use writ_contract::model::operation::Operation;
use writ_contract::model::schema::PageParameter;

use crate::rust::code::{Code, literal};
use crate::rust::mention::runtime;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::types::page_constructor::first;
use crate::rust::view::{FieldSource, PageRequestView, Presence, RequestFieldView};

/// Returns the view of the access to the page that a request selects, or `None` if no parameter selects one.
pub fn page_request(
    plan: &TypePlan<'_>,
    operation: &Operation,
    fields: &[RequestFieldView],
) -> Option<PageRequestView> {
    let page = operation.page.as_ref()?;
    let field = |meaning: PageParameter| {
        let index = page.parameter(meaning)?;
        let field = fields.iter().find(|field| field.source == FieldSource::Parameter(index))?;
        let ty = plan.scalar(operation.parameters[index].schema, operation.request_direction())?;
        let fits = match meaning {
            PageParameter::Cursor => ty == Ty::String,
            _ => matches!(ty, Ty::I32 | Ty::I64 | Ty::U32 | Ty::U64 | Ty::F64),
        };
        fits.then_some((index, field))
    };
    let selects = [PageParameter::Number, PageParameter::Offset, PageParameter::Cursor];
    if !selects.into_iter().any(|meaning| field(meaning).is_some()) {
        return None;
    }
    let number = |meaning: PageParameter| match field(meaning) {
        Some((_, field)) => format!("{}::count(&self.{})", runtime("PageParameter"), field.name),
        None => "None".to_owned(),
    };
    let is_nullable = |index: usize| plan.is_nullable(operation.parameters[index].schema);
    let cursor = match field(PageParameter::Cursor) {
        Some((index, field)) if field.presence == Presence::Optional || is_nullable(index) => {
            format!("self.{}.as_deref()", field.name)
        }
        Some((_, field)) => format!("Some(&self.{})", field.name),
        None => "None".to_owned(),
    };
    let named = [
        ("limit", PageParameter::Limit),
        ("number", PageParameter::Number),
        ("offset", PageParameter::Offset),
        ("cursor", PageParameter::Cursor),
    ];
    let found: Vec<(&str, &str)> = named
        .into_iter()
        .filter_map(|(name, meaning)| Some((name, operation.parameters[field(meaning)?.0].name.as_str())))
        .collect();
    let mut names: Vec<String> =
        found.iter().map(|(field, name)| format!("{field}: Some({})", literal(name))).collect();
    let first_number = first(plan, operation, page, PageParameter::Number);
    names.extend((first_number != 1).then(|| format!("first: {first_number}")));
    let first_offset = first(plan, operation, page, PageParameter::Offset);
    names.extend((first_offset != 0).then(|| format!("first_offset: {first_offset}")));
    let docs: Vec<String> = found.iter().map(|(_, name)| format!("`{}`", name.replace('`', "'"))).collect();
    let arguments =
        [number(PageParameter::Limit), number(PageParameter::Number), number(PageParameter::Offset), cursor];
    Some(PageRequestView {
        docs: docs.join(", "),
        names: names.into_iter().map(Code::of).collect(),
        arguments: arguments.into_iter().map(Code::of).collect(),
        links: page.link || page.members.iter().any(|member| member.is_url),
    })
}
