//! The program that serves the smallest contracts of reported mistakes. Its handlers are written from the stubs:
//! each records the request that it received, and responds with the text `echo`.

use std::collections::BTreeSet;

use writ_codegen::generate::GeneratedOperation;
use writ_codegen::output::{self, Output};
use writ_codegen::stub::stub;

use crate::contracts::{self, Subject};
use crate::workspace::{REPORTED, manifest};

/// Adds a crate for each reported contract, and the program that serves all of them.
///
/// Returns the names of the new members; none if the contracts are not on this machine.
pub fn write(output: &mut Output, runtime: &str) -> Vec<String> {
    let subjects = contracts::reported();
    let mut members = Vec::new();
    let mut dependencies = manifest(REPORTED, &[("writ-runtime", runtime)], &[]);
    dependencies
        .push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\ntower.workspace = true\n");
    let mut source = format!("{}\n//! A program that serves reported contracts.\n\nmod dispatch;\n", output::HEADER);
    let mut routers = String::new();
    for subject in &subjects {
        let (files, features, _) = contracts::with_features(&subject.entry, &[]);
        let package = format!("reported-{}", subject.name);
        for (file, text) in files.files {
            output.files.insert(format!("{package}/{file}"), text);
        }
        output
            .files
            .insert(format!("{package}/Cargo.toml"), manifest(&package, &[("writ-runtime", runtime)], &features));
        dependencies.push_str(&format!("{0} = {{ package = {package:?}, path = \"../{package}\" }}\n", subject.name));
        source.push_str(&service(subject));
        routers.push_str(&format!("        ({0:?}, {0}_service::router()),\n", subject.name));
        members.push(package);
    }
    if subjects.is_empty() {
        return members;
    }
    source.push_str(&format!(
        "\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> std::io::Result<()> {{\n    \
         dispatch::serve(vec![\n{routers}    ]).await\n}}\n"
    ));
    output.files.insert(format!("{REPORTED}/Cargo.toml"), dependencies);
    output.files.insert(format!("{REPORTED}/src/main.rs"), source);
    let dispatch = include_str!("../services/served/dispatch.rs");
    output.files.insert(format!("{REPORTED}/src/dispatch.rs"), format!("{}\n{dispatch}", output::HEADER));
    members.push(REPORTED.to_owned());
    members
}

/// Returns a module with a service that implements every trait of a contract.
fn service(subject: &Subject) -> String {
    let contract = &subject.name;
    let generated = contracts::try_generate(&subject.entry);
    let traits: BTreeSet<&str> = generated.operations.iter().map(|operation| operation.tag.as_str()).collect();
    let mut text = format!("\nmod {contract}_service {{\n    pub struct Service;\n");
    for tag in &traits {
        text.push_str(&format!("\n    impl {contract}::{tag} for Service {{\n"));
        let methods = generated.operations.iter().filter(|operation| operation.tag == *tag);
        methods.for_each(|operation| text.push_str(&handler(operation, subject)));
        text.push_str("    }\n");
    }
    let root = generated.output.as_ref().and_then(|output| output.files.get("src/lib.rs")).expect("the crate's root");
    let fields: Vec<&str> = root
        .lines()
        .skip_while(|line| !line.starts_with("pub struct Api"))
        .take_while(|line| *line != "}")
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| !["authenticator", "gate"].contains(name))
        .collect();
    let services: String = fields.iter().map(|field| format!("            {field}: Service,\n")).collect();
    text.push_str(&format!(
        "\n    pub fn router() -> writ_runtime::Router {{\n        {contract}::Api {{\n            \
         authenticator: writ_runtime::NoAuthentication,\n            gate: writ_runtime::OpenGate,\n{services}        \
         }}\n        .router()\n    }}\n}}\n"
    ));
    text
}

/// Returns a trait method that records its request and returns a response.
fn handler(operation: &GeneratedOperation, subject: &Subject) -> String {
    let contract = &subject.name;
    let contract_text = std::fs::read_to_string(&subject.entry).expect("the contract");
    let received = match (&operation.request, contract_text.contains("multipart/form-data")) {
        (None, _) => "",
        (Some(_), false) => "crate::dispatch::record(&request);",
        (Some(_), true) => "let form = request.body.collect().await?; crate::dispatch::record(&form);",
    };
    let response = match operation.method.as_str() {
        // JSON has no such number.
        "n" => format!("{contract}::N {{ v: f64::NAN }}"),
        _ => format!("{contract}::Echo {{ echo: \"echo\".to_owned() }}"),
    };
    stub(operation, contract)
        .replace("_request:", "request:")
        .replace("Err(writ_runtime::NotWritten.into())", &format!("{received} Ok({response}.into())"))
}
