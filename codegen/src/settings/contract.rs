//! The settings that decide what a contract leaves open, for the complete contract, for one schema and for one operation.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::document::Node;
use writ_contract::model::{
    Enums, ErrorEnvelopeForm, OperationOptions, Options, SchemaOptions, UnknownFields, read_error_pointers,
};
use writ_contract::source::{Sources, Spanned};

use super::fields::Fields;

/// The nested tables of these settings, which are read after the table of all settings.
pub(super) struct Nested<'a> {
    error_envelope: Option<&'a Node>,
    schemas: Vec<(Spanned<String>, &'a Node)>,
    operations: Vec<(Spanned<String>, &'a Node)>,
}

/// Reads the settings for the complete contract into `options`, and returns the nested tables.
pub(super) fn read<'a>(fields: &mut Fields<'a, '_>, options: &mut Options) -> Nested<'a> {
    options.body_limit = fields.size("body_limit");
    options.unknown_fields = fields.choice("unknown_fields", &UnknownFields::NAMES).unwrap_or_default();
    options.enums = fields.choice("enums", &Enums::NAMES).unwrap_or_default();
    options.unchecked_formats = fields.words("unchecked_formats");
    Nested {
        error_envelope: fields.whole("error_envelope"),
        schemas: fields.table("schemas"),
        operations: fields.table("operations"),
    }
}

impl<'a> Nested<'a> {
    /// Reads the nested tables into `options`.
    pub(super) fn finish(self, sources: &'a Sources, diagnostics: &mut Diagnostics, options: &mut Options) {
        options.error_envelope =
            self.error_envelope.and_then(|node| read_error_pointers(node, FORM, sources, diagnostics));
        options.schemas = each(self.schemas, sources, diagnostics, |fields| {
            let own = SchemaOptions {
                unknown_fields: fields.choice("unknown_fields", &UnknownFields::NAMES),
                enums: fields.choice("enums", &Enums::NAMES),
                error_envelope: None,
            };
            (own, fields.whole("error_envelope"))
        })
        .into_iter()
        .map(|(name, (own, envelope))| {
            let error_envelope = envelope.and_then(|node| read_error_pointers(node, FORM, sources, diagnostics));
            (name, SchemaOptions { error_envelope, ..own })
        })
        .collect();
        options.operations = each(self.operations, sources, diagnostics, |fields| OperationOptions {
            body_limit: fields.size("body_limit"),
        });
    }
}

/// The form of pointers into error schemas in settings.
const FORM: ErrorEnvelopeForm = ErrorEnvelopeForm::Settings;

/// Reads a table whose entries are tables of settings, each for a schema or an operation.
fn each<'a, T>(
    entries: Vec<(Spanned<String>, &'a Node)>,
    sources: &'a Sources,
    diagnostics: &mut Diagnostics,
    read: impl Fn(&mut Fields<'a, '_>) -> T,
) -> Vec<(Spanned<String>, T)> {
    let mut all = Vec::new();
    for (name, node) in entries {
        let mut fields = Fields::new(node, sources, diagnostics);
        if node.as_object().is_none() {
            fields.wrong(node, &name.value, "a table");
            continue;
        }
        let own = read(&mut fields);
        fields.finish(&format!("the settings of `{}`", name.value));
        all.push((name, own));
    }
    all
}
