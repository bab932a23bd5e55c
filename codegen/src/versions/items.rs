//! The top-level items of rendered files, which are the units that two versions of an API can share.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::{PLACE, Rendered};
use crate::rust::mention::{CLOSE, CONTRACT, DECLARED, OPEN, plain};

/// The folder of the rendered files that declare the types of schemas.
const TYPES: &str = "wire/types";

/// The rendered file of the implementations of `serde`. Its only item lists all types.
pub const SERDE: &str = "wire/codec/extra/serde_types.rs";

/// The rendered files beside those of the tags. Each version has its own.
const OTHERS: [&str; 4] = ["callbacks.rs", "errors.rs", "events.rs", "webhooks.rs"];

/// A rendered file, taken apart.
#[derive(Debug)]
pub struct File<'t> {
    /// The path of the file below the contract's module.
    pub path: &'t str,
    /// The documentation of the file, and its imports.
    pub head: &'t str,
    /// The items of the file, in their order.
    pub items: Vec<Item<'t>>,
}

impl File<'_> {
    /// Returns true if the file declares types that another version can share: those of schemas, or of a tag's operations.
    pub fn declares_shareable(&self) -> bool {
        self.path.starts_with(TYPES) || !(self.path.contains('/') || OTHERS.contains(&self.path))
    }
}

/// A top-level item of a rendered file: a declaration, an implementation, a function or a call of a macro.
#[derive(Debug)]
pub struct Item<'t> {
    /// The text of the item, with its documentation.
    pub text: &'t str,
    /// The code of the item: its text without documentation.
    pub code: String,
    /// The identity of the item in all versions: the folder of its file, and the first line of its code.
    pub key: String,
    /// The name that the item declares, or `None` if it declares none.
    pub declared: Option<&'t str>,
}

/// Returns the rendered files that consist of items. The files `mod.rs` are lists of modules, and the contract as a
/// document is data.
pub fn files(rendered: &Rendered) -> Vec<File<'_>> {
    let listed = |path: &str| path.rsplit('/').next() == Some("mod.rs") || path.contains("openapi");
    rendered.iter().filter(|(path, _)| !listed(path)).map(|(path, text)| file(path, text)).collect()
}

fn file<'t>(path: &'t str, text: &'t str) -> File<'t> {
    let place = text.find(PLACE).unwrap_or(0);
    let start = text[place..].find("\n\n").map_or(text.len(), |end| place + end + 2);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    File { path, head: &text[..start], items: split(&text[start..]).map(|text| item(folder, text)).collect() }
}

/// Splits a text at the empty lines before lines without indentation.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let starts = |at: &usize| !text[at + 2..].starts_with([' ', '}', '\n']);
        let end = text.match_indices("\n\n").map(|(at, _)| at).find(starts);
        rest = end.map(|at| &text[at + 2..]);
        Some(text[..end.unwrap_or(text.len())].trim_matches('\n'))
    })
    .filter(|text| !text.is_empty())
}

fn item<'t>(folder: &str, text: &'t str) -> Item<'t> {
    let is_code = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with("//") && line != "#[deprecated]"
    };
    let code: String = text.lines().filter(is_code).flat_map(|line| [line, "\n"]).collect();
    let key = format!("{folder}: {}", plain(&first_line(&code)));
    Item { text, code, key, declared: declared(text) }
}

/// Returns the first line of an item that says what it is. For a call of a macro with several lines, this includes the
/// line behind the brace.
fn first_line(code: &str) -> String {
    let mut lines = code.lines().filter(|line| !line.starts_with("#["));
    let first = lines.next().unwrap_or_default();
    match first.ends_with("! {") {
        true => format!("{first}{}", lines.next().unwrap_or_default()),
        false => first.to_owned(),
    }
}

/// Returns the name in the first mention of a name that the file declares itself.
fn declared(text: &str) -> Option<&str> {
    mentions(text).find_map(|path| path.strip_prefix(DECLARED))
}

/// Iterates over the paths of all names that a text mentions.
pub fn mentions(text: &str) -> impl Iterator<Item = &str> {
    text.split(OPEN).skip(1).filter_map(|rest| rest.split_once(CLOSE)).map(|(path, _)| path)
}

impl Item<'_> {
    /// Returns the type among `types` that the item declares or implements something for.
    pub fn subject<'n>(&self, types: &'n BTreeSet<String>) -> Option<&'n str> {
        if let Some(declared) = self.declared {
            return types.get(declared).map(String::as_str);
        }
        let line = plain(&first_line(&self.code));
        let words = line.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter_map(|word| types.get(word)).map(String::as_str).next()
    }

    /// Iterates over the paths of the contract's names that the item mentions, without the contract's module.
    pub fn uses(&self) -> impl Iterator<Item = &str> {
        mentions(&self.code).filter_map(|path| path.strip_prefix(CONTRACT))
    }
}

/// Returns the types of a version that another version can share: those of its schemas, and those of its operations. The
/// traits of its tags are not among them.
pub fn shareable(files: &[File<'_>], traits: &BTreeSet<String>) -> BTreeSet<String> {
    let declared = files.iter().filter(|file| file.declares_shareable()).flat_map(|file| &file.items);
    let names = declared.filter_map(|item| item.declared).filter(|name| !traits.contains(*name));
    names.map(str::to_owned).collect()
}

/// Returns the items of each type, by their keys.
pub fn by_subject<'f>(
    files: &'f [File<'f>],
    types: &BTreeSet<String>,
) -> BTreeMap<String, BTreeMap<&'f str, Vec<&'f str>>> {
    let mut found: BTreeMap<String, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for item in files.iter().flat_map(|file| &file.items) {
        if let Some(subject) = item.subject(types) {
            let items = found.entry(subject.to_owned()).or_default();
            items.entry(&item.key).or_default().push(&item.code);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::mark;

    #[test]
    fn a_file_is_split_into_items_with_their_subjects() {
        let text = mark(
            "//! Types.\n\n@imports\n\n/// A user.\n#[derive(Debug)]\npub struct @{self::User} {\n    /// Its name.\n    pub name: String,\n\n    pub id: @{contract::Id},\n}\n\nimpl @{writ_runtime::Write} for @{contract::User} {\n}\n\nwrit_runtime::redacted! {\n    User {\n    }\n}\n",
        );
        let rendered = Rendered::from([("wire/types/users.rs".to_owned(), text)]);
        let files = files(&rendered);
        let types = shareable(&files, &BTreeSet::new());
        assert_eq!(types, BTreeSet::from(["User".to_owned()]));
        let items = &files[0].items;
        assert_eq!(items.len(), 3);
        assert!(items.iter().all(|item| item.subject(&types) == Some("User")), "{items:?}");
        assert_eq!(items[0].uses().collect::<Vec<_>>(), ["Id"]);
        assert!(!items[0].code.contains("Its name"), "{}", items[0].code);
        assert_eq!(items[1].key, "wire/types: impl Write for User {");
    }
}
