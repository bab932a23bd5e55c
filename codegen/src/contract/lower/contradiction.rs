//! Compositions that no value satisfies: a remark where the rest of the contract can do without
//! them, and an error where an operation could never be called or answered.

use crate::contract::schema::{Guard, Kind, Schemas};
use crate::contract::{Operation, SchemaId};
use crate::diagnostic::Diagnostic;

use super::Lowering;
use super::facets::Facets;

/// A schema whose parts contradict each other, and where they do.
pub(super) struct Contradiction {
    schema: SchemaId,
    /// Whether null is a value all the same.
    null: bool,
    /// What contradicts what, as errors.
    reports: Vec<Diagnostic>,
}

/// What a value is needed for.
struct Need {
    /// In words: `the body of \`createThing\``.
    of: String,
    /// Whether it is sent to the service, so that what is `readOnly` is no part of it.
    received: bool,
    /// The schemas of which one is enough.
    any_of: Vec<SchemaId>,
}

impl Lowering<'_, '_> {
    /// Keeps the contradictions of a schema until it is known what needs it. No value fits it, but null
    /// where that is allowed beside them.
    pub(super) fn contradicting(&mut self, schema: SchemaId, facets: Facets<'_>) -> (Kind, bool, Option<Guard>) {
        self.contradictions.push(Contradiction { schema, null: facets.nullable, reports: facets.contradictions });
        if facets.nullable {
            return (Kind::Null, true, None);
        }
        // The schema `false` is one of 2020-12.
        (Kind::Any, true, Some(Guard { draft4: false, text: "false".to_owned() }))
    }

    /// Says what contradicts itself: an error where an operation cannot do without it. A webhook is a
    /// type and nothing more, which the service need not use.
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
        // One place may be part of several compositions: the worst is said, and once.
        let (mut grave, mut light) = (Vec::new(), Vec::new());
        for (contradiction, needed) in contradictions.into_iter().zip(needed) {
            for report in contradiction.reports {
                match &needed {
                    Some(of) => grave.push(report.note(format!("every value of {of} must fit both"))),
                    None if contradiction.null => light.push(report.note("read as a schema that only null fits")),
                    None => light.push(report.note("read as a schema that no value fits")),
                }
            }
        }
        light.retain(|light| !grave.iter().any(|grave| grave.primary.span == light.primary.span));
        for report in light {
            let severity = self.remark(report.code, report.primary.span, "").severity;
            self.report(Diagnostic { severity, ..report });
        }
        grave.into_iter().for_each(|report| self.report(report));
    }
}

/// What an operation cannot do without: its required parameters, its body, each of its answers.
fn needs(operation: &Operation) -> Vec<Need> {
    let id = &operation.id;
    let parameters = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut needs: Vec<Need> = parameters
        .map(|parameter| Need {
            of: format!("the parameter `{}` of `{id}`", parameter.name),
            received: true,
            any_of: vec![parameter.schema],
        })
        .collect();
    let body = operation.body.as_ref().map(|body| (format!("the body of `{id}`"), true, &body.content));
    let answers = operation.responses.iter().map(|response| (format!("an answer of `{id}`"), false, &response.content));
    needs.extend(body.into_iter().chain(answers).filter_map(|(of, received, content)| {
        // Where one media type says nothing of what it holds, there is a way.
        let any_of: Vec<SchemaId> = content.iter().map(|content| content.schema).collect::<Option<_>>()?;
        (!any_of.is_empty()).then_some(Need { of, received, any_of })
    }));
    needs
}

/// For each schema that has no value, which contradiction is to blame.
fn causes(schemas: &Schemas, contradictions: &[Contradiction], received: bool) -> Vec<Option<usize>> {
    let mut causes: Vec<Option<usize>> = vec![None; schemas.len()];
    for (at, contradiction) in contradictions.iter().enumerate().filter(|(_, contradiction)| !contradiction.null) {
        causes[contradiction.schema.index()] = Some(at);
    }
    let ids: Vec<SchemaId> = schemas.ids().collect();
    loop {
        let mut grown = false;
        for id in &ids {
            let known = &mut causes;
            if known[id.index()].is_none()
                && let Some(cause) = cause_within(schemas, *id, known, received)
            {
                known[id.index()] = Some(cause);
                grown = true;
            }
        }
        if !grown {
            return causes;
        }
    }
}

/// Why a schema has no value, where it is for want of one of another schema.
fn cause_within(schemas: &Schemas, id: SchemaId, causes: &[Option<usize>], received: bool) -> Option<usize> {
    let schema = schemas.get(id);
    if schema.nullable {
        return None;
    }
    let of = |id: SchemaId| causes[id.index()];
    match &schema.kind {
        Kind::Alias(target) => of(*target),
        Kind::Array(shape) if shape.min.is_some_and(|min| min > 0) => of(shape.items),
        Kind::Object(shape) => shape.properties.iter().filter(|property| property.required).find_map(|property| {
            let held = schemas.get(property.schema);
            let left_out = if received { held.read_only } else { held.write_only };
            of(property.schema).filter(|_| !left_out)
        }),
        Kind::Union(shape) => {
            let all: Option<Vec<usize>> = shape.branches.iter().map(|branch| of(*branch)).collect();
            all?.first().copied()
        }
        _ => None,
    }
}
