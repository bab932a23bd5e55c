//! Sentences that explain why generated items have names that are not the first choice, for their documentation.

use super::names::namespace::Names;
use super::view::{OperationView, OutgoingView, TagView};

/// Adds to each trait and each type of an operation a sentence that explains its name, if the name is not the
/// first choice.
pub(super) fn explain_fallbacks(names: &Names, tags: &mut [TagView], outgoing: &mut [OutgoingView]) {
    for tag in &mut *tags {
        tag.fallback = names.fallback(&tag.name.0).unwrap_or_default();
    }
    let served = tags.iter_mut().flat_map(|tag| &mut tag.operations);
    let called = outgoing.iter_mut().flat_map(|group| &mut group.types);
    served.chain(called).for_each(|operation| explain(names, operation));
}

fn explain(names: &Names, operation: &mut OperationView) {
    if let Some(request) = &mut operation.request {
        request.fallback = names.fallback(&request.name.0).unwrap_or_default();
    }
    operation.response.fallback = names.fallback(&operation.response.name.0).unwrap_or_default();
    operation.error.fallback = names.fallback(&operation.error.name.0).unwrap_or_default();
}
