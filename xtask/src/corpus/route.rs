//! A program a contract that builds its router and sends one request to every operation.
//!
//! What it proves: the generated code of every operation can be called by a router that can be built,
//! and a request to the path and method of an operation reaches that operation and no other. Its
//! services have written nothing, so that what a handler is given and answers is not proven here.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use writ_codegen::output::{HEADER, Output};

/// All of the program that is the same for every contract.
const PROGRAM: &str = include_str!("../../corpus/router.rs");

/// What came of it.
pub struct Routed {
    /// How many operations were reached.
    pub count: usize,
    /// What is said of the others.
    pub said: String,
}

/// A service of a contract: the method that takes it, its trait, and whether that knows callers.
struct Service<'a> {
    method: &'a str,
    path: &'a str,
    secured: bool,
}

/// Adds the program to what was generated with the opt-in for methods that are not written.
pub fn add_program(member: &str, output: &mut Output) {
    let root = output.files.get("src/lib.rs").map(String::as_str).unwrap_or_default();
    let services = services(root);
    let name = member.replace('-', "_");
    let mut text = format!("{HEADER}\n//! Sends one request to every operation.\n\nuse {name} as contract;\n{PROGRAM}");
    for service in &services {
        let principal = match service.secured {
            true => "    type Principal = <NoAuthentication as writ_runtime::Authenticate>::Principal;\n",
            false => "",
        };
        let _ = write!(text, "\nimpl contract::{} for Nothing {{\n{principal}}}\n", service.path);
    }
    let taken: String = services.iter().map(|service| format!("\n        .{}(Nothing)", service.method)).collect();
    let unwritten = "contract::Unwritten::new(NoAuthentication, OpenGate)";
    let _ = write!(text, "\nfn router() -> Router {{\n    {unwritten}{taken}\n        .router()\n}}\n");
    output.files.insert("src/main.rs".to_owned(), text);
}

/// The services that `Unwritten` takes, in the root of generated code, whose form is known.
fn services(root: &str) -> Vec<Service<'_>> {
    let mut services = Vec::new();
    let mut method = "";
    for line in root.lines() {
        if let Some(rest) = line.strip_prefix("    pub fn ") {
            method = rest.strip_suffix("<S>(mut self, service: S) -> Self").unwrap_or_default();
        } else if let Some(bound) = line.strip_prefix("        S: ").filter(|_| !method.is_empty()) {
            let path = bound.split(['<', ',']).next().unwrap_or_default();
            services.push(Service { method, path, secured: bound.contains("<Principal") });
        }
    }
    services
}

/// Runs the program.
pub fn run(program: &Path) -> anyhow::Result<Routed> {
    let finished = Command::new(program).output().with_context(|| format!("cannot run `{}`", program.display()))?;
    let count = String::from_utf8_lossy(&finished.stdout).trim().parse().unwrap_or(0);
    Ok(Routed { count, said: String::from_utf8_lossy(&finished.stderr).into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_read_where_they_are_taken() {
        let root = "    pub fn new(a: A) -> Self {\n    pub fn users<S>(mut self, service: S) -> Self\n    where\n        \
                    S: users::Users<Principal = A::Principal>,\n    pub fn r#type<S>(mut self, service: S) -> Self\n    \
                    where\n        S: type_::Type,\n";
        let found: Vec<_> = services(root).into_iter().map(|one| (one.method, one.path, one.secured)).collect();
        assert_eq!(found, [("users", "users::Users", true), ("r#type", "type_::Type", false)]);
    }
}
