//! Names that a contract or its settings ask for: each must be one that Rust takes at its place.

use std::collections::HashSet;

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::Contract;
use writ_contract::model::schema::Kind;
use writ_contract::source::{Sources, Span, Spanned};

use crate::rust::names::ident::{type_name, value_name};

/// What a name is to be of.
#[derive(Clone, Copy)]
enum NameKind {
    Type,
    Trait,
    Method,
    Field,
}

/// Reports every name that is asked for and that cannot stand.
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
        // What names the field says nothing of the type, unless the schema is a component as well.
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
    let mut told = HashSet::new();
    for (own, place) in names {
        let wanted = place.spelled(&own.value);
        if own.value == wanted || !told.insert(own.span) {
            continue;
        }
        let message = format!("`{}` cannot be {}", own.value, place.described());
        let problem = Diagnostic::error("bad-rust-name", own.span, message).label("not a valid name");
        diagnostics.push(problem.suggest(sources.inside_quotes(own.span), wanted));
    }
}

impl NameKind {
    /// The name as Rust spells it here; keywords may be written plainly.
    fn spelled(self, text: &str) -> String {
        match self {
            NameKind::Type | NameKind::Trait => type_name(text),
            NameKind::Method | NameKind::Field => {
                let name = value_name(text);
                name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
            }
        }
    }

    fn described(self) -> &'static str {
        match self {
            NameKind::Type => "the name of a type, which is written `LikeThis`",
            NameKind::Trait => "the name of a trait, which is written `LikeThis`",
            NameKind::Method => "the name of a method, which is written `like_this`",
            NameKind::Field => "the name of a field, which is written `like_this`",
        }
    }
}
