//! The pages of lists: the recognition of operations that return them, and the vendor field `x-pagination`.
//!
//! A list is a page only if schema and parameters agree, since generated code follows its pages: `members` finds the parts
//! of a page by their names and types, `parameters` the parameters that select one, and `recognise` decides.

mod mapping;
mod members;
mod parameters;
mod recognise;
mod report;
mod setting;
mod words;

use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::model::Contract;
use crate::model::build::page_mapping::read_page_setting;
use crate::model::operation::{ListPage, Operation};
use crate::model::schema::{PageSetting, Schemas};

use recognise::recognise;
use setting::{is_read, setting};

/// Finds the operations that return pages of lists, and reports lists that only resemble pages.
pub(in crate::model) fn find_pages(document: &Document, contract: &mut Contract, diagnostics: &mut Diagnostics) {
    let written = document.root_node().get("x-pagination");
    let global = written.and_then(|node| read_page_setting(node, &document.sources, diagnostics));
    let mut operations = std::mem::take(&mut contract.operations);
    let mut candidates = Vec::new();
    for operation in &mut operations {
        operation.page = page(&contract.schemas, operation, global.as_ref(), diagnostics);
        candidates.extend(report::candidate(&contract.schemas, operation, global.as_ref()));
    }
    if !diagnostics.has_errors() {
        candidates.into_iter().for_each(|note| diagnostics.push(note));
    }
    contract.operations = operations;
}

/// Returns the page that an operation returns: as `x-pagination` of the operation, of the schema or of the contract names
/// it, and otherwise as names and types show it.
fn page(
    schemas: &Schemas,
    operation: &Operation,
    global: Option<&PageSetting>,
    diagnostics: &mut Diagnostics,
) -> Option<ListPage> {
    match setting(schemas, operation) {
        Some(PageSetting::Off) => None,
        Some(PageSetting::Mapped(own)) => match mapping::apply(schemas, operation, own) {
            Ok(page) => Some(page),
            Err(mistakes) => {
                mistakes.into_iter().for_each(|mistake| diagnostics.push(mistake));
                None
            }
        },
        None => match global {
            Some(PageSetting::Off) => None,
            Some(PageSetting::Mapped(shared)) if is_read(operation) => {
                mapping::apply(schemas, operation, shared).ok().or_else(|| recognise(schemas, operation))
            }
            _ => recognise(schemas, operation).filter(|_| is_read(operation)),
        },
    }
}
