//! `cargo xtask codegen --stubs`: the methods of every trait, to be pasted into an implementation.

use std::collections::BTreeSet;

use anyhow::bail;
use writ_codegen::generate::GeneratedOperation;
use writ_codegen::stub::stub;

/// Prints the methods of all traits, or of the one named `only`; `path` is how the implementer's crate
/// calls a module.
pub fn print(
    only: Option<&str>,
    operations: &[(String, GeneratedOperation)],
    path: impl Fn(&str) -> String,
) -> anyhow::Result<()> {
    let is_asked = |tag: &str| only.is_none_or(|only| only.eq_ignore_ascii_case(tag));
    if let Some(only) = only.filter(|_| !operations.iter().any(|(_, operation)| is_asked(&operation.tag))) {
        let traits: BTreeSet<&str> = operations.iter().map(|(_, operation)| operation.tag.as_str()).collect();
        bail!("there is no trait `{only}`; there are {}", traits.into_iter().collect::<Vec<_>>().join(", "));
    }
    let mut last = String::new();
    for (module, operation) in operations.iter().filter(|(_, operation)| is_asked(&operation.tag)) {
        let heading = format!("// In your `impl {}::{}`:", path(module), operation.tag);
        if heading != last {
            println!("{}{heading}", if last.is_empty() { "" } else { "\n" });
            last = heading;
        }
        print!("\n{}", stub(operation, &path(module)));
    }
    Ok(())
}
