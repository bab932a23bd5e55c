//! The schemas without a valid value: a warning if the contract works without them, and an error if an
//! operation could never be called or never respond.

use std::collections::{HashSet, VecDeque};

use crate::diagnostic::Diagnostic;
use crate::model::schema::{InterpretedSchema, Kind, Schemas};
use crate::model::{Direction, Operation, SchemaId};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::Contradiction;

/// A value that an operation cannot work without, such as a required parameter.
struct Need {
    /// The description of a value that an operation needs, for messages, such as: the body of `createThing`.
    of: String,
    /// True if the service receives this value, which an operation needs, so that `readOnly` properties are omitted.
    received: bool,
    /// The schemas for a value that an operation needs; the value must match at least one.
    any_of: Vec<SchemaId>,
}

impl Builder<'_, '_> {
    /// Records the contradictory constraints of a schema. The report follows at the end of the build: whether
    /// it is an error depends on the operations.
    ///
    /// Returns a kind without valid values, or only with null if `null` is set.
    pub(super) fn contradicting(
        &mut self,
        schema: SchemaId,
        null: bool,
        reports: Vec<Diagnostic>,
    ) -> (Kind, bool, Option<InterpretedSchema>) {
        self.contradictions.push(Contradiction { schema, null, reports });
        if null {
            return (Kind::Null, true, None);
        }
        // The schema `false`, which rejects every value, exists in JSON Schema 2020-12 but not in draft 4.
        (Kind::Any, true, Some(InterpretedSchema { draft4: false, inbound: "false".to_owned(), outbound: None }))
    }

    /// Reports the schemas without a valid value: as errors if an operation needs a value of such a schema.
    ///
    /// Webhooks do not count, since the service need not use their types.
    pub(super) fn report_contradictions(&mut self, operations: &[Operation]) {
        let contradictions = std::mem::take(&mut self.contradictions);
        if contradictions.is_empty() {
            return;
        }
        let causes = [true, false].map(|received| causes(&self.schemas, &contradictions, received));
        let mut needed: Vec<Option<String>> = vec![None; contradictions.len()];
        for need in operations.iter().flat_map(needs) {
            let [received, sent] = &causes;
            let causes = if need.received { received } else { sent };
            let found: Option<Vec<usize>> = need.any_of.iter().map(|id| causes[id.index()]).collect();
            for cause in found.into_iter().flatten() {
                needed[cause].get_or_insert_with(|| need.of.clone());
            }
        }
        // Several schemas may have one location: only its most severe diagnostic is kept.
        let (mut grave, mut light) = (Vec::new(), Vec::new());
        for (contradiction, needed) in contradictions.into_iter().zip(needed) {
            for report in contradiction.reports {
                match &needed {
                    Some(of) => {
                        grave.push(report.note(format!("{of} needs a value, so the contract cannot be served")))
                    }
                    None if contradiction.null => {
                        light.push((report, "requests and responses can contain only null here"));
                    }
                    None => light.push((report, "no request or response can contain a value of this schema")),
                }
            }
        }
        let reported: HashSet<Span> = grave.iter().map(|grave| grave.primary.span).collect();
        light.retain(|(light, _)| !reported.contains(&light.primary.span));
        light.into_iter().for_each(|(report, consequence)| self.report_light(report, consequence));
        grave.into_iter().for_each(|report| self.report(report));
    }

    /// Reports a schema without a valid value of which no operation needs a value.
    ///
    /// A strict error omits the consequence, since no code is generated then.
    pub(super) fn report_light(&mut self, report: Diagnostic, consequence: &str) {
        let severity = self.remark(report.code, report.primary.span, "").severity;
        let report = if self.strict { report } else { report.note(consequence) };
        self.report(Diagnostic { severity, ..report });
    }
}

/// Returns the values that an operation cannot work without: its required parameters, its body, each response.
fn needs(operation: &Operation) -> Vec<Need> {
    let title = operation.title();
    let parameters = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut needs: Vec<Need> = parameters
        .map(|parameter| Need {
            of: format!("the parameter `{}` of {title}", parameter.name),
            received: true,
            any_of: vec![parameter.schema],
        })
        .collect();
    let body = operation.body.as_ref().map(|body| (format!("the body of {title}"), true, &body.content));
    let responses =
        operation.responses.iter().map(|response| (format!("a response of {title}"), false, &response.content));
    needs.extend(body.into_iter().chain(responses).filter_map(|(of, received, content)| {
        // A media type without a schema accepts any value.
        let any_of: Vec<SchemaId> = content.iter().map(|content| content.schema).collect::<Option<_>>()?;
        (!any_of.is_empty()).then_some(Need { of, received, any_of })
    }));
    needs
}

/// Returns for each schema without a valid value the index of the contradictory schema that causes it.
///
/// The search starts at the contradictory schemas and continues to the schemas that need a value of one; it
/// visits each schema once.
fn causes(schemas: &Schemas, contradictions: &[Contradiction], received: bool) -> Vec<Option<usize>> {
    let mut causes: Vec<Option<usize>> = vec![None; schemas.len()];
    let mut open: VecDeque<SchemaId> = VecDeque::new();
    for (at, contradiction) in contradictions.iter().enumerate().filter(|(_, contradiction)| !contradiction.null) {
        causes[contradiction.schema.index()] = Some(at);
        open.push_back(contradiction.schema);
    }
    // `needing` lists for each schema the schemas that need a value of it. `left` counts the subschemas that
    // must be without a value before the schema itself is.
    let mut needing: Vec<Vec<SchemaId>> = vec![Vec::new(); schemas.len()];
    let mut left: Vec<usize> = vec![1; schemas.len()];
    for id in schemas.ids().filter(|id| causes[id.index()].is_none()) {
        let needed = needed_by(schemas, id, received);
        if matches!(schemas.get(id).kind, Kind::Union(_)) {
            left[id.index()] = needed.len();
        }
        needed.into_iter().for_each(|needed| needing[needed.index()].push(id));
    }
    while let Some(id) = open.pop_front() {
        for one in std::mem::take(&mut needing[id.index()]) {
            let left = &mut left[one.index()];
            *left = left.saturating_sub(1);
            if *left == 0 && causes[one.index()].is_none() {
                causes[one.index()] = causes[id.index()];
                open.push_back(one);
            }
        }
    }
    causes
}

/// Returns the subschemas that must have a valid value so that a schema has one: all of them, or for a union at
/// least one.
fn needed_by(schemas: &Schemas, id: SchemaId, received: bool) -> Vec<SchemaId> {
    let schema = schemas.get(id);
    if schema.nullable {
        return Vec::new();
    }
    match &schema.kind {
        Kind::Alias(target) => vec![*target],
        Kind::Array(shape) if shape.min.is_some_and(|min| min > 0) => vec![shape.items],
        Kind::Object(shape) => {
            let required = shape.properties.iter().filter(|property| property.required);
            let direction = if received { Direction::Inbound } else { Direction::Outbound };
            let sent = required.filter(|property| !schemas.omits(direction, property.schema));
            sent.map(|property| property.schema).collect()
        }
        Kind::Union(shape) => shape.branches.clone(),
        _ => Vec::new(),
    }
}
