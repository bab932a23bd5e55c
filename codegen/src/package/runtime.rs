//! The embedded runtime: a copy of the sources of `writ-runtime`, with a manifest that needs no workspace around it.
//!
//! The folder `embedded/` links to the runtime's sources and manifests. They are therefore below the folder of
//! this crate, and cargo packages them with it.

use include_dir::{Dir, DirEntry, include_dir};
use toml::{Table, Value};

use crate::output::{HEADER, Output, TOML_HEADER};

/// The source files of the crate `writ-runtime`, embedded in the generator.
static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/embedded/runtime/src");

/// The original `Cargo.toml` of the runtime, which inherits versions and lints from its workspace.
const MANIFEST: &str = include_str!("../../embedded/runtime/manifest.toml");

/// The `Cargo.toml` of the runtime's original workspace.
const WORKSPACE: &str = include_str!("../../embedded/workspace.toml");

/// Returns the files of the crate `writ-runtime`, with a manifest that inherits nothing from a workspace.
///
/// # Errors
///
/// Returns an error if the manifests that are embedded in the generator are not valid TOML, which is a defect of
/// this crate.
pub fn embedded_runtime() -> Result<Output, toml::de::Error> {
    let mut output = Output::default();
    output.files.insert("Cargo.toml".to_owned(), manifest(toml::from_str(MANIFEST)?, &toml::from_str(WORKSPACE)?));
    add(&SOURCES, &mut output);
    Ok(output)
}

/// Adds the embedded source files of a folder and its subfolders to the output.
fn add(folder: &Dir<'_>, output: &mut Output) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => add(inner, output),
            DirEntry::File(file) => {
                let path = file.path().to_string_lossy().replace('\\', "/");
                let Some(text) = file.contents_utf8() else { continue };
                output.files.insert(format!("src/{path}"), format!("{HEADER}\n{text}"));
            }
        }
    }
}

/// Returns the runtime's manifest without the sections for tests, and with each inherited value replaced by the
/// value in the workspace manifest.
fn manifest(mut manifest: Table, workspace: &Table) -> String {
    manifest.remove("dev-dependencies");
    manifest.remove("test");
    let shared = table(workspace.get("workspace"));
    let package = table(shared.get("package"));
    for (key, value) in entries(&mut manifest, "package") {
        if is_inherited(value) {
            *value = package.get(key.as_str()).cloned().unwrap_or(Value::from(""));
        }
    }
    if let Some(Value::Table(package)) = manifest.get_mut("package") {
        // An embedded copy must not be published under the name of the original crate.
        package.insert("publish".to_owned(), Value::from(false));
    }
    let versions = table(shared.get("dependencies"));
    for (name, value) in entries(&mut manifest, "dependencies") {
        if is_inherited(value) {
            *value = resolved(&table(Some(value)), versions.get(name.as_str()));
        }
    }
    if manifest.get("lints").is_some_and(is_inherited) {
        manifest.insert("lints".to_owned(), Value::Table(table(shared.get("lints"))));
    }
    format!("{TOML_HEADER}\n{manifest}")
}

/// Returns a dependency that the manifest of the runtime inherits from its workspace, with the version of the
/// workspace manifest and the features of both manifests.
fn resolved(dependency: &Table, version: Option<&Value>) -> Value {
    let mut merged = match version {
        Some(Value::Table(table)) => table.clone(),
        Some(text) => Table::from_iter([("version".to_owned(), text.clone())]),
        None => Table::new(),
    };
    for (key, value) in dependency.iter().filter(|(key, _)| *key != "workspace") {
        match (merged.get_mut(key), value) {
            (Some(Value::Array(all)), Value::Array(more)) => all.extend(more.iter().cloned()),
            _ => drop(merged.insert(key.clone(), value.clone())),
        }
    }
    match merged.get("version") {
        Some(version) if merged.len() == 1 => version.clone(),
        _ => Value::Table(merged),
    }
}

/// Iterates over the entries of a section of a `Cargo.toml`, such as `dependencies`.
fn entries<'a>(manifest: &'a mut Table, section: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    manifest.get_mut(section).and_then(Value::as_table_mut).into_iter().flatten()
}

/// Returns true if a value of a `Cargo.toml` is `{ workspace = true }`, with or without further keys.
fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// Returns the TOML table in a value, or an empty table if the value is absent or of another type.
fn table(value: Option<&Value>) -> Table {
    value.and_then(Value::as_table).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_manifest_inherits_nothing_from_a_workspace() {
        let files = embedded_runtime().expect("the manifests").files;
        let text = &files["Cargo.toml"];
        assert!(!text.contains("workspace"), "{text}");
        let manifest: Table = toml::from_str(text).expect("a manifest");
        let version = |name: &str| manifest["dependencies"][name].clone();
        assert_eq!(manifest["package"]["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(version("bytes"), Value::from("1"));
        assert_eq!(version("tokio")["features"], Value::from(vec!["rt", "time"]));
        assert_eq!(version("tokio")["default-features"], Value::from(false));
        assert_eq!(version("memchr")["optional"], Value::from(true));
        assert!(files.contains_key("src/lib.rs"));
    }
}
