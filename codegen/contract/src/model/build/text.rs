//! The `format` of string schemas: its meaning, and reports of unknown formats.

use crate::diagnostic::Diagnostic;
use crate::model::schema::Format;
use crate::source::Span;

use super::builder::Builder;
use super::numbers::{INTEGERS, NUMBERS};

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
    /// Returns the format of a string schema by its name, and records an unknown name.
    pub(super) fn format(&mut self, name: &str, span: Span) -> Format {
        let known = named(name);
        match known {
            Some(_) => self.known_format(span),
            None if self.check_formats => self.unknown_format(name, span, KNOWN),
            None => {}
        }
        // `byte` and `binary` decide the type, so they apply even if formats are not checked.
        known.filter(|format| self.check_formats || matches!(format, Format::Byte | Format::Binary)).unwrap_or_default()
    }

    /// Records that a `format` is typed or checked, in a schema of a type that it applies to.
    pub(super) fn known_format(&mut self, span: Span) {
        self.formats.insert(span, None);
    }

    /// Records an unknown `format`, with the nearest known one as a suggestion.
    ///
    /// A schema with several types applies its format to each, and usually only one of them knows it. So the report
    /// follows at the end of the build.
    pub(super) fn unknown_format(&mut self, name: &str, span: Span, known: &[&str]) {
        if self.formats.contains_key(&span) {
            return;
        }
        let report = self.remark("unknown-format", span, format!("unknown format `{name}`")).label("not checked");
        let report = match crate::diagnostic::closest(name, known.iter().copied()) {
            Some(close) => report.suggest(self.document.sources.inside_quotes(span), close),
            None => report
                .note("the values are accepted without a check of their format")
                .help(format!("supported formats: {}", known.join(", "))),
        };
        self.formats.insert(span, Some(report));
    }

    /// Records the `format` of a schema without a type, of which only the formats of strings are checked.
    pub(super) fn untyped_format(&mut self, name: &str, span: Span) {
        // `decimal` is a format of strings too.
        if named(name).is_some() || !(INTEGERS.contains(&name) || NUMBERS.contains(&name)) {
            self.format(name, span);
            return;
        }
        let message = format!("`{name}` is a format of numbers, but this schema declares no type");
        let report = Diagnostic::info("untyped-format", span, message).label("not checked");
        self.formats.entry(span).or_insert(Some(report.help("declare the `type` of the schema")));
    }

    /// Reports the formats that no schema knows.
    pub(super) fn report_formats(&mut self) {
        let reports: Vec<Diagnostic> = std::mem::take(&mut self.formats).into_values().flatten().collect();
        reports.into_iter().for_each(|report| self.report(report));
    }
}

/// Returns a string format by its name; `None` for an unknown one.
fn named(name: &str) -> Option<Format> {
    Some(match name {
        "byte" => Format::Byte,
        "binary" => Format::Binary,
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
        _ => return None,
    })
}
