//! The vendor field `x-error-envelope`, in the root of a contract and in an error schema.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::Node;
use crate::model::schema::{ErrorPointer, ErrorPointers, ErrorRole};
use crate::source::{Sources, Span, Spanned};

use super::builder::Builder;

/// The fields of `x-error-envelope`, each with the part of a problem that it stands for, such as the message.
const FIELDS: [(&str, ErrorRole); 12] = [
    ("code", ErrorRole::Code),
    ("status", ErrorRole::Status),
    ("message", ErrorRole::Message),
    ("title", ErrorRole::Title),
    ("type", ErrorRole::Type),
    ("instance", ErrorRole::Instance),
    ("details", ErrorRole::Details),
    ("requestId", ErrorRole::RequestId),
    ("timestamp", ErrorRole::Timestamp),
    ("field", ErrorRole::Field),
    ("pointer", ErrorRole::Pointer),
    ("location", ErrorRole::Location),
];

/// The place in which the pointers into an error schema are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorEnvelopeForm {
    /// The pointers are the value of `x-error-envelope` in a contract.
    Contract,
    /// The pointers are the table `error_envelope` in a settings file.
    Settings,
}

impl ErrorEnvelopeForm {
    fn name(self) -> &'static str {
        match self {
            ErrorEnvelopeForm::Contract => "x-error-envelope",
            ErrorEnvelopeForm::Settings => "error_envelope",
        }
    }

    fn example(self) -> &'static str {
        match self {
            ErrorEnvelopeForm::Contract => "example: `x-error-envelope: { code: /code, message: /message }`",
            ErrorEnvelopeForm::Settings => "example: `error_envelope = { code = \"/code\", message = \"/message\" }`",
        }
    }
}

impl Builder<'_, '_> {
    /// Returns the pointers that `x-error-envelope` of a schema declares, if they are valid.
    pub(super) fn error_pointers(&mut self, written: &Node) -> Option<ErrorPointers> {
        read_error_pointers(written, ErrorEnvelopeForm::Contract, &self.document.sources, self.diagnostics)
    }
}

/// Parses the pointers into an error schema: the value of `x-error-envelope`, or a table of the settings.
///
/// Reports each mistake, and returns `None` if the value is not an object.
pub fn read_error_pointers(
    node: &Node,
    form: ErrorEnvelopeForm,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<ErrorPointers> {
    let (field, example) = (form.name(), form.example());
    let error = |span: Span, message: String| Diagnostic::error("bad-envelope", span, message);
    let Some(object) = node.as_object() else {
        let message = format!("`{field}` must be an object, not {}", node.kind_name());
        diagnostics.push(error(node.span, message).label("expected an object").help(example));
        return None;
    };
    let mut pointers = Vec::new();
    let mut mistakes = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !key.name.starts_with("x-")) {
        let Some((_, role)) = FIELDS.iter().find(|(name, _)| *name == key.name) else {
            let report = error(key.span, format!("`{field}` has no field `{}`", key.name)).label("unknown field");
            mistakes.push(match closest(&key.name, FIELDS.iter().map(|(name, _)| *name)) {
                Some(close) => report.suggest(sources.inside_quotes(key.span), close),
                None => report.help(format!("the fields are `{}`", FIELDS.map(|(name, _)| name).join("`, `"))),
            });
            continue;
        };
        match value.as_str() {
            Some(pointer) if pointer.starts_with('/') => {
                let pointer = Spanned { value: pointer.to_owned(), span: value.span };
                pointers.push(ErrorPointer { role: *role, pointer });
            }
            text => {
                let message = format!("`{}` of `{field}` must be a JSON pointer such as `/error/code`", key.name);
                let report = error(value.span, message).label("must begin with `/`");
                mistakes.push(match text {
                    Some(text) => report.suggest(sources.inside_quotes(value.span), format!("/{text}")),
                    None => report,
                });
            }
        }
    }
    if mistakes.is_empty() && !object.contains_key("message") {
        mistakes.push(
            error(node.span, format!("`{field}` needs `message`"))
                .label("`message` is missing: the pointer to the text of the error")
                .help(example),
        );
    }
    mistakes.into_iter().for_each(|mistake| diagnostics.push(mistake));
    Some(ErrorPointers { span: node.span, pointers })
}
