//! The option `--stubs` of `codegen`: prints the trait methods to implement, to be pasted into an `impl`.

use std::collections::BTreeSet;

use anyhow::bail;
use writ_codegen::generate::GeneratedOperation;
use writ_codegen::stub::stub;
use writ_contract::diagnostic::closest;

/// Prints stubs for the methods of all generated traits, or for those that `only` selects: a trait by its name,
/// or an operation by its id or by method and path.
///
/// `path` returns the path of a module in the implementer's crate.
///
/// # Errors
///
/// Returns an error if `only` selects no method.
pub fn print(
    only: Option<&str>,
    operations: &[(String, GeneratedOperation)],
    path: impl Fn(&str) -> String,
) -> anyhow::Result<()> {
    let selected = |operation: &GeneratedOperation| only.is_none_or(|only| is_selected(operation, only));
    if let Some(only) = only.filter(|_| !operations.iter().any(|(_, operation)| selected(operation))) {
        return unknown(only, operations);
    }
    let mut last = String::new();
    for (module, operation) in operations.iter().filter(|(_, operation)| selected(operation)) {
        let heading = format!("// In your `impl {}::{}`:", path(module), operation.tag);
        if heading != last {
            println!("{}{heading}", if last.is_empty() { "" } else { "\n" });
            last = heading;
        }
        print!("\n{}", stub(operation, &path(module)));
    }
    Ok(())
}

fn is_selected(operation: &GeneratedOperation, only: &str) -> bool {
    let names = [&operation.tag, &operation.route];
    names.iter().any(|name| name.eq_ignore_ascii_case(only)) || operation.id == only || operation.method == only
}

/// Returns the error that `only` names no trait or operation. It suggests a similar name, or else lists all
/// traits.
fn unknown(only: &str, operations: &[(String, GeneratedOperation)]) -> anyhow::Result<()> {
    let traits: BTreeSet<&str> = operations.iter().map(|(_, operation)| operation.tag.as_str()).collect();
    let ids = operations.iter().flat_map(|(_, operation)| [operation.id.as_str(), operation.route.as_str()]);
    match closest(only, traits.iter().copied().chain(ids)) {
        Some(close) => bail!("no trait or operation is named `{only}`: did you mean `{close}`?"),
        None => {
            let traits: Vec<String> = traits.into_iter().map(|name| format!("`{name}`")).collect();
            bail!("no trait or operation is named `{only}`; the traits are {}", traits.join(", "))
        }
    }
}
