//! The reading of `x-versions` in the root of a contract, field by field, so that each mistake is reported at its location.

use chrono::{DateTime, NaiveDate, NaiveTime};

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::{Key, Node};
use crate::model::Operation;
use crate::model::operation::ParameterLocation;
use crate::model::versions::{VersionDates, Versions, version_number};
use crate::source::{Sources, Span, Spanned};

const FIELD: &str = "x-versions";
const FIELDS: [&str; 3] = ["default", "mediaType", "parameter"];
const EXAMPLE: &str = "example: `x-versions: { default: v2, v1: { deprecated: 2026-11-01, sunset: 2027-11-01 } }`";

/// Reads `x-versions` of a contract, and reports mistakes in it.
///
/// Returns `None` if the contract does not declare versions, or if the default is missing.
pub(super) fn read(
    root: &Node,
    operations: &[Operation],
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Versions> {
    let node = root.get(FIELD)?;
    let mut reader = Reader { sources, diagnostics };
    let Some(object) = node.as_object() else {
        let message = format!("`{FIELD}` must be an object, not {}", node.kind_name());
        reader.report(node.span, message, "expected an object", EXAMPLE);
        return None;
    };
    let mut dates = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !FIELDS.contains(&key.name.as_str())) {
        match version_number(&key.name) {
            Some(_) => dates.extend(reader.dates(key, value)),
            None if key.name.starts_with("x-") => {}
            None => reader.unknown(key, &FIELDS, "the fields are `default`, `mediaType`, `parameter` and the versions"),
        }
    }
    let default = match node.get("default") {
        None => {
            reader.report(node.span, format!("`{FIELD}` needs `default`"), "`default` is missing", EXAMPLE);
            None
        }
        Some(value) => {
            reader.text(value, "default", "the name of a version such as `v2`", |text| version_number(text).is_some())
        }
    };
    let media_type = node.get("mediaType").and_then(|value| {
        reader.text(value, "mediaType", "a media type in lower case such as `application/vnd.api+json`", is_media_type)
    });
    let parameter = node.get("parameter").and_then(|value| {
        reader.text(value, "parameter", "the name of a query parameter such as `version`", is_parameter_name)
    });
    let text = |found: Option<Spanned<String>>, usual: &str| found.map_or(usual.to_owned(), |found| found.value);
    let versions = Versions {
        span: node.span,
        default: default?,
        media_type: text(media_type, Versions::MEDIA_TYPE),
        parameter: text(parameter, Versions::PARAMETER),
        dates,
    };
    report_parameters(operations, &versions.parameter, diagnostics);
    Some(versions)
}

/// Reports each query parameter of an operation that has the name of the parameter for the version.
fn report_parameters(operations: &[Operation], name: &str, diagnostics: &mut Diagnostics) {
    let parameters = operations.iter().flat_map(|operation| &operation.parameters);
    for parameter in parameters.filter(|it| it.location == ParameterLocation::Query && it.name == name) {
        let message =
            format!("the query parameter `{name}` selects the version of the API, so no operation receives it");
        diagnostics.push(
            Diagnostic::error("bad-versions", parameter.span, message).label("has the name of that parameter").help(
                format!("choose another name here, or for the version: `{FIELD}: {{ parameter: apiVersion, … }}`"),
            ),
        );
    }
}

