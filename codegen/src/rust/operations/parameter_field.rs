//! A parameter of an operation as a field of the request type.

use writ_contract::model::operation::{Parameter, ParameterLocation, Style};
use writ_contract::model::schema::Kind;

use crate::rust::code::Code;
use crate::rust::expr::default::{default_text, default_value};
use crate::rust::expr::read::ReadCalls;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::expr::rule::{array_rule, string_rule};
use crate::rust::mention::{contract, read_of, runtime};
use crate::rust::names::spelling::field_names;
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::request_field::RequestField;
use crate::rust::plan::ty::Ty;
use crate::rust::view::{DecodeView, Presence};

/// Returns the candidates for the name of a parameter's request field: the name of the parameter, then with its location,
/// and then with the spelling of the name.
pub fn parameter_names(parameter: &Parameter) -> Vec<String> {
    let mut names = field_names(parameter.rust_name.as_ref().map_or(&parameter.name, |own| &own.value));
    let plain = names[0].trim_start_matches("r#").trim_end_matches('_');
    names.insert(1, format!("{plain}_{}", parameter.location.word()));
    names
}

/// Returns the documentation of a parameter without a description: "The query parameter `limit`."
fn undescribed(parameter: &Parameter) -> String {
    let name = parameter.name.replace('`', "'");
    match parameter.location {
        ParameterLocation::Path => format!("The path parameter `{name}`."),
        ParameterLocation::Query => format!("The query parameter `{name}`."),
        ParameterLocation::QueryString => "The query string, as one value.".to_owned(),
        ParameterLocation::Header => format!("The header `{name}`."),
        ParameterLocation::Cookie => format!("The cookie `{name}`."),
    }
}

/// Returns the function that reads an `If-Match` header and checks it against its schema.
fn read_entity_tags(parameter: &Parameter, calls: &ReadCalls<'_, '_>) -> String {
    let rule = match calls.plan.contract.schemas.kind(parameter.schema) {
        Kind::String(shape) => string_rule(shape, calls.patterns),
        _ => return read_of(runtime("IfMatch")).to_string(),
    };
    if rule.is_empty() {
        return read_of(runtime("IfMatch")).to_string();
    }
    format!("|r| r.entity_tags({})", rule.reference())
}

/// Returns the request field of the parameter at `index` of the operation's parameters.
pub fn parameter_field(
    names: &OperationNames,
    index: usize,
    parameter: &Parameter,
    calls: &ReadCalls<'_, '_>,
) -> RequestField {
    let (plan, direction) = (calls.plan, calls.direction);
    let described = parameter.description.clone().filter(|text| !text.trim().is_empty());
    let mut docs = described.unwrap_or_else(|| undescribed(parameter));
    if parameter.sparse {
        if !docs.is_empty() {
            docs.push_str("\n\n");
        }
        docs.push_str("A handler returns the complete value: the pipeline removes the other fields.");
    }
    let presence = if parameter.required { Presence::Required } else { Presence::Optional };
    let method = if parameter.required { "required" } else { "optional" };
    if parameter.location == ParameterLocation::Header && parameter.name.eq_ignore_ascii_case("If-Match") {
        let ty = if parameter.required { Ty::IfMatch } else { Ty::IfMatch.optional() };
        let decode = format!("input.{method}({index}, {})", read_entity_tags(parameter, calls));
        return RequestField::new(docs, ty, presence, decode);
    }
    if let (true, Kind::Array(array)) = (parameter.sort, plan.contract.schemas.kind(parameter.schema)) {
        let key = names.sorts.iter().find(|sort| sort.index == index).map(|sort| sort.name.clone()).unwrap_or_default();
        let rule = array_rule(array).reference();
        let read = match &parameter.orders {
            Some(_) => format!("r.sort_order({rule}, {}::ORDERS)", contract(&key)),
            None => format!("r.array({rule}, {})", read_of(format_args!("{}::<{}>", runtime("Sort"), contract(&key)))),
        };
        let decode = format!("input.optional({index}, |r| {read})");
        let name = parameter.name.replace('`', "'");
        let default = match default_text(plan, parameter.schema).as_str() {
            "" => "the default".to_owned(),
            text => format!("the default `{text}`"),
        };
        docs.push_str(&format!("\n\nEmpty if the request has no `{name}`: the handler then applies {default}."));
        return RequestField::new(docs, Ty::Sort(key), Presence::List, decode);
    }
    // Only a JSON value can be null; the text of any other parameter cannot.
    let nullable = parameter.style == Style::Json;
    let ty = if nullable { plan.element(parameter.schema, direction) } else { plan.ty(parameter.schema, direction) };
    let read: ReadExpression = if nullable { calls.element(parameter.schema) } else { calls.value(parameter.schema) };
    let decode = format!("input.{method}({index}, {})", read.function());
    if parameter.required {
        return RequestField::new(docs, ty, presence, decode);
    }
    match default_value(plan, parameter.schema, &ty, direction) {
        Some(default) if !matches!(ty, Ty::Option(_)) => {
            if !docs.is_empty() {
                docs.push_str("\n\n");
            }
            docs.push_str(&format!("Default: `{}`.", default_text(plan, parameter.schema)));
            let decode = DecodeView::Call(Code::from(decode));
            RequestField {
                docs,
                ty,
                presence: Presence::Defaulted,
                default: Some((default, read)),
                decode,
                secret: false,
            }
        }
        _ => RequestField::new(docs, ty.optional(), presence, decode),
    }
}
