//! The `recursion_limit` attribute of a generated crate.
//!
//! To prove that a type is `Send`, the compiler visits everything that the type holds. If generated types are
//! nested deeper than the compiler's default limit, the crate must raise the limit.

use writ_contract::model::SchemaId;
use writ_contract::model::schema::{Additional, Kind, ObjectShape, Schema, Schemas};

use crate::rust::plan::cycles::components;

/// The default recursion limit of the compiler.
const DEFAULT: usize = 128;

/// The depth of the types around a generated type, such as futures and responses.
const AROUND: usize = 32;

/// Returns the recursion limit that a crate with the types of these schemas needs, or `None` if the compiler's
/// default is enough.
pub fn recursion_limit(schemas: &Schemas) -> Option<usize> {
    let edges: Vec<Vec<usize>> =
        schemas.ids().map(|id| held(schemas.get(id)).into_iter().map(SchemaId::index).collect()).collect();
    let component = components(&edges);
    // A path through a cycle of types can visit all its members, with a box for each.
    let mut weights = vec![0; edges.len()];
    let mut arriving = vec![0_usize; edges.len()];
    for id in schemas.ids() {
        let (at, cycle) = (id.index(), component[id.index()]);
        let boxed = edges[at].iter().any(|held| component[*held] == cycle);
        weights[cycle] += levels(schemas.get(id)) + if boxed { 3 } else { 0 };
        for held in edges[at].iter().filter(|held| component[**held] != cycle) {
            arriving[component[*held]] += 1;
        }
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    component.iter().enumerate().for_each(|(at, cycle)| members[*cycle].push(at));
    // Visits each component after all components that hold it.
    let mut deepest = vec![0; edges.len()];
    let mut open: Vec<usize> = (0..edges.len()).filter(|at| component[*at] == *at && arriving[*at] == 0).collect();
    let mut longest = 0;
    while let Some(cycle) = open.pop() {
        let here = deepest[cycle] + weights[cycle];
        longest = longest.max(here);
        for held in members[cycle].iter().flat_map(|at| &edges[*at]) {
            let next = component[*held];
            if next != cycle {
                deepest[next] = deepest[next].max(here);
                arriving[next] -= 1;
                if arriving[next] == 0 {
                    open.push(next);
                }
            }
        }
    }
    let needed = AROUND + longest;
    (needed > DEFAULT).then(|| needed.next_power_of_two())
}

/// Returns the schemas that a schema refers to directly: items, branches, properties, or the target of an alias.
fn held(schema: &Schema) -> Vec<SchemaId> {
    match &schema.kind {
        Kind::Alias(target) => vec![*target],
        Kind::Array(shape) => vec![shape.items],
        Kind::Union(shape) => shape.branches.clone(),
        Kind::Object(ObjectShape { properties, additional, .. }) => {
            let mut held: Vec<SchemaId> = properties.iter().map(|property| property.schema).collect();
            held.extend(match additional {
                Additional::Kept(schema) => Some(*schema),
                _ => None,
            });
            held
        }
        _ => Vec::new(),
    }
}

/// Returns the number of nested Rust types that represent a value of a schema, without the types of its members. A
/// list counts as `Vec`, `RawVec`, `Unique` and the marker of its element; a nullable schema adds an `Option`.
fn levels(schema: &Schema) -> usize {
    let own = match &schema.kind {
        Kind::Alias(_) => 0,
        Kind::Array(_) => 4,
        Kind::Object(shape) if shape.properties.is_empty() => 5,
        Kind::Object(_) | Kind::Union(_) => 2,
        _ => 1,
    };
    own + usize::from(schema.nullable)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use writ_contract::diagnostic::Diagnostics;
    use writ_contract::document::load;
    use writ_contract::model::Options;

    /// Returns the recursion limit of a contract with these schemas.
    fn limit(name: &str, schemas: &str) -> Option<usize> {
        let text = format!(
            "{{\"openapi\": \"3.0.3\", \"info\": {{\"title\": \"t\", \"version\": \"1\"}}, \"paths\": {{}}, \
             \"components\": {{\"schemas\": {{{schemas}}}}}}}"
        );
        let path: PathBuf = std::env::temp_dir().join(format!("writ-depth-{name}-{}.json", std::process::id()));
        std::fs::write(&path, text).expect("a file for the test");
        let mut diagnostics = Diagnostics::new();
        let document = load(&path, &Default::default(), &mut diagnostics).expect("a contract");
        let contract = writ_contract::model::resolve(&document, false, &Options::default(), &mut diagnostics);
        let _ = std::fs::remove_file(path);
        recursion_limit(&contract.schemas)
    }

    /// Returns the JSON of `count` object schemas in a chain, each with a reference to the next one. The last schema
    /// refers to the schema at index `back`, or to none.
    fn chain(count: usize, back: Option<usize>) -> String {
        let next = |at: usize| if at + 1 < count { Some(at + 1) } else { back };
        let schema = |at: usize| match next(at) {
            Some(next) => format!(
                "\"S{at}\": {{\"type\": \"object\", \"properties\": {{\"a\": {{\"$ref\": \"#/components/schemas/S{next}\"}}}}}}"
            ),
            None => format!("\"S{at}\": {{\"type\": \"object\", \"properties\": {{\"a\": {{\"type\": \"string\"}}}}}}"),
        };
        (0..count).map(schema).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn shallow_types_need_no_limit() {
        assert_eq!(limit("usual", &chain(20, None)), None);
        assert_eq!(limit("cycle", &chain(10, Some(0))), None);
    }

    #[test]
    fn long_chains_and_large_cycles_need_a_limit() {
        assert_eq!(limit("long", &chain(100, None)), Some(256));
        assert_eq!(limit("large", &chain(100, Some(0))), Some(1024));
        assert_eq!(limit("behind", &chain(100, Some(50))), Some(512));
    }
}
