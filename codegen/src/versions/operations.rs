//! The conversions of operations, and of their requests, between a version and the next one.

use std::collections::BTreeMap;

use writ_contract::model::Direction;
use writ_contract::model::operation::ParameterLocation;

use crate::rust::code::{Code, literal};
use crate::rust::mention::{contract, runtime};
use crate::rust::names::ident::value_name;
use crate::rust::view::{OperationView, Presence, RequestFieldView, RequestView};

use super::conversions::{Conversions, PARAMETER, plain_name};
use super::responses::{error, success};
use super::shape::{Container, Shape};
use super::step::Step;

/// The conversions of an operation from a version to the next one. Each is the name of a generated function, or `None`
/// if the type is equal in both.
#[derive(Debug, Clone, Default)]
pub struct OperationLink {
    /// The conversion of the request.
    pub request: RequestLink,
    /// The conversion of the successful response.
    pub success: Option<String>,
    /// The conversion of the errors.
    pub error: Option<String>,
}

/// The conversion of the request of an operation.
#[derive(Debug, Clone, Default)]
pub enum RequestLink {
    /// The requests of both versions are equal, or neither handler takes a request.
    #[default]
    Same,
    /// The function with this name converts a request.
    Convert(String),
    /// The function with this name creates a request, since the handler of the older version takes none.
    Create(String),
    /// The handler of the next version takes no request.
    Drop,
}

/// Returns the operations of a version by their ids.
pub fn by_id(version: &super::shared::ApiVersion) -> BTreeMap<&str, &OperationView> {
    let operations = version.views.tags.iter().flat_map(|tag| &tag.operations);
    operations.map(|operation| (operation.id.as_str(), operation)).collect()
}

/// Adds the conversions of an operation that both versions have.
pub fn link(conversions: &mut Conversions<'_>, old: &OperationView, new: &OperationView) -> OperationLink {
    let name = plain_name(&old.method.0);
    let is_equal =
        |conversions: &Conversions<'_>, old: &Code, new: &Code| old == new && conversions.shared.equal.contains(&old.0);
    let success = (!is_equal(conversions, &old.response.name, &new.response.name))
        .then(|| success(conversions, &name, &old.response, &new.response));
    let error = (!is_equal(conversions, &old.error.name, &new.error.name))
        .then(|| error(conversions, &name, &old.error, &new.error));
    let request = match (&old.request, &new.request) {
        (None, None) => RequestLink::Same,
        (Some(_), None) => RequestLink::Drop,
        (None, Some(new)) => RequestLink::Create(request(conversions, &name, None, new, success.is_some())),
        (Some(old), Some(new)) => {
            // The names of a sparse fieldset belong to the response.
            let selects = |field: &RequestFieldView| field.parameter.as_ref().is_some_and(|one| one.sparse);
            let is_same =
                is_equal(conversions, &old.name, &new.name) && (success.is_none() || !old.fields.iter().any(selects));
            match is_same {
                true => RequestLink::Same,
                false => RequestLink::Convert(request(conversions, &name, Some(old), new, success.is_some())),
            }
        }
    };
    OperationLink { request, success, error }
}

