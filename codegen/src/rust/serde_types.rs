//! The types that implement `serde`: each by its own way to read, behind what an interpreter checks of it.

use std::collections::BTreeSet;

use super::code::Code;
use super::patterns::Patterns;
use super::read::{ReadCalls, function};
use super::type_views::{TypeFile, direction};
use super::types::TypePlan;
use super::uses::Uses;
use super::view::SerdeView;

/// The view of them; none where a contract declares no type.
pub(super) fn serde_view(plan: &TypePlan<'_>, files: &[TypeFile], patterns: &Patterns) -> Option<SerdeView> {
    let codecs = files.iter().flat_map(|file| file.codecs.codecs.iter().chain(&file.other_ways.codecs));
    let names: BTreeSet<&str> = codecs.map(|codec| codec.name.0.as_str()).collect();
    let mut uses = Uses::default();
    let mut types: Vec<String> = Vec::new();
    for key in &plan.order {
        let Some(name) = plan.name_of(*key).filter(|name| names.contains(name)) else { continue };
        uses.contract(name);
        let mut calls = ReadCalls { plan, patterns, way: direction(plan, *key), uses: &mut uses };
        types.push(match calls.behind_guards(key.schema, name) {
            Some(read) => format!("{name} = {}", function(&read)),
            None => name.to_owned(),
        });
    }
    types.sort();
    let apart = ("super::patterns", patterns.others());
    let imports = uses.lines_apart("super::super::super::types", "super::super::patterns", apart);
    (!types.is_empty()).then(|| SerdeView { imports, types: types.into_iter().map(Code::of).collect() })
}
