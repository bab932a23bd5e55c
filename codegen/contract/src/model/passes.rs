//! The passes that make a document the resolved contract, in their order.

use super::{Contract, Options, build, dedupe, overrides, select};
use crate::diagnostic::Diagnostics;
use crate::document::Document;

/// A change to the contract as a whole.
type Pass = fn(&mut Contract, &Options, &mut Diagnostics);

/// The passes over a contract once it is built, each with its name.
const PASSES: &[(&str, Pass)] = &[
    ("overrides", overrides::apply_overrides),
    ("selection", select::select_tags),
    ("deduplication", dedupe::dedupe_schemas),
];

/// Builds the model of a document, and runs every pass over it.
///
/// What the options name is changed before operations are selected, so that names of operations that are
/// not selected are known; equal schemas are merged last, since overrides tell schemas apart.
///
/// Whatever cannot be honoured goes to `diagnostics`; with an error in it, the contract must not be
/// generated from. `strict` makes errors of what loses nothing.
pub fn resolve(document: &Document, strict: bool, options: &Options, diagnostics: &mut Diagnostics) -> Contract {
    let mut contract = build::build(document, strict, options, diagnostics);
    for (_, pass) in PASSES {
        pass(&mut contract, options, diagnostics);
    }
    contract
}