/// Adds the function that converts the request of an operation, and returns its name.
fn request(
    conversions: &mut Conversions<'_>,
    operation: &str,
    old: Option<&RequestView>,
    new: &RequestView,
    response_differs: bool,
) -> String {
    let function = format!("{operation}_request");
    let newer = conversions.newer.name.clone();
    let violation = runtime("Violation");
    let old_fields: BTreeMap<&str, &RequestFieldView> =
        old.iter().flat_map(|old| &old.fields).map(|field| (field.name.0.as_str(), field)).collect();
    let old_type = old.map(|old| contract(&old.name.0).to_string());
    let new_type = conversions.newer_name(&new.name.0);
    let (mut before, mut initial) = (String::new(), String::new());
    for field in &new.fields {
        let name = &field.name.0;
        if let Some(old) = old_fields.get(name.as_str()) {
            let value = converted(conversions, operation, old, field, response_differs);
            initial.push_str(&format!("        {name}: {value},\n"));
            continue;
        }
        if field.presence == Presence::Required {
            let ty = conversions.newer_code(&field.ty.0);
            let base = plain_name(name);
            let parameter = old_type.as_ref().map(|old| format!("old: &{old}")).unwrap_or_default();
            let path = conversions.method(
                &format!("{operation}_{base}_for_{newer}"),
                format!("Returns the value of `{base}`, which requests of `{newer}` require and older requests lack."),
                |method| format!("{method}({parameter}) -> Result<{ty}, {violation}>"),
            );
            let argument = if old.is_some() { "&old" } else { "" };
            before.push_str(&format!("    let {name} = {path}({argument})?;\n"));
            initial.push_str(&format!("        {name},\n"));
        } else if field.presence == Presence::Optional {
            initial.push_str(&format!("        {name}: None,\n"));
        } else {
            // The expression that moves an absent value out of its variable.
            before.push_str(&format!("    let {} = None;\n", field.variable));
            initial.push_str(&format!("        {},\n", conversions.newer_code(&field.take.0)));
        }
    }
    let kept = |name: &str| new.fields.iter().any(|field| field.name.0 == name);
    let mut after = String::new();
    for field in old.iter().flat_map(|old| &old.fields).filter(|field| !kept(&field.name.0)) {
        let (name, ty) = (&field.name.0, field.ty.0.clone());
        let base = plain_name(name);
        let path = conversions.method(
            &format!("{operation}_{base}_to_{newer}"),
            format!("Applies `{base}`, which requests of `{newer}` do not have, to the request."),
            |method| format!("{method}(old: {ty}, request: &mut {new_type}) -> Result<(), {violation}>"),
        );
        after.push_str(&format!("    {}?;\n", in_parameter(field, &format!("{path}(old.{name}, &mut newer)"))));
    }
    let parameter = old_type.map(|old| format!("old: {old}")).unwrap_or_default();
    let bound = conversions.bound();
    let body = match after.as_str() {
        "" => format!("{before}    Ok({new_type} {{\n{initial}    }})\n"),
        after => format!("{before}    let mut newer = {new_type} {{\n{initial}    }};\n{after}    Ok(newer)\n"),
    };
    conversions.functions.push(Code::of(format!(
        "pub fn {function}{bound}({parameter}) -> Result<{new_type}, {violation}> {{\n{body}}}\n"
    )));
    function
}

