//! `x-sparse-of` and `x-sort`: that what they promise holds.

use crate::contract::SchemaId;
use crate::contract::operation::{Operation, Parameter};
use crate::contract::schema::{Kind, ObjectShape, Schemas};
use crate::diagnostic::{Diagnostic, closest};
use crate::document::{Node, Span};

use super::Lowering;
use super::facets::Facets;

/// An object that says of which other it is a part, as it is written.
pub(super) struct Sparse {
    id: SchemaId,
    /// Where it says so.
    at: Span,
    whole: String,
    required: Option<Span>,
    properties: Vec<(String, Span)>,
}

impl Sparse {
    pub(super) fn new(id: SchemaId, node: &Node, facets: &Facets<'_>, properties: &[(&str, Vec<&Node>)]) -> Sparse {
        let place = |nodes: &[&Node]| nodes.first().map_or(node.span, |node| node.span);
        Sparse {
            id,
            at: node.span,
            whole: node.as_str().and_then(|text| text.rsplit('/').next()).unwrap_or_default().to_owned(),
            required: facets.required.first().map(|(_, span)| *span),
            properties: properties.iter().map(|(name, nodes)| ((*name).to_owned(), place(nodes))).collect(),
        }
    }
}

impl Lowering<'_, '_> {
    /// A sparse object has the properties of the whole, all of them, and requires none.
    pub(super) fn check_sparse(&mut self) {
        for sparse in std::mem::take(&mut self.sparse) {
            let reports = mistakes(&self.schemas, &sparse);
            if reports.iter().any(|(_, breaks)| *breaks)
                && let Kind::Object(object) = &mut self.schemas.get_mut(sparse.id).kind
            {
                object.sparse_of = None;
            }
            reports.into_iter().for_each(|(report, _)| self.report(report));
        }
    }

    /// `x-sort` and `x-sparse` list words: those to sort by, and those of the properties to keep.
    pub(super) fn check_word_lists(&mut self, operations: &[Operation]) {
        let mut seen: Vec<Span> = Vec::new();
        for parameter in operations.iter().flat_map(|operation| &operation.parameters) {
            let Some(keyword) = keyword(parameter).filter(|_| !seen.contains(&parameter.span)) else { continue };
            seen.push(parameter.span);
            let schemas = &self.schemas;
            let listed = match schemas.kind(parameter.schema) {
                Kind::Array(array) => match schemas.kind(array.items) {
                    Kind::Strings(_) => None,
                    _ => Some(array.items),
                },
                _ => Some(parameter.schema),
            };
            let Some(wrong) = listed else { continue };
            let example = if keyword == "x-sort" { "[createdAt, +createdAt, -createdAt]" } else { "[id, name]" };
            let report = Diagnostic::error(
                "bad-word-list",
                schemas.get(wrong).span,
                format!("`{keyword}` needs a list of words, and `{}` is none", parameter.name),
            )
            .label("neither an array nor its enum of strings")
            .help(format!("write `{{ type: array, items: {{ type: string, enum: {example} }} }}`"));
            self.report(report);
        }
    }
}

fn keyword(parameter: &Parameter) -> Option<&'static str> {
    match (parameter.sort, parameter.sparse) {
        (true, _) => Some("x-sort"),
        (_, true) => Some("x-sparse"),
        _ => None,
    }
}

/// What is wrong with a sparse object, each with whether it cannot be read as one at all.
fn mistakes(schemas: &Schemas, sparse: &Sparse) -> Vec<(Diagnostic, bool)> {
    let Kind::Object(ObjectShape { properties, sparse_of: Some(whole), .. }) = schemas.kind(sparse.id) else {
        return Vec::new();
    };
    let error = |span: Span, message: String| Diagnostic::error("sparse-mismatch", span, message);
    let name = &sparse.whole;
    let all = match schemas.kind(*whole) {
        Kind::Object(object) if object.sparse_of.is_none() && schemas.target(*whole) != sparse.id => &object.properties,
        Kind::Object(_) => {
            let report =
                error(sparse.at, format!("`{name}` is a part of another schema itself")).label("names no whole");
            return vec![(report, true)];
        }
        _ => {
            return vec![(
                error(sparse.at, format!("`{name}` is not an object")).label("nothing can be left out of it"),
                true,
            )];
        }
    };
    let mut reports = Vec::new();
    if let Some(span) = sparse.required {
        let report = error(span, "a part in which a property is required cannot leave it out".to_owned())
            .label("not required here")
            .also(sparse.at, "a part of this")
            .help("leave `required` out: what a caller did not ask for is not sent");
        reports.push((report, false));
    }
    for (name_here, span) in &sparse.properties {
        if !all.iter().any(|known| known.name == *name_here) {
            let report = error(*span, format!("`{name}` has no property `{name_here}`")).label("not of the whole");
            let report = report.also(sparse.at, "the whole");
            let known = all.iter().map(|property| property.name.as_str());
            reports.push((
                match closest(name_here, known) {
                    Some(close) => report.help(format!("did you mean `{close}`?")),
                    None => report,
                },
                false,
            ));
        }
    }
    let missing: Vec<String> = all
        .iter()
        .filter(|known| !properties.iter().any(|here| here.name == known.name))
        .map(|known| format!("`{}`", known.name))
        .collect();
    if !missing.is_empty() {
        let report = error(sparse.at, format!("this part of `{name}` lacks {}", missing.join(", ")))
            .label("callers may ask for each property of it");
        reports.push((report.help("list every property of the whole, and require none"), false));
    }
    for here in properties {
        let Some(there) = all.iter().find(|known| known.name == here.name) else { continue };
        if !same(schemas, here.schema, there.schema) {
            let report =
                error(schemas.get(here.schema).span, format!("`{}` is of another type in `{name}`", here.name));
            let report = report.label("differs").also(schemas.get(there.schema).span, "in the whole");
            reports.push((report, false));
        }
    }
    reports
}

/// Whether two schemas are written for the same values, as far as one level tells.
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
