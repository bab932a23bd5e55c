//! Names that a generated file brings into scope: where one is mentioned, the file imports it.
//!
//! A mention is the whole path between two control characters, which no text of a contract can hold:
//! literals escape them and doc comments leave them out. The render stage writes the last segment in
//! its place and collects the imports of each file (`render/imports.rs`), so that what decides on code
//! keeps no list of what the code needs. In a template a mention is written `@{writ_runtime::Reader}`.

/// The character that a mention begins with.
pub const OPEN: char = '\u{1}';

/// The character that a mention ends with.
pub const CLOSE: char = '\u{2}';

/// The first segment of the paths below the module of the contract, wherever that module stands.
pub const CONTRACT: &str = "contract";

/// What ends the path of a trait that is imported for its methods, so that its name is not written.
pub const FOR_METHODS: &str = " as _";

/// Returns a mention of an item of the runtime, by its name in the root of `writ_runtime`.
pub fn runtime(name: &str) -> String {
    format!("{OPEN}writ_runtime::{name}{CLOSE}")
}

/// Returns a mention of an item of the contract's module, by its path below it.
pub fn contract(path: &str) -> String {
    format!("{OPEN}{CONTRACT}::{path}{CLOSE}")
}

/// Returns a mention of an item of the standard library, by its whole path.
pub fn std(path: &str) -> String {
    format!("{OPEN}{path}{CLOSE}")
}

/// Returns a mention that brings a trait of the runtime into scope for its methods and writes nothing.
pub fn method_of(name: &str) -> String {
    format!("{OPEN}writ_runtime::{name}{FOR_METHODS}{CLOSE}")
}

/// Returns the path of a type's `Read::read`, with the trait in scope.
pub fn read_of(ty: &str) -> String {
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
