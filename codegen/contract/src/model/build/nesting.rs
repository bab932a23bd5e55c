//! The check of recursive schemas: those without a finite value are rejected, recursive arrays and maps are marked.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::SchemaId;
use crate::model::schema::{Additional, Kind, ObjectShape, Schema, Schemas};

/// The deepest supported nesting of arrays, maps and unions without an object in between. Generated code does
/// not read deeper values either.
const DEEPEST: usize = 64;

/// Reports schemas that consist only of themselves or are nested too deeply, and marks recursive arrays and maps.
pub(super) fn check(schemas: &mut Schemas, diagnostics: &mut Diagnostics) {
    let mut deep: Vec<SchemaId> = Vec::new();
    for found in walk(schemas, same_value) {
        match found {
            Found::Cycle(id, last) => diagnostics.push(cycle(schemas, id, last)),
            Found::Depth(id) => deep.push(id),
        }
        schemas.get_mut(found.schema()).kind = Kind::Any;
    }
    for found in walk(schemas, value_within) {
        match found {
            Found::Cycle(id, _) => {
                let id = schemas.target(id);
                schemas.get_mut(id).holds_itself = true;
            }
            Found::Depth(id) => {
                deep.push(id);
                schemas.get_mut(id).kind = Kind::Any;
            }
        }
    }
    // Only the first is reported, since every schema that contains it is too deep as well.
    if let Some(first) = deep.into_iter().min_by_key(|id| schemas.get(*id).span) {
        let schema = schemas.get(first);
        let message = format!("{} is nested deeper than {DEEPEST} levels without an object in between", called(schema));
        diagnostics.push(
            Diagnostic::error("too-deep", schema.span, message)
                .label("outermost level")
                .help("use objects in between, or fewer levels"),
        );
    }
}

fn cycle(schemas: &Schemas, id: SchemaId, last: SchemaId) -> Diagnostic {
    let schema = schemas.get(id);
    let union = matches!(schema.kind, Kind::Union(_));
    let report =
        Diagnostic::error("cyclic-composition", schema.span, format!("{} is composed of itself", called(schema)))
            .label(if union { "a variant of itself" } else { "every value would contain itself, without end" });
    let report = if last == id { report } else { report.also(schemas.get(last).span, "through this schema") };
    report.help("refer to it from an optional property or an array instead")
}

fn called(schema: &Schema) -> String {
    schema.component.as_deref().map_or("this schema".to_owned(), |name| format!("`{name}`"))
}

/// A problem that the search in nested schemas has found.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// A schema that leads back to itself, and the last schema on the path to it.
    Cycle(SchemaId, SchemaId),
    /// A schema that has too many nested schemas below it.
    Depth(SchemaId),
}

impl Found {
    fn schema(self) -> SchemaId {
        match self {
            Found::Cycle(id, _) | Found::Depth(id) => id,
        }
    }
}

/// Returns the schemas from which a schema takes its values: the target of an alias, or the branches of a union.
fn same_value(schemas: &Schemas, id: SchemaId) -> Vec<SchemaId> {
    match &schemas.get(id).kind {
        Kind::Alias(target) => vec![*target],
        Kind::Union(union) => union.branches.clone(),
        _ => Vec::new(),
    }
}

/// Returns the schemas that a value of a schema consists of, down to the next object with named properties.
fn value_within(schemas: &Schemas, id: SchemaId) -> Vec<SchemaId> {
    match &schemas.get(id).kind {
        Kind::Alias(target) => vec![*target],
        Kind::Array(array) => vec![array.items],
        Kind::Object(ObjectShape { sparse_of: Some(full), .. }) => vec![*full],
        Kind::Object(object) => match (object.properties.as_slice(), object.additional) {
            ([], Additional::Kept(schema)) => vec![schema],
            // A page counts as the list that it contains.
            ([data, pagination], _) if data.name == "data" && pagination.name == "pagination" => vec![data.schema],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Searches for cycles and deep nesting, from every schema to the schemas that `edges` returns for it, without
/// recursion.
///
/// A schema that is too deep counts as depth 0 in the schemas that contain it, so that only it is reported.
fn walk(schemas: &Schemas, edges: fn(&Schemas, SchemaId) -> Vec<SchemaId>) -> Vec<Found> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done(usize),
    }
    let mut states = vec![State::New; schemas.len()];
    let mut found = Vec::new();
    let mut in_cycles = vec![false; schemas.len()];
    for start in schemas.ids() {
        if states[start.index()] != State::New {
            continue;
        }
        states[start.index()] = State::Open;
        let mut work = vec![(start, 0, 0)];
        while let Some((id, next, depth)) = work.pop() {
            let below = edges(schemas, id);
            if let Some(target) = below.get(next).copied() {
                match states[target.index()] {
                    State::New => {
                        // The schema is pushed again, so that the search continues at this edge after the
                        // target is done.
                        work.push((id, next, depth));
                        work.push((target, 0, 0));
                        states[target.index()] = State::Open;
                    }
                    State::Open => {
                        if !std::mem::replace(&mut in_cycles[target.index()], true) {
                            found.push(Found::Cycle(target, id));
                        }
                        work.push((id, next + 1, depth));
                    }
                    State::Done(deep) => work.push((id, next + 1, depth.max(deep + 1))),
                }
                continue;
            }
            if depth > DEEPEST {
                found.push(Found::Depth(id));
            }
            states[id.index()] = State::Done(if depth > DEEPEST { 0 } else { depth });
        }
    }
    found
}
