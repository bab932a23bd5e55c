//! The imports of a rendered file, derived from the names that it mentions.
//!
//! Templates and views mention a name by its whole path (`rust/mention.rs`). The file gets the last
//! segment in its place and a `use` line for the path, unless the file declares the name itself. Where
//! two paths end in one name, the contract's gets it and the others are written in full. A template
//! writes a mention as `@{writ_runtime::Reader}`, or `@{writ_runtime::Read as _}` for a trait whose
//! methods are called, and the place of the imports as `@imports` on a line of its own. Each such place
//! serves the text up to the next one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::rust::mention::{CLOSE, CONTRACT, FOR_METHODS, OPEN};

use super::lists::filled;

/// The line of a template where the imports stand.
const IMPORTS: &str = "@imports\n";

/// What stands for that line in rendered text.
const PLACE: &str = "\u{3}\n";

/// Returns a template in which mentions and the places of imports are marked as in rendered text.
pub fn mark(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let template = template.replace(IMPORTS, PLACE);
    let mut rest = template.as_str();
    while let Some((before, behind)) = rest.split_once("@{") {
        out.push_str(before);
        out.push(OPEN);
        rest = behind;
        // A part of the path may be an expression of the template, with braces of its own.
        while let Some(at) = rest.find('}') {
            let end = match rest[..at].contains("{{") {
                true => at + 2,
                false => break,
            };
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        let (path, after) = rest.split_once('}').unwrap_or((rest, ""));
        out.push_str(path);
        out.push(CLOSE);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Returns the text of a file with its imports; `module` is the path of the contract's module.
pub fn resolve(text: String, module: &str) -> String {
    let Some(first) = text.find(PLACE) else { return text };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    for part in text[first + PLACE.len()..].split(PLACE) {
        write_part(part, module, &mut out);
    }
    out
}

/// Writes the imports of a part of a file in place of the line before it, and then the part.
fn write_part(part: &str, module: &str, out: &mut String) {
    let names = Names::of(part, module);
    let indent = out.len() - out.trim_end_matches(' ').len();
    out.truncate(out.len() - indent);
    let lines = names.lines(indent);
    if lines.is_empty() && out.ends_with("\n\n") {
        out.pop();
    }
    out.push_str(&lines);
    let mut rest = part;
    while let Some((before, behind)) = rest.split_once(OPEN) {
        out.push_str(before);
        let (path, after) = behind.split_once(CLOSE).unwrap_or((behind, ""));
        if !path.ends_with(FOR_METHODS) {
            names.write(path, out);
        }
        rest = after;
    }
    out.push_str(rest);
}

/// The names that a part of a file mentions.
struct Names<'t> {
    module: &'t str,
    /// What is written for each path.
    written: HashMap<&'t str, Written<'t>>,
    /// The names to import, by the path of their module.
    imports: BTreeMap<(Origin, String), BTreeSet<String>>,
}

/// How a mentioned path is written.
#[derive(Clone, Copy)]
enum Written<'t> {
    /// By its last segment.
    Short(&'t str),
    /// As the whole path.
    Full,
}

/// Where a name comes from, in the order of the groups of imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Std,
    Runtime,
    Contract,
}

impl<'t> Names<'t> {
    fn of(part: &'t str, module: &'t str) -> Names<'t> {
        let mut paths: HashSet<&str> = HashSet::new();
        let mut traits: HashSet<&str> = HashSet::new();
        let mentions = part.split(OPEN).skip(1).filter_map(|mention| mention.split_once(CLOSE));
        for (path, _) in mentions {
            match path.strip_suffix(FOR_METHODS) {
                Some(path) => traits.insert(path),
                None => paths.insert(path),
            };
        }
        let declared = declared(part);
        // Who of several has the right to a name: first what the file declares, then the contract.
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for path in paths.iter().copied() {
            let owner = owners.entry(last(path)).or_insert(path);
            if (Origin::of(path), path) > (Origin::of(owner), *owner) {
                *owner = path;
            }
        }
        let mut names = Names { module, written: HashMap::new(), imports: BTreeMap::new() };
        for path in paths.iter().copied() {
            let name = last(path);
            let own = declared.contains(name);
            let is_own = own && path.strip_prefix(CONTRACT).is_some_and(|rest| rest.strip_prefix("::") == Some(name));
            let short = is_own || (!own && owners[name] == path);
            names.written.insert(path, if short { Written::Short(name) } else { Written::Full });
            if short && !is_own {
                names.import(path, name.to_owned());
            }
        }
        for path in traits {
            if matches!(names.written.get(path), Some(Written::Short(_))) {
                continue;
            }
            let name = last(path);
            let taken = declared.contains(name) || owners.contains_key(name);
            names.import(path, if taken { format!("{name}{FOR_METHODS}") } else { name.to_owned() });
        }
        names
    }

    fn import(&mut self, path: &str, name: String) {
        let group = (Origin::of(path), self.absolute(path.rsplit_once("::").map_or("", |(module, _)| module)));
        self.imports.entry(group).or_default().insert(name);
    }

    /// Returns a path as the file can write it.
    fn absolute(&self, path: &str) -> String {
        match path.strip_prefix(CONTRACT) {
            Some(below) => format!("{}{below}", self.module),
            None => path.to_owned(),
        }
    }

    /// Returns the `use` lines.
    fn lines(&self, indent: usize) -> String {
        let mut out = String::new();
        for ((_, module), names) in &self.imports {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            out.push_str(&" ".repeat(indent));
            match names.as_slice() {
                [one] => out.push_str(&format!("use {module}::{one};")),
                several => out.push_str(&filled(several, indent, &format!("use {module}::{{"), "};")),
            }
            out.push('\n');
        }
        out
    }

    fn write(&self, path: &str, out: &mut String) {
        match self.written.get(path) {
            Some(Written::Short(name)) => out.push_str(name),
            _ => out.push_str(&self.absolute(path)),
        }
    }
}

