//! The fourth stage: renders views into text by templates that decide nothing.
//!
//! [`files()`] renders every generated file of a contract. The stage then replaces mentions, which are full
//! paths of names, by imports (`imports`) and breaks long lines (`layout`).

mod files;
mod filters;
mod imports;
mod layout;
mod lists;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output as Out, State, UndefinedBehavior, Value};
use serde::Serialize;

pub(crate) use layout::lay_out;

pub use files::{Layout, files, library};
pub(crate) use files::{Rendered, finish, render, services_file};
pub(crate) use imports::PLACE;
#[cfg(test)]
pub(crate) use imports::mark;
pub(crate) use lists::filled;

/// The generated modules that use the private items of a contract's module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// No other module uses the private items of the contract's module.
    None,
    /// The modules of other versions of the API use the private items of the contract's module.
    Versions,
}

/// The template engine that renders generated code. Its setup prevents text of a contract from becoming Rust code.
pub struct Renderer {
    environment: Environment<'static>,
}

impl Renderer {
    /// Compiles the templates. `eq` is true if generated types implement `PartialEq` behind a cargo feature.
    ///
    /// # Errors
    ///
    /// Returns an error if a template has a syntax error.
    pub fn new(eq: bool) -> Result<Renderer, Error> {
        Renderer::with(eq, Sharing::None)
    }

    /// Compiles the templates for a contract whose generated code other versions of the API may use.
    ///
    /// # Errors
    ///
    /// Returns an error if a template has a syntax error.
    pub fn with(eq: bool, sharing: Sharing) -> Result<Renderer, Error> {
        let mut environment = Environment::new();
        environment.add_global("eq", eq);
        let (item, module, client) = match sharing {
            Sharing::None => ("", "", "pub(in super::super)"),
            Sharing::Versions => ("pub(crate) ", "pub(crate) ", "pub(crate)"),
        };
        environment.add_global("item_visibility", Value::from_safe_string(item.to_owned()));
        environment.add_global("module_visibility", Value::from_safe_string(module.to_owned()));
        environment.add_global("client_visibility", Value::from_safe_string(client.to_owned()));
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(syntax()?);
        environment.set_formatter(only_code);
        filters::add(&mut environment);
        for (name, text) in writ_templates::TEMPLATES {
            environment.add_template_owned(*name, imports::mark(text))?;
        }
        Ok(Renderer { environment })
    }

    /// Renders a template with a view, the data of one generated file.
    ///
    /// # Errors
    ///
    /// Returns an error if the template does not match the view.
    pub fn render<V: Serialize>(&self, template: &str, view: &V) -> Result<String, Error> {
        self.environment.get_template(template)?.render(Serde(view))
    }
}

/// Returns the syntax of the templates. Lines that contain only a template block leave no line in the result,
/// so that templates can be indented like their result.
fn syntax() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
}

/// Writes a value of a template: code, a number or a boolean. A plain string is an error, since no filter has
/// chosen its representation in Rust.
fn only_code(out: &mut Out<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let fit = value.is_safe() || matches!(value.kind(), ValueKind::Number | ValueKind::Bool);
    if !fit {
        return Err(Error::new(
            ErrorKind::BadEscape,
            format!("`{value}` in template {} goes through no filter: use `literal` or `doc`", state.name()),
        ));
    }
    out.write_str(&value.to_string()).map_err(|_| Error::new(ErrorKind::WriteFailure, "out of memory"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::code::Code;

    fn one_line(text: &str) -> Result<String, Error> {
        #[derive(Serialize)]
        struct View {
            code: Code,
            text: String,
        }
        let mut renderer = Renderer::new(false)?;
        renderer.environment.add_template_owned("test", text.to_owned())?;
        renderer.render("test", &View { code: Code::from("a::b"), text: "\"; evil()".to_owned() })
    }

    #[test]
    fn code_is_written_unchanged() {
        assert_eq!(one_line("{{ code }}").ok().as_deref(), Some("a::b"));
    }

    #[test]
    fn text_without_a_filter_is_an_error() {
        assert!(one_line("{{ text }}").is_err());
    }

    #[test]
    fn text_through_a_filter_cannot_end_its_literal() {
        assert_eq!(one_line("{{ text | literal }}").ok().as_deref(), Some(r#""\"; evil()""#));
    }

    #[test]
    fn text_of_a_contract_cannot_mention_a_name() {
        let mention = crate::rust::mention::runtime("Reader").to_string();
        for filter in ["literal", "doc", "module_doc"] {
            let mut renderer = Renderer::new(false).expect("the templates");
            renderer.environment.add_template_owned("test", format!("{{{{ text | {filter} }}}}")).expect("a template");
            let view = std::collections::BTreeMap::from([("text", &mention)]);
            let rendered = renderer.render("test", &view).expect("text");
            assert!(!rendered.contains(crate::rust::mention::OPEN), "{filter}: {rendered:?}");
        }
    }

    #[test]
    fn an_undefined_name_is_an_error() {
        assert!(one_line("{{ nothing }}").is_err());
    }
}
