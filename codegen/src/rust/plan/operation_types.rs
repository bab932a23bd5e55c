//! The declaration of the types of an operation's parameters, bodies and response headers.

use writ_contract::model::envelope::is_error;
use writ_contract::model::operation::{ContentKind, Operation, Status};
use writ_contract::model::parts::{PartKind, parts};

use crate::rust::names::ident::type_name;
use crate::rust::names::media::media_name;
use crate::rust::names::status::variant;
use crate::rust::plan::declarations::Declarations;

/// Declares the Rust types of the schemas in the requests and responses of an operation.
pub fn declare_operation(declarations: &mut Declarations<'_, '_>, operation: &Operation) {
    let contract = declarations.plan.contract;
    let base = type_name(operation.name());
    let (request, returned) = (operation.request_direction(), operation.response_direction());
    for parameter in &operation.parameters {
        let name = type_name(&parameter.name);
        let candidates = [format!("{base}{name}"), format!("{base}{name}Parameter")];
        if parameter.sort {
            continue;
        }
        declarations.declare(parameter.schema, request, &candidates);
    }
    for content in operation.body.iter().flat_map(|body| &body.content) {
        if let Some(parts) = parts(content, &contract.schemas) {
            for part in parts.named.iter().chain(&parts.rest).filter(|part| part.kind != PartKind::File) {
                let name = if part.name.is_empty() { "Additional".to_owned() } else { type_name(part.name) };
                let item = if part.list.is_some() { "Item" } else { "" };
                let candidates = [format!("{base}{name}{item}"), format!("{base}{name}Part{item}")];
                declarations.declare(part.schema, request, &candidates);
            }
            for header in content.encoding.iter().flat_map(|encoding| &encoding.headers) {
                let candidates = [format!("{base}{}", type_name(&header.name))];
                declarations.declare(header.schema, request, &candidates);
            }
            continue;
        }
        if let Some(schema) = content.value_schema().filter(|_| content.kind != ContentKind::Binary) {
            let word = if content.items.is_some() { "Item" } else { "Body" };
            declarations.declare(schema, request, &[format!("{base}{word}"), format!("{base}Request{word}")]);
        }
    }
    for header in operation.response_headers() {
        let name = type_name(&header.name);
        let candidates = [format!("{base}{name}"), format!("{base}{name}Header")];
        declarations.declare(header.schema, returned, &candidates);
    }
    for response in &operation.responses {
        let refusal = is_error(response, operation);
        for content in &response.content {
            if refusal && contract.errors.is_envelope(content, &contract.schemas) {
                continue;
            }
            let Some(schema) = content.value_schema() else { continue };
            let role = match response.status {
                Status::Code(code) if code < 300 => String::new(),
                Status::Code(code) => variant(code),
                Status::Range(digit) => format!("{digit}xx"),
                Status::Default => "Default".to_owned(),
            };
            let suffix = match (response.content.len(), role.is_empty()) {
                (1, true) => "Result".to_owned(),
                (1, false) => format!("{role}Body"),
                // The enum of all response bodies has the shorter name, so the media type distinguishes the
                // types of the individual bodies.
                _ => format!("{role}{}", media_name(content)),
            };
            declarations.declare(schema, returned, &[format!("{base}{suffix}"), format!("{base}{suffix}Body")]);
        }
    }
}
