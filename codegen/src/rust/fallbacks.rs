//! The reasons for names that are not the first choice, for the documentation of generated code.

use super::names::namespace::Names;
use super::view::{OperationView, OutgoingView, TagView};

/// Adds the reason for a fallback name to the documentation of each trait and each type of an operation.
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
