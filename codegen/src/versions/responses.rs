//! The conversions of the successful responses and the errors of operations between a version and the next one.

use std::collections::BTreeMap;

use writ_contract::model::Direction;

use crate::rust::code::Code;
use crate::rust::mention::contract;
use crate::rust::names::ident::value_name;
use crate::rust::view::{ErrorVariantView, ErrorView, ResponseView, SuccessView};

use super::conversions::{Conversions, plain_name};
use super::shape::Shape;
use super::step::Step;

/// Adds the function that converts the successful response of an operation, and returns its name.
pub fn success(conversions: &mut Conversions<'_>, operation: &str, old: &ResponseView, new: &ResponseView) -> String {
    let function = format!("{operation}_response");
    let newer = conversions.newer.name.clone();
    let (old_type, new_type) = (contract(&old.name.0).to_string(), conversions.newer_name(&new.name.0));
    let whole = |conversions: &mut Conversions<'_>, part: &str| {
        conversions.method(
            &format!("{operation}_{part}_from_{newer}"),
            format!("Converts a response of `{newer}` that this version does not have."),
            |method| format!("{method}(new: {new_type}) -> {old_type}"),
        )
    };
    let body = match (old.successes.as_slice(), new.successes.as_slice()) {
        ([old_success], [new_success]) => {
            let (before, value) = fields(conversions, operation, old_success, new_success, &old_type, &new_type);
            format!("{before}    {value}\n")
        }
        (old_all, new_all) if old_all.len() > 1 && new_all.len() > 1 => {
            let mut arms = String::new();
            for success in new_all {
                let variant = &success.variant;
                let kept = old_all.iter().find(|old| old.variant == *variant);
                let kept = kept.and_then(|old| variant_fields(conversions, old, success));
                arms.push_str(&match kept {
                    Some(fields) => {
                        let names: Vec<String> = members(success).into_iter().map(|(name, _)| name).collect();
                        let pattern = names.join(", ");
                        format!(
                            "        {new_type}::{variant} {{ {pattern} }} => {old_type}::{variant} {{ {fields} }},\n"
                        )
                    }
                    None => {
                        let part = plain_name(&value_name(&variant.0));
                        let path = whole(conversions, &part);
                        format!("        new @ {new_type}::{variant} {{ .. }} => {path}(new),\n")
                    }
                });
            }
            format!("    match new {{\n{arms}    }}\n")
        }
        _ => format!("    {}(new)\n", whole(conversions, "response")),
    };
    let bound = conversions.bound();
    conversions
        .functions
        .push(Code::of(format!("pub fn {function}{bound}(new: {new_type}) -> {old_type} {{\n{body}}}\n")));
    function
}

/// Returns the fields of a successful response, each as its name and the code of its type.
fn members(success: &SuccessView) -> Vec<(String, String)> {
    let status = success.any_status.iter().map(|status| ("status".to_owned(), status.0.clone()));
    let headers = success.headers.iter().map(|header| (header.name.0.clone(), header.ty.0.clone()));
    let body = success.body.iter().map(|body| ("body".to_owned(), body.ty.0.clone()));
    status.chain(headers).chain(body).collect()
}

/// Returns the statements and the expression that convert the only successful response of an operation.
fn fields(
    conversions: &mut Conversions<'_>,
    operation: &str,
    old: &SuccessView,
    new: &SuccessView,
    old_type: &str,
    new_type: &str,
) -> (String, String) {
    let newer = conversions.newer.name.clone();
    let known: BTreeMap<String, String> = members(new).into_iter().collect();
    let (mut before, mut initial) = (String::new(), String::new());
    for (name, ty) in members(old) {
        let base = plain_name(&name);
        let method_name = format!("{operation}_{base}_from_{newer}");
        let Some(other) = known.get(&name) else {
            let path = conversions.method(
                &method_name,
                format!("Returns `{base}`, which responses of `{newer}` do not have."),
                |method| format!("{method}(new: &{new_type}) -> {ty}"),
            );
            before.push_str(&format!("    let {name} = {path}(&new);\n"));
            initial.push_str(&format!("        {name},\n"));
            continue;
        };
        let value = format!("new.{name}");
        let value = match conversions.step(&Shape::of(&ty), &Shape::of(other), Direction::Outbound) {
            Some(step) => step.apply(&value, Direction::Outbound),
            None => {
                let other = conversions.newer_code(other);
                let path = conversions.method(
                    &method_name,
                    format!("Converts `{base}` of a response of `{newer}`."),
                    |method| format!("{method}(new: {other}) -> {ty}"),
                );
                format!("{path}({value})")
            }
        };
        initial.push_str(&format!("        {name}: {value},\n"));
    }
    let value = match initial.as_str() {
        "" => {
            before.push_str("    let _ = new;\n");
            old_type.to_owned()
        }
        initial => format!("{old_type} {{\n{initial}    }}"),
    };
    (before, value)
}

/// Returns the fields of one of several successful responses, or `None` if only the implementer can convert it.
fn variant_fields(conversions: &mut Conversions<'_>, old: &SuccessView, new: &SuccessView) -> Option<String> {
    let known: BTreeMap<String, String> = members(new).into_iter().collect();
    let (olds, mut initial) = (members(old), Vec::new());
    if olds.len() != known.len() {
        return None;
    }
    for (name, ty) in olds {
        let step = conversions.step(&Shape::of(&ty), &Shape::of(known.get(&name)?), Direction::Outbound)?;
        initial.push(match step {
            Step::Same => name,
            step => format!("{name}: {}", step.apply(&name, Direction::Outbound)),
        });
    }
    Some(initial.join(", "))
}

/// Adds the function that converts the errors of an operation, and returns its name.
pub fn error(conversions: &mut Conversions<'_>, operation: &str, old: &ErrorView, new: &ErrorView) -> String {
    let function = format!("{operation}_error");
    let newer = conversions.newer.name.clone();
    let (old_type, new_type) = (contract(&old.name.0).to_string(), conversions.newer_name(&new.name.0));
    let known: BTreeMap<&str, &ErrorVariantView> =
        old.variants.iter().map(|variant| (variant.name.0.as_str(), variant)).collect();
    let mut arms = String::new();
    for variant in &new.variants {
        let name = &variant.name;
        let step = known
            .get(name.0.as_str())
            .filter(|old| old.any_status == variant.any_status)
            .and_then(|old| conversions.step(&Shape::of(&old.ty.0), &Shape::of(&variant.ty.0), Direction::Outbound));
        arms.push_str(&match step {
            Some(_) if variant.any_status => {
                format!("        {new_type}::{name}(status, value) => {old_type}::{name}(status, value),\n")
            }
            Some(step) => {
                let value = step.apply("value", Direction::Outbound);
                format!("        {new_type}::{name}(value) => {old_type}::{name}({value}),\n")
            }
            None => {
                let base = plain_name(&value_name(&name.0));
                let path = conversions.method(
                    &format!("{operation}_{base}_from_{newer}"),
                    format!("Converts the error `{name}` of `{newer}`, which this version does not declare."),
                    |method| format!("{method}(new: {new_type}) -> {old_type}"),
                );
                format!("        new @ {new_type}::{name}(..) => {path}(new),\n")
            }
        });
    }
    arms.push_str(&format!("        {new_type}::Internal(internal) => {old_type}::Internal(internal),\n"));
    let bound = conversions.bound();
    conversions.functions.push(Code::of(format!(
        "pub fn {function}{bound}(new: {new_type}) -> {old_type} {{\n    match new {{\n{arms}    }}\n}}\n"
    )));
    function
}
