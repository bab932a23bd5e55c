//! The error types of operations: one variant for each error response that the contract declares.

use std::collections::BTreeMap;

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{Operation, Response, Status};
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::code::Code;
use crate::rust::expr::error_body::ErrorBodies;
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::{contract as contract_path, runtime};
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::value_name;
use crate::rust::names::namespace::Names;
use crate::rust::names::status::variant;
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::response::check_call;
use crate::rust::operations::response_body::body;
use crate::rust::operations::scheme_names::SchemeNames;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::types::sample::sample;
use crate::rust::view::{
    ContentView, ConversionView, ConversionsView, ErrorVariantView, ErrorView, RangeView, StatusView,
};

/// The items that all operations of a contract share: the generated marker types for error statuses and ranges, the error
/// bodies, and the security schemes.
#[derive(Debug, Default)]
pub struct Markers {
    /// The bodies of error responses that generated code contains.
    pub bodies: ErrorBodies,
    /// The names of the generated statics of the security schemes.
    pub schemes: SchemeNames,
    statuses: BTreeMap<u16, String>,
    ranges: BTreeMap<Status, String>,
}

/// Names a marker type for each error status or range that an operation declares with the error envelope.
pub fn markers(contract: &Contract, names: &mut Names, diagnostics: &mut Diagnostics) -> Markers {
    let mut markers =
        Markers { bodies: ErrorBodies::of(contract), schemes: SchemeNames::of(contract), ..Markers::default() };
    let outgoing = contract.outgoing_calls().map(|outgoing| outgoing.operation);
    for operation in contract.operations.iter().chain(outgoing) {
        for response in operation.responses.iter().filter(|response| is_error(response, operation)) {
            if !in_envelope(contract, response) {
                continue;
            }
            match response.status {
                Status::Code(500) => {}
                Status::Code(code) => {
                    markers.statuses.entry(code).or_insert_with(|| {
                        let name = variant(code);
                        names.take(
                            &[name.clone(), format!("{name}Refusal"), format!("{name}Status")],
                            response.span,
                            diagnostics,
                        )
                    });
                }
                range => {
                    markers.ranges.entry(range).or_insert_with(|| {
                        let name = match range {
                            Status::Range(4) => "ClientError",
                            Status::Range(_) => "ServerError",
                            _ => "Unexpected",
                        };
                        names.take(
                            &[name.to_owned(), format!("{name}Refusal"), format!("{name}Status")],
                            response.span,
                            diagnostics,
                        )
                    });
                }
            }
        }
    }
    markers
}

impl Markers {
    /// Returns the name of the marker type for an error status or range, or `None` if there is no marker.
    pub fn of(&self, status: Status) -> Option<&String> {
        match status {
            Status::Code(code) => self.statuses.get(&code),
            range => self.ranges.get(&range),
        }
    }

    /// Returns the views of the marker types for single error statuses.
    pub fn statuses(&self) -> Vec<StatusView> {
        self.statuses.iter().map(|(code, name)| StatusView { code: *code, name: Code::of(name) }).collect()
    }

    /// Returns the views of the marker types for ranges of error statuses such as `4XX`.
    pub fn ranges(&self) -> Vec<RangeView> {
        self.ranges
            .iter()
            .map(|(status, name)| {
                let (low, high) = bounds(*status);
                RangeView { name: Code::of(name), low, high }
            })
            .collect()
    }
}

/// Returns the lowest and the highest status code that the declared status of an error response covers.
pub fn bounds(status: Status) -> (u16, u16) {
    match status {
        Status::Code(code) => (code, code),
        Status::Range(digit) => (u16::from(digit) * 100, u16::from(digit) * 100 + 99),
        Status::Default => (400, 599),
    }
}

/// Returns true if an error response uses the error envelope of the contract: its schema is the envelope, or it
/// declares no content.
pub fn in_envelope(contract: &Contract, response: &Response) -> bool {
    response.content.is_empty()
        || response.content.iter().any(|content| contract.errors.is_envelope(content, &contract.schemas))
}

