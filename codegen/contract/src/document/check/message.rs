//! What the structure check says.

use super::{
    Anchor, Diagnostic, EXTENSIONS, Field, Key, Meant, Nearness, Node, Pattern, Rule, Shape, Since, Value, Version,
    Walk, nearest,
};
use crate::source::Span;

/// Fields that tell people something and change nothing of the code.
const SAID_ONLY: &[&str] =
    &["$comment", "description", "example", "examples", "externalDocs", "summary", "title", "xml"];

impl Walk<'_, '_> {
    /// A field that the object does not have.
    pub(super) fn unknown(&mut self, rule: &Rule, key: &Key) {
        if let Some(pattern) = &rule.pattern {
            self.without_form(rule, pattern, key);
            return;
        }
        let message = format!("unknown field `{}` in {}", key.name, rule.name);
        let meant = nearest(&key.name, rule.names(self.version));
        let slip = matches!(meant, Some((_, Nearness::Same | Nearness::Slip)));
        // JSON Schema lets a schema of 3.1 have keywords of anyone's.
        let free = rule.keywords && self.version != Version::V30;
        let problem =
            self.lax(slip && !free, "unknown-field", key.span, message).label(format!("not a field of {}", rule.name));
        self.report(match meant {
            Some((name, _)) => problem.suggest(self.inside_quotes(key.span), name),
            None => problem.help("it has no effect; a field of your own begins with `x-`"),
        });
    }

    /// An entry whose name has not the form of its siblings. What it holds would be lost.
    fn without_form(&mut self, rule: &Rule, pattern: &Pattern, key: &Key) {
        let message = format!("`{}` is not {}", key.name, pattern.entry);
        let problem =
            Diagnostic::error("unknown-field", key.span, message).label(format!("{} {}", pattern.entry, pattern.form));
        let fixes = [format!("/{}", key.name), key.name.to_uppercase()];
        let fixed = fixes.into_iter().find(|fixed| (pattern.matches)(fixed));
        let near = || nearest(&key.name, rule.names(self.version)).map(|(name, _)| name.to_owned());
        self.report(match fixed.or_else(near) {
            Some(fixed) => problem.suggest(self.inside_quotes(key.span), fixed),
            None => problem.help("a field of your own begins with `x-`"),
        });
    }

    /// An error where it is wrong for sure or reading is strict, else a warning.
    pub(super) fn lax(&self, wrong: bool, code: &'static str, span: Span, message: String) -> Diagnostic {
        let severity = if wrong || self.loader.strict { Diagnostic::error } else { Diagnostic::warning };
        severity(code, span, message)
    }

    /// Which part of the object the walk is in: `schema`, or `content/application~1json` read as people write it.
    pub(super) fn part(&self) -> String {
        let part = self.trail.get(self.owner..).unwrap_or("").trim_start_matches('/');
        part.replace("~1", "/").replace("~0", "~")
    }

    /// A field of another version of OpenAPI.
    pub(super) fn other_version(&mut self, rule: &Rule, field: &Field, key: &Key) {
        let name = field.name;
        let new = format!("`{name}` is new in OpenAPI 3.2, which is read as 3.1 so far");
        let problem = match field.since {
            Since::V32 => Diagnostic::error("unsupported-field", key.span, new)
                .label("not supported yet")
                .help("leave it out, or say the same with the fields of 3.1"),
            Since::V32Remark => {
                Diagnostic::warning("unsupported-field", key.span, new).label("has no effect").help("leave it out")
            }
            Since::V30Only | Since::V31 | Since::Always => {
                let (theirs, ours) = match field.since {
                    Since::V30Only => ("3.0 only", "3.1"),
                    _ => ("3.1", "3.0"),
                };
                let message = format!("`{name}` is a field of OpenAPI {theirs}, and this is OpenAPI {ours}");
                let problem = self.lax(false, "other-version", key.span, message);
                let problem = problem.label(format!("not a field of {} in {ours}", rule.name));
                match instead(name) {
                    Some(advice) => problem.help(advice),
                    None => problem,
                }
            }
        };
        self.report(problem);
    }

