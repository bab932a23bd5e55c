//! The checks of sparse fieldsets (`x-sparse-of`, `x-sparse`) and of sort orders (`x-sort`).

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, closest};
use crate::model::SchemaId;
use crate::model::operation::{Operation, Parameter, SortKey};
use crate::model::schema::{ArrayShape, Kind, ObjectShape, Schema, Schemas, StringEnum};
use crate::model::sparse_fieldset::sparse_response;
use crate::source::Span;

use super::builder::Builder;
use super::deferred::SparseFieldset;

impl Builder<'_, '_> {
    /// Checks that a sparse fieldset has all properties of the complete schema and requires none.
    pub(super) fn check_sparse(&mut self, operations: &[Operation]) {
        let before = self.diagnostics.counts().errors;
        for sparse in std::mem::take(&mut self.sparse) {
            let reports = mistakes(&self.schemas, &sparse);
            if reports.iter().any(|(_, breaks)| *breaks)
                && let Kind::Object(object) = &mut self.schemas.get_mut(sparse.id).kind
            {
                object.sparse_of = None;
            }
            reports.into_iter().for_each(|(report, _)| self.report(report));
        }
        // An error in a sparse fieldset can be the reason why a response has none, so errors suppress this check.
        if self.diagnostics.counts().errors == before {
            operations.iter().for_each(|operation| self.check_sparse_response(operation));
        }
    }

    /// Checks that an operation with an `x-sparse` parameter has a response with a sparse fieldset, and that
    /// the parameter's values are properties of this fieldset.
    fn check_sparse_response(&mut self, operation: &Operation) {
        let Some(parameter) = operation.parameters.iter().find(|parameter| parameter.sparse) else { return };
        let schemas = &self.schemas;
        let Some((_, fieldset)) = sparse_response(schemas, operation) else {
            let (name, title) = (&parameter.name, operation.title());
            let message =
                format!("`{name}` selects fields, but the response of {title} does not declare `x-sparse-of`");
            self.report(
                Diagnostic::error("sparse-without-schema", parameter.span, message)
                    .label("parameter with `x-sparse`")
                    .also(operation.span, "operation")
                    .help("declare a response schema with `x-sparse-of` and without required properties"),
            );
            return;
        };
        let Kind::Array(array) = schemas.kind(parameter.schema) else { return };
        let Kind::Strings(words) = schemas.kind(array.items) else { return };
        let known = || fieldset.properties.iter().map(|property| property.name.as_str());
        let foreign: Vec<&String> =
            words.values.iter().filter(|word| !known().any(|name| name == word.as_str())).collect();
        let Some(first) = foreign.first() else { return };
        let report = Diagnostic::error(
            "sparse-mismatch",
            schemas.get(array.items).span,
            format!(
                "`{}` lists `{first}`, which is not a property of the response of {}",
                parameter.name,
                operation.title()
            ),
        )
        .label("unknown property");
        let report = report.also(operation.span, "operation");
        let report = match closest(first, known()) {
            Some(close) => report.help(format!("did you mean `{close}`?")),
            None => report,
        };
        self.report(report);
    }

    /// Checks that parameters with `x-sort` or `x-sparse` are arrays of an enum of strings.
    pub(super) fn check_word_lists(&mut self, operations: &mut [Operation]) {
        let mut seen: HashSet<Span> = HashSet::new();
        for parameter in operations.iter_mut().flat_map(|operation| &mut operation.parameters) {
            let Some(keyword) = keyword(parameter) else { continue };
            if parameter.sort {
                list_orders(&mut self.schemas, parameter);
            }
            let schemas = &self.schemas;
            let (wrong, label) = match schemas.kind(parameter.schema) {
                Kind::Array(array) => match schemas.kind(array.items) {
                    Kind::Strings(_) => continue,
                    _ => (array.items, "not an enum of strings"),
                },
                _ => (parameter.schema, "not an array"),
            };
            // The keywords are ignored from here on.
            (parameter.sort, parameter.sparse) = (false, false);
            if !seen.insert(parameter.span) {
                continue;
            }
            let example = if keyword == "x-sort" { "[createdAt, +createdAt, -createdAt]" } else { "[id, name]" };
            let message = format!("`{}` has `{keyword}`, so it must be an array of an enum of strings", parameter.name);
            let report = Diagnostic::error("bad-word-list", schemas.get(wrong).span, message)
                .label(label)
                .help(format!("write `{{ type: array, items: {{ type: string, enum: {example} }} }}`"));
            self.report(report);
        }
    }
}

/// The help for an `x-sparse-of` that refers to a schema of the wrong form.
const REFER_TO_COMPLETE: &str = "refer to an object schema that declares its properties and has no `x-sparse-of`";

