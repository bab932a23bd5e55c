//! The selection pass: keeps the operations of the tags that the settings or the command line select.

use super::options::Options;
use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::model::Contract;
use crate::source::{FileId, Spanned};

/// The largest number of tags that the diagnostic about an unknown tag lists.
const MOST_LISTED: usize = 30;

/// Moves the operations whose tag is not selected to the contract's `unselected` list. Without a selection,
/// keeps all operations.
pub(super) fn select_tags(contract: &mut Contract, options: &Options, diagnostics: &mut Diagnostics) {
    if options.tags.is_empty() {
        return;
    }
    let mut chosen: Vec<&str> = Vec::new();
    for word in &options.tags {
        match contract.tags.iter().find(|tag| tag.name == word.value) {
            Some(_) => chosen.push(&word.value),
            None => diagnostics.push(unknown_tag(contract, word, options)),
        }
    }
    let (kept, others) = std::mem::take(&mut contract.operations)
        .into_iter()
        .partition(|operation| chosen.contains(&operation.tag.as_str()));
    contract.operations = kept;
    contract.unselected = others;
    contract.tags.retain(|tag| chosen.contains(&tag.name.as_str()));
}

/// Returns the diagnostic for a selected tag that no operation has; it lists the tags of the contract.
fn unknown_tag(contract: &Contract, word: &Spanned<String>, options: &Options) -> Diagnostic {
    let known: Vec<&str> = contract.tags.iter().map(|tag| tag.name.as_str()).collect();
    let listed: Vec<String> = known.iter().take(MOST_LISTED).map(|name| format!("`{name}`")).collect();
    let more = known.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let problem = Diagnostic::error("unknown-tag", word.span, format!("no operation has the tag `{}`", word.value))
        .label("unknown tag")
        .note(format!("tags of the contract: {}{more}", listed.join(", ")));
    let parts: Vec<&str> = word.value.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.iter().all(|part| known.contains(part)) {
        let advice = match word.span.file {
            FileId::SETTINGS => format!("`tags = {parts:?}`"),
            _ => format!("`--tag {}`", parts.join(" --tag ")),
        };
        return problem.help(format!("list several tags separately: {advice}"));
    }
    if let Some(operation) = contract.operations.iter().find(|operation| operation.is_called(&word.value)) {
        return problem.help(format!("{} is an operation of the tag `{}`", operation.title(), operation.tag));
    }
    match closest(&word.value, known.iter().copied()) {
        Some(close) => problem.suggest(options.sources.inside_quotes(word.span), close),
        None => problem,
    }
}
