//! What the service sends to others: webhooks and callbacks, each group with its types and its calls.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::{Callback, Direction, OutgoingCall};

use crate::rust::client::client_calls::call_view;
use crate::rust::code::Code;
use crate::rust::expr::envelope;
use crate::rust::expr::patterns::Patterns;
use crate::rust::names::namespace::Names;
use crate::rust::operations::errors::Markers;
use crate::rust::operations::operation_names::{OperationNames, named};
use crate::rust::operations::operation_views::operation_view;
use crate::rust::plan::types::TypePlan;
use crate::rust::uses::Uses;
use crate::rust::view::{AskedView, AskerView, SentView, TagView};

/// A group of what is sent, with its names.
pub struct Group<'c> {
    module: &'static str,
    name: String,
    all: Vec<OutgoingCall<'c>>,
    names: Vec<OperationNames>,
}

/// Names what is sent, after all that the service itself serves.
pub fn sent_names<'c>(plan: &TypePlan<'c>, types: &mut Names, diagnostics: &mut Diagnostics) -> Vec<Group<'c>> {
    let (callbacks, webhooks): (Vec<_>, Vec<_>) =
        plan.contract.outgoing_calls().partition(|outgoing| outgoing.callback.is_some());
    let mut groups = Vec::new();
    for (module, name, all) in [("webhooks", "Webhooks", webhooks), ("callbacks", "Callbacks", callbacks)] {
        let Some(first) = all.first() else { continue };
        let candidates = [name.to_owned(), format!("{name}Client"), format!("{name}Sender")];
        let name = types.take(&candidates, first.operation.span, diagnostics);
        let operations = all.iter().map(|outgoing| outgoing.operation);
        let names = named(plan, Direction::Outbound, operations, types, diagnostics);
        groups.push(Group { module, name, all, names });
    }
    groups
}

/// The views of what is sent; `tags` are those of the operations that ask for callbacks.
pub fn sent_views(
    plan: &TypePlan<'_>,
    groups: Vec<Group<'_>>,
    tags: &[TagView],
    patterns: &Patterns,
    markers: &Markers,
    diagnostics: &mut Diagnostics,
) -> Vec<SentView> {
    groups.iter().map(|group| sent_view(plan, group, tags, patterns, markers, diagnostics)).collect()
}

fn sent_view(
    plan: &TypePlan<'_>,
    group: &Group<'_>,
    tags: &[TagView],
    patterns: &Patterns,
    markers: &Markers,
    diagnostics: &mut Diagnostics,
) -> SentView {
    let (mut uses, mut data) = (Uses::default(), Uses::default());
    uses.declare(&group.name);
    uses.runtime("Internal");
    data.runtime("Operation");
    let mut view = SentView {
        module: group.module,
        name: Code::of(&group.name),
        imports: Vec::new(),
        data_imports: Vec::new(),
        types: Vec::new(),
        calls: Vec::new(),
        asked: Vec::new(),
        envelope: !envelope::places(plan.contract).is_empty(),
    };
    for (outgoing, names) in group.all.iter().zip(&group.names) {
        for declared in [&names.response, &names.error] {
            uses.declare(declared);
        }
        let mut routes = Uses::default();
        let scopes = (&mut uses, &mut routes, &mut data);
        let mut types = operation_view(plan, outgoing.operation, names, patterns, markers, scopes, diagnostics);
        types.docs = docs(outgoing);
        let call = call_view(plan, (outgoing.operation, names), &types, patterns, markers, &mut uses);
        view.asked.extend(outgoing.callback.map(|callback| asked(callback, names, group, tags, &mut uses)));
        view.types.push(types);
        view.calls.push(call);
    }
    // A webhook's file stands in the folder of its module.
    let root = if group.module == "webhooks" { "super::super" } else { "super" };
    let own = format!("{root}::codec::patterns");
    let others = format!("{root}::codec::other_ways::patterns");
    view.imports = uses.lines_apart(root, &own, (&others, patterns.others()));
    view.data_imports = data.lines(&format!("super::{root}::operations"), "");
    view
}

/// Where a callback goes: its expression, and how that is evaluated where the request says it all.
fn asked(
    callback: &Callback,
    names: &OperationNames,
    group: &Group<'_>,
    tags: &[TagView],
    uses: &mut Uses,
) -> AskedView {
    let method = names.method.trim_start_matches("r#");
    let plain = format!("{method}_url");
    let taken = group.names.iter().any(|names| names.method == plain);
    let mut operations = tags.iter().flat_map(|tag| &tag.operations);
    let parent = operations.find(|operation| operation.id == callback.parent);
    let asker = parent.filter(|_| is_of_request(&callback.expression)).and_then(|parent| {
        let request = parent.request.as_ref().filter(|request| !request.streamed)?;
        uses.contract(&request.name.0);
        Some(AskerView { request: request.name.clone(), data: parent.data.clone() })
    });
    AskedView {
        constant: Code::of(format!("{}_URL", names.data)),
        expression: callback.expression.clone(),
        parent: callback.parent.clone(),
        method: Code::of(if taken { format!("{method}_expression_url") } else { plain }),
        asker,
    }
}

/// Whether every runtime expression is one of the request, which is at hand before it is answered.
fn is_of_request(expression: &str) -> bool {
    let mut found = expression.match_indices('$').map(|(at, _)| &expression[at..]);
    found.all(|rest| rest.starts_with("$request.") || rest.starts_with("$method"))
}

/// What is sent, and where to.
fn docs(outgoing: &OutgoingCall<'_>) -> String {
    let operation = outgoing.operation;
    let told = [&operation.summary, &operation.description];
    let mut docs: Vec<String> = told.into_iter().flatten().map(|text| text.trim().to_owned()).collect();
    docs.dedup();
    docs.retain(|text| !text.is_empty());
    docs.push(match outgoing.callback {
        Some(callback) => {
            let expression = callback.expression.replace('`', "'");
            format!("`{}` to `{expression}`, as `{}` asks for it.", operation.method, callback.parent)
        }
        None => format!("`{}` to whoever subscribed.", operation.method),
    });
    docs.join("\n\n")
}
