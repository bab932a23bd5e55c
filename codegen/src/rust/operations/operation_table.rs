//! The generated operation table: paths, parameters, security and policies of each operation as constant data.

use std::collections::BTreeSet;
use std::time::Duration;

use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{
    ContentKind, LimitBy, Operation, RateLimit, RequestBody, Requirement, Status, normal_media_type,
};
use writ_contract::model::schema::Schemas;
use writ_contract::model::stream::item_schema;
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::code::{Code, literal, literals};
use crate::rust::mention::{contract as contract_path, runtime, std as std_path};
use crate::rust::operations::errors::Markers;
use crate::rust::operations::parameter_entry::parameter_entry;
use crate::rust::operations::scheme_names::SchemeNames;
use crate::rust::plan::usage::children;
use crate::rust::view::OperationEntryView;

/// Returns the view of an operation's entry in the generated operation table.
pub fn operation_entry(contract: &Contract, markers: &Markers, operation: &Operation) -> OperationEntryView {
    let mut head = vec![
        format!("id: {}", literal(&operation.id)),
        format!("method: {}::{}", runtime("Method"), method(&operation.method)),
        format!("path: {}", literal(&operation.path)),
    ];
    head.extend((!operation.query.is_empty()).then(|| format!("query: {}", literal(&operation.query))));
    head.push(format!("tag: {}", literal(&operation.tag)));
    head.extend(operation.service.as_ref().map(|service| format!("service: {}", literal(&service.value))));
    let mut more = Vec::new();
    more.extend(policies(operation));
    more.push(format!("statuses: &[{}]", statuses(operation)));
    let errors = markers.bodies.of_operation(contract, operation);
    more.extend((!errors.is_empty()).then(|| format!("errors: &[{}]", errors.join(", "))));
    let produces = produces(operation);
    more.extend((!produces.is_empty()).then(|| format!("produces: &[{}]", literals(&produces))));
    more.extend(operation.is_conditional().then(|| "conditional: true".to_owned()));
    more.extend(returns_secret(contract, operation).then(|| "secret: true".to_owned()));
    let sparse = operation.parameters.iter().find(|parameter| parameter.sparse);
    more.extend(sparse.map(|parameter| format!("sparse_fieldset: Some({})", literal(&parameter.name))));
    OperationEntryView {
        head: head.into_iter().map(Code::from).collect(),
        parameters: operation.parameters.iter().map(|one| Code::of(parameter_entry(contract, one))).collect(),
        body: operation.body.as_ref().map(|one| Code::of(body(&contract.schemas, one))),
        security: operation.security.iter().map(|all| Code::of(alternative(all, &markers.schemes))).collect(),
        rate_limits: operation.policies.rate_limits.iter().map(|limit| Code::of(rate_limit(limit))).collect(),
        more: more.into_iter().map(Code::from).collect(),
    }
}

/// Returns the variant of the runtime's `Method` for an HTTP method.
pub fn method(name: &str) -> String {
    match name {
        "GET" | "PUT" | "POST" | "DELETE" | "OPTIONS" | "HEAD" | "PATCH" | "TRACE" | "QUERY" => name.to_owned(),
        other => format!("Other({})", literal(other)),
    }
}

/// Returns the request body of an operation as an expression of the runtime's `Body`.
fn body(schemas: &Schemas, body: &RequestBody) -> String {
    let media: Vec<String> = body
        .content
        .iter()
        .map(|content| {
            let essence = literal(&normal_media_type(&content.media_type));
            let kind = match content.kind {
                ContentKind::Json => "Json",
                ContentKind::Form => "Form",
                ContentKind::Multipart => "Multipart",
                ContentKind::Text => "Text",
                ContentKind::Stream if item_schema(content, schemas).is_some() => "Stream",
                ContentKind::Binary | ContentKind::Stream => "Bytes",
            };
            format!("{} {{ essence: {essence}, kind: {}::{kind} }}", runtime("Media"), runtime("MediaKind"))
        })
        .collect();
    let (name, limit) = (runtime("Body"), grouped(body.limit));
    format!("{name} {{ required: {}, limit: {limit}, media: &[{}] }}", body.required, media.join(", "))
}

