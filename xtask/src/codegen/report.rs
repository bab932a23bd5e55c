//! What changed, in the words of those who implement the traits.

use std::collections::BTreeSet;
use std::path::Path;

use writ_codegen::generate::GeneratedOperation;
use writ_codegen::output::Changes;
use writ_codegen::stub::stub;

use super::is_generated;
use crate::terminal::step;

/// The trait methods of each module before writing: `v1`, `Users`, `get_user`.
pub type Methods = BTreeSet<(String, String, String)>;

/// Says which files were written and removed.
pub fn changes(folder: &str, changes: &Changes) {
    if changes.added.is_empty() && changes.changed.is_empty() && changes.removed.is_empty() {
        return step("Fresh", format_args!("{folder} ({} files)", changes.unchanged.len()));
    }
    let mut all: Vec<(&str, &String)> = Vec::new();
    all.extend(changes.added.iter().map(|path| ("Added", path)));
    all.extend(changes.changed.iter().map(|path| ("Changed", path)));
    all.extend(changes.removed.iter().map(|path| ("Removed", path)));
    // A whole crate that is new is not worth a line for each file.
    if all.len() <= 40 {
        for (verb, path) in &all {
            step(verb, format_args!("{folder}/{path}"));
        }
    }
    step(
        "Generated",
        format_args!(
            "{folder}: {} added, {} changed, {} removed, {} unchanged",
            changes.added.len(),
            changes.changed.len(),
            changes.removed.len(),
            changes.unchanged.len()
        ),
    );
}

/// The number of methods that are printed to be pasted.
const PRINTED: usize = 5;

/// The number of methods that are named.
const NAMED: usize = 40;

/// Names the methods to write and to delete, and prints those to write where they are few; `path` is
/// how the implementer's crate calls a module.
pub fn operations(before: &Methods, now: &[(String, GeneratedOperation)], path: impl Fn(&str) -> String) {
    let key = |(module, operation): &(String, GeneratedOperation)| {
        (module.clone(), operation.tag.clone(), operation.method.clone())
    };
    let new: Vec<&(String, GeneratedOperation)> = now.iter().filter(|one| !before.contains(&key(one))).collect();
    if new.len() > NAMED {
        step("To write", format_args!("{} methods", new.len()));
    }
    for (module, operation) in new.iter().filter(|_| new.len() <= NAMED) {
        let GeneratedOperation { tag, method, .. } = operation;
        step("To write", format_args!("`{method}` in your `impl {module}::{tag}`"));
        if new.len() <= PRINTED {
            eprint!("\n{}\n", stub(operation, &path(module)));
        }
    }
    if new.len() > PRINTED {
        step("Hint", "the command with `--stubs` prints them to be pasted, with `--stubs TRAIT` those of one trait");
    }
    let now: Methods = now.iter().map(key).collect();
    for (module, name, method) in before.difference(&now) {
        step("To delete", format_args!("`{method}` from your `impl {module}::{name}`"));
    }
}

/// Reads the trait methods out of the generated files as they are, before they are written over.
pub fn methods(source: &Path) -> Methods {
    let mut methods = Methods::new();
    let Ok(modules) = std::fs::read_dir(source) else { return methods };
    for module in modules.flatten().filter(|entry| entry.path().is_dir()) {
        methods.extend(methods_of(&module.path(), &module.file_name().to_string_lossy()));
    }
    methods
}

/// Reads the trait methods out of the generated files of one module's folder.
pub fn methods_of(folder: &Path, module: &str) -> Methods {
    let mut methods = Methods::new();
    let Ok(files) = std::fs::read_dir(folder) else { return methods };
    for file in files.flatten() {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
        if is_generated(&text) {
            methods.extend(of_file(&text).into_iter().map(|(name, method)| (module.to_owned(), name, method)));
        }
    }
    methods
}

/// The methods of the traits in one generated file, whose form is known.
fn of_file(text: &str) -> Vec<(String, String)> {
    let mut current: Option<String> = None;
    let mut methods = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("pub trait ") {
            current = rest.split(':').next().map(str::to_owned);
        } else if line == "}" {
            current = None;
        } else if let (Some(name), Some(rest)) = (&current, line.strip_prefix("    fn ")) {
            methods.push((name.clone(), rest.trim_end_matches('(').to_owned()));
        }
    }
    methods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_read_from_the_trait_and_from_nowhere_else() {
        let text = "pub trait Users: Send {\n    fn get_user(\n        &self,\n    );\n}\n\nimpl X {\n    fn other(\n";
        assert_eq!(of_file(text), [("Users".to_owned(), "get_user".to_owned())]);
    }
}
