//! The data of an operation: the fields of its static that differ from none.

use std::time::Duration;

use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{
    ContentKind, LimitBy, Operation, Parameter, ParameterLocation, Status, Style, normal_media_type,
};
use writ_contract::model::schema::{Additional, Kind, Schemas};
use writ_contract::model::{Contract, SchemaId};

use crate::rust::code::{Code, literal};
use crate::rust::names::ident::static_name;
use crate::rust::uses::{Uses, borrowed, wrap_at};

/// `name: value` for each fact.
pub fn operation_table(contract: &Contract, operation: &Operation, uses: &mut Uses) -> Vec<Code> {
    let mut facts = vec![
        format!("id: {}", literal(&operation.id)),
        format!("method: Method::{}", operation.method),
        format!("path: {}", literal(&operation.path)),
        format!("tag: {}", literal(&operation.tag)),
    ];
    if !operation.query.is_empty() {
        facts.insert(3, format!("query: {}", literal(&operation.query)));
    }
    uses.runtime("Method");
    if !operation.parameters.is_empty() {
        uses.runtime("Parameter");
        let all: Vec<String> = operation
            .parameters
            .iter()
            .map(|one| format!("        {},", parameter(&contract.schemas, one, uses)))
            .collect();
        facts.push(format!("parameters: &[\n{}\n    ]", all.join("\n")));
    }
    if let Some(body) = &operation.body {
        for name in ["Body", "Media", "MediaKind"] {
            uses.runtime(name);
        }
        let media: Vec<String> = body
            .content
            .iter()
            .map(|content| {
                let essence = normal_media_type(&content.media_type);
                let kind = match content.kind {
                    ContentKind::Json => "Json",
                    ContentKind::Form => "Form",
                    ContentKind::Multipart => "Multipart",
                    ContentKind::Text => "Text",
                    ContentKind::Binary | ContentKind::Stream => "Bytes",
                };
                format!("Media {{ essence: {}, kind: MediaKind::{kind} }}", literal(&essence))
            })
            .collect();
        facts.push(format!(
            "body: Some(Body {{ required: {}, limit: {}, media: &[{}] }})",
            body.required,
            grouped(body.limit),
            media.join(", ")
        ));
    }
    if !operation.security.is_empty() {
        uses.runtime("Requirement");
        let alternatives: Vec<String> = operation
            .security
            .iter()
            .map(|all| {
                let needs: Vec<String> = all
                    .iter()
                    .map(|need| {
                        let name = scheme_static(&need.scheme);
                        uses.contract(&name);
                        format!("Requirement {{ scheme: &{name}, scopes: &[{}] }}", listed(&need.scopes))
                    })
                    .collect();
                format!("&[{}]", needs.join(", "))
            })
            .collect();
        facts.push(wrap_at(4, "security: &[", &borrowed(&alternatives), "]"));
    }
    policies(operation, uses, &mut facts);
    let mut statuses: Vec<u16> = operation
        .responses
        .iter()
        .filter_map(|response| match response.status {
            Status::Code(code) => Some(code),
            _ => None,
        })
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
    facts.push(format!("statuses: &[{}]", statuses.join(", ")));
    let mut produces: Vec<&str> = Vec::new();
    for response in operation.responses.iter().filter(|response| !is_error(response, operation)) {
        for content in response.content.iter().filter(|_| !response.status.has_no_body()) {
            if !produces.contains(&content.media_type.as_str()) {
                produces.push(&content.media_type);
            }
        }
    }
    if !produces.is_empty() {
        let produces: Vec<String> = produces.iter().map(|media| literal(media)).collect();
        facts.push(format!("produces: &[{}]", produces.join(", ")));
    }
    if operation.is_conditional() {
        facts.push("conditional: true".to_owned());
    }
    if let Some(parameter) = operation.parameters.iter().find(|parameter| parameter.sparse) {
        facts.push(format!("sparse_fieldset: Some({})", literal(&parameter.name)));
    }
    facts.into_iter().map(Code::from).collect()
}