/// Returns one alternative of an operation's security requirements as an expression: the schemes that it
/// requires together.
fn alternative(all: &[Requirement], schemes: &SchemeNames) -> String {
    let needs: Vec<String> = all
        .iter()
        .map(|need| {
            let path = format!("operations::{}", schemes.get(&need.scheme));
            let scheme = contract_path(&path);
            format!("{} {{ scheme: &{scheme}, scopes: &[{}] }}", runtime("Requirement"), literals(&need.scopes))
        })
        .collect();
    format!("&[{}]", needs.join(", "))
}

/// Returns the single status codes that an operation declares, in ascending order and separated by commas.
fn statuses(operation: &Operation) -> String {
    let single = operation.responses.iter().filter_map(|response| match response.status {
        Status::Code(code) => Some(code),
        _ => None,
    });
    let statuses: BTreeSet<u16> = single.collect();
    statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// Returns the media types of an operation's successful responses, in the order of the contract.
fn produces(operation: &Operation) -> Vec<String> {
    let mut produces: Vec<String> = Vec::new();
    for response in operation.responses.iter().filter(|response| !is_error(response, operation)) {
        for content in response.content.iter().filter(|_| !response.status.has_no_body()) {
            if !produces.contains(&content.media_type) {
                produces.push(content.media_type.clone());
            }
        }
    }
    produces
}

/// Returns true if a successful response of an operation contains a secret (`format: password`).
fn returns_secret(contract: &Contract, operation: &Operation) -> bool {
    let successes = operation.responses.iter().filter(|response| !is_error(response, operation));
    let mut todo: Vec<SchemaId> = successes
        .flat_map(|response| {
            let bodies = response.content.iter().filter_map(|content| content.schema);
            bodies.chain(response.headers.iter().map(|header| header.schema))
        })
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if contract.schemas.get(id).secret {
            return true;
        }
        if seen.insert(id) {
            todo.extend(children(contract, id, Some(Direction::Outbound)));
        }
    }
    false
}

/// Returns a rate limit of an operation as an expression of the runtime's `RateLimit`.
fn rate_limit(limit: &RateLimit) -> String {
    let by = match limit.by {
        LimitBy::Caller => "Caller",
        LimitBy::Address => "Address",
        LimitBy::Account => "Account",
    };
    let (name, window) = (runtime("RateLimit"), duration(limit.window));
    format!("{name} {{ requests: {}, window: {window}, by: {}::{by} }}", limit.requests, runtime("LimitBy"))
}

/// Returns the fields of an operation's table entry for all policies except rate limits.
fn policies(operation: &Operation) -> Vec<String> {
    let policies = &operation.policies;
    let mut fields = Vec::new();
    if let Some(retention) = policies.idempotency {
        let name = runtime("Idempotency");
        fields.push(format!("idempotency: Some({name} {{ retention: {} }})", duration(retention)));
    }
    if let Some(cache) = &policies.cache {
        let (name, ttl, tags) = (runtime("Cache"), duration(cache.ttl), literals(&cache.tags));
        fields.push(format!("cache: Some({name} {{ ttl: {ttl}, tags: &[{tags}], shared: {} }})", cache.shared));
    }
    if !policies.invalidates.is_empty() {
        fields.push(format!("invalidates: &[{}]", literals(&policies.invalidates)));
    }
    if let Some(timeout) = policies.timeout {
        fields.push(format!("timeout: Some({})", duration(timeout)));
    }
    if let Some(retry) = policies.retry {
        let hedge = retry.hedge.map_or("None".to_owned(), |time| format!("Some({})", duration(time)));
        fields.push(format!("retry: Some({} {{ attempts: {}, hedge: {hedge} }})", runtime("Retry"), retry.attempts));
    }
    fields
}

/// Returns the Rust expression of a duration.
fn duration(duration: Duration) -> String {
    let name = std_path("std::time::Duration");
    match duration.subsec_nanos() {
        0 => format!("{name}::from_secs({})", grouped(duration.as_secs())),
        _ => format!("{name}::from_millis({})", grouped(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))),
    }
}

/// Returns a number as a Rust literal with `_` between its thousands, as clippy requires.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}
