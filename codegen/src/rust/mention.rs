//! Mentions: names in generated code from which the imports of a file follow.
//!
//! A mention is the full path of a name between two control characters. No text of a contract can contain
//! these characters, since literals escape them and doc comments omit them. The render stage replaces the
//! mention by the last segment of the path and imports the path (`render/imports.rs`), so that code which
//! mentions a name needs no list of imports. Templates write a mention as `@{writ_runtime::Reader}`.

use std::fmt::{self, Write};

/// The control character that begins a mention.
pub const OPEN: char = '\u{1}';

/// The control character that ends a mention.
pub const CLOSE: char = '\u{2}';

/// The first segment of a path below the module of the contract, wherever that module is.
pub const CONTRACT: &str = "contract::";

/// The first segment of a name that the file itself declares.
pub const DECLARED: &str = "self::";

/// The end of the path of a trait that is imported for its methods only. Its name is not written.
pub const FOR_METHODS: &str = " as _";

/// A mention of a name. Its `Display` implementation writes it as part of code.
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

/// Returns a mention of an item in the root of `writ_runtime`.
pub fn runtime(name: &str) -> Mention<'_> {
    Mention { root: "writ_runtime::", path: name, ending: "" }
}

/// Returns a mention of an item by its path below the module of the contract.
pub fn contract(path: &str) -> Mention<'_> {
    Mention { root: CONTRACT, path, ending: "" }
}

/// Returns a mention of an item of the standard library by its full path.
pub fn std(path: &str) -> Mention<'_> {
    Mention { root: "", path, ending: "" }
}

/// Returns a mention that imports a trait of the runtime for its methods and writes nothing.
pub fn method_of(name: &str) -> Mention<'_> {
    Mention { root: "writ_runtime::", path: name, ending: FOR_METHODS }
}

/// Returns the path of a type's `Read::read`, and imports the trait.
pub fn read_of(ty: impl fmt::Display) -> String {
    format!("{ty}::{}read", method_of("Read"))
}

/// Returns code with each mention replaced by the last segment of its path, for prose.
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