/// Returns the expression that converts a field of a request that both versions have.
fn converted(
    conversions: &mut Conversions<'_>,
    operation: &str,
    old: &RequestFieldView,
    new: &RequestFieldView,
    response_differs: bool,
) -> String {
    let name = &old.name.0;
    let value = format!("old.{name}");
    let (old_shape, new_shape) = (Shape::of(&old.ty.0), Shape::of(&new.ty.0));
    let is_sparse = old.parameter.as_ref().is_some_and(|parameter| parameter.sparse);
    let conversion = runtime("conversion");
    let listed = |shape: &Shape| match shape {
        Shape::In(Container::Option, inner) => match &**inner {
            Shape::In(Container::Vec, inner) => named(inner),
            _ => None,
        },
        _ => None,
    };
    let sorted = |shape: &Shape| match shape {
        Shape::In(Container::Vec, inner) => match &**inner {
            Shape::In(Container::Sort, inner) => named(inner),
            _ => None,
        },
        _ => None,
    };
    let is_same = old_shape == new_shape && conversions.is_unchanged(&old_shape);
    if let (Some(from), Some(to)) = (sorted(&old_shape), sorted(&new_shape))
        && !is_same
    {
        let path = several(conversions, &from, &to, "sort key", |to| format!("Vec<{}<{to}>>", runtime("Sort")));
        let order = format!("{conversion}::sort_order({value}, {path})");
        let parameter = old.parameter.as_ref().map_or("sort", |parameter| &parameter.name);
        return match has_orders(conversions, &to) {
            true => {
                let orders = format!("{}::ORDERS", conversions.newer_name(&to));
                format!("{conversion}::allowed_order({}, {order}, {orders})?", literal(parameter))
            }
            false => order,
        };
    }
    if is_sparse && response_differs {
        return match (listed(&old_shape), listed(&new_shape)) {
            (Some(from), Some(to)) if !is_same => {
                let path = several(conversions, &from, &to, "field name", |to| format!("Vec<{to}>"));
                format!("{conversion}::field_names({value}, {path})")
            }
            (Some(_), Some(_)) => value,
            // The names mean fields of the older version, and a handler returns the complete value.
            _ => "None".to_owned(),
        };
    }
    match conversions.step(&old_shape, &new_shape, Direction::Inbound) {
        Some(Step::Same) => value,
        Some(step) => format!("{}?", in_parameter(old, &step.apply(&value, Direction::Inbound))),
        None => {
            let newer = conversions.newer.name.clone();
            let (old_ty, new_ty) = (old.ty.0.clone(), conversions.newer_code(&new.ty.0));
            let base = plain_name(name);
            let path = conversions.method(
                &format!("{operation}_{base}_to_{newer}"),
                format!("Converts `{base}` of a request to that of `{newer}`."),
                |method| format!("{method}(old: {old_ty}) -> Result<{new_ty}, {}>", runtime("Violation")),
            );
            format!("{}?", in_parameter(old, &format!("{path}({value})")))
        }
    }
}

fn named(shape: &Shape) -> Option<String> {
    match shape {
        Shape::Named(name) => Some(name.clone()),
        _ => None,
    }
}

/// Adds the method that converts a name of a list of names, which may stand for several names.
fn several(
    conversions: &mut Conversions<'_>,
    from: &str,
    to: &str,
    what: &str,
    list: impl Fn(&str) -> String,
) -> String {
    let newer = conversions.newer.name.clone();
    let base = plain_name(&value_name(from));
    let (old, list) = (contract(from).to_string(), list(&conversions.newer_name(to)));
    conversions.list_method(
        from,
        &format!("{base}_to_{newer}"),
        format!("Returns what a {what} means in `{newer}`. The list may be empty, or contain several."),
        |method| format!("{method}(old: {old}) -> {list}"),
    )
}

/// Returns true if the next version lists the sort orders of an enum of sort keys.
fn has_orders(conversions: &Conversions<'_>, name: &str) -> bool {
    let operations = conversions.newer.views.tags.iter().flat_map(|tag| &tag.operations);
    operations.flat_map(|operation| &operation.sorts).any(|sort| sort.name.0 == name && !sort.orders.is_empty())
}

/// Returns a conversion whose violations name the parameter that a field of a request holds.
fn in_parameter(field: &RequestFieldView, conversion: &str) -> String {
    let Some(parameter) = &field.parameter else { return conversion.to_owned() };
    let location = match parameter.location {
        ParameterLocation::Path => "Path",
        ParameterLocation::Query | ParameterLocation::QueryString => "Query",
        ParameterLocation::Header => "Header",
        ParameterLocation::Cookie => "Cookie",
    };
    let (name, location_of) = (literal(&parameter.name), runtime("InputLocation"));
    format!("{}::parameter({location_of}::{location}, {name}, {conversion})", runtime("conversion"))
}

/// Returns the path of a generated function with the implementer's conversions of a version.
pub fn function_path(version: &str, function: &str, parameter: &str) -> String {
    format!("crate::{version}::wire::convert::{function}::<{parameter}>")
}

/// Returns the type parameter for the conversions of a version, as generated code writes it.
pub fn version_parameter(version: &str) -> String {
    let name = version.to_uppercase();
    PARAMETER.replace('V', &name)
}