/// Returns the view of the trait whose methods convert problems into error schemas that no problem can fill, or `None` if
/// the contract has no such schema.
pub fn conversions(
    plan: &TypePlan<'_>,
    markers: &Markers,
    names: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Option<ConversionsView> {
    let bodies = markers.bodies.converted();
    let schemas: Vec<SchemaId> = bodies.iter().filter_map(|index| plan.contract.errors.bodies[*index].schema).collect();
    let first = plan.contract.schemas.get(*schemas.first()?).span;
    let candidates = ["Errors", "ErrorConversions", "ProblemConversions"].map(str::to_owned);
    let name = names.take(&candidates, first, diagnostics);
    let types: Vec<Ty> = schemas.iter().map(|schema| plan.element(*schema, Direction::Outbound)).collect();
    let (methods, _) = distinct(types.iter().map(|ty| match ty {
        Ty::Named(name) => [value_name(name)],
        _ => ["error".to_owned()],
    }));
    let methods = methods.into_iter().zip(types).zip(schemas).map(|((name, ty), schema)| ConversionView {
        name: Code::of(name),
        ty: Code::of(ty),
        sample: sample(plan, schema),
    });
    Some(ConversionsView { name: Code::of(name), methods: methods.collect() })
}

/// Returns the view of the error type of an operation, and adds error bodies with several media types to `contents`.
pub fn error_view(
    calls: &ReadCalls<'_, '_>,
    operation: &Operation,
    names: &OperationNames,
    markers: &Markers,
    contents: &mut Vec<ContentView>,
    diagnostics: &mut Diagnostics,
) -> ErrorView {
    let contract = calls.plan.contract;
    let mut variants = Vec::new();
    let mut responses: Vec<&Response> =
        operation.responses.iter().filter(|response| is_error(response, operation)).collect();
    responses.sort_by_key(|response| response.status);
    for response in responses {
        let docs = response.description.clone().unwrap_or_default();
        if in_envelope(contract, response) {
            let marker = match response.status {
                Status::Code(500) => continue,
                Status::Code(code) => markers.statuses.get(&code),
                range => markers.ranges.get(&range),
            };
            let Some(marker) = marker else { continue };
            let name = match response.status {
                Status::Code(code) => variant(code),
                _ => marker.clone(),
            };
            variants.push(ErrorVariantView {
                name: Code::of(name),
                docs,
                ty: Code::of(contract_path(marker)),
                from: true,
                any_status: false,
                secret: false,
                respond: "refusal.respond(responder)".into(),
            });
            continue;
        }
        let Some((body, content)) = body(calls, operation, response, &names.contents, diagnostics) else {
            continue;
        };
        contents.extend(content);
        let mut schemas = response.content.iter().filter_map(|content| content.schema);
        let check = check_call(&body.rule.iter().map(|rule| rule.check("refusal")).collect::<Vec<_>>());
        let (ty, send) = (body.ty, format!("{check}.{}", body.send.with("refusal")));
        let (name, any_status, respond) = match response.status {
            Status::Code(code) => (variant(code), None, format!("{}::status({code}){send}", runtime("Reply"))),
            range => {
                let (low, high) = bounds(range);
                let name = match range {
                    Status::Range(digit) => format!("Status{digit}xx"),
                    _ => "Default".to_owned(),
                };
                (name, Some(Ty::AnyStatus(low, high)), format!("status.reply(){send}"))
            }
        };
        variants.push(ErrorVariantView {
            name: Code::of(name),
            docs,
            ty: Code::of(any_status.as_ref().map_or_else(|| ty.to_string(), |status| format!("{status}, {ty}"))),
            from: false,
            any_status: any_status.is_some(),
            secret: schemas.any(|id| contract.schemas.is_secret(id)),
            respond: Code::of(respond),
        });
    }
    ErrorView { name: Code::of(&names.error), fallback: String::new(), variants }
}
