//! The check of the entries of an OpenAPI object: unknown fields, missing fields, and fields of another version.

use super::Checker;
use super::advice::{BODY_BY_MEDIA_TYPE, example, instead};
use super::described::is_schema_keyword;
use super::foreign::foreign;
use super::values::DOCUMENTATION;
use crate::diagnostic::{Diagnostic, Nearness, nearest};
use crate::document::grammar::{Field, Pattern, Presence, Rule, Since};
use crate::document::node::{Key, Object};
use crate::document::version::Version;
use crate::source::Span;

impl Checker<'_, '_> {
    /// Reports a field that the grammar of an OpenAPI object does not know.
    pub(super) fn unknown(&mut self, rule: &Rule, key: &Key) {
        let vendor = key.name.starts_with("X-") && self.misspelt_extension(rule, key);
        if vendor || is_schema_keyword(rule, &key.name, self.document.version()) {
            return;
        }
        if let Some(foreign) = foreign(rule, &key.name, self.document.version()) {
            self.foreign(rule, key, foreign);
            return;
        }
        if let Some(pattern) = &rule.pattern {
            self.without_form(rule, pattern, key);
            return;
        }
        let message = format!("unknown field `{}` in {}", key.name, rule.name);
        let similar = nearest(&key.name, rule.names(self.document.version()));
        let slip = match similar {
            // A misspelt field for documentation changes no code.
            Some((name, Nearness::Same | Nearness::Slip)) => !DOCUMENTATION.contains(&name),
            _ => is_body_schema(rule, &key.name),
        };
        // JSON Schema allows unknown keywords in a schema of 3.1.
        let free = rule.keywords && self.document.version() >= Version::V31;
        let problem =
            self.lax(slip && !free, "unknown-field", key.span, message).label(format!("not a field of {}", rule.name));
        self.report(match similar {
            Some((name, _)) => problem.suggest(self.inside_quotes(key.span), name),
            None => problem.help(match (rule.name, key.name.as_str()) {
                ("a response" | "a request body", "schema") => BODY_BY_MEDIA_TYPE,
                // In YAML, a comma ends the value of a field within `{ }`.
                (_, name) if name.contains(' ') => {
                    "if this is a part of the text before it, put the whole text in quotes"
                }
                _ => "remove the field, or begin the name of a custom field with `x-`",
            }),
        });
    }

    /// Reports an entry whose name lacks the form that its OpenAPI object requires, such as the status code `600`.
    ///
    /// This is always an error, since the value of the entry would be lost.
    fn without_form(&mut self, rule: &Rule, pattern: &Pattern, key: &Key) {
        let message = format!("`{}` is not {}", key.name, pattern.entry);
        let problem =
            Diagnostic::error("unknown-field", key.span, message).label(format!("{} {}", pattern.entry, pattern.form));
        let near = || nearest(&key.name, rule.names(self.document.version())).map(|(name, _)| name.to_owned());
        self.report(match near() {
            Some(name) => problem.suggest(self.inside_quotes(key.span), name),
            None if pattern.entry == "a status code" => problem,
            None => problem.help("the name of a custom field begins with `x-`"),
        });
    }

    /// Reports a field that an OpenAPI object has only in another version of OpenAPI.
    pub(super) fn other_version(&mut self, rule: &Rule, field: &Field, key: &Key) {
        if field.since == Since::V32 {
            return self.read_as_later(key.span, &format!("`{}` is a field", field.name), Version::V32);
        }
        let (name, since) = (field.name, field.since);
        let (theirs, ours) = (since.example(), self.document.version());
        let message = format!("`{name}` is a field of {}, but this contract is {}", theirs.name(), ours.name());
        let problem = self.lax(false, "other-version", key.span, message);
        let problem = problem.label(format!("not a field of {} in {}", rule.name, ours.number()));
        let effective = name == "nullable" || since == Since::V30;
        let problem = match effective && !self.strict {
            true => problem.note(format!("treated as in {}", theirs.number())),
            false => problem,
        };
        self.report(match instead(name, None, ours) {
            Some(advice) => problem.help(advice),
            None => problem,
        });
    }

    /// Reports a feature of a later version of OpenAPI in a contract of an earlier one. It has its effect all the same.
    pub(super) fn read_as_later(&mut self, span: Span, feature: &str, since: Version) {
        let ours = self.document.version();
        let theirs = since.number();
        let message = format!("{feature} of OpenAPI {theirs}, but this contract is {}", ours.name());
        let problem = self.lax(false, "other-version", span, message);
        let label = match self.strict {
            true => format!("not in {}", ours.number()),
            false => format!("treated as in {theirs}"),
        };
        self.report(problem.label(label).help(format!("declare `openapi: {theirs}.0` to use it")));
    }

    /// Reports a required field that an OpenAPI object lacks, unless a misspelling of the field was reported.
    pub(super) fn missing(&mut self, rule: &Rule, object: &Object, (name, presence): (&str, Presence), anchor: Span) {
        if presence == Presence::Optional {
            return;
        }
        let version = self.document.version();
        let known = |key: &Key| rule.field(&key.name, version).is_some() || key.name.starts_with("x-");
        let misspelt = object.iter().filter(|(key, _)| rule.pattern.is_none() && !known(key)).any(|(key, _)| {
            let similar = nearest(&key.name, rule.names(version));
            matches!(similar, Some((similar, Nearness::Same | Nearness::Slip)) if similar == name)
        });
        if misspelt || (name == "content" && object.iter().any(|(key, _)| is_body_schema(rule, &key.name))) {
            return;
        }
        let message = format!("{} needs `{name}`", rule.name);
        let problem = self.lax(presence == Presence::Required, "missing-field", anchor, message);
        let problem = match presence {
            Presence::Assumed(assumption) if !self.strict => problem.label(format!("`{name}` is {assumption}")),
            _ => problem.label(format!("`{name}` is missing")),
        };
        let pointer = format!("{}/{name}", self.pointer.as_str());
        let problem = match self.document.overlaid.removed.get(&pointer) {
            Some(action) => problem.also(*action, format!("this action removes `{name}`")),
            None => problem,
        };
        self.report(match example(rule, name) {
            Some(example) => problem.help(format!("add for example `{example}`")),
            None => problem,
        });
    }

    /// Reports a `$ref` where OpenAPI does not allow one.
    pub(super) fn misplaced_reference(&mut self, key: &Key, what: &str) {
        let problem = Diagnostic::error("misplaced-ref", key.span, format!("a `$ref` cannot replace {what}"));
        let problem = problem.label("not allowed here");
        self.report(problem.help("use a `$ref` for each entry, or write the entries here"));
    }

    /// Reports a component name with characters that OpenAPI does not allow.
    pub(super) fn check_component_name(&mut self, key: &Key) {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        if !key.name.is_empty() && key.name.chars().all(plain) {
            return;
        }
        let message = format!("`{}` is not a valid name of a component", key.name);
        let problem = self.lax(false, "component-name", key.span, message);
        self.report(problem.label("use only letters, digits, `.`, `-` and `_`"));
    }
}

/// Returns true if a field is `schema` directly in a request body, as in Swagger 2.0, instead of below a media type.
fn is_body_schema(rule: &Rule, name: &str) -> bool {
    rule.name == "a request body" && name == "schema"
}
