//! The `format` of string schemas: its meaning, and reports of unknown formats.

use crate::model::schema::Format;
use crate::source::Span;

use super::builder::Builder;

/// The string formats that are typed or checked.
const KNOWN: &[&str] = &[
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "email",
    "uri",
    "uri-reference",
    "hostname",
    "ipv4",
    "ipv6",
    "byte",
    "binary",
    "decimal",
    "password",
];

impl Builder<'_, '_> {
    /// Returns the format of a string schema by its name, and reports an unknown name.
    pub(super) fn format(&mut self, name: &str, span: Span) -> Format {
        match name {
            // `byte` and `binary` decide the type, so they apply even if formats are not checked.
            "byte" => Format::Byte,
            "binary" => Format::Binary,
            _ if !self.check_formats => Format::Plain,
            "date-time" | "datetime" => Format::DateTime,
            "date" => Format::Date,
            "time" => Format::Time,
            "duration" => Format::Duration,
            "uuid" => Format::Uuid,
            "email" => Format::Email,
            "uri" | "url" => Format::Uri,
            "uri-reference" => Format::UriReference,
            "hostname" => Format::Hostname,
            "ipv4" => Format::Ipv4,
            "ipv6" => Format::Ipv6,
            "decimal" => Format::Decimal,
            "password" | "string" => Format::Plain,
            other => {
                self.unknown_format(other, span, KNOWN);
                Format::Plain
            }
        }
    }

    /// Reports an unknown `format`, with the nearest known one as a suggestion.
    pub(super) fn unknown_format(&mut self, name: &str, span: Span, known: &[&str]) {
        let report = self.remark("unknown-format", span, format!("unknown format `{name}`")).label("not checked");
        self.report(match crate::diagnostic::closest(name, known.iter().copied()) {
            Some(close) => report.suggest(self.document.sources.inside_quotes(span), close),
            None => report
                .note("the values are accepted without a check of their format")
                .help(format!("supported formats: {}", known.join(", "))),
        });
    }
}
