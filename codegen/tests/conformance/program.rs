//! A program that contains the generated code of every contract, and receives a request for each instance.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use toml::{Table, Value};
use writ_codegen::output::{HEADER, Output, TOML_HEADER};

use crate::contracts::root;
use crate::spec::Contract;
use crate::workspace::{cargo, put, target};

/// The response to the request for one instance.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The number of violations in the body.
    pub violations: usize,
    /// The body, for messages.
    pub body: String,
}

/// The main file of the program. It reads a line for each request, and prints the responses in order.
const MAIN: &str = include_str!("../services/conformance.rs");

/// Returns the responses for the instances of every contract, by contract and group.
pub fn responses(contracts: &[Contract]) -> Vec<Vec<Vec<Response>>> {
    let folder = target().join("conformance");
    write(&folder, contracts);
    let finished = cargo(&folder, &target(), &["build", "--workspace"]);
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
    let mut requests = String::new();
    for contract in contracts {
        for (at, group) in contract.groups.iter().enumerate() {
            for test in &group.tests {
                requests.push_str(&format!("{} /g{at} {}\n", contract.plan.name(), test.data));
            }
        }
    }
    let mut lines = send(&requests).into_iter();
    let mut next = || {
        let line = lines.next().expect("a response to every request");
        let (status, body) = line.split_once(' ').expect("a status and a body");
        let json: Json = serde_json::from_str(body).unwrap_or_default();
        let violations = json["errors"].as_array().map_or(0, Vec::len);
        Response { status: status.parse().expect("a status"), violations, body: body.to_owned() }
    };
    contracts
        .iter()
        .map(|contract| contract.groups.iter().map(|group| group.tests.iter().map(|_| next()).collect()).collect())
        .collect()
}

fn send(requests: &str) -> Vec<String> {
    let mut process = Command::new(target().join("debug/conformance-program"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = process.stdin.take().expect("its input");
    let requests = requests.to_owned();
    let writer = std::thread::spawn(move || input.write_all(requests.as_bytes()));
    let finished = process.wait_with_output().expect("the program ends");
    writer.join().expect("the requests are written").expect("the program reads");
    assert!(finished.status.success(), "the program failed");
    String::from_utf8_lossy(&finished.stdout).lines().map(str::to_owned).collect()
}

/// Writes the program and a crate for each contract.
fn write(folder: &std::path::Path, contracts: &[Contract]) {
    let mut files = Output::default();
    let runtime = root().join("codegen/runtime").to_string_lossy().into_owned();
    let runtime = format!("writ-runtime = {{ path = {runtime:?}, features = [\"jsonschema\", \"multipart\"] }}\n");
    let mut services = String::new();
    let mut routers = String::new();
    let mut dependencies = runtime.clone();
    for contract in contracts {
        let name = format!("conformance-{}", contract.plan.name());
        let module = contract.plan.name().replace('-', "_");
        for (file, text) in contract.generated.output.iter().flat_map(|output| &output.files) {
            files.files.insert(format!("{name}/{file}"), text.clone());
        }
        files.files.insert(format!("{name}/Cargo.toml"), manifest(&name, &runtime));
        dependencies.push_str(&format!("{module} = {{ package = \"{name}\", path = \"../{name}\" }}\n"));
        let methods: Vec<String> = contract.generated.operations.iter().map(|one| method(&one.method)).collect();
        services.push_str(&format!("\nservice!({module}:\n{});\n", methods.concat()));
        routers.push_str(&format!("({:?}, {module}()), ", contract.plan.name()));
    }
    dependencies
        .push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\ntower.workspace = true\n");
    files.files.insert("conformance-program/Cargo.toml".to_owned(), manifest("conformance-program", &dependencies));
    services.push_str(&format!("\nfn routers() -> Vec<(&'static str, Router)> {{\n    vec![{routers}]\n}}\n"));
    files.files.insert("conformance-program/src/main.rs".to_owned(), format!("{HEADER}\n{MAIN}{services}"));
    files.files.insert("Cargo.toml".to_owned(), workspace_manifest());
    put(folder, &files);
}

/// Returns the line that implements a method with its request, response and error types.
fn method(name: &str) -> String {
    let base = name.to_uppercase();
    format!("    {name} {base}Request {base}Response {base}Error,\n")
}

/// Returns the manifest of a crate. It allows a lint that rejects a property name of the suite, a single Greek
/// letter.
fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "{TOML_HEADER}\n[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\npublish = false\n\n\
         [lints.rust]\nmixed_script_confusables = \"allow\"\n\n[dependencies]\n{dependencies}"
    )
}

/// Returns the manifest of a workspace with the dependency versions of this repository.
fn workspace_manifest() -> String {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("the repository's manifest");
    let own: Table = toml::from_str(&text).expect("the repository's manifest");
    let mut workspace = own["workspace"].as_table().cloned().unwrap_or_default();
    workspace.insert("members".to_owned(), Value::from(vec!["conformance-*"]));
    if let Some(Value::Table(versions)) = workspace.get_mut("dependencies") {
        versions.retain(|_, version| version.get("path").is_none());
    }
    let files = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
    format!("{TOML_HEADER}\n{files}\n[profile.dev]\ndebug = false\nincremental = false\n")
}
