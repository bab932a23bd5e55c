//! The generated code that writes and reads an error in the error envelope, the error schema of the contract.

use std::collections::BTreeSet;

use writ_contract::model::envelope::{EnvelopeField, Role};
use writ_contract::model::schema::{Kind, Schemas};
use writ_contract::model::{Contract, Envelope, SchemaId};

use crate::rust::code::{Code, literal};

/// The body of the generated function that writes an error in the error schema of the contract.
#[derive(Debug, Default)]
pub struct EnvelopeWriter {
    /// The statements of the function, which use the variables `problem` and `request_id` and the writer `w`;
    /// empty if errors are RFC 9457 problems.
    pub statements: Vec<Code>,
    /// True if a statement of the function uses the variable `request_id`.
    pub uses_request_id: bool,
}

/// Returns the body of the generated function that writes an error in the error envelope of the contract.
pub fn envelope_writer(contract: &Contract) -> EnvelopeWriter {
    let mut writer = EnvelopeWriter::default();
    let Envelope::Own { schema, fields, .. } = &contract.envelope else { return writer };
    let fields: Vec<(Role, &[String])> =
        fields.iter().map(|field: &EnvelopeField| (field.role, field.path.as_slice())).collect();
    object(&contract.schemas, *schema, &fields, &mut writer);
    writer
}

/// Returns the fields of the runtime's `client::Envelope`, by which a client reads an error; empty if errors
/// are RFC 9457 problems.
pub fn envelope_fields(contract: &Contract) -> Vec<Code> {
    let Envelope::Own { schema, fields, .. } = &contract.envelope else { return Vec::new() };
    let find = |role: Role| fields.iter().find(|field| field.role == role).map(|field| field.path.as_slice());
    let steps = |path: Option<&[String]>| {
        let steps: Vec<String> = path.unwrap_or_default().iter().map(|step| literal(step)).collect();
        format!("&[{}]", steps.join(", "))
    };
    let details = find(Role::Details);
    let mut here = *schema;
    for step in details.unwrap_or_default() {
        let Kind::Object(object) = contract.schemas.kind(here) else { break };
        let Some(property) = object.properties.iter().find(|property| property.name == *step) else { break };
        here = property.schema;
    }
    let (field, message) = detail_names(&contract.schemas, contract.schemas.kind(here));
    let view = [
        format!("code: {}", steps(find(Role::Code).or_else(|| find(Role::Status)))),
        format!("message: {}", steps(find(Role::Message))),
        format!("details: {}", steps(details)),
        format!("detail: ({}, {})", literal(&field), literal(&message)),
        format!("request_id: {}", steps(find(Role::RequestId))),
    ];
    view.into_iter().map(Code::from).collect()
}

/// Adds the statements that write an object of the error envelope.
fn object(schemas: &Schemas, schema: SchemaId, fields: &[(Role, &[String])], writer: &mut EnvelopeWriter) {
    let Kind::Object(shape) = schemas.kind(schema) else { return };
    writer.statements.push("w.begin_object();".into());
    for property in &shape.properties {
        let below: Vec<(Role, &[String])> = fields
            .iter()
            .filter(|(_, path)| path.first() == Some(&property.name))
            .map(|(role, path)| (*role, &path[1..]))
            .collect();
        let Some((role, rest)) = below.first() else { continue };
        writer.statements.push(Code::of(format!("w.key({});", literal(&property.name))));
        match rest.is_empty() {
            true => {
                writer.uses_request_id |= *role == Role::RequestId;
                writer.statements.push(value(schemas, *role, property.schema));
            }
            false => object(schemas, property.schema, &below, writer),
        }
    }
    writer.statements.push("w.end_object();".into());
}

/// Returns the statement that writes a value of the error envelope, such as the error code.
fn value(schemas: &Schemas, role: Role, schema: SchemaId) -> Code {
    Code::of(match (role, schemas.kind(schema)) {
        (Role::Code | Role::Status, Kind::Integer(_) | Kind::Number(_)) => {
            "w.uint(u64::from(problem.status.as_u16()));".to_owned()
        }
        (Role::Code | Role::Status, _) => "w.string(&problem.code);".to_owned(),
        (Role::Message, _) => "w.string(&problem.message);".to_owned(),
        (Role::RequestId, _) => "w.string(request_id);".to_owned(),
        (Role::Details, kind) => {
            let (field, message) = detail_names(schemas, kind);
            format!("problem.write_details(w, {}, {});", literal(&field), literal(&message))
        }
    })
}

/// Returns the property names of a violation in the error envelope: the property for the violating field, and
/// the property for the message.
fn detail_names(schemas: &Schemas, kind: &Kind) -> (String, String) {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    if let Kind::Array(array) = kind
        && let Kind::Object(element) = schemas.kind(array.items)
    {
        names.extend(element.properties.iter().map(|property| property.name.as_str()));
    }
    let field = pick(&names, &["field", "path", "pointer", "name", "property", "location"]).unwrap_or("field");
    let message = pick(&names, &["message", "detail", "description", "reason", "error", "issue"]).unwrap_or("message");
    (field.to_owned(), message.to_owned())
}

/// Returns the first of the candidate property names that the error schema has.
fn pick(names: &BTreeSet<&str>, wanted: &[&'static str]) -> Option<&'static str> {
    wanted.iter().find(|name| names.contains(**name)).copied()
}
