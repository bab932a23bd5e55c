//! The views of outgoing operations, which a service sends: webhooks and callbacks, each kind with its types
//! and its calls.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::{Callback, Direction, OutgoingCall};

use crate::rust::client::client_calls::call_view;
use crate::rust::code::Code;
use crate::rust::expr::patterns::Patterns;
use crate::rust::names::namespace::Names;
use crate::rust::operations::errors::Markers;
use crate::rust::operations::operation_names::{OperationNames, named};
use crate::rust::operations::operation_views::operation_view;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{CallbackRequestView, CallbackUrlView, OutgoingKind, OutgoingView, TagView};

/// The outgoing operations of one kind, webhooks or callbacks, with their Rust names.
pub struct Group<'c> {
    kind: OutgoingKind,
    name: String,
    all: Vec<OutgoingCall<'c>>,
    names: Vec<OperationNames>,
}

/// Names the webhooks and callbacks that the service sends. The operations that it serves have taken their
/// names before.
pub fn outgoing_names<'c>(plan: &TypePlan<'c>, types: &mut Names, diagnostics: &mut Diagnostics) -> Vec<Group<'c>> {
    let (callbacks, webhooks): (Vec<_>, Vec<_>) =
        plan.contract.outgoing_calls().partition(|outgoing| outgoing.callback.is_some());
    let mut groups = Vec::new();
    let kinds = [(OutgoingKind::Webhooks, "Webhooks", webhooks), (OutgoingKind::Callbacks, "Callbacks", callbacks)];
    for (kind, name, all) in kinds {
        let Some(first) = all.first() else { continue };
        let candidates = [name.to_owned(), format!("{name}Client"), format!("{name}Sender")];
        let name = types.take(&candidates, first.operation.span, diagnostics);
        let operations = all.iter().map(|outgoing| outgoing.operation);
        let names = named(plan, Direction::Outbound, operations, types, diagnostics);
        groups.push(Group { kind, name, all, names });
    }
    groups
}

/// Returns the views of the webhooks and callbacks. `tags` contains the operations that declare callbacks.
pub fn outgoing_views(
    plan: &TypePlan<'_>,
    groups: Vec<Group<'_>>,
    tags: &[TagView],
    patterns: &Patterns,
    markers: &Markers,
    diagnostics: &mut Diagnostics,
) -> Vec<OutgoingView> {
    groups.iter().map(|group| outgoing_view(plan, group, tags, patterns, markers, diagnostics)).collect()
}

/// Returns the view of all webhooks or of all callbacks.
fn outgoing_view(
    plan: &TypePlan<'_>,
    group: &Group<'_>,
    tags: &[TagView],
    patterns: &Patterns,
    markers: &Markers,
    diagnostics: &mut Diagnostics,
) -> OutgoingView {
    let mut view = OutgoingView {
        kind: group.kind,
        name: Code::of(&group.name),
        types: Vec::new(),
        calls: Vec::new(),
        urls: Vec::new(),
        envelope: markers.bodies.envelope(plan.contract).is_some(),
    };
    for (outgoing, names) in group.all.iter().zip(&group.names) {
        let mut types = operation_view(plan, outgoing.operation, names, patterns, markers, diagnostics);
        types.docs = docs(outgoing);
        let call = call_view(plan, (outgoing.operation, names), &types, patterns, markers);
        view.urls.extend(outgoing.callback.map(|callback| callback_url(callback, names, group, tags)));
        view.types.push(types);
        view.calls.push(call);
    }
    view
}

/// Returns the view of a callback's URL: its runtime expression, and the method that evaluates the expression
/// if the request provides every value.
fn callback_url(callback: &Callback, names: &OperationNames, group: &Group<'_>, tags: &[TagView]) -> CallbackUrlView {
    let method = names.method.trim_start_matches("r#").trim_end_matches('_');
    let plain = format!("{method}_url");
    let taken = group.names.iter().any(|names| names.method == plain);
    let mut operations = tags.iter().flat_map(|tag| &tag.operations);
    let parent = operations.find(|operation| operation.id == callback.parent);
    let request = parent.filter(|_| is_of_request(&callback.expression)).and_then(|parent| {
        let request = parent.request.as_ref().filter(|request| !request.streamed)?;
        Some(CallbackRequestView { request: request.name.clone(), data: parent.data.clone() })
    });
    CallbackUrlView {
        constant: Code::of(format!("{}_URL", names.data)),
        expression: callback.expression.clone(),
        parent: callback.parent.clone(),
        method: Code::of(if taken { format!("{method}_expression_url") } else { plain }),
        request,
    }
}

/// Returns true if a runtime expression uses values of the request only. These are available before the response.
fn is_of_request(expression: &str) -> bool {
    let mut found = expression.match_indices('$').map(|(at, _)| &expression[at..]);
    found.all(|rest| rest.starts_with("$request.") || rest.starts_with("$method"))
}

/// Returns the documentation of a webhook or callback: its description, its HTTP method and its destination.
fn docs(outgoing: &OutgoingCall<'_>) -> String {
    let operation = outgoing.operation;
    let parts = [&operation.summary, &operation.description];
    let mut docs: Vec<String> = parts.into_iter().flatten().map(|text| text.trim().to_owned()).collect();
    docs.dedup();
    docs.retain(|text| !text.is_empty());
    docs.push(match outgoing.callback {
        Some(callback) => {
            let expression = callback.expression.replace('`', "'");
            format!("`{}` to `{expression}`, a callback of `{}`.", operation.method, callback.parent)
        }
        None => format!("`{}` to the URL of a subscriber.", operation.method),
    });
    docs.join("\n\n")
}