fn policies(operation: &Operation, uses: &mut Uses, facts: &mut Vec<String>) {
    let policies = &operation.policies;
    if !policies.rate_limits.is_empty() {
        uses.runtime("RateLimit");
        uses.runtime("LimitBy");
        let limits: Vec<String> = policies
            .rate_limits
            .iter()
            .map(|limit| {
                let by = match limit.by {
                    LimitBy::Caller => "Caller",
                    LimitBy::Address => "Address",
                    LimitBy::Account => "Account",
                };
                format!(
                    "RateLimit {{ requests: {}, window: {}, by: LimitBy::{by} }}",
                    limit.requests,
                    duration(limit.window, uses)
                )
            })
            .collect();
        facts.push(wrap_at(4, "rate_limits: &[", &borrowed(&limits), "]"));
    }
    if let Some(retention) = policies.idempotency {
        uses.runtime("Idempotency");
        facts.push(format!("idempotency: Some(Idempotency {{ retention: {} }})", duration(retention, uses)));
    }
    if let Some(cache) = &policies.cache {
        uses.runtime("Cache");
        facts.push(format!(
            "cache: Some(Cache {{ ttl: {}, tags: &[{}], shared: {} }})",
            duration(cache.ttl, uses),
            listed(&cache.tags),
            cache.shared
        ));
    }
    if !policies.invalidates.is_empty() {
        facts.push(format!("invalidates: &[{}]", listed(&policies.invalidates)));
    }
}

/// The static of a security scheme.
pub fn scheme_static(name: &str) -> String {
    format!("SCHEME_{}", static_name(name))
}

fn parameter(schemas: &Schemas, parameter: &Parameter, uses: &mut Uses) -> String {
    let place = parameter.location.word();
    let mut text = format!("Parameter::{place}({})", literal(&parameter.name));
    if parameter.required && parameter.location != ParameterLocation::Path {
        text.push_str(".required()");
    }
    let usual = match parameter.location {
        ParameterLocation::Query | ParameterLocation::Cookie => (Style::Form, true),
        ParameterLocation::Path | ParameterLocation::Header => (Style::Simple, false),
    };
    if (parameter.style, parameter.explode) != usual {
        uses.runtime("Style");
        text.push_str(&format!(".style(Style::{:?}, {})", parameter.style, parameter.explode));
    }
    if parameter.may_be_empty {
        text.push_str(".may_be_empty()");
    }
    if parameter.style == Style::Form
        && parameter.explode
        && let Kind::Object(object) = schemas.kind(parameter.schema)
        && !matches!(object.additional, Additional::Kept(_))
    {
        let names: Vec<String> = object.properties.iter().map(|property| property.name.clone()).collect();
        text.push_str(&format!(".fields(&[{}])", listed(&names)));
    }
    if let Some(shape) = shape(schemas, parameter.schema).filter(|_| parameter.style != Style::Text) {
        uses.runtime("ValueKind");
        text.push_str(&format!(".kind(ValueKind::{shape})"));
    }
    text
}

/// What the text of a value is taken apart into, where it is no scalar.
pub fn shape(schemas: &Schemas, schema: SchemaId) -> Option<&'static str> {
    match schemas.kind(schema) {
        Kind::Array(_) => Some("Array"),
        Kind::Object(_) => Some("Object"),
        Kind::Union(union) => match union
            .branches
            .iter()
            .map(|branch| schemas.kind(*branch))
            .find(|kind| matches!(kind, Kind::Array(_) | Kind::Object(_)))
        {
            Some(Kind::Array(_)) => Some("Array"),
            Some(_) => Some("Object"),
            None => None,
        },
        _ => None,
    }
}

fn listed(texts: &[String]) -> String {
    texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ")
}

fn duration(duration: Duration, uses: &mut Uses) -> String {
    uses.std("std::time::Duration");
    match duration.subsec_nanos() {
        0 => format!("Duration::from_secs({})", grouped(duration.as_secs())),
        _ => format!("Duration::from_millis({})", grouped(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))),
    }
}

/// A number with its thousands apart, as clippy likes to read it.
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
