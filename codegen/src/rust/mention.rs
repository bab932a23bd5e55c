//! Mentions: names in generated code from which the imports of a file follow.
//!
//! A mention is the full path of a name between two control characters. No text of a contract can contain these
//! characters, since literals escape them and doc comments omit them. The render stage replaces each mention by
//! the last segment of its path and imports the path (`render/imports.rs`). Code that mentions a name therefore
//! needs no list of imports. Templates write a mention as `@{writ_runtime::Reader}`.

use std::fmt::{self, Write};

/// The control character that begins a mention, the full path of a name in generated code.
pub const OPEN: char = '\u{1}';

/// The control character that ends a mention, the full path of a name in generated code.
pub const CLOSE: char = '\u{2}';

/// The start of a mention of a name in the generated module of the contract, independent of the module's
/// location in a crate.
pub const CONTRACT: &str = "contract::";

/// The start of a mention of a name that the generated file itself declares.
pub const DECLARED: &str = "self::";

/// The start of a mention of a type parameter that the generated file declares. Inside its item it hides every type with
/// an equal name, so such types are written by their complete paths.
pub const PARAMETER: &str = "parameter::";

/// The end of a mention of a trait that is imported for its methods only. Such a mention writes nothing.
pub const FOR_METHODS: &str = " as _";

/// A mention of a name in generated code: its full path, from which the name and the import follow. The
/// `Display` implementation writes the mention as part of code.
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

/// Creates a mention of an item in the root of the crate `writ_runtime`.
pub fn runtime(name: &str) -> Mention<'_> {
    Mention { root: "writ_runtime::", path: name, ending: "" }
}

/// Creates a mention of a generated item by its path below the module of the contract.
pub fn contract(path: &str) -> Mention<'_> {
    Mention { root: CONTRACT, path, ending: "" }
}

/// Creates a mention of an item of the standard library by its full path.
pub fn std(path: &str) -> Mention<'_> {
    Mention { root: "", path, ending: "" }
}

/// Creates a mention that imports a trait of the runtime for its methods and writes nothing.
pub fn method_of(name: &str) -> Mention<'_> {
    Mention { root: "writ_runtime::", path: name, ending: FOR_METHODS }
}

/// Returns the code of the path of a type's `Read::read`, with a mention that imports the trait `Read`.
pub fn read_of(ty: impl fmt::Display) -> String {
    format!("{ty}::{}read", method_of("Read"))
}

/// Returns generated code with each mention replaced by the last segment of its path, for use in prose.
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