/// Moves the sort orders that the schema of a sort parameter lists into the parameter, and gives it the schema of an array of
/// their keys.
fn list_orders(schemas: &mut Schemas, parameter: &mut Parameter) {
    let Kind::Values(values) = schemas.kind(parameter.schema) else { return };
    let words = |value: &serde_json::Value| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let Some(listed) = values.iter().map(words).collect::<Option<Vec<_>>>() else { return };
    let mut keys: Vec<String> = Vec::new();
    for key in listed.iter().flatten() {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    let keys = StringEnum { names: vec![None; keys.len()], values: keys, open: false };
    let mut orders: Vec<Vec<SortKey>> = Vec::new();
    for order in listed.iter().map(|order| order.iter().map(|word| SortKey::read(word)).collect()) {
        if !orders.contains(&order) {
            orders.push(order);
        }
    }
    let max = orders.iter().map(Vec::len).max().map(|longest| longest as u64);
    let plain = Schema { component: None, rust_name: None, default: None, ..schemas.get(parameter.schema).clone() };
    let items = schemas.add(Schema { kind: Kind::Strings(keys), nullable: false, interpreted: None, ..plain.clone() });
    let array = ArrayShape { items, min: Some(1), max, unique: false };
    let default = schemas.nearest(parameter.schema, |schema| schema.default.clone());
    parameter.schema = schemas.add(Schema { kind: Kind::Array(array), default, interpreted: None, ..plain });
    parameter.orders = Some(orders);
}

fn keyword(parameter: &Parameter) -> Option<&'static str> {
    match (parameter.sort, parameter.sparse) {
        (true, _) => Some("x-sort"),
        (_, true) => Some("x-sparse"),
        _ => None,
    }
}

/// Returns the mistakes in a sparse fieldset, each with true if it prevents the use of the schema as a sparse fieldset.
fn mistakes(schemas: &Schemas, sparse: &SparseFieldset) -> Vec<(Diagnostic, bool)> {
    let Kind::Object(ObjectShape { properties, sparse_of: Some(full), .. }) = schemas.kind(sparse.id) else {
        return Vec::new();
    };
    let error = |span: Span, message: String| Diagnostic::error("sparse-mismatch", span, message);
    let name = &sparse.full;
    let all = match schemas.kind(*full) {
        Kind::Object(object) if object.properties.is_empty() && object.sparse_of.is_none() => {
            let report = error(sparse.at, format!("`{name}` has no properties")).label("not an object with properties");
            return vec![(report.help(REFER_TO_COMPLETE), true)];
        }
        Kind::Object(object) if object.sparse_of.is_none() && schemas.target(*full) != sparse.id => &object.properties,
        Kind::Object(_) => {
            let report =
                error(sparse.at, format!("`{name}` is a sparse fieldset itself")).label("not a complete schema");
            return vec![(report.help(REFER_TO_COMPLETE), true)];
        }
        _ => {
            let report = error(sparse.at, format!("`{name}` is not an object")).label("not an object with properties");
            return vec![(report.help(REFER_TO_COMPLETE), true)];
        }
    };
    let mut reports = Vec::new();
    if let Some(span) = sparse.required {
        let report = error(span, "a sparse fieldset must not require properties".to_owned())
            .label("required property")
            .also(sparse.at, "complete schema")
            .help("remove `required`: only the requested fields are sent");
        reports.push((report, false));
    }
    for (name_here, span) in &sparse.properties {
        if !all.iter().any(|known| known.name == *name_here) {
            let report =
                error(*span, format!("`{name}` has no property `{name_here}`")).label("not in the complete schema");
            let report = report.also(sparse.at, "complete schema");
            let known = all.iter().map(|property| property.name.as_str());
            reports.push((
                match closest(name_here, known) {
                    Some(close) => report.help(format!("did you mean `{close}`?")),
                    None => report.help(format!("remove `{name_here}`, or declare it in `{name}`")),
                },
                false,
            ));
        }
    }
    // A misspelt property was reported already, so it is not reported as missing too.
    let foreign = || sparse.properties.iter().map(|(name, _)| name.as_str());
    let is_misspelt = |known: &str| {
        foreign()
            .any(|name| name != known && closest(name, [known]).is_some() && !all.iter().any(|one| one.name == name))
    };
    let missing: Vec<String> = all
        .iter()
        .filter(|known| !properties.iter().any(|here| here.name == known.name) && !is_misspelt(&known.name))
        .map(|known| format!("`{}`", known.name))
        .collect();
    if !missing.is_empty() {
        let report = error(sparse.at, format!("this sparse fieldset of `{name}` lacks {}", missing.join(", ")))
            .label("incomplete");
        reports.push((report.help("declare every property of the complete schema, and require none"), false));
    }
    for here in properties {
        let Some(there) = all.iter().find(|known| known.name == here.name) else { continue };
        if !same(schemas, here.schema, there.schema) {
            let report =
                error(schemas.get(here.schema).span, format!("`{}` has a different type in `{name}`", here.name));
            let report = report.label("different type").also(schemas.get(there.schema).span, "in the complete schema");
            reports.push((report.help("declare the same type in both schemas"), false));
        }
    }
    reports
}

/// Returns true if two schemas describe equal values, compared without their subschemas.
fn same(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    let (one, other) = (schemas.target(one), schemas.target(other));
    match (schemas.kind(one), schemas.kind(other)) {
        _ if one == other => true,
        (Kind::Integer(one), Kind::Integer(other)) => one.width == other.width,
        (Kind::Number(one), Kind::Number(other)) => one.width == other.width,
        (Kind::String(one), Kind::String(other)) => one.format == other.format,
        (Kind::Strings(one), Kind::Strings(other)) => one == other,
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}