impl Origin {
    fn of(path: &str) -> Origin {
        match path.split("::").next() {
            Some(CONTRACT) => Origin::Contract,
            Some("writ_runtime") => Origin::Runtime,
            _ => Origin::Std,
        }
    }
}

/// Returns the last segment of a path.
fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Returns the types, traits and statics that a part of a file declares.
fn declared(part: &str) -> HashSet<&str> {
    let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type ", "pub static "];
    let name =
        |line: &'_ str| -> Option<usize> { kinds.iter().find(|kind| line.starts_with(**kind)).map(|kind| kind.len()) };
    part.lines()
        .filter_map(|line| Some(&line[name(line)?..]))
        .map(|rest| rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(template: &str) -> String {
        resolve(mark(template), "crate::v1")
    }

    #[test]
    fn a_mentioned_name_is_imported_once_and_grouped_by_its_module() {
        assert_eq!(
            file(
                "//! A file.\n\n@imports\n\nfn f(a: @{writ_runtime::B}, b: @{writ_runtime::A}, c: @{writ_runtime::B}, d: @{std::x::Y}, e: @{contract::C}) {}\n"
            ),
            "//! A file.\n\nuse std::x::Y;\nuse writ_runtime::{A, B};\nuse crate::v1::C;\n\nfn f(a: B, b: A, c: B, d: Y, e: C) {}\n"
        );
    }

    #[test]
    fn a_name_that_the_file_declares_is_not_imported() {
        assert_eq!(
            file("@imports\npub struct A;\nfn f(a: @{contract::A}, b: @{writ_runtime::A}) {}\n"),
            "pub struct A;\nfn f(a: A, b: writ_runtime::A) {}\n"
        );
    }

    #[test]
    fn of_two_paths_that_end_in_one_name_the_contracts_gets_it() {
        assert_eq!(
            file("@imports\nfn f(a: @{contract::Style}, b: @{writ_runtime::Style}) {}\n"),
            "use crate::v1::Style;\nfn f(a: Style, b: writ_runtime::Style) {}\n"
        );
    }

    #[test]
    fn a_trait_is_imported_for_its_methods_without_being_written() {
        assert_eq!(
            file("@imports\nString::@{writ_runtime::Read as _}read(r)\n"),
            "use writ_runtime::Read;\nString::read(r)\n"
        );
    }

    #[test]
    fn an_expression_of_the_template_may_be_part_of_a_path() {
        assert_eq!(mark("@{contract::{{ name }}}::X"), format!("{OPEN}contract::{{{{ name }}}}{CLOSE}::X"));
    }

    #[test]
    fn a_file_without_a_mention_has_no_imports() {
        assert_eq!(file("//! A file.\n\n@imports\n\nfn f() {}\n"), "//! A file.\n\nfn f() {}\n");
    }

    #[test]
    fn a_second_place_serves_the_text_behind_it() {
        assert_eq!(
            file(
                "@imports\nfn f(a: @{writ_runtime::A}) {}\nmod m {\n    @imports\n    fn g(b: @{writ_runtime::B}) {}\n}\n"
            ),
            "use writ_runtime::A;\nfn f(a: A) {}\nmod m {\n    use writ_runtime::B;\n    fn g(b: B) {}\n}\n"
        );
    }
}
