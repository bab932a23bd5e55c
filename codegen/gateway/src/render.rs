//! The rendering of a configuration by a template, and its errors.

use std::fmt;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use serde_json::Value;

use crate::flow::{flow, scalar};

/// A template that does not match its view, which is a defect of this crate.
#[derive(Debug)]
pub struct RenderError(minijinja::Error);

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a template of the gateway failed: {:#}", self.0)
    }
}

impl std::error::Error for RenderError {}

impl From<minijinja::Error> for RenderError {
    fn from(error: minijinja::Error) -> RenderError {
        RenderError(error)
    }
}

/// Fills a template with a view. Values are written in YAML's flow style by the filter `flow`, texts by `scalar`, and texts
/// in comments by `comment`.
pub(crate) fn render(template: &str, view: impl Serialize) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax?);
    environment.add_filter("flow", |value: minijinja::Value| -> Result<String, minijinja::Error> {
        let value: Value = serde_json::to_value(&value)
            .map_err(|error| minijinja::Error::new(minijinja::ErrorKind::BadSerialization, error.to_string()))?;
        Ok(flow(&value))
    });
    // A line break would end the comment. Parsers of YAML 1.1, such as that of kubectl, know two more of them.
    let is_break = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    environment.add_filter("comment", move |text: String| text.replace(is_break, " "));
    environment.add_filter("scalar", |text: String| scalar(&text));
    Ok(environment.render_str(template, Serde(view))?)
}
