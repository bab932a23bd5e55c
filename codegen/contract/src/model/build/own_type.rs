//! The keyword `x-rust-type`, which replaces the generated type of a schema by a custom type.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Node;
use crate::model::schema::RustType;
use crate::source::{Sources, Spanned};

use super::builder::Builder;

/// The help of diagnostics about the path of a custom type.
const EXAMPLE: &str = "write the path with its crate, as in `my_types::Money`";

impl Builder<'_, '_> {
    /// Returns the custom type that a schema declares, if it does.
    pub(super) fn own_type(&mut self, node: &Node) -> Option<RustType> {
        let written = node.get("x-rust-type")?;
        read_own_type(written, &self.document.sources, self.diagnostics)
    }
}

/// Parses the value of `x-rust-type`: `my_types::Money`, or `{ type: my_types::Money, as: text }`.
///
/// Returns `None`, with a diagnostic, if the value of `x-rust-type` is not valid.
pub fn read_own_type(node: &Node, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<RustType> {
    let wrong = |node: &Node, message: String| Diagnostic::error("bad-rust-type", node.span, message);
    let Some(object) = node.as_object() else {
        let Some(path) = node.as_spanned_str() else {
            let message = format!("a Rust type must be a path or an object, not {}", node.kind_name());
            diagnostics.push(wrong(node, message).label("not a path of a Rust type").help(EXAMPLE));
            return None;
        };
        return own_path(path, sources, diagnostics).map(|path| RustType { path, text: false });
    };
    if object.contains_key("crate") && object.contains_key("path") {
        let problem = Diagnostic::warning(
            "foreign-rust-type",
            node.span,
            "this form of `x-rust-type` belongs to another generator",
        );
        let path = object.get("path").and_then(Node::as_str).unwrap_or("my_types::Money");
        diagnostics.push(problem.label("ignored").help(format!("write `x-rust-type: {path}` to use the type")));
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
                let problem = wrong(value, "`as` must be `text`".to_owned()).label("unknown value");
                diagnostics.push(problem.fix("write `text`", sources.inside_quotes(value.span), "text"));
            }
            other => {
                fine = false;
                let message = format!("unknown field `{other}` in `x-rust-type`");
                let problem =
                    Diagnostic::error("bad-rust-type", key.span, message).label("the fields are `type` and `as`");
                diagnostics.push(problem.help("write for example `{ type: my_types::Money, as: text }`"));
            }
        }
    }
    let Some(path) = object.get("type").and_then(Node::as_spanned_str) else {
        if fine {
            let message = "`x-rust-type` needs the path of the type as `type`".to_owned();
            diagnostics.push(wrong(node, message).label("has no `type`").help(EXAMPLE));
        }
        return None;
    };
    let path = own_path(path, sources, diagnostics)?;
    fine.then_some(RustType { path, text })
}

/// Returns the path of a custom type without a leading `::`; `None`, with a diagnostic, if it is not valid.
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
            "crate" | "self" | "super" => format!("generated code cannot refer to the crate `{step}`"),
            _ => format!("`{}` is not the path of a Rust type", path.value),
        };
        diagnostics.push(wrong(message).label("not a path of a Rust type").help(EXAMPLE));
        return None;
    }
    if steps.len() < 2 {
        let message = format!("the type `{}` is missing its crate", path.value);
        diagnostics.push(wrong(message).label("only a type name").help(EXAMPLE));
        return None;
    }
    Some(Spanned { value: steps.join("::"), ..path })
}

/// The Rust keywords, which cannot be steps of the path of a Rust type.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "Self",
];
