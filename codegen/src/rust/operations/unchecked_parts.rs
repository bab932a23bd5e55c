//! The constraints of multipart bodies that generated code does not check, because the parts arrive one by one.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::operation::{ContentKind, Operation};
use writ_contract::model::parameter_shape::{ParameterShape, parameter_shape};
use writ_contract::model::parts::{Part, PartKind, parts};
use writ_contract::model::schema::Schemas;

use crate::rust::plan::types::TypePlan;

/// Reports the constraints of an operation's multipart bodies that generated code does not check.
pub fn report_unchecked(plan: &TypePlan<'_>, operation: &Operation, diagnostics: &mut Diagnostics) {
    let bodies = operation.body.iter().flat_map(|body| &body.content);
    let mut described_schema = None;
    for content in bodies.filter(|content| content.kind == ContentKind::Multipart && content.positional.is_none()) {
        let schemas = &plan.contract.schemas;
        let described =
            parts(content, schemas).filter(|_| *described_schema.get_or_insert(content.schema) == content.schema);
        let interpreted = |schema| schemas.nearest(schema, |schema| schema.interpreted.as_ref()).is_some();
        let report = |message: &str| Diagnostic::warning("unchecked-parts", content.span, message.to_owned());
        for part in described.iter().flat_map(|parts| parts.named.iter().chain(&parts.rest)) {
            let unchecked = |rules| ("the rules of an array are not all checked", rules, "check it in the handler");
            let (message, label, help) = match part.list {
                Some(list) if list.unique && part.kind == PartKind::File => unchecked("`uniqueItems` of files"),
                Some(_) if interpreted(part.property) => unchecked("the rules between the elements"),
                None if is_sometimes_array(part, schemas) => {
                    ("a part can be an array", "only one is read", "declare only an array, which can have one element")
                }
                _ => continue,
            };
            let name = if part.name.is_empty() { "of any other name".into() } else { format!("`{}`", part.name) };
            diagnostics.push(
                report(message)
                    .label(format!("{label}: the part {name}"))
                    .note("each element of an array is a part of its own and arrives separately")
                    .help(help),
            );
        }
        match (described, content.schema) {
            (Some(_), Some(schema)) if interpreted(schema) => diagnostics.push(
                report("rules that concern several parts are not checked")
                    .label("each part is checked, and required parts must be present")
                    .note("such rules need all parts at once, but files are streamed")
                    .help("check these rules in the handler"),
            ),
            (Some(_), _) => {}
            (None, None) => diagnostics.push(
                report("the parts of this body are not declared")
                    .label("passed to the handler without a check")
                    .help("declare a `schema` whose properties are the parts"),
            ),
            (None, Some(_)) => diagnostics.push(
                report("the schema of this body does not declare its parts")
                    .label("passed to the handler without a check")
                    .help("declare the parts as the properties of an object"),
            ),
        }
    }
}

/// Returns true if the value of a part is text or a file, and some values of its schema are arrays.
fn is_sometimes_array(part: &Part<'_>, schemas: &Schemas) -> bool {
    let shape = parameter_shape(schemas, part.property);
    part.kind != PartKind::Json && part.style.is_none() && matches!(shape, Some(ParameterShape::Array { .. }))
}
