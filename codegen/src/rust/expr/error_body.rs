//! Generated data of error bodies: the templates of the contract's error schemas as expressions.

use std::collections::{BTreeSet, HashMap};

use writ_contract::model::Contract;
use writ_contract::model::envelope::{
    ErrorBody, ErrorChoice, ErrorContent, ErrorMember, ErrorText, ErrorValue, Errors, problem_violations,
};
use writ_contract::model::operation::{Operation, Status};

use crate::rust::code::{Code, literal};
use crate::rust::mention::{contract as contract_path, runtime};

/// The error bodies of a contract that generated code contains, in the order of the generated array.
#[derive(Debug, Default)]
pub struct ErrorBodies {
    /// The indices of the bodies in the model.
    order: Vec<usize>,
    /// The indices of the bodies in the model that a conversion of the implementer creates.
    converted: Vec<usize>,
    /// For each body of the model, the index of the first body that is equal apart from its schema; `None` for RFC 9457
    /// problem details, which the runtime contains.
    first: Vec<Option<usize>>,
}

/// An entry of an operation's list of error bodies: the lowest and the highest status code, and the index of the body
/// in the model. Without an index, the body is RFC 9457 problem details.
type Entry = (u16, u16, Option<usize>);

impl ErrorBodies {
    /// Returns the error bodies that the refusals of a contract can have.
    pub fn of(contract: &Contract) -> ErrorBodies {
        let converted = contract.converted_errors();
        let mut bodies = ErrorBodies { order: Vec::new(), converted, first: first_equal(&contract.errors) };
        let outgoing = contract.outgoing_calls().map(|outgoing| outgoing.operation);
        let operations = contract.operations.iter().chain(&contract.unselected).chain(outgoing);
        let mut used: BTreeSet<usize> = operations
            .flat_map(|operation| bodies.entries(contract, operation))
            .filter_map(|(.., body)| body)
            .collect();
        used.extend(bodies.own(contract.errors.fallback));
        bodies.order.extend(used);
        bodies
    }

    /// Returns the generated array of bodies, one expression for each.
    pub fn expressions(&self, contract: &Contract) -> Vec<Code> {
        self.order.iter().map(|index| Code::of(self.body(*index, &contract.errors.bodies[*index]))).collect()
    }

    /// Returns the indices of the bodies in the model that a conversion of the implementer creates.
    pub fn converted(&self) -> &[usize] {
        &self.converted
    }

    /// Returns a reference to the body of the contract's error envelope, or `None` if it is RFC 9457 problem details.
    pub fn envelope(&self, contract: &Contract) -> Option<Code> {
        let fallback = self.own(contract.errors.fallback)?;
        Some(Code::of(format!("&{}", self.element("ERROR_BODIES", fallback))))
    }

    /// Returns the error bodies of an operation as expressions of the runtime's `ErrorResponse`. There are none if the
    /// error envelope is the body of every error response.
    pub fn of_operation(&self, contract: &Contract, operation: &Operation) -> Vec<String> {
        let entries = self.entries(contract, operation).into_iter();
        let entry = |(low, high, body): Entry| {
            let body = match body {
                Some(index) => self.element(&contract_path("errors::ERROR_BODIES").to_string(), index),
                None => runtime("PROBLEM_DETAILS").to_string(),
            };
            format!("{} {{ low: {low}, high: {high}, body: &{body} }}", runtime("ErrorResponse"))
        };
        entries.map(entry).collect()
    }

    /// Returns the entries of an operation, without those that repeat what later entries or the envelope say.
    fn entries(&self, contract: &Contract, operation: &Operation) -> Vec<Entry> {
        let (errors, schemas) = (&contract.errors, &contract.schemas);
        let is_usable = |index: &usize| errors.bodies[*index].is_filled() || self.converted.contains(index);
        let declared = errors.declared(operation, schemas).into_iter().filter_map(|(status, body)| {
            let (low, high) = bounds(status);
            Some((low, high, self.own(Some(body.filter(is_usable)?))))
        });
        let mut all: Vec<Entry> = declared.collect();
        all.push((400, 599, self.own(errors.undeclared(operation, schemas))));
        let mut kept: Vec<Entry> = Vec::new();
        let envelope = self.own(errors.fallback);
        for entry in all.into_iter().rev() {
            let resolved = |status: u16| {
                let later = kept.iter().rev().find(|(low, high, _)| (*low..=*high).contains(&status));
                later.map_or(envelope, |(.., body)| *body)
            };
            if (entry.0..=entry.1).any(|status| resolved(status) != entry.2) {
                kept.push(entry);
            }
        }
        kept.reverse();
        kept
    }

