//! The check of strings from a fixed list, such as the `in` of a parameter, and the meanings of other words there.

use super::Checker;
use super::advice::instead;
use super::foreign::word_of_swagger;
use super::repairable::{Meaning, is_schema};
use super::type_words::type_word;
use crate::diagnostic::{Nearness, nearest};
use crate::document::grammar::{Rule, Shape, Since};
use crate::document::node::Value;
use crate::document::repair::Repair;
use crate::document::version::Version;
use crate::document::walk::Visited;
use crate::source::Span;

/// The words that only later versions of OpenAPI define, each with its field and the first of these versions.
const LATER_WORDS: &[(&str, &str, Version)] = &[
    ("in", "cookie", Version::V30),
    ("in", "querystring", Version::V32),
    ("style", "cookie", Version::V32),
    ("type", "http", Version::V30),
    ("type", "openIdConnect", Version::V30),
];

/// The flows of OpenAPI 3.0 that Swagger 2.0 names differently.
const FLOWS_OF_3: &[(&str, &str)] = &[("clientCredentials", "application"), ("authorizationCode", "accessCode")];

impl Checker<'_, '_> {
    /// Reports a string that is not in the list of strings that its field allows, such as `in: body` of a parameter.
    pub(super) fn word(&mut self, words: &[&'static str], word: &str, visited: Visited<'_>) {
        let (span, owner) = (visited.node.span, visited.owner);
        let name = self.field_path();
        let ours = self.document.version();
        let later = |word: &str| {
            let known = LATER_WORDS.iter().find(|(field, known, _)| *field == name && *known == word);
            known.map(|(.., since)| *since).filter(|since| *since > ours)
        };
        if words.contains(&word) {
            if let Some(since) = later(word) {
                self.read_as_later(span, &format!("`{word}` is a value"), since);
            }
            return;
        }
        if self.word_of_other_version(word, span, owner) {
            return;
        }
        let listed: Vec<String> =
            words.iter().filter(|word| later(word).is_none()).map(|word| format!("`{word}`")).collect();
        let listed = listed.join(", ");
        let meaning = self.meaning_of_word(words, word, visited);
        let meaning_is_unknown = meaning.is_none();
        let is_type = name == "type" && !meaning_is_unknown;
        let message = format!("`{name}` is `{word}`, not one of {listed}");
        let problem = self.lax(meaning_is_unknown, "unknown-value", span, message);
        let similar = || nearest(word, words.iter().copied()).map(|(similar, _)| similar);
        let known = meaning.as_ref().and_then(|(_, known)| *known).or_else(similar);
        let problem = problem.label(match &meaning {
            Some((meaning, _)) if !self.strict => &meaning.label,
            _ => "unknown value",
        });
        if let Some((meaning, _)) = meaning {
            self.record(meaning.repair, visited);
        }
        let foreign = word_of_swagger(owner.name, &name, word)
            .filter(|_| (meaning_is_unknown || owner.name != "a schema") && self.document.version() != Version::V20);
        self.report(match (known, type_word(word).and_then(|it| it.format).filter(|_| is_type)) {
            _ if foreign.is_some() => problem.help(foreign.unwrap_or_default()),
            (Some(known), Some(format)) => problem.help(format!("write `type: {known}, format: {format}`")),
            (Some(known), None) => problem.suggest(self.inside_quotes(span), known),
            (None, _) => problem,
        });
    }

    /// Returns the meaning of a string that its field does not allow, if it has only one.
    pub(super) fn meaning_of_word(
        &self,
        words: &[&'static str],
        word: &str,
        visited: Visited<'_>,
    ) -> Option<(Meaning, Option<&'static str>)> {
        let key = visited.key.map(|key| key.name.as_str());
        // The location of a parameter and the type of a security scheme are not guessed.
        let guessed = is_schema(visited.owner) || key == Some("style");
        match nearest(word, words.iter().copied()) {
            Some((known, nearness)) if nearness == Nearness::Same || (guessed && nearness == Nearness::Slip) => {
                return Some((Meaning::replace(Value::String(known.to_owned()), &format!("`{known}`")), Some(known)));
            }
            _ => {}
        }
        // The scheme of a URL with its delimiter, such as `https:`.
        let bare = word.trim_end_matches([':', '/']);
        if let Some(known) = words.iter().find(|known| **known == bare) {
            return Some((Meaning::replace(Value::String(bare.to_owned()), &format!("`{bare}`")), Some(known)));
        }
        match (key, is_schema(visited.owner)) {
            // A server whose scheme is unknown changes no request that the service reads.
            (None, false) if self.field_path().starts_with("schemes/") => Some((
                Meaning::new(Repair::Replace(Value::String(word.to_owned())), "kept in the URL of a server"),
                None,
            )),
            (Some("flow"), false) => {
                let known = FLOWS_OF_3.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours)?;
                Some((Meaning::replace(Value::String(known.to_owned()), &format!("`{known}`")), Some(known)))
            }
            (Some("collectionFormat"), false) => Some((Meaning::new(Repair::Remove, "ignored: `csv` applies"), None)),
            (Some("style"), false) => {
                Some((Meaning::new(Repair::Remove, "ignored: the default style of the location applies"), None))
            }
            (Some("type"), false) if visited.owner.name == "a security scheme" && word == "basic" => {
                let text = |text: &str| Value::String(text.to_owned());
                let entries = [("type", "http"), ("scheme", "basic")];
                let entries = entries.map(|(name, value)| (name.to_owned(), text(value))).to_vec();
                Some((Meaning::new(Repair::Entries(entries), "treated as `type: http, scheme: basic`"), None))
            }
            (Some("type"), false) if visited.owner.name == "a security scheme" => None,
            (Some("type"), _) => Some(match type_word(word).filter(|known| words.contains(&known.name)) {
                Some(known) => {
                    let text = |text: &str| Value::String(text.to_owned());
                    let format = known.format.map(|format| ("format".to_owned(), text(format)));
                    let shown = match known.format {
                        Some(format) => format!("treated as `type: {}, format: {format}`", known.name),
                        None => format!("treated as `{}`", known.name),
                    };
                    let entries = [("type".to_owned(), text(known.name))].into_iter().chain(format).collect();
                    (Meaning::new(Repair::Entries(entries), shown), Some(known.name))
                }
                None if is_schema(visited.owner) => {
                    (Meaning::new(Repair::Remove, "treated as absent: values of every type are accepted"), None)
                }
                // Outside of a body, a value without a type is text.
                None => (Meaning::new(Repair::Remove, "treated as absent: the value is a string"), None),
            }),
            (None, true) => type_word(word).map(|known| {
                let meaning = Meaning::replace(Value::String(known.name.to_owned()), &format!("`{}`", known.name));
                (meaning, Some(known.name))
            }),
            _ => None,
        }
    }

    /// Reports a string, such as `type: "null"`, that only another version of OpenAPI allows for its field, and
    /// accepts it.
    ///
    /// Returns false if no version of OpenAPI allows the string.
    pub(super) fn word_of_other_version(&mut self, word: &str, span: Span, owner: &Rule) -> bool {
        let name = self.field_path();
        let version = self.document.version();
        let known = owner.fields.iter().any(|field| {
            field.name == name
                && !field.since.knows(version)
                && field.since != Since::V20Only
                && field.shape.words().is_some_and(|it| it.contains(&word))
        });
        if !known {
            return false;
        }
        let message = format!("`{name}: {word}` has the form of OpenAPI 3.1, but this contract is {}", version.name());
        let problem = self.lax(false, "other-version", span, message);
        let problem = problem.label(match self.strict {
            true => format!("not a type in {}", version.number()),
            false => "treated as in 3.1".to_owned(),
        });
        self.report(match instead(&name, None, version) {
            Some(advice) => problem.help(advice),
            None => problem,
        });
        true
    }
}

impl Shape {
    /// Returns the allowed strings of a value if its shape in the grammar is a fixed list of strings, as for a
    /// parameter's `in`.
    fn words(&self) -> Option<&'static [&'static str]> {
        match self {
            Shape::Word(words) => Some(words),
            Shape::Either(shapes) => shapes.iter().find_map(Shape::words),
            _ => None,
        }
    }
}
