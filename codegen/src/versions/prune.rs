//! The files of an older version without the items that it shares with the next one.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::{Rendered, filled};
use crate::rust::mention::{CLOSE, CONTRACT, DECLARED, OPEN};

use super::items::{File, Item, SERDE, files, mentions};
use super::shared::{Shared, static_name};

/// The file of the markers of error statuses and of the error envelope.
const ERRORS: &str = "errors.rs";

/// Returns the rendered files of an older version in which the types that it shares with the module `newer` are names of
/// those there. `keeps` decides about items that belong to no type, and `added` are further items of files, by their paths.
pub fn prune(
    rendered: &Rendered,
    shared: &Shared,
    newer: &str,
    added: &BTreeMap<String, String>,
    keeps: impl Fn(&File<'_>, &Item<'_>) -> bool,
) -> Rendered {
    let mut pruned = rendered.clone();
    let files = files(rendered);
    for file in files.iter().filter(|file| !file.path.ends_with("/patterns.rs")) {
        let text = match file.path {
            ERRORS => errors(file, shared, newer),
            SERDE => serde(file, shared),
            _ => without_shared(file, shared, newer, added.get(file.path), &keeps),
        };
        replace(&mut pruned, file.path, text);
    }
    let used: BTreeSet<String> = pruned
        .iter()
        .filter(|(path, _)| !path.ends_with("/patterns.rs"))
        .flat_map(|(_, text)| mentions(text))
        .map(str::to_owned)
        .collect();
    for file in files.iter().filter(|file| file.path.ends_with("/patterns.rs")) {
        let module = file.path.trim_end_matches(".rs").replace('/', "::");
        let is_used = |item: &&Item<'_>| {
            static_name(&item.code).is_some_and(|name| used.contains(&format!("{CONTRACT}{module}::{name}")))
        };
        let kept: Vec<&str> = file.items.iter().filter(is_used).map(|item| item.text).collect();
        replace(&mut pruned, file.path, joined(file.head, None, &kept));
    }
    pruned
}

/// Replaces a file, or removes it and its line in the list of modules if it has no items.
fn replace(rendered: &mut Rendered, path: &str, text: Option<String>) {
    match text {
        Some(text) => {
            rendered.insert(path.to_owned(), text);
        }
        None => remove_module(rendered, path),
    }
}

/// Removes a file, and its line in the list of modules.
pub fn remove_module(rendered: &mut Rendered, path: &str) {
    rendered.remove(path);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let name = file.trim_end_matches(".rs");
    let list = if folder.is_empty() { "mod.rs".to_owned() } else { format!("{folder}/mod.rs") };
    if let Some(text) = rendered.get_mut(&list) {
        let lines: Vec<&str> = text.lines().collect();
        let is_module = |line: &str| {
            let module = line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            module.is_some_and(|module| module.trim_start_matches("r#") == name)
        };
        let removed = |at: usize| {
            let condition = |at: usize| lines.get(at).is_some_and(|line| line.starts_with("#[cfg"));
            is_module(lines[at]) || (condition(at) && lines.get(at + 1).is_some_and(|line| is_module(line)))
        };
        let kept: String = (0..lines.len()).filter(|at| !removed(*at)).flat_map(|at| [lines[at], "\n"]).collect();
        *text = kept;
    }
}

/// Returns the text of a file from its parts, or `None` if it has no item.
fn joined(head: &str, exports: Option<String>, items: &[&str]) -> Option<String> {
    if items.is_empty() && exports.is_none() {
        return None;
    }
    let mut text = head.trim_end_matches('\n').to_owned();
    for part in exports.iter().map(String::as_str).chain(items.iter().copied()) {
        text.push_str("\n\n");
        text.push_str(part);
    }
    text.push('\n');
    Some(text)
}

/// Returns the statement that exports names of the next version, or `None` if there are none. The file then declares these
/// names, so it does not import them.
fn exports(newer: &str, names: &[&str]) -> Option<String> {
    let declared = |name: &&str| match name.contains("::") {
        true => (*name).to_owned(),
        false => format!("{OPEN}{DECLARED}{name}{CLOSE}"),
    };
    let names: Vec<String> = names.iter().map(declared).collect();
    match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => Some(format!("pub use crate::{newer}::{one};")),
        several => Some(filled(several, 0, &format!("pub use crate::{newer}::{{"), "};")),
    }
}

fn without_shared(
    file: &File<'_>,
    shared: &Shared,
    newer: &str,
    added: Option<&String>,
    keeps: impl Fn(&File<'_>, &Item<'_>) -> bool,
) -> Option<String> {
    let mut kept: Vec<&str> = added.map(String::as_str).into_iter().collect();
    let mut names = Vec::new();
    let declares = file.declares_shareable();
    for item in &file.items {
        match item.subject(&shared.types) {
            Some(name) if shared.equal.contains(name) => names.extend(item.declared.filter(|_| declares)),
            Some(_) => kept.push(item.text),
            None if keeps(file, item) => kept.push(item.text),
            None => {}
        }
    }
    names.sort_unstable();
    names.dedup();
    let head = match file.path.starts_with("operations/") {
        true => file.head.split("#[cfg(doc)]").next().unwrap_or(file.head),
        false => file.head,
    };
    joined(head, exports(newer, &names), &kept)
}

/// Returns the file of error statuses with the markers of both versions as names of the next version's, and the error
/// envelope of the version.
fn errors(file: &File<'_>, shared: &Shared, newer: &str) -> Option<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut names: Vec<&str> = shared.markers.iter().map(String::as_str).collect();
    for item in &file.items {
        if item.code.starts_with("writ_runtime::status") {
            let lines = item.text.lines().filter(|line| {
                let name = line.trim_start().split(' ').next().unwrap_or_default();
                !shared.markers.contains(name)
            });
            let lines: Vec<&str> = lines.collect();
            if lines.len() > 2 {
                kept.push(lines.join("\n"));
            }
        } else if shared.errors && item.code.starts_with("pub trait") {
            names.extend(item.declared);
        } else if shared.errors && item.code.contains("fn error_envelope<") {
            names.push("errors::error_envelope");
        } else if !(shared.errors && item.code.starts_with("fn convert<")) {
            kept.push(item.text.to_owned());
        }
    }
    names.sort_unstable();
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    joined(file.head, exports(newer, &names), &kept)
}

/// Returns the implementations of `serde` for the types that are not shared.
fn serde(file: &File<'_>, shared: &Shared) -> Option<String> {
    let is_shared = |line: &str| {
        let found = mentions(line).filter_map(|path| path.strip_prefix(CONTRACT)).next();
        found.is_some_and(|name| shared.equal.contains(name))
    };
    let kept: Vec<String> = file
        .items
        .iter()
        .map(|item| item.text.lines().filter(|line| !is_shared(line)).collect::<Vec<_>>())
        .filter(|lines| lines.len() > 2)
        .map(|lines| lines.join("\n"))
        .collect();
    joined(file.head, None, &kept.iter().map(String::as_str).collect::<Vec<_>>())
}
