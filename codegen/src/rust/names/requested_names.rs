//! The check of Rust names that the contract or the settings request: each must be a valid identifier for its item.

use std::collections::HashSet;

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::Contract;
use writ_contract::model::schema::Kind;
use writ_contract::source::{Sources, Span, Spanned};

use crate::rust::names::ident::{type_name, value_name};

/// The kind of Rust item that a requested name is for.
#[derive(Clone, Copy)]
enum NameKind {
    Type,
    Trait,
    Method,
    Field,
}

/// Reports every requested Rust name that is not a valid identifier for its kind of item.
pub fn check(contract: &Contract, sources: &Sources, diagnostics: &mut Diagnostics) {
    let mut names: Vec<(&Spanned<String>, NameKind)> = Vec::new();
    let mut fields: HashSet<Span> = HashSet::new();
    for id in contract.schemas.ids() {
        let Kind::Object(object) = &contract.schemas.get(id).kind else { continue };
        for own in object.properties.iter().filter_map(|property| property.rust_name.as_ref()) {
            fields.insert(own.span);
            names.push((own, NameKind::Field));
        }
    }
    for id in contract.schemas.ids() {
        let schema = contract.schemas.get(id);
        // A name that is requested for a field does not name the field's type, unless the schema is also a component.
        if let Some(own) =
            schema.rust_name.as_ref().filter(|own| schema.component.is_some() || !fields.contains(&own.span))
        {
            names.push((own, NameKind::Type));
        }
    }
    for tag in &contract.tags {
        names.extend(tag.rust_name.as_ref().map(|own| (own, NameKind::Trait)));
    }
    for operation in &contract.operations {
        names.extend(operation.rust_name.as_ref().map(|own| (own, NameKind::Method)));
        let parameters = operation.parameters.iter().filter_map(|parameter| parameter.rust_name.as_ref());
        names.extend(parameters.map(|own| (own, NameKind::Field)));
    }
    let mut reported = HashSet::new();
    for (own, kind) in names {
        let wanted = kind.spelled(&own.value);
        if own.value == wanted || !reported.insert(own.span) {
            continue;
        }
        let message = format!("`{}` cannot be {}", own.value, kind.described());
        let problem = Diagnostic::error("bad-rust-name", own.span, message).label("not a valid name");
        diagnostics.push(problem.suggest(sources.inside_quotes(own.span), wanted));
    }
}

impl NameKind {
    /// Returns a requested name as Rust spells it for this kind of item. Keywords may be written without `r#`.
    fn spelled(self, text: &str) -> String {
        match self {
            NameKind::Type | NameKind::Trait => type_name(text),
            NameKind::Method | NameKind::Field => {
                let name = value_name(text);
                name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
            }
        }
    }

    /// Returns a description of this kind of name for messages, with an example of its spelling.
    fn described(self) -> &'static str {
        match self {
            NameKind::Type => "the name of a type, which is written `LikeThis`",
            NameKind::Trait => "the name of a trait, which is written `LikeThis`",
            NameKind::Method => "the name of a method, which is written `like_this`",
            NameKind::Field => "the name of a field, which is written `like_this`",
        }
    }
}
