//! The conversion of a TOML settings file into a tree of nodes with source locations. A contract has the same
//! tree, so that both get the same diagnostics.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::document::node::{Key, Node, Object, Value};
use writ_contract::source::Span;
use writ_contract::source::{FileId, Sources};

/// Reads a settings file. Returns its source text and its values as a tree of nodes with locations. The tree is
/// `None` if the file cannot be read or is not valid TOML.
pub(super) fn read(display_path: String, path: &Path, diagnostics: &mut Diagnostics) -> (Sources, Option<Node>) {
    let mut sources = Sources::default();
    let file = FileId::SETTINGS;
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read `{display_path}`: {error}");
            sources.set_settings(display_path, path.to_owned(), String::new());
            diagnostics.push(Diagnostic::error("unreadable-file", Span::start_of(file), message));
            return (sources, None);
        }
    };
    sources.set_settings(display_path, path.to_owned(), text);
    let text = sources.text(file);
    let tree = match DeTable::parse(text) {
        Ok(table) => Some(object(table.get_ref(), span(&table.span()))),
        Err(error) => {
            let span = error.span().map_or(Span::start_of(file), |range| span(&range));
            let message = format!("invalid TOML: {}", error.message());
            diagnostics.push(Diagnostic::error("syntax", span, message).label("syntax error"));
            None
        }
    };
    (sources, tree)
}

fn span(range: &std::ops::Range<usize>) -> Span {
    Span::new(FileId::SETTINGS, range.start, range.end)
}

fn object(table: &DeTable<'_>, at: Span) -> Node {
    let mut object = Object::default();
    for (key, value) in table {
        let key = Key { name: key.get_ref().to_string(), span: span(&key.span()) };
        // TOML itself rejects duplicate keys.
        let _ = object.insert(key, node(value.get_ref(), span(&value.span())));
    }
    Node { span: at, value: Value::Object(object) }
}

fn node(value: &DeValue<'_>, at: Span) -> Node {
    let value = match value {
        DeValue::Table(table) => return object(table, at),
        DeValue::Array(list) => {
            Value::Array(list.iter().map(|element| node(element.get_ref(), span(&element.span()))).collect())
        }
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
    };
    Node { span: at, value }
}
