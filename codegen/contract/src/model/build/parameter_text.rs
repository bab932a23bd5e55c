//! The check that a style tells the values of a parameter apart: single values, arrays and objects.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::SchemaId;
use crate::model::operation::{Operation, Parameter, ParameterLocation, Style};
use crate::model::parameter_shape::{allows_scalar, leaves};
use crate::model::schema::{Kind, Schemas};

/// Reports the parameters of which two values have one notation, and those with values that have none.
pub(super) fn check(operations: &[Operation], schemas: &Schemas, diagnostics: &mut Diagnostics) {
    for operation in operations {
        for parameter in operation.parameters.iter().filter(|parameter| has_style(parameter)) {
            if let Some(report) = ambiguous(parameter, schemas).or_else(|| nested(parameter, schemas)) {
                diagnostics.push(report);
            }
        }
    }
}

fn has_style(parameter: &Parameter) -> bool {
    parameter.location != ParameterLocation::QueryString && !matches!(parameter.style, Style::Json | Style::Text)
}

/// Reports a parameter whose schema allows values of two shapes with one notation.
fn ambiguous(parameter: &Parameter, schemas: &Schemas) -> Option<Diagnostic> {
    let all = leaves(schemas, parameter.schema);
    let has_object = all.iter().any(|kind| matches!(kind, Kind::Object(_)));
    let items: Vec<&Kind> = all
        .iter()
        .filter_map(|kind| if let Kind::Array(array) = kind { Some(leaves(schemas, array.items)) } else { None })
        .flatten()
        .collect();
    let has_array = all.iter().any(|kind| matches!(kind, Kind::Array(_)));
    let scalars: Vec<&Kind> = all.iter().copied().filter(|kind| allows_scalar(kind)).collect();
    let (both, label) = match (has_array, has_object) {
        (true, true) if first_is_array(&all) => ("an array or an object", "read as an array"),
        (true, true) => ("an array or an object", "read as an object"),
        (false, true) if !scalars.is_empty() => ("an object or a single value", "read as an object"),
        (true, false) if scalars.iter().any(|scalar| items.iter().any(|item| look_alike(scalar, item))) => {
            ("an array or a single value", "one element is read as a single value if that is valid")
        }
        _ => return None,
    };
    let (place, name) = (parameter.location.word(), &parameter.name);
    let message = format!("the {place} parameter `{name}` is {both}, which its style does not always tell apart");
    Some(
        Diagnostic::warning("ambiguous-parameter", parameter.span, message)
            .label(label)
            .note("a style writes a single value, an array or an object without its type (RFC 6570 § 2.3)")
            .help("declare only one of them, or describe the parameter by `content` with `application/json`"),
    )
}

fn first_is_array(kinds: &[&Kind]) -> bool {
    kinds
        .iter()
        .find(|kind| matches!(kind, Kind::Array(_) | Kind::Object(_)))
        .is_some_and(|kind| matches!(kind, Kind::Array(_)))
}

/// Returns true if one text can be a value of both kinds. Constants are told apart by their text.
fn look_alike(scalar: &Kind, item: &Kind) -> bool {
    let is_text = |kind: &Kind| matches!(kind, Kind::String(_) | Kind::Any);
    let is_number = |kind: &Kind| matches!(kind, Kind::Integer(_) | Kind::Number(_));
    let is_constant = |kind: &Kind| matches!(kind, Kind::Strings(_) | Kind::Values(_));
    match (scalar, item) {
        _ if is_constant(scalar) => false,
        (_, item) if is_text(scalar) => allows_scalar(item),
        (Kind::Boolean, Kind::Boolean) => true,
        (_, item) => is_text(item) || is_constant(item) || (is_number(scalar) && is_number(item)),
    }
}

/// Reports a parameter whose style has no notation for a value within an array or object.
fn nested(parameter: &Parameter, schemas: &Schemas) -> Option<Diagnostic> {
    if parameter.style == Style::DeepObject {
        return None;
    }
    let is_spread = parameter.explode && matches!(parameter.style, Style::Form | Style::Cookie);
    let (inner, outer) = leaves(schemas, parameter.schema).into_iter().find_map(|kind| match kind {
        Kind::Array(array) => Some((structured(schemas, array.items, true)?, "an array".to_owned())),
        Kind::Object(object) => object.properties.iter().find_map(|property| {
            // The name of a property is repeated for each element of an array.
            let inner = structured(schemas, property.schema, !is_spread)?;
            Some((inner, format!("the property `{}` of an object", property.name)))
        }),
        _ => None,
    })?;
    let (place, name) = (parameter.location.word(), &parameter.name);
    let message = format!("the style of the {place} parameter `{name}` has no notation for {inner} in {outer}");
    Some(
        Diagnostic::warning("nested-parameter", parameter.span, message)
            .label(if inner == "an array" {
                "read as an array of at most one element"
            } else {
                "no request can contain it"
            })
            .note("the values of a style are strings, lists of strings, and pairs of strings (RFC 6570 § 2.3)")
            .help(
                "use `style: deepObject` for an object, or describe the parameter by `content` with `application/json`",
            ),
    )
}

/// Returns the description of a value that is an array, if these count, or an object.
fn structured(schemas: &Schemas, schema: SchemaId, arrays_count: bool) -> Option<&'static str> {
    let kinds = leaves(schemas, schema);
    let is_structured =
        |kind: &&Kind| matches!(kind, Kind::Object(_)) || arrays_count && matches!(kind, Kind::Array(_));
    if kinds.iter().any(|kind| !is_structured(kind) && !matches!(kind, Kind::Null)) {
        return None;
    }
    kinds
        .iter()
        .find(|kind| is_structured(kind))
        .map(|kind| if matches!(kind, Kind::Array(_)) { "an array" } else { "an object" })
}
