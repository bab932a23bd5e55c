//! The text of the files of a new workspace, from templates.

use std::collections::BTreeMap;

use anyhow::Context;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use writ_templates::WORKSPACE;

use super::view::{ServiceView, View};

/// A part of a workspace that some contracts and options omit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The part that every workspace has.
    Always,
    /// The verification of credentials.
    Authenticator,
    /// The conversions of problems into error bodies.
    Conversions,
    /// The database.
    Postgres,
}

/// The template of a service, which is rendered once for each tag.
const SERVICE: &str = "server/src/services/service.rs";

/// The template of the contract that a workspace without another contract gets.
const CONTRACT: &str = "spec/openapi.yaml";

/// The files whose names in the workspace differ from the names of their templates.
const RENAMED: [(&str, &str); 2] = [("gitignore", ".gitignore"), ("rustfmt.toml", ".rustfmt.toml")];

/// Returns the part of a workspace that a template belongs to.
fn part(template: &str) -> Part {
    match template {
        "server/src/authenticator.rs" | "server/src/caller.rs" => Part::Authenticator,
        "server/src/conversions.rs" => Part::Conversions,
        "server/build.rs" => Part::Postgres,
        _ if template.starts_with("server/migrations/") => Part::Postgres,
        _ => Part::Always,
    }
}

/// Returns the example contract, for a workspace without another contract.
pub fn example_contract() -> &'static str {
    WORKSPACE.iter().find(|(name, _)| *name == CONTRACT).map_or("", |(_, text)| text)
}

/// The view of the file of one service.
#[derive(Serialize)]
struct ServiceFile<'a> {
    #[serde(flatten)]
    view: &'a View,
    service: &'a ServiceView,
}

/// Renders the handwritten files of a new workspace, by their paths.
pub fn render(view: &View) -> anyhow::Result<BTreeMap<String, String>> {
    let environment = environment()?;
    let mut files = BTreeMap::new();
    for (name, _) in WORKSPACE.iter().filter(|(name, _)| ![SERVICE, CONTRACT].contains(name) && view.has(part(name))) {
        let path = RENAMED.iter().find(|(template, _)| template == name).map_or(*name, |(_, path)| path);
        files.insert(path.to_owned(), environment.get_template(name)?.render(Serde(view))?);
    }
    let service = environment.get_template(SERVICE)?;
    for one in view.services() {
        let text = service.render(Serde(&ServiceFile { view, service: one }))?;
        files.insert(format!("server/src/services/{}.rs", one.module.trim_start_matches("r#")), text);
    }
    Ok(files)
}

fn environment() -> anyhow::Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.context("the syntax of templates is not valid")?);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    for (name, text) in WORKSPACE {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}