    /// A vendor keyword that is almost one of ours.
    pub(super) fn extension(&mut self, key: &Key) {
        if EXTENSIONS.contains(&key.name.as_str()) {
            return;
        }
        if let Some((name, Nearness::Same | Nearness::Slip)) = nearest(&key.name, EXTENSIONS.iter().copied()) {
            let message = format!("`{}` means nothing here, `{name}` does", key.name);
            let problem = Diagnostic::warning("unknown-extension", key.span, message).label("has no effect");
            self.report(problem.suggest(self.inside_quotes(key.span), name));
        }
    }

    /// A field that must be there and is not.
    pub(super) fn missing(&mut self, rule: &Rule, name: &str, anchor: Anchor) {
        let message = format!("{} needs `{name}`", rule.name);
        let problem = Diagnostic::error("missing-field", anchor.span, message);
        self.report(problem.label(format!("has no `{name}`")));
    }

    /// A value of the wrong JSON type.
    pub(super) fn wrong_type(&mut self, shape: &Shape, node: &Node, anchor: Anchor, owner: &Rule) {
        if self.written_for_other_version(node, anchor, owner) {
            return;
        }
        let expected = expected(shape);
        let name = self.part();
        if self.read_as_meant(&name, node, anchor.span, owner) {
            return;
        }
        let found = match &node.value {
            Value::Number(text) if matches!(shape, Shape::Count) => format!("`{text}`"),
            Value::Null => "nothing".to_owned(),
            _ => node.kind_name().to_owned(),
        };
        let several = self.loader.document.sources.slice(node.span).contains('\n');
        let span = if several || node.span.start == node.span.end { anchor.span } else { node.span };
        let message = format!("`{name}` of {} must be {expected}, not {found}", owner.name);
        let harmless = SAID_ONLY.contains(&name.as_str());
        let mut problem = self.lax(!harmless, "wrong-type", span, message).label(format!("expected {expected}"));
        if let Some(fixed) = converted(shape, node).filter(|_| !several) {
            problem = problem.fix(format!("write {expected}"), span, fixed);
        } else if node.is_null() {
            problem = problem.help("write a value, or leave the field out");
        }
        self.report(problem);
    }

    /// Reports a value that another version of OpenAPI has so: `exclusiveMinimum: true`.
    fn written_for_other_version(&mut self, node: &Node, anchor: Anchor, owner: &Rule) -> bool {
        let name = self.part();
        let theirs = owner
            .fields
            .iter()
            .find(|field| field.name == name && !field.since.knows(self.version) && self.fits(&field.shape, node));
        let Some(theirs) = theirs else { return false };
        self.nulls_as_words(node, owner);
        let (theirs, ours) = if theirs.since == Since::V30Only { ("3.0", "3.1") } else { ("3.1", "3.0") };
        let message = format!("`{name}` is written as in OpenAPI {theirs}, and this is OpenAPI {ours}");
        let problem = self.lax(false, "other-version", anchor.span, message);
        let problem = problem.label(format!("{} in {theirs} only", node.kind_name()));
        self.report(match instead(&name) {
            Some(advice) => problem.help(advice),
            None => problem,
        });
        true
    }

    /// `null` in a list of types: YAML's null, where the word was meant.
    pub(super) fn unquoted_null(&mut self, span: Span) {
        let message = "a type is a string: `null` needs quotes".to_owned();
        let problem = self.lax(false, "unquoted-null", span, message);
        let problem = problem.label("read as the type \"null\"");
        self.meant.insert(span, Meant::Text("null".to_owned()));
        self.report(problem.fix("put it in quotes", span, "\"null\""));
    }

