//! The reader of the tables in `codegen.toml`: names, custom types, and the dependencies that contain custom types.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::document::{Node, Value};
use writ_contract::model::read_own_type;
use writ_contract::model::schema::RustType;
use writ_contract::model::{NameOverride, NameTarget};
use writ_contract::source::{Sources, Spanned};

use super::fields::Fields;

/// Reads the tables `[names.schemas]`, `[names.operations]` and `[names.tags]` of `codegen.toml`, which choose
/// Rust names.
pub(super) fn names(table: &Node, sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<NameOverride> {
    let mut all = Vec::new();
    let mut fields = Fields::new(table, sources, diagnostics);
    for (name, target) in
        [("schemas", NameTarget::Schema), ("operations", NameTarget::Operation), ("tags", NameTarget::Tag)]
    {
        for (contract, node) in fields.table(name) {
            match node.as_spanned_str() {
                Some(rust) => all.push(NameOverride { target, contract, rust }),
                None => fields.wrong(node, &contract.value, "a string"),
            }
        }
    }
    fields.finish("`names`");
    all
}

/// Reads the table `[types]` of `codegen.toml`, which replaces schemas by custom types.
pub(super) fn types(
    entries: Vec<(Spanned<String>, &Node)>,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<(Spanned<String>, RustType)> {
    let read = |(name, node): (Spanned<String>, &Node)| Some((name, read_own_type(node, sources, diagnostics)?));
    entries.into_iter().filter_map(read).collect()
}

/// Reads the table `[dependencies]` of `codegen.toml`, whose entries have the same form as in a `Cargo.toml`.
pub(super) fn dependencies(
    entries: Vec<(Spanned<String>, &Node)>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Spanned<String>, toml::Value)> {
    let mut all = Vec::new();
    for (name, node) in entries {
        if !matches!(node.value, Value::String(_) | Value::Object(_)) {
            let message =
                format!("the dependency `{}` must be a version or a table, not {}", name.value, node.kind_name());
            let problem = Diagnostic::error("bad-setting", node.span, message).label("expected a version or a table");
            diagnostics.push(problem.help("write it as in `Cargo.toml`: `uuid = \"1\"`"));
        } else if name.value.replace('_', "-") == "writ-runtime" {
            let message = "the generated crate depends on `writ-runtime` already";
            let problem = Diagnostic::error("bad-setting", name.span, message).label("listed twice");
            diagnostics.push(problem.help("remove this entry; the setting `runtime` selects the runtime"));
        } else {
            all.push((name, value(node)));
        }
    }
    all
}

/// Converts a value of `codegen.toml` into a value for the generated `Cargo.toml`.
fn value(node: &Node) -> toml::Value {
    match &node.value {
        Value::Null => toml::Value::from(""),
        Value::Bool(truth) => toml::Value::from(*truth),
        Value::Number(text) => text.parse::<i64>().map_or_else(|_| toml::Value::from(text.as_str()), toml::Value::from),
        Value::String(text) => toml::Value::from(text.as_str()),
        Value::Array(list) => toml::Value::Array(list.iter().map(value).collect()),
        Value::Object(object) => {
            toml::Value::Table(object.iter().map(|(key, node)| (key.name.clone(), value(node))).collect())
        }
    }
}
