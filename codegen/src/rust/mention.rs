//! Names that a generated file brings into scope: where one is mentioned, the file imports it.
//!
//! A mention is the whole path between two control characters, which no text of a contract can hold:
//! literals escape them and doc comments leave them out. The render stage writes the last segment in
//! its place and collects the imports of each file (`render/imports.rs`), so that what decides on code
//! keeps no list of what the code needs. In a template a mention is written `@{writ_runtime::Reader}`.

use std::fmt::{self, Write};

/// The character that a mention begins with.
pub const OPEN: char = '\u{1}';

/// The character that a mention ends with.
pub const CLOSE: char = '\u{2}';

/// The first segment of the paths below the module of the contract, wherever that module stands.
pub const CONTRACT: &str = "contract::";

/// The first segment of the name that a file declares itself.
pub const DECLARED: &str = "self::";

/// What ends the path of a trait that is imported for its methods, so that its name is not written.
pub const FOR_METHODS: &str = " as _";

/// A mention of a name, to be displayed as part of code.
#[derive(Debug, Clone, Copy)]
pub struct Mention<'p> {
    root: &'static str,
    path: &'p str,
    ending: &'static str,
}

impl fmt::Display for Mention<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mention { root, path, ending } = self;
        f.write_char(OPEN)?;
        f.write_str(root)?;
        f.write_str(path)?;
        f.write_str(ending)?;
        f.write_char(CLOSE)
    }
}

/// Returns a mention of an item of the runtime, by its name in the root of `writ_runtime`.
pub fn runtime(name: &str) -> Mention<'_> {
    Mention { root: "writ_runtime::", path: name, ending: "" }
}

/// Returns a mention of an item of the contract's module, by its path below it.
pub fn contract(path: &str) -> Mention<'_> {
    Mention { root: CONTRACT, path, ending: "" }
}

/// Returns a mention of an item of the standard library, by its whole path.
pub fn std(path: &str) -> Mention<'_> {
    Mention { root: "", path, ending: "" }
}

/// Returns a mention that brings a trait of the runtime into scope for its methods and writes nothing.
pub fn method_of(name: &str) -> Mention<'_> {
    Mention { root: "writ_runtime::", path: name, ending: FOR_METHODS }
}

/// Returns the path of a type's `Read::read`, with the trait in scope.
pub fn read_of(ty: impl fmt::Display) -> String {
    format!("{ty}::{}read", method_of("Read"))
}

/// Returns code as it reads where every name is in scope, for prose.
pub fn plain(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, behind)) = rest.split_once(OPEN) {
        let (path, after) = behind.split_once(CLOSE).unwrap_or((behind, ""));
        out.push_str(before);
        if !path.ends_with(FOR_METHODS) {
            out.push_str(path.rsplit("::").next().unwrap_or(path));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
