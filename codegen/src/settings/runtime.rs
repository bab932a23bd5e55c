//! The setting `runtime`: the source of the runtime that the generated crate depends on.

use std::path::Path;

use writ_contract::diagnostic::{Diagnostic, Diagnostics, closest};
use writ_contract::document::Node;
use writ_contract::source::Sources;

use super::fields::Fields;
use crate::package::Runtime;

/// The help text that lists the valid forms of the setting `runtime`.
const FORMS: &str = "write `\"embedded\"`, `{ path = \"…\" }` or `{ version = \"…\" }`";

/// Reads the setting `runtime` of `codegen.toml`. A path is relative to `folder`, the folder of the settings file.
pub(super) fn read(node: &Node, folder: &Path, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Runtime> {
    if node.as_str() == Some("embedded") {
        return Some(Runtime::Embedded);
    }
    let Some(object) = node.as_object() else {
        let problem = Diagnostic::error("bad-setting", node.span, "`runtime` must be `\"embedded\"` or a table");
        let problem = problem.label("unknown runtime").help(FORMS);
        let misspelt = node.as_str().and_then(|text| closest(text, ["embedded"]));
        diagnostics.push(match misspelt {
            Some(name) => problem.suggest(sources.inside_quotes(node.span), name),
            None => problem,
        });
        return None;
    };
    let mut fields = Fields::new(node, sources, diagnostics);
    let (path, version) = (fields.text("path"), fields.text("version"));
    fields.finish("`runtime`");
    match (object.get("path"), object.get("version")) {
        (Some(_), None) => path.map(|path| Runtime::Path(folder.join(path))),
        (None, Some(node)) => match Runtime::version(&version?) {
            Ok(runtime) => Some(runtime),
            Err(reason) => {
                let problem = Diagnostic::error("bad-setting", node.span, reason).label("unusable version");
                diagnostics.push(problem.help(format!("write `\"{}\"`", env!("CARGO_PKG_VERSION"))));
                None
            }
        },
        // All fields are unknown, and `finish` has reported them already.
        (None, None) if object.iter().next().is_some() => None,
        (found, _) => {
            let (message, label) = match found {
                Some(_) => ("`runtime` has both `path` and `version`", "keep one of the two"),
                None => ("`runtime` needs `path` or `version`", "has neither"),
            };
            let problem = Diagnostic::error("bad-setting", node.span, message);
            diagnostics.push(problem.label(label).help(FORMS));
            None
        }
    }
}
