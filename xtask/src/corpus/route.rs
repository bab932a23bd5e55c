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

/// The services that `Unwritten` takes, in the root of generated code, whose form is known. Long lines of it
/// are broken, so that a bound ends where the body of its method begins.
fn services(root: &str) -> Vec<Service<'_>> {
    let mut services = Vec::new();
    for method in root.split("\n    pub fn ").skip(1) {
        let Some((name, rest)) = method.split_once("<S>(") else { continue };
        let head = rest.split("\n    {").next().unwrap_or_default();
        let Some((_, bound)) = head.split_once("        S: ") else { continue };
        let path = bound.split(['<', ',']).next().unwrap_or_default().trim();
        services.push(Service { method: name, path, secured: bound.contains("Principal = ") });
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
        let root = "    pub fn new(a: A) -> Self {\n    }\n\n    pub fn users<S>(mut self, service: S) -> Self\n    where\n        \
                    S: users::Users<Principal = A::Principal>,\n    {\n        self\n    }\n\n    \
                    pub fn long<S>(mut self, service: S) -> Self\n    where\n        S: long::Long<\n            \
                    Principal = A::Principal,\n        >,\n    {\n        self\n    }\n\n    \
                    pub fn r#type<S>(mut self, service: S) -> Self\n    where\n        S: type_::Type,\n    {\n";
        let root = format!("impl Unwritten {{\n{root}");
        let found: Vec<_> = services(&root).into_iter().map(|one| (one.method, one.path, one.secured)).collect();
        let expected =
            [("users", "users::Users", true), ("long", "long::Long", true), ("r#type", "type_::Type", false)];
        assert_eq!(found, expected);
    }
}
