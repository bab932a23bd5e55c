//! The imports of a rendered file, derived from the names that it mentions.
//!
//! Templates and views write a name as a mention: its full path between markers (`rust/mention.rs`). The
//! rendered file gets the last segment of the path, and a `use` line for the path. If two paths end in the same
//! segment, a name of the contract is imported and the other paths are written in full. A mention
//! `@{self::Name}` marks a name that the file declares itself, which is not imported, and `@{parameter::S}` a type
//! parameter.
//!
//! In a template, `@{writ_runtime::Reader}` is a mention, and `@{writ_runtime::Read as _}` imports a trait
//! for its methods. The line `@imports` is replaced by the imports for the text up to the next such line.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::rust::mention::{CLOSE, CONTRACT, DECLARED, FOR_METHODS, OPEN, PARAMETER};

use super::lists::filled;

/// The line of a template that is replaced by imports.
const IMPORTS: &str = "@imports\n";

/// The character that marks the position of the imports in rendered text.
pub const PLACE: char = '\u{3}';

/// Returns a template with its mentions of names and its import lines replaced by the control characters that
/// mark them in rendered text.
pub fn mark(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let template = template.replace(IMPORTS, &format!("{PLACE}\n"));
    let mut rest = template.as_str();
    while let Some((before, behind)) = rest.split_once("@{") {
        out.push_str(before);
        out.push(OPEN);
        rest = behind;
        // A template expression in the path contains braces too.
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

/// Returns the rendered text of a file with each mention replaced by a name, and with the imports of these
/// names. `module` is the path of the contract's module.
pub fn resolve(text: String, module: &str) -> String {
    let Some(first) = text.find(PLACE) else { return text };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    for part in text[first..].split(PLACE).skip(1) {
        write_part(part.strip_prefix('\n').unwrap_or(part), module, &mut out);
    }
    out
}

/// Writes the imports of a section of a rendered file, and then the section. If `out` ends with an indentation, the
/// imports replace this indentation.
fn write_part(part: &str, module: &str, out: &mut String) {
    // Each mention in order, as the text before it and the index of its path.
    let mut mentions: Vec<(&str, usize)> = Vec::new();
    let mut paths: Vec<&str> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut rest = part;
    while let Some((before, behind)) = rest.split_once(OPEN) {
        let (path, after) = behind.split_once(CLOSE).unwrap_or((behind, ""));
        let index = *known.entry(path).or_insert_with(|| {
            paths.push(path);
            paths.len() - 1
        });
        mentions.push((before, index));
        rest = after;
    }
    let names = Names::of(&paths, module);
    let indent = out.len() - out.trim_end_matches(' ').len();
    out.truncate(out.len() - indent);
    if names.imports.is_empty() && out.ends_with("\n\n") {
        out.pop();
    }
    names.write_imports(indent, out);
    for (before, index) in mentions {
        out.push_str(before);
        out.push_str(&names.written[index]);
    }
    out.push_str(rest);
}

/// The names that a section of a rendered file mentions.
struct Names<'t> {
    /// The text that replaces each mention (a full path between markers): the last segment of the path, or the
    /// complete path.
    written: Vec<Cow<'t, str>>,
    /// The names that the rendered file imports, by the path of their module.
    imports: BTreeMap<(Origin, String), BTreeSet<String>>,
}

/// The origin of a name that a rendered file mentions. The order of the variants is the order of the groups of
/// imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// The mentioned name is in the standard library.
    Std,
    /// The mentioned name is in the runtime crate `writ-runtime`.
    Runtime,
    /// The mentioned name is in the generated module of the contract.
    Contract,
    /// The rendered file declares the mentioned name itself.
    Declared,
    /// The mentioned name is a type parameter of an item in the rendered file.
    Parameter,
}

