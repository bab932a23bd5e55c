//! The program that builds the router of a generated contract and sends a request to each operation.
//!
//! It proves that the generated code of every operation compiles into a router, and that a request to the
//! path and method of an operation reaches exactly this operation. Its services implement no method, so it
//! does not prove that handlers receive correct values or that responses are correct.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use writ_codegen::output::{HEADER, Output};

/// The source text of the program that does not depend on the contract.
const PROGRAM: &str = include_str!("../../corpus/router.rs");

/// The result of sending a request to each operation of a contract.
pub struct Routed {
    /// The number of operations whose route received the request.
    pub count: usize,
    /// The messages about operations whose route did not receive the request.
    pub messages: String,
}

/// A service trait of a contract: the method of the builder `Unwritten` that takes the service, the path of the
/// trait, and true if the trait has an authenticated caller (principal).
struct Service<'a> {
    method: &'a str,
    path: &'a str,
    secured: bool,
}

/// Adds a program to the generated crate of a contract. The program sends a request to each operation. The code
/// must allow operations that are not implemented.
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
    let calls: String = services.iter().map(|service| format!("\n        .{}(Nothing)", service.method)).collect();
    let conversions = output.files.get("src/errors.rs").and_then(|errors| conversions(errors));
    let errors = if conversions.is_some() { ", Nothing" } else { "" };
    text.extend(conversions);
    let unwritten = format!("contract::Unwritten::new(NoAuthentication, OpenGate{errors})");
    let _ = write!(text, "\nfn router() -> Router {{\n    {unwritten}{calls}\n        .router()\n}}\n");
    output.files.insert("src/main.rs".to_owned(), text);
}

/// Returns the service traits that the generated builder `Unwritten` takes, read from the root file of generated
/// code.
///
/// Long lines of generated code are broken, so a trait bound ends at the body of its method.
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

/// Returns an implementation of the generated trait that converts problems into error schemas, read from the generated
/// file with the errors, or `None` if the contract has no such trait. The program needs none of the conversions.
fn conversions(errors: &str) -> Option<String> {
    let (name, body) = errors.split_once("\npub trait ")?.1.split_once(": Send")?;
    let mut text = format!(
        "\nmod conversions {{\n    use super::{{Nothing, contract::*}};\n    use writ_runtime::Problem;\n\n    \
         impl {name} for Nothing {{\n"
    );
    for method in body.split("\n}").next()?.split("    fn ").skip(1) {
        let signature = method.split_once(';')?.0.replace("problem:", "_:").replace("request_id:", "_:");
        let _ = write!(text, "        fn {signature} {{\n            unreachable!()\n        }}\n");
    }
    text.push_str("    }\n}\n");
    Some(text)
}

/// Runs the program that sends requests to the operations of a contract, and reads its result.
pub fn run(program: &Path) -> anyhow::Result<Routed> {
    let finished = Command::new(program).output().with_context(|| format!("cannot run `{}`", program.display()))?;
    let count = String::from_utf8_lossy(&finished.stdout).trim().parse().unwrap_or(0);
    Ok(Routed { count, messages: String::from_utf8_lossy(&finished.stderr).into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_of_errors_are_read_from_their_trait() {
        let errors = "use x;\n\npub trait Errors: Send + Sync + 'static {\n    /// Text.\n    fn fault(problem: &Problem, \
                      request_id: &str) -> Fault;\n}\n\npub struct Other;\n";
        let text = conversions(errors).unwrap_or_default();
        assert!(
            text.contains("impl Errors for Nothing {\n        fn fault(_: &Problem, _: &str) -> Fault {"),
            "{text}"
        );
        assert_eq!(conversions("pub struct NotFound;\n"), None);
    }

    #[test]
    fn services_are_read_from_the_methods_that_take_them() {
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