    /// A word that is none of those allowed.
    pub(super) fn word(&mut self, words: &[&'static str], word: &str, span: Span, owner: &Rule) {
        if words.contains(&word) || self.word_of_other_version(word, span, owner) {
            return;
        }
        let name = self.part();
        let problem = Diagnostic::error("unknown-value", span, format!("`{name}` cannot be `{word}`"));
        let listed = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let problem = problem.label(format!("one of {listed}"));
        self.report(match nearest(word, words.iter().copied()) {
            Some((meant, _)) => problem.suggest(self.inside_quotes(span), meant),
            None => problem,
        });
    }

    /// A `$ref` where OpenAPI knows none.
    pub(super) fn misplaced_reference(&mut self, key: &Key, what: &str) {
        let problem = Diagnostic::error("misplaced-ref", key.span, format!("a `$ref` cannot stand for {what}"));
        let problem = problem.label("not followed here");
        self.report(problem.help("refer to its entries one by one, or write them here"));
    }

    /// A name of a component that no tool promises to take.
    pub(super) fn component_name(&mut self, key: &Key) {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        if !key.name.is_empty() && key.name.chars().all(plain) {
            return;
        }
        let message = format!("`{}` is not a name that OpenAPI allows for a component", key.name);
        let problem = self.lax(false, "component-name", key.span, message);
        self.report(problem.label("only letters, digits, `.`, `-` and `_`"));
    }

    /// A span without the quotes that the text stands in.
    pub(super) fn inside_quotes(&self, span: Span) -> Span {
        self.loader.document.sources.inside_quotes(span)
    }
}

/// The first line of a value.
pub(super) fn first_line(node: &Node, text: &str) -> Span {
    let start = node.span.start as usize;
    let written = text.get(start..node.span.end as usize).unwrap_or("");
    let length = written.find(['\n', '\r']).unwrap_or(written.len());
    Span::new(node.span.file, start, start + length)
}

fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Any => "a value".to_owned(),
        Shape::Text | Shape::Word(_) | Shape::SchemaName => "a string".to_owned(),
        Shape::Bool => "a boolean".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Count => "an integer from 0".to_owned(),
        Shape::List(_) => "an array".to_owned(),
        Shape::Map(_) | Shape::Components(_) | Shape::Of(_) => "an object".to_owned(),
        Shape::Either(shapes) => shapes.iter().map(expected).collect::<Vec<_>>().join(" or "),
    }
}

/// The same value in the type that is expected, where there is no doubt of it.
fn converted(shape: &Shape, node: &Node) -> Option<String> {
    match (shape, &node.value) {
        (Shape::Text, Value::Number(text)) => Some(format!("{text:?}")),
        (Shape::Text, Value::Bool(truth)) => Some(format!("\"{truth}\"")),
        (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "true" | "false") => Some(text.clone()),
        (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "yes" | "on") => Some("true".to_owned()),
        (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "no" | "off") => Some("false".to_owned()),
        (Shape::Number | Shape::Count, Value::String(text)) if text.parse::<u64>().is_ok() => Some(text.clone()),
        (Shape::List(Shape::Text), Value::String(text)) => Some(format!("[{text:?}]")),
        _ => None,
    }
}

/// What to write instead of a field of another version.
pub(super) fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "nullable" => "in 3.1, write `type: [string, \"null\"]`",
        "const" => "in 3.0, write an `enum` of one value",
        "examples" => "in 3.0, write `example`",
        "exclusiveMinimum" => "in 3.0, it is a boolean beside `minimum`; in 3.1, it is the bound itself",
        "exclusiveMaximum" => "in 3.0, it is a boolean beside `maximum`; in 3.1, it is the bound itself",
        "type" => "in 3.0, write one type, and `nullable: true` for null",
        "$defs" | "definitions" => "in 3.0, put it under `components`",
        "webhooks" | "patternProperties" | "if" | "then" | "else" => "write `openapi: 3.1.0` to use it",
        _ => return None,
    })
}
