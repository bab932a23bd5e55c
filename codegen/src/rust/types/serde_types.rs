//! The list of the generated types that implement the traits of `serde`, each with the function that reads it.

use std::collections::BTreeSet;

use crate::rust::code::Code;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::contract;
use crate::rust::plan::types::TypePlan;
use crate::rust::types::type_files::TypeFile;
use crate::rust::view::SerdeView;

/// Returns the view of the types that implement the traits of `serde`, or `None` if the contract declares no type.
pub fn serde_view(plan: &TypePlan<'_>, files: &[TypeFile], patterns: &Patterns) -> Option<SerdeView> {
    let codecs = files.iter().flat_map(|file| file.codecs.codecs.iter().chain(&file.extra_codecs.codecs));
    let names: BTreeSet<&str> = codecs.map(|codec| codec.name.0.as_str()).collect();
    let mut types: Vec<String> = Vec::new();
    for key in &plan.order {
        let Some(name) = plan.name_of(*key).filter(|name| names.contains(name)) else { continue };
        let calls = ReadCalls { plan, patterns, direction: plan.direction(*key) };
        types.push(match calls.behind_validators(key.schema, name) {
            Some(read) => format!("{} = {}", contract(name), read.function()),
            None => contract(name).to_string(),
        });
    }
    types.sort();
    (!types.is_empty()).then(|| SerdeView { types: types.into_iter().map(Code::of).collect() })
}
