//! The `x-rust-type` keyword: a user's own Rust type that replaces the type of a schema.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Node;
use crate::model::schema::RustType;
use crate::source::{Sources, Spanned};

use super::builder::Builder;

/// The help on the syntax of a type's path.
const EXAMPLE: &str = "write the crate and the path within it: `my_types::Money`";

impl Builder<'_, '_> {
    /// Returns the Rust type that a schema declares, if it does.
    pub(super) fn own_type(&mut self, node: &Node) -> Option<RustType> {
        let written = node.get("x-rust-type")?;
        read_own_type(written, &self.document.sources, self.diagnostics)
    }
}

/// Parses a Rust type: `my_types::Money`, or `{ type: my_types::Money, as: text }`.
///
/// Returns `None`, with a diagnostic, if the value is not valid.
pub fn read_own_type(node: &Node, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<RustType> {
    let wrong = |node: &Node, message: String| Diagnostic::error("bad-rust-type", node.span, message);
    let Some(object) = node.as_object() else {
        let Some(path) = node.as_spanned_str() else {
            let message = format!("a type is a path, or an object, not {}", node.kind_name());
            diagnostics.push(wrong(node, message).label("cannot be read").help(EXAMPLE));
            return None;
        };
        return own_path(path, sources, diagnostics).map(|path| RustType { path, text: false });
    };
    if object.contains_key("crate") && object.contains_key("path") {
        let problem = Diagnostic::warning("foreign-rust-type", node.span, "this type is written for another generator");
        let path = object.get("path").and_then(Node::as_str).unwrap_or("my_types::Money");
        diagnostics.push(problem.label("has no effect").help(format!("write `x-rust-type: {path}` to have it used")));
        return None;
    }
    let mut text = false;
    let mut fine = true;
    for (key, value) in object {
        match key.name.as_str() {
            "type" => {}
            "as" if value.as_str() == Some("text") => text = true,
            "as" => {
                fine = false;
                let problem = wrong(value, "`as` can only be `text`".to_owned()).label("not a way to read a type");
                diagnostics.push(problem.fix("write `text`", sources.inside_quotes(value.span), "text"));
            }
            other => {
                fine = false;
                let message = format!("unknown field `{other}` of a type of your own");
                let problem = Diagnostic::error("bad-rust-type", key.span, message).label("not `type`, nor `as`");
                diagnostics.push(problem.help("write for example `{ type: my_types::Money, as: text }`"));
            }
        }
    }
    let Some(path) = object.get("type").and_then(Node::as_spanned_str) else {
        if fine {
            let message = "a type of your own needs its path as `type`".to_owned();
            diagnostics.push(wrong(node, message).label("has no `type`").help(EXAMPLE));
        }
        return None;
    };
    let path = own_path(path, sources, diagnostics)?;
    fine.then_some(RustType { path, text })
}

/// Returns a Rust path that starts with a crate, without a leading `::`.
fn own_path(path: Spanned<String>, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    let steps: Vec<&str> = path.value.strip_prefix("::").unwrap_or(&path.value).split("::").collect();
    let legal = |step: &&str| {
        let mut letters = step.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && !KEYWORDS.contains(step)
            && *step != "_"
    };
    let span = sources.inside_quotes(path.span);
    let wrong = |message: String| Diagnostic::error("bad-rust-type", span, message);
    if let Some(step) = steps.iter().find(|step| !legal(step)) {
        let message = match *step {
            "crate" | "self" | "super" => format!("`{step}` is not a crate that generated code can name"),
            _ => format!("`{}` is not the path of a type", path.value),
        };
        diagnostics.push(wrong(message).label("cannot be read").help(EXAMPLE));
        return None;
    }
    if steps.len() < 2 {
        let message = format!("`{}` does not say which crate it is of", path.value);
        diagnostics.push(wrong(message).label("only the type").help(EXAMPLE));
        return None;
    }
    Some(Spanned { value: steps.join("::"), ..path })
}

/// The Rust keywords, which cannot be steps of a path.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "Self",
];
