//! The reader of the fields of a table in `codegen.toml`. A field that no code reads is reported as unknown.

use std::path::{Path, PathBuf};

use writ_contract::diagnostic::{Diagnostic, Diagnostics, closest};
use writ_contract::document::node::{Key, Node, Object, Value};
use writ_contract::model::parse_size;
use writ_contract::source::Sources;
use writ_contract::source::Spanned;

/// A table of `codegen.toml` whose fields are being read.
pub(super) struct Fields<'a, 'o> {
    object: Option<&'a Object>,
    sources: &'a Sources,
    diagnostics: &'o mut Diagnostics,
    /// The names of the fields that were looked up in the table of settings. All others are unknown.
    asked: Vec<&'static str>,
}

impl<'a, 'o> Fields<'a, 'o> {
    /// Creates the reader of a table in `codegen.toml`. Problems are reported into `diagnostics`.
    pub(super) fn new(table: &'a Node, sources: &'a Sources, diagnostics: &'o mut Diagnostics) -> Fields<'a, 'o> {
        Fields { object: table.as_object(), sources, diagnostics, asked: Vec::new() }
    }

    /// Returns the string of a setting, or `None` if the field is absent. Reports a value of another type.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.value(name, "a string", |node| node.as_str().map(str::to_owned))
    }

    /// Returns the string of a setting, and reports the string if `fits` rejects it. `form` describes valid
    /// values in the message. Returns `None` if the field is absent.
    pub(super) fn checked(&mut self, name: &'static str, form: &str, fits: fn(&str) -> bool) -> Option<String> {
        let text = self.text(name)?;
        if let Some(node) = self.object.and_then(|object| object.get(name)).filter(|_| !fits(&text)) {
            let problem = Diagnostic::error("bad-setting", node.span, format!("`{name}` must be {form}, not `{text}`"));
            self.diagnostics.push(problem.label("invalid value"));
        }
        Some(text)
    }

    /// Returns the boolean of a setting, or `None` if the field is absent. Reports a value of another type.
    pub(super) fn truth(&mut self, name: &'static str) -> Option<bool> {
        self.value(name, "`true` or `false`", Node::as_bool)
    }

    /// Returns the size in bytes that a setting states, as `"4MiB"` or as a number of bytes. Reports another value.
    pub(super) fn size(&mut self, name: &'static str) -> Option<u64> {
        let node = self.node(name)?;
        if let Some(bytes) = node.as_u64().filter(|bytes| *bytes > 0) {
            return Some(bytes);
        }
        let Some(text) = node.as_str() else {
            self.wrong(node, name, "a size such as `\"4MiB\"`");
            return None;
        };
        let problem = || {
            let message = format!("`{name}` must be a size such as `4MiB`, not `{text}`");
            Diagnostic::error("bad-setting", node.span, message).label("not a size")
        };
        parse_size(text).map_err(|advice| self.diagnostics.push(problem().help(advice))).ok()
    }

    /// Returns the value of a setting that is one of several words, or `None` if the field is absent. Reports another
    /// word.
    pub(super) fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(name)?;
        if let Some((_, chosen)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*chosen);
        }
        let node = self.object.and_then(|object| object.get(name))?;
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let message = format!("`{name}` must be one of {}, not `{text}`", listed(&words));
        let problem = Diagnostic::error("bad-setting", node.span, message).label("unknown value");
        self.diagnostics.push(match closest(&text, words) {
            Some(close) => problem.suggest(self.sources.inside_quotes(node.span), close),
            None => problem,
        });
        None
    }

    /// Returns the list of strings of a setting, which is empty if the field is absent. Reports a value of
    /// another type.
    pub(super) fn words(&mut self, name: &'static str) -> Vec<Spanned<String>> {
        let words = |node: &Node| node.as_array()?.iter().map(Node::as_spanned_str).collect();
        self.value(name, "a list of strings", words).unwrap_or_default()
    }

    /// Returns the paths of the files that a setting lists, relative to `folder`, without those that do not exist, which
    /// are reported.
    pub(super) fn files(&mut self, name: &'static str, folder: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for listed in self.words(name) {
            let path = folder.join(&listed.value);
            if path.is_file() {
                files.push(path);
                continue;
            }
            let message = match listed.value.contains("://") {
                true => format!("`{}` is a URL, not a file", listed.value),
                false => format!("cannot read `{}`: the file does not exist", listed.value),
            };
            let problem = Diagnostic::error("unreadable-file", listed.span, message).label("no such file");
            self.diagnostics.push(problem.help("paths start from the folder of the settings file"));
        }
        files
    }

    /// Returns the entries of a nested table of settings, or an empty list if the field is absent. Reports a
    /// value that is not a table.
    pub(super) fn table(&mut self, name: &'static str) -> Vec<(Spanned<String>, &'a Node)> {
        self.asked.push(name);
        let Some(node) = self.object.and_then(|object| object.get(name)) else { return Vec::new() };
        match node.as_object() {
            Some(table) => {
                let word = |key: &Key| Spanned { value: key.name.clone(), span: key.span };
                table.iter().map(|(key, node)| (word(key), node)).collect()
            }
            None => {
                self.wrong(node, name, "a table");
                Vec::new()
            }
        }
    }

    /// Returns a nested table of settings as a node of the parsed file, or `None` if the field is absent.
    /// Reports a value that is not a table.
    pub(super) fn whole(&mut self, name: &'static str) -> Option<&'a Node> {
        self.table(name);
        self.object?.get(name).filter(|node| node.as_object().is_some())
    }

    /// Returns a setting of any type as a node of the parsed file, or `None` if the field is absent.
    pub(super) fn node(&mut self, name: &'static str) -> Option<&'a Node> {
        self.asked.push(name);
        self.object?.get(name)
    }

    /// Reports a setting whose value has the wrong type.
    pub(super) fn wrong(&mut self, node: &Node, name: &str, expected: &str) {
        let found = if node.as_object().is_some() { "a table" } else { node.kind_name() };
        let message = format!("`{name}` must be {expected}, not {found}");
        let problem = Diagnostic::error("bad-setting", node.span, message).label(found);
        self.diagnostics.push(match (&node.value, expected) {
            (Value::String(word), "`true` or `false`") if matches!(word.as_str(), "true" | "false") => {
                problem.fix(format!("write `{word}` without quotes"), node.span, word)
            }
            (Value::Number(_), "a string") => {
                problem.fix("put the value in quotes", node.span, format!("\"{}\"", self.sources.slice(node.span)))
            }
            (Value::Object(_), _) if name == "name" => {
                problem.help("write Rust names under `[names.schemas]`, `[names.operations]` or `[names.tags]`")
            }
            _ => problem,
        });
    }

    /// Returns the value of a setting that `read` converts, or `None` if the field is absent. Reports a value
    /// that `read` rejects as of a wrong type.
    fn value<T>(&mut self, name: &'static str, expected: &str, read: impl Fn(&Node) -> Option<T>) -> Option<T> {
        self.asked.push(name);
        let node = self.object?.get(name)?;
        let value = read(node);
        if value.is_none() {
            self.wrong(node, name, expected);
        }
        value
    }

    /// Reports every field in the table of settings that was not looked up as unknown. `owner` names the table
    /// in messages.
    pub(super) fn finish(self, owner: &str) {
        for (key, _) in self.object.into_iter().flatten() {
            if self.asked.contains(&key.name.as_str()) {
                continue;
            }
            let problem =
                Diagnostic::error("unknown-setting", key.span, format!("unknown field `{}` in {owner}", key.name))
                    .label(format!("not a field of {owner}"));
            let free = self.asked.iter().copied().filter(|name| self.object.is_none_or(|it| !it.contains_key(name)));
            self.diagnostics.push(match meant(&key.name, &free.collect::<Vec<_>>()) {
                Some(close) => problem.suggest(self.sources.inside_quotes(key.span), close),
                None => problem.help(format!("the fields are: {}", listed(&self.asked))),
            });
        }
    }
}

/// Common wrong names of settings in `codegen.toml`, each with the correct name.
const SYNONYMS: &[(&str, &str)] = &[
    ("crate", "name"),
    ("dir", "out"),
    ("directory", "out"),
    ("folder", "out"),
    ("package", "name"),
    ("target", "out"),
];

/// Returns the name of the setting that an unknown word probably stands for: a similar name, a name with the
/// same beginning, or a synonym.
fn meant<'n>(word: &str, known: &[&'n str]) -> Option<&'n str> {
    let close = closest(word, known.iter().copied());
    let alike = || {
        let long = |name: &&&str| name.len() >= 3 && word.len() >= 3;
        known.iter().filter(long).find(|name| word.starts_with(**name) || name.starts_with(word)).copied()
    };
    let synonym = || {
        let (_, ours) = SYNONYMS.iter().find(|(other, _)| *other == word)?;
        known.iter().find(|name| *name == ours).copied()
    };
    close.or_else(alike).or_else(synonym)
}

/// Returns names in backticks, separated by commas, for a message.
fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
