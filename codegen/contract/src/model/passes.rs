//! The passes that turn a document into a resolved contract, in order.

use super::{Contract, Options, build, dedupe, envelope, moments, overrides, pagination, select};
use crate::diagnostic::Diagnostics;
use crate::document::Document;

/// A pass of the model: a function that changes the complete contract after it is built.
type Pass = fn(&mut Contract, &Options, &mut Diagnostics);

/// The passes that change the contract after it is built, in order, each with its name.
const PASSES: &[(&str, Pass)] = &[
    ("overrides", overrides::apply_overrides),
    ("moments", moments::find_moments),
    ("selection", select::select_tags),
    ("deduplication", dedupe::dedupe_schemas),
];

/// Builds the model of a document and runs all passes over it.
///
/// The pass for overrides comes first, so that the settings can name unselected operations too. Deduplication
/// comes last, since overrides can make equal schemas different.
///
/// Features that cannot be supported are reported to `diagnostics`. If these contain an error, no code may be
/// generated from the contract. `strict` is true if lossless deviations from
/// OpenAPI are errors instead of warnings (`--strict`).
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, load};
/// use writ_contract::model::{Options, resolve};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let contract = resolve(&document, true, &Options::default(), &mut diagnostics);
/// assert!(!diagnostics.has_errors());
/// assert_eq!(contract.operations.len(), 1);
/// # Ok::<(), &str>(())
/// ```
pub fn resolve(document: &Document, strict: bool, options: &Options, diagnostics: &mut Diagnostics) -> Contract {
    let mut contract = build::build(document, strict, options, diagnostics);
    for (_, pass) in PASSES {
        pass(&mut contract, options, diagnostics);
    }
    // Equal inline error schemas are one schema now.
    envelope::find_errors(document, &mut contract, options, diagnostics);
    pagination::find_pages(document, &mut contract, diagnostics);
    contract
}
