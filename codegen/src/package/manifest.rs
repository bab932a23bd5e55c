//! The `Cargo.toml` of a generated crate.

use toml::{Table, Value};

use super::description::{Package, Workspace};
use super::runtime_source::{RUNTIME, Runtime};
use crate::output::TOML_HEADER;

/// Returns the text of the `Cargo.toml` of a generated crate.
pub(super) fn of(package: &Package) -> String {
    let own = Table::from_iter([
        ("name".to_owned(), Value::from(package.name.as_str())),
        ("version".to_owned(), Value::from("0.1.0")),
        ("description".to_owned(), Value::from(package.description.as_str())),
        ("edition".to_owned(), Value::from("2024")),
        ("publish".to_owned(), Value::from(false)),
    ]);
    let mut dependencies = Table::from_iter([(RUNTIME.to_owned(), runtime(package))]);
    dependencies.extend(package.dependencies.clone());
    let mut manifest = Table::from_iter([
        ("package".to_owned(), Value::Table(own)),
        ("lib".to_owned(), Value::Table(Table::from_iter([("doctest".to_owned(), Value::from(false))]))),
        ("dependencies".to_owned(), Value::Table(dependencies)),
    ]);
    if package.workspace == Workspace::Own {
        let mut workspace = Table::from_iter([("resolver".to_owned(), Value::from("3"))]);
        if package.runtime == Runtime::Embedded {
            workspace.insert("members".to_owned(), Value::from(vec![RUNTIME]));
        }
        manifest.insert("workspace".to_owned(), Value::Table(workspace));
    }
    if !package.parts.is_empty() {
        let features = package.parts.iter().map(|part| (part.name().to_owned(), Value::from(part.turns_on().to_vec())));
        manifest.insert("features".to_owned(), Value::Table(features.collect()));
    }
    let mut text = format!("{TOML_HEADER}\n{manifest}");
    for part in &package.parts {
        // The name of a part with a list as its value occurs only in the features.
        let entry = format!("\n{} = [", part.name());
        text = text.replacen(&entry, &format!("\n# {}{entry}", part.purpose()), 1);
    }
    text
}

/// Returns the value of the dependency on `writ-runtime` for the manifest of a generated crate.
fn runtime(package: &Package) -> Value {
    let (key, value) = match &package.runtime {
        Runtime::Embedded => ("path", RUNTIME.to_owned()),
        Runtime::Path(path) => ("path", path.to_string_lossy().into_owned()),
        Runtime::Version(requirement) => ("version", requirement.clone()),
    };
    let mut dependency = Table::from_iter([(key.to_owned(), Value::from(value))]);
    if !package.features.is_empty() {
        dependency.insert("features".to_owned(), Value::from(package.features.clone()));
    }
    Value::Table(dependency)
}