    /// Returns the index of the generated body, or `None` if it is RFC 9457 problem details.
    fn own(&self, body: Option<usize>) -> Option<usize> {
        self.first[body?]
    }

    fn element(&self, array: &str, index: usize) -> String {
        let position = self.order.iter().position(|known| *known == index).unwrap_or_default();
        format!("{array}[{position}]")
    }

    /// Returns a body as an expression of the runtime's `ErrorBody`.
    fn body(&self, index: usize, body: &ErrorBody) -> String {
        let content = match &body.content {
            ErrorContent::Json(template) => format!("Json({})", value(template)),
            ErrorContent::Text(template) => format!("Text({})", value(template)),
            ErrorContent::Converted => {
                let number = self.converted.iter().position(|known| *known == index).unwrap_or_default();
                format!("Converted({number})")
            }
        };
        let (name, kind, media_type) = (runtime("ErrorBody"), runtime("ErrorContent"), literal(&body.media_type));
        format!("{name} {{ media_type: {media_type}, content: {kind}::{content} }}")
    }
}

/// Returns for each body the index of the first equal one, or `None` if it is RFC 9457 problem details.
fn first_equal(errors: &Errors) -> Vec<Option<usize>> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let indices = errors.bodies.iter().enumerate().map(|(index, body)| match &body.content {
        _ if body.is_problem_details() => None,
        ErrorContent::Converted => Some(index),
        content => Some(*known.entry(format!("{} {content:?}", body.media_type)).or_insert(index)),
    });
    indices.collect()
}

fn bounds(status: Status) -> (u16, u16) {
    match status {
        Status::Code(code) => (code, code),
        Status::Range(digit) => (u16::from(digit) * 100, u16::from(digit) * 100 + 99),
        Status::Default => (400, 599),
    }
}

/// Returns a value of a template as an expression of the runtime's `ErrorValue`.
fn value(template: &ErrorValue) -> String {
    let name = runtime("ErrorValue");
    if let ErrorValue::Object(members) = template {
        let members: Vec<String> = members.iter().map(member).collect();
        return format!("{name}::Object(&[{}])", members.join(", "));
    }
    let variant = match template {
        ErrorValue::Constant(constant) => format!("Constant({})", literal(&constant.to_string())),
        ErrorValue::Text(slot, None) => format!("Text({})", text(*slot)),
        ErrorValue::Text(slot, Some(max)) => format!("Limited({}, {max})", text(*slot)),
        ErrorValue::Choice(of) => format!("Choice(&{})", choice(of)),
        ErrorValue::List(_) if *template == problem_violations() => format!("List(&{})", runtime("PROBLEM_VIOLATIONS")),
        ErrorValue::List(list) => {
            let max = list.max.map_or_else(|| "usize::MAX".to_owned(), |max| max.to_string());
            let (list_name, item, or_problem) = (runtime("ErrorList"), value(&list.item), list.or_problem);
            format!("List(&{list_name} {{ item: {item}, max: {max}, or_problem: {or_problem} }})")
        }
        unit => format!("{unit:?}"),
    };
    format!("{name}::{variant}")
}

fn member(member: &ErrorMember) -> String {
    let kind = if member.required { "Required" } else { "Optional" };
    format!("{}::{kind}({}, {})", runtime("ErrorMember"), literal(&member.name), value(&member.value))
}

fn text(text: ErrorText) -> String {
    format!("{}::{text:?}", runtime("ErrorText"))
}

fn choice(choice: &ErrorChoice) -> String {
    let ErrorChoice { values, strings, by_code, statuses, client, server } = choice;
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    format!(
        "{} {{ values: &[{}], strings: {strings}, by_code: {by_code}, statuses: &{statuses:?}, client: {client}, server: {server} }}",
        runtime("ErrorChoice"),
        values.join(", ")
    )
}