struct Reader<'a> {
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn report(&mut self, span: Span, message: String, label: &str, help: &str) {
        self.diagnostics.push(Diagnostic::error("bad-versions", span, message).label(label).help(help));
    }

    fn unknown(&mut self, key: &Key, known: &[&str], help: &str) {
        let problem = Diagnostic::error("bad-versions", key.span, format!("`{FIELD}` has no field `{}`", key.name))
            .label("unknown field");
        self.diagnostics.push(match closest(&key.name, known.iter().copied()) {
            Some(close) => problem.suggest(self.sources.inside_quotes(key.span), close),
            None => problem.help(help),
        });
    }

    fn text(&mut self, node: &Node, name: &str, expected: &str, valid: fn(&str) -> bool) -> Option<Spanned<String>> {
        let found = node.as_spanned_str().filter(|text| valid(&text.value));
        if found.is_none() {
            let message = format!("`{name}` of `{FIELD}` must be {expected}");
            self.report(node.span, message, "not valid", EXAMPLE);
        }
        found
    }

    /// Reads the dates of one version.
    fn dates(&mut self, key: &Key, node: &Node) -> Option<VersionDates> {
        let Some(object) = node.as_object() else {
            let message =
                format!("the version `{}` of `{FIELD}` must be an object with `deprecated` or `sunset`", key.name);
            self.report(node.span, message, "expected an object", EXAMPLE);
            return None;
        };
        for (unknown, _) in object.iter().filter(|(key, _)| !key.name.starts_with("x-")) {
            if !["deprecated", "sunset"].contains(&unknown.name.as_str()) {
                self.unknown(unknown, &["deprecated", "sunset"], "a version has the fields `deprecated` and `sunset`");
            }
        }
        let deprecated = self.time(node, "deprecated");
        let sunset = self.time(node, "sunset");
        if let (Some(deprecated), Some(sunset)) = (&deprecated, &sunset)
            && sunset.value < deprecated.value
        {
            let message = format!("the sunset of the version `{}` is before its deprecation", key.name);
            self.diagnostics.push(
                Diagnostic::error("bad-versions", sunset.span, message)
                    .label("before the deprecation")
                    .also(deprecated.span, "the deprecation")
                    .help(
                        "callers learn of the end of a version after they learn that it is deprecated (RFC 9745 § 4)",
                    ),
            );
        }
        let name = Spanned { value: key.name.clone(), span: key.span };
        Some(VersionDates { name, deprecated: deprecated.map(|it| it.value), sunset: sunset.map(|it| it.value) })
    }

    fn time(&mut self, version: &Node, name: &str) -> Option<Spanned<i64>> {
        let node = version.get(name)?;
        let seconds = node.as_str().and_then(seconds);
        if seconds.is_none() {
            let message = format!("`{name}` must be a date such as `2026-11-01`, or a date and time with its offset");
            self.report(node.span, message, "not a date", "example: `2026-11-01T00:00:00Z` (RFC 3339)");
        }
        seconds.map(|value| Spanned { value, span: node.span })
    }
}

/// Parses a date, which means its midnight in UTC, or a date and time (RFC 3339). Returns the seconds since
/// 1970-01-01T00:00:00Z. The year has four digits, as in the header `Sunset`.
fn seconds(text: &str) -> Option<i64> {
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == "2026-11-01".len());
    let at = match date() {
        Some(date) => date.and_time(NaiveTime::MIN).and_utc().timestamp(),
        None => DateTime::parse_from_rfc3339(text).ok()?.timestamp(),
    };
    text.as_bytes().first().is_some_and(u8::is_ascii_digit).then_some(at)
}

/// Returns true if a media type can name a JSON format in `Accept`: `type/subtype` in lower case, without parameters.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&^_.+-".contains(&byte);
        !part.is_empty() && part.bytes().all(letter)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        && text != "application/json"
}

fn is_parameter_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_date_or_a_date_and_time() {
        assert_eq!(seconds("2026-11-01"), Some(1_793_491_200));
        assert_eq!(seconds("2026-11-01T00:00:00Z"), Some(1_793_491_200));
        assert_eq!(seconds("2026-11-01T02:00:00+02:00"), Some(1_793_491_200));
        for other in ["", "2026-11", "2026-11-1", "2026-13-01", "+2026-11-01", "2026-11-01T00:00:00", "tomorrow"] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }

    #[test]
    fn a_media_type_has_no_parameters_and_is_not_that_of_the_contract() {
        assert!(is_media_type("application/vnd.api+json"));
        for other in ["application/json", "Application/x", "application/*", "application/", "json", "a/b;c=d", "a/b/c"]
        {
            assert!(!is_media_type(other), "{other}");
        }
    }
}
