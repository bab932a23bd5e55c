//! The selection pass: keeps the operations of the selected tags.

use super::options::Options;
use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::model::Contract;

/// Moves the operations of other tags to `unselected`. Without a selection, all operations are kept.
pub(super) fn select_tags(contract: &mut Contract, options: &Options, diagnostics: &mut Diagnostics) {
    if options.tags.is_empty() {
        return;
    }
    let mut chosen: Vec<&str> = Vec::new();
    for word in &options.tags {
        match contract.tags.iter().find(|tag| tag.name == word.value) {
            Some(_) => chosen.push(&word.value),
            None => {
                let known: Vec<&str> = contract.tags.iter().map(|tag| tag.name.as_str()).collect();
                let problem =
                    Diagnostic::error("unknown-tag", word.span, format!("no operation is tagged `{}`", word.value))
                        .label("not a tag of the contract's operations");
                diagnostics.push(match closest(&word.value, known.iter().copied()) {
                    Some(close) => problem.suggest(options.sources.inside_quotes(word.span), close),
                    None => problem.help(format!("these are: {}", known.join(", "))),
                });
            }
        }
    }
    let (kept, others) = std::mem::take(&mut contract.operations)
        .into_iter()
        .partition(|operation| chosen.contains(&operation.tag.as_str()));
    contract.operations = kept;
    contract.unselected = others;
    contract.tags.retain(|tag| chosen.contains(&tag.name.as_str()));
}