impl<'t> Names<'t> {
    fn of(paths: &[&'t str], module: &str) -> Names<'t> {
        // If several paths end in the same segment, a declaration of the file takes precedence, then a name of
        // the contract.
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for path in paths.iter().copied().filter(|path| !path.ends_with(FOR_METHODS)) {
            let owner = owners.entry(last(path)).or_insert(path);
            if (Origin::of(path), path) > (Origin::of(owner), *owner) {
                *owner = path;
            }
        }
        let mut names = Names { written: Vec::with_capacity(paths.len()), imports: BTreeMap::new() };
        for path in paths.iter().copied() {
            if let Some(path) = path.strip_suffix(FOR_METHODS) {
                let name = last(path);
                let taken = owners.get(name).is_some_and(|owner| *owner != path);
                let name = if taken { format!("{name}{FOR_METHODS}") } else { name.to_owned() };
                names.import(path, module, name);
                names.written.push(Cow::Borrowed(""));
                continue;
            }
            let (name, owner) = (last(path), owners[last(path)]);
            let origin = Origin::of(owner);
            let declared = origin == Origin::Declared && path.strip_prefix(CONTRACT) == Some(name);
            let short = owner == path || declared;
            if short && origin < Origin::Declared {
                names.import(path, module, name.to_owned());
            }
            names.written.push(if short { Cow::Borrowed(name) } else { Cow::Owned(absolute(path, module)) });
        }
        names
    }

    /// Adds a mentioned name to the imports of a section of a rendered file.
    fn import(&mut self, path: &str, module: &str, name: String) {
        let above = &path[..path.len() - last(path).len()];
        let group = (Origin::of(path), absolute(above.trim_end_matches(':'), module));
        self.imports.entry(group).or_default().insert(name);
    }

    /// Writes the `use` lines of a section of a rendered file.
    fn write_imports(&self, indent: usize, out: &mut String) {
        for ((_, module), names) in &self.imports {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            out.push_str(&" ".repeat(indent));
            match names.as_slice() {
                [one] => out.push_str(&format!("use {module}::{one};")),
                several => out.push_str(&filled(several, indent, &format!("use {module}::{{"), "};")),
            }
            out.push('\n');
        }
    }
}

/// Converts the path of a mention (a name in rendered text) into a Rust path.
fn absolute(path: &str, module: &str) -> String {
    match path.strip_prefix(CONTRACT) {
        Some(below) => format!("{module}::{below}"),
        None if path == CONTRACT.trim_end_matches(':') => module.to_owned(),
        None => path.to_owned(),
    }
}

impl Origin {
    fn of(path: &str) -> Origin {
        match path {
            _ if path.starts_with(CONTRACT) => Origin::Contract,
            _ if path.starts_with(DECLARED) => Origin::Declared,
            _ if path.starts_with(PARAMETER) => Origin::Parameter,
            _ if path.starts_with("writ_runtime") => Origin::Runtime,
            _ => Origin::Std,
        }
    }
}

/// Returns the last segment of a Rust path, which is the name itself.
fn last(path: &str) -> &str {
    &path[path.bytes().rposition(|byte| byte == b':').map_or(0, |colon| colon + 1)..]
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
            file("@imports\npub struct @{self::A};\nfn f(a: @{contract::A}, b: @{writ_runtime::A}) {}\n"),
            "pub struct A;\nfn f(a: A, b: writ_runtime::A) {}\n"
        );
    }

    #[test]
    fn a_name_of_the_contract_takes_precedence_over_an_equal_name() {
        assert_eq!(
            file("@imports\nfn f(a: @{contract::Style}, b: @{writ_runtime::Style}) {}\n"),
            "use crate::v1::Style;\nfn f(a: Style, b: writ_runtime::Style) {}\n"
        );
    }

    #[test]
    fn a_type_with_the_name_of_a_type_parameter_is_written_by_its_path() {
        assert_eq!(
            file("@imports\nfn f<@{parameter::S}>(a: @{parameter::S}, b: @{contract::S}, c: @{contract::P}) {}\n"),
            "use crate::v1::P;\nfn f<S>(a: S, b: crate::v1::S, c: P) {}\n"
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
    fn a_second_import_line_applies_to_the_text_after_it() {
        assert_eq!(
            file(
                "@imports\nfn f(a: @{writ_runtime::A}) {}\nmod m {\n    @imports\n    fn g(b: @{writ_runtime::B}) {}\n}\n"
            ),
            "use writ_runtime::A;\nfn f(a: A) {}\nmod m {\n    use writ_runtime::B;\n    fn g(b: B) {}\n}\n"
        );
    }
}
