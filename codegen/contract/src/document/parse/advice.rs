//! The advice in the diagnostic about a path that is not a readable contract file.

use std::path::Path;

use crate::diagnostic::closest;

/// The usual names of the entry file of a contract, the most frequent first.
const ENTRY_NAMES: &[&str] =
    &["openapi.yaml", "openapi.yml", "openapi.json", "api.yaml", "api.yml", "api.json", "swagger.yaml", "swagger.json"];

/// Returns the advice about an entry path that cannot be read: how to download a URL, the contract in a folder,
/// or a file with a similar name.
pub(super) fn entry_advice(path: &Path) -> Option<String> {
    if let Some(url) = url(path) {
        let (_, rest) = url.split_once("://")?;
        let last = rest.split(['?', '#']).next()?.rsplit_once('/').map_or("", |(_, last)| last);
        let name = if is_contract(last) { last } else { "openapi.yaml" };
        return Some(format!("download the contract first: `curl -fLo {name} {url}`, then pass `{name}`"));
    }
    if path.is_dir() {
        return Some(match contract_within(path) {
            Some(name) => format!("did you mean `{}`?", path.join(name).display()),
            None => "pass the entry file of the contract, for example `openapi.yaml`".to_owned(),
        });
    }
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    if !path.exists() && !folder.is_dir() {
        return Some(format!("the folder `{}` does not exist", folder.display()));
    }
    let names = names(folder);
    let wanted = path.file_name().and_then(|name| name.to_str())?;
    let stem = |name: &str| Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let same_stem = names.iter().find(|name| is_contract(name) && stem(name) == stem(wanted));
    let similar = same_stem.map(String::as_str).or_else(|| closest(wanted, names.iter().map(String::as_str)));
    similar
        .filter(|_| !path.exists())
        .map(|similar| format!("did you mean `{}`?", path.with_file_name(similar).display()))
}

/// Returns the URL if a user passed an HTTP URL instead of the path of a contract's entry file.
pub(super) fn url(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme)).then(|| text.into_owned())
}

/// Returns the name of the contract's entry file in a folder: a usual name, or the only YAML or JSON file.
fn contract_within(folder: &Path) -> Option<String> {
    let names = names(folder);
    if let Some(usual) = ENTRY_NAMES.iter().find(|usual| names.iter().any(|name| name == **usual)) {
        return Some((*usual).to_owned());
    }
    let mut contracts = names.into_iter().filter(|name| is_contract(name));
    let only = contracts.next()?;
    contracts.next().is_none().then_some(only)
}

fn is_contract(name: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
}

/// Returns the sorted names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
