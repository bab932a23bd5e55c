//! The domain events of a contract: their constants, their publisher and their consumer trait.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::{Direction, Event};

use crate::rust::code::Code;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::{static_name, type_name, value_name};
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{EventView, EventsView};

/// Returns the view of the events of a contract, or `None` if it declares none. `tags` are the modules of its tags.
pub fn events_view(
    plan: &TypePlan<'_>,
    patterns: &Patterns,
    tags: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<EventsView> {
    let events = &plan.contract.events;
    if events.is_empty() {
        return None;
    }
    let (names, collision) = distinct(events.iter().map(|event| [type_name(&event.name)]));
    if let Some(collision) = collision {
        let at = events[collision.indices[1]].span;
        diagnostics.push(collision.report(at, |index| format!("the event `{}`", events[index].name)));
    }
    let calls = ReadCalls { plan, patterns, direction: Direction::Inbound };
    Some(EventsView {
        module: Code::of(module(tags)),
        events: events.iter().zip(names).map(|(event, name)| event_view(&calls, event, &name)).collect(),
    })
}

/// Returns the name of the module of the events. The module of a tag keeps its name, so that a first event changes none.
fn module(tags: &[String]) -> String {
    let candidates = ["events".to_owned(), "domain_events".to_owned()].into_iter();
    let numbered = (2..).map(|number| format!("domain_events_{number}"));
    candidates.chain(numbered).find(|name| !tags.contains(name)).unwrap_or_default()
}

fn event_view(calls: &ReadCalls<'_, '_>, event: &Event, name: &str) -> EventView {
    EventView {
        id: event.name.clone(),
        docs: event.description.clone().unwrap_or_else(|| format!("The event `{}`.", event.name)),
        constant: Code::of(static_name(name)),
        variant: Code::of(name),
        method: Code::of(value_name(name)),
        aggregate: event.aggregate.clone(),
        version: event.version,
        internal: event.internal,
        data: Code::of(calls.plan.element(event.data, Direction::Inbound)),
        read: Code::of(calls.element(event.data).function()),
        aggregate_id: Code::of(calls.plan.element(event.aggregate_id, Direction::Outbound)),
        aggregate_argument: Code::of(value_name(&format!("{} id", event.aggregate))),
    }
}
