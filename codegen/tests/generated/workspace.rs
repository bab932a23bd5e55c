//! A workspace with every crate that the tests compile. One call of cargo compiles all of them, so the runtime
//! and its dependencies are compiled once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output as Finished, Stdio};
use std::sync::LazyLock;

use serde_json::Value as Json;
use toml::{Table, Value};
use writ_codegen::options::Part;
use writ_codegen::output::{self, Conflicts, Output, TOML_HEADER};
use writ_codegen::stub::stub;

use crate::contracts::{self, root};

#[path = "reported.rs"]
mod reported;
#[path = "words.rs"]
pub mod words;

/// The services for golden contracts: the crate's name, the contract, and the source.
const SERVICES: &[(&str, &str, &str)] = &[
    ("undeclared-status", "golden-shop", include_str!("../services/undeclared_status.rs")),
    ("undeclared-status-into", "golden-shop", include_str!("../services/undeclared_status_into.rs")),
    ("undeclared-refusal", "golden-shop", include_str!("../services/undeclared_refusal.rs")),
    ("unknown-refusal", "golden-shop", include_str!("../services/unknown_refusal.rs")),
    ("unconverted-error", "golden-shop", include_str!("../services/unconverted_error.rs")),
    ("forgotten-operation", "golden-shop", include_str!("../services/forgotten_operation.rs")),
    ("forgotten-scheme", "golden-security", include_str!("../services/forgotten_scheme.rs")),
    ("forgotten-conversion", "golden-errors", include_str!("../services/forgotten_conversion.rs")),
    ("status-out-of-range", "golden-responses", include_str!("../services/status_out_of_range.rs")),
    (SHOP, "golden-shop", include_str!("../services/shop.rs")),
    (OWN, "golden-own", include_str!("../services/own.rs")),
    (UNWRITTEN, "golden-unwritten", include_str!("../services/unwritten.rs")),
    (MEDIA, "golden-media", include_str!("../services/media.rs")),
    ("event-on-a-pool", "golden-events", include_str!("../services/event_on_a_pool.rs")),
    ("event-of-another-type", "golden-events", include_str!("../services/event_of_another_type.rs")),
    (EVENTS, "golden-events", include_str!("../services/events.rs")),
    ("forgotten-version", "golden-versions", include_str!("../services/forgotten_version.rs")),
    (VERSIONS, "golden-versions", include_str!("../services/versions.rs")),
    (SECRETS, "golden-secrets", include_str!("../services/secrets.rs")),
];

/// The service of three versions of an API.
pub const VERSIONS: &str = "versions-server";

/// The program that publishes and consumes events.
pub const EVENTS: &str = "events-program";

/// The program that prints values with secrets.
pub const SECRETS: &str = "secrets-printer";

/// The service with bodies of several media types.
pub const MEDIA: &str = "media-server";

/// The service of the shop.
pub const SHOP: &str = "shop-server";

/// The service with only one handler.
pub const UNWRITTEN: &str = "unwritten-server";

/// The service whose contract uses types of the implementer.
pub const OWN: &str = "own-server";

/// The crate that contains the types of the implementer.
const OWN_TYPES: &str = "own-types";

/// The services whose methods are the printed stubs.
pub const STUBS: &str = "stubs";

/// The program that serves every golden contract.
pub const SERVED: &str = "served";

/// The program that refuses requests for published contracts.
pub const REFUSALS: &str = "refusals";

/// The program that serves the contracts of reported mistakes.
pub const REPORTED: &str = "reported";

/// The program that calls the services of golden contracts.
pub const CLIENT: &str = "client";

/// The program that sends random requests to the service of a contract in its process.
pub const ROUNDTRIP: &str = "roundtrip";

/// The contracts of the services that the client program calls.
const CALLED: &[&str] = &[
    "bodies",
    "media",
    "outgoing",
    "pages",
    "policies",
    "rare",
    "responses",
    "security",
    "styles",
    "uploads",
    "version_3_2",
];

/// The result of compiling one crate.
#[derive(Debug, Default)]
pub struct Compiled {
    /// True if cargo compiled the crate.
    pub done: bool,
    /// The path of the compiled program; `None` for a library.
    pub executable: Option<PathBuf>,
    /// The warnings and errors of the compiler for the crate.
    pub messages: Vec<Message>,
}

/// A warning or an error of the compiler.
#[derive(Debug)]
pub struct Message {
    /// The code of the error, such as `E0277`; empty if there is none.
    pub code: String,
    /// The message as it is shown on a terminal.
    pub rendered: String,
}

/// The variable that names a file with the messages of cargo. The first program with this variable compiles the crates and
/// writes the file, and later ones read it.
const MESSAGES: &str = "WRIT_GENERATED_MESSAGES";

/// The results for all crates, compiled with warnings denied.
pub static COMPILED: LazyLock<BTreeMap<String, Compiled>> = LazyLock::new(|| {
    let kept = std::env::var_os(MESSAGES).map(PathBuf::from);
    if let Some(messages) = kept.as_ref().and_then(|file| fs::read_to_string(file).ok()) {
        return read(&messages);
    }
    let folder = target().join("workspace");
    write(&folder);
    let finished =
        cargo(&folder, &target(), &["build", "--workspace", "--all-features", "--keep-going", "--message-format=json"]);
    let messages = String::from_utf8_lossy(&finished.stdout);
    let compiled = read(&messages);
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(compiled.contains_key("writ-runtime"), "cargo compiled nothing:\n{stderr}");
    if let Some(file) = kept {
        // Another program that reads the file at the same time finds all of it or nothing.
        let whole = file.with_extension(std::process::id().to_string());
        fs::write(&whole, &*messages).and_then(|()| fs::rename(whole, file)).expect("the messages are kept");
    }
    compiled
});

/// Returns the target folder of all crates that the tests compile.
pub fn target() -> PathBuf {
    root().join("target/golden")
}

/// Runs cargo with warnings denied, first without the network.
pub fn cargo(folder: &Path, target: &Path, arguments: &[&str]) -> Finished {
    let run = |offline: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in std::env::vars_os() {
            // `cargo test` sets these variables for this crate, not for the compiled ones.
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "CARGO_ENCODED_RUSTFLAGS"
            {
                command.env_remove(&*name);
            }
        }
        command.args(arguments).args(offline).current_dir(folder).stdin(Stdio::null());
        command.env("CARGO_TARGET_DIR", target).env("RUSTFLAGS", "-Dwarnings");
        command.output().expect("cargo runs")
    };
    let finished = run(&["--offline"]);
    match String::from_utf8_lossy(&finished.stderr).contains("--offline") {
        true => run(&[]),
        false => finished,
    }
}

/// Writes the workspace. Files without changes keep their modification times.
fn write(folder: &Path) {
    let runtime = path(&root().join("codegen/runtime"));
    let mut output = Output::default();
    let mut members = Vec::new();
    let upgraded = contracts::upgraded("roundtrip", &target().join("contracts"));
    let words = words::contracts(&target().join("contracts"));
    for subject in contracts::golden().into_iter().chain(contracts::real()).chain([upgraded]).chain(words) {
        let all = [Part::Client, Part::Eq, Part::Serde, Part::Openapi];
        let wanted = if subject.name.starts_with(words::PREFIX) { &all[..] } else { &all[..3] };
        let (files, features, parts) = contracts::with_features(&subject.entry, wanted);
        for (file, text) in files.files {
            output.files.insert(format!("{}/{file}", subject.name), text);
        }
        let mut manifest = manifest(&subject.name, &[("writ-runtime", &runtime)], &features);
        if subject.name == "golden-own" {
            manifest.push_str(&format!("{OWN_TYPES} = {{ path = \"../{OWN_TYPES}\" }}\n"));
        }
        manifest.push_str(&part_features(&parts));
        output.files.insert(format!("{}/Cargo.toml", subject.name), manifest);
        members.push(subject.name);
    }
    let source = include_str!("../services/own_types.rs");
    output.files.insert(format!("{OWN_TYPES}/src/lib.rs"), format!("{}\n{source}", output::HEADER));
    let own = manifest(OWN_TYPES, &[("writ-runtime", &runtime)], &[]);
    output.files.insert(format!("{OWN_TYPES}/Cargo.toml"), own);
    members.push(OWN_TYPES.to_owned());
    for (name, contract, source) in SERVICES {
        let mut manifest = manifest(name, &[("writ-runtime", &runtime), ("contract", &format!("../{contract}"))], &[]);
        manifest = manifest.replace("contract = {", &format!("contract = {{ package = \"{contract}\","));
        if *name == OWN {
            manifest.push_str(&format!("{OWN_TYPES} = {{ path = \"../{OWN_TYPES}\" }}\n"));
        }
        manifest.push_str("futures-util = { workspace = true }\n");
        manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\n");
        output.files.insert(format!("{name}/Cargo.toml"), manifest);
        output.files.insert(format!("{name}/src/main.rs"), format!("{}\n{source}", output::HEADER));
        members.push((*name).to_owned());
    }
    write_stubs(&mut output, &runtime);
    members.push(STUBS.to_owned());
    write_served(&mut output, &runtime);
    members.push(SERVED.to_owned());
    write_refusals(&mut output, &runtime);
    members.push(REFUSALS.to_owned());
    write_client(&mut output, &runtime);
    members.push(CLIENT.to_owned());
    write_roundtrip(&mut output, &runtime);
    members.push(ROUNDTRIP.to_owned());
    members.extend(reported::write(&mut output, &runtime));
    output.files.insert("Cargo.toml".to_owned(), workspace_manifest(members));
    put(folder, &output);
}

/// Writes a folder of the tests, with the dependency versions of this repository's lock file.
pub fn put(folder: &Path, output: &Output) {
    if !folder.join(output::MANIFEST).is_file() {
        // The folder contains files of an interrupted run, or does not exist.
        let _ = fs::remove_dir_all(folder);
    }
    output::write(folder, output, Conflicts::Overwrite).expect("the folder is written");
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file is copied");
}

/// Adds services whose methods are the stubs that the generator prints.
fn write_stubs(output: &mut Output, runtime: &str) {
    let mut manifest = manifest(STUBS, &[("writ-runtime", runtime)], &[]);
    let mut source =
        format!("{}\n//! Services whose methods are the printed stubs.\n\nstruct Service;\n", output::HEADER);
    for subject in contracts::golden().into_iter().filter(|subject| !contracts::has_versions(subject)) {
        let path = subject.name.replace('-', "_");
        manifest.push_str(&format!("{0} = {{ path = \"../{0}\" }}\n", subject.name));
        let operations = contracts::try_generate(&subject.entry).operations;
        for operations in operations.chunk_by(|one, next| one.tag == next.tag) {
            let tag = &operations[0].tag;
            source.push_str(&format!("\nimpl {path}::{tag} for Service {{\n"));
            if operations.iter().any(|operation| operation.context.contains("Principal")) {
                source.push_str("    type Principal = ();\n");
            }
            operations.iter().for_each(|operation| source.push_str(&format!("\n{}", stub(operation, &path))));
            source.push_str("}\n");
        }
    }
    source.push_str("\nfn main() {\n    let _ = Service;\n}\n");
    output.files.insert(format!("{STUBS}/Cargo.toml"), manifest);
    output.files.insert(format!("{STUBS}/src/main.rs"), source);
}

/// Adds the program that serves every golden contract, with each crate under its own name.
fn write_served(output: &mut Output, runtime: &str) {
    let mut manifest = manifest(SERVED, &[("writ-runtime", runtime)], &[]);
    for subject in contracts::golden() {
        let module = subject.name.replacen("golden-", "", 1);
        if !root().join(format!("codegen/tests/served/{module}.txt")).is_file() {
            continue;
        }
        manifest.push_str(&format!("{module} = {{ package = {0:?}, path = \"../{0}\" }}\n", subject.name));
    }
    manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\n");
    manifest.push_str("futures-util.workspace = true\ntower.workspace = true\n");
    output.files.insert(format!("{SERVED}/Cargo.toml"), manifest);
    write_sources(output, SERVED);
}

/// Adds the program that refuses requests, with the operation tables and error bodies of published contracts.
fn write_refusals(output: &mut Output, runtime: &str) {
    let mut manifest = manifest(REFUSALS, &[("writ-runtime", runtime)], &[]);
    manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"rt\"] }\ntower.workspace = true\n");
    output.files.insert(format!("{REFUSALS}/Cargo.toml"), manifest);
    let (mut modules, mut calls) = (String::new(), String::new());
    for subject in contracts::with_own_errors() {
        let name = &subject.name;
        let tables = [format!("src/{name}/errors.rs"), format!("src/{name}/operations/")];
        for (file, text) in contracts::module(&subject).files {
            if tables.iter().any(|table| file.starts_with(table)) {
                output.files.insert(format!("{REFUSALS}/{file}"), text);
            }
        }
        modules.push_str(&format!("mod {name} {{\n    pub mod errors;\n    pub mod operations;\n}}\n"));
        calls.push_str(&format!(
            "    refuse({name:?}, &{name}::errors::ERROR_ENVELOPE, {name}::operations::ALL).await;\n"
        ));
    }
    let source = include_str!("../services/refusals.rs");
    let generated = format!("{modules}\nasync fn refuse_all() {{\n{calls}}}\n");
    output.files.insert(format!("{REFUSALS}/src/main.rs"), format!("{}\n{source}\n{generated}", output::HEADER));
}

/// Adds the program that calls services, with each crate under its own name.
fn write_client(output: &mut Output, runtime: &str) {
    let mut manifest = manifest(CLIENT, &[("writ-runtime", runtime)], &["client", "serde"]);
    for module in CALLED {
        let package = format!("golden-{module}");
        manifest.push_str(&format!(
            "{module} = {{ package = {package:?}, path = \"../{package}\", features = [\"client\", \"eq\", \"serde\"] }}\n"
        ));
    }
    manifest.push_str("futures-util.workspace = true\nreqwest.workspace = true\n");
    manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\n");
    output.files.insert(format!("{CLIENT}/Cargo.toml"), manifest);
    write_sources(output, CLIENT);
}

/// Adds the program that sends random requests, with a contract in two versions of OpenAPI.
fn write_roundtrip(output: &mut Output, runtime: &str) {
    let mut manifest = manifest(ROUNDTRIP, &[("writ-runtime", runtime)], &["client"]);
    for (module, package) in [("version_3_0", "golden-roundtrip"), ("version_3_1", "golden-roundtrip-3-1")] {
        manifest.push_str(&format!(
            "{module} = {{ package = {package:?}, path = \"../{package}\", features = [\"client\"] }}\n"
        ));
    }
    manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"rt\"] }\n");
    output.files.insert(format!("{ROUNDTRIP}/Cargo.toml"), manifest);
    write_sources(output, ROUNDTRIP);
}

/// Adds the source files of a program.
fn write_sources(output: &mut Output, program: &str) {
    let folder = root().join("codegen/tests/services").join(program);
    for file in fs::read_dir(folder).expect("the sources of the program").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let source = fs::read_to_string(file.path()).expect("a source");
        output.files.insert(format!("{program}/src/{name}"), format!("{}\n{source}", output::HEADER));
    }
}

/// Returns the manifest of the workspace, with the dependency versions and lints of this repository.
fn workspace_manifest(members: Vec<String>) -> String {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("the repository's manifest");
    let own: Table = toml::from_str(&text).expect("the repository's manifest");
    let mut workspace = own["workspace"].as_table().cloned().unwrap_or_default();
    workspace.insert("members".to_owned(), Value::from(members));
    if let Some(Value::Table(versions)) = workspace.get_mut("dependencies") {
        versions.retain(|_, version| version.get("path").is_none());
    }
    // Nothing is debugged here, and a changed crate is compiled completely.
    let manifest = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
    format!("{TOML_HEADER}\n{manifest}\n[profile.dev]\ndebug = false\nincremental = false\n")
}

/// Returns the manifest of a crate in the workspace, without optional parts.
pub fn manifest(name: &str, dependencies: &[(&str, &str)], features: &[&str]) -> String {
    let mut text = format!(
        "{TOML_HEADER}\n[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\npublish = false\n\n\
         [lints]\nworkspace = true\n\n[dependencies]\n"
    );
    for (name, path) in dependencies {
        let features = if *name == "writ-runtime" { features } else { &[] };
        text.push_str(&format!("{name} = {{ path = {path:?}, features = {features:?} }}\n"));
    }
    text
}

/// Returns the table of features for the optional parts.
fn part_features(parts: &[Part]) -> String {
    let lines = parts.iter().map(|part| format!("{} = {:?}\n", part.name(), part.turns_on()));
    if parts.is_empty() { String::new() } else { format!("\n[features]\n{}", lines.collect::<String>()) }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Reads the messages of cargo, by crate.
fn read(messages: &str) -> BTreeMap<String, Compiled> {
    let mut crates: BTreeMap<String, Compiled> = BTreeMap::new();
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<Json>(line) else { continue };
        let text = |pointer: &str| message.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
        let package = text("/package_id");
        let name = package
            .rsplit(['/', '#'])
            .find(|part| part.contains(|letter: char| letter.is_alphabetic()))
            .unwrap_or_default();
        let compiled = crates.entry(name.split('@').next().unwrap_or_default().to_owned()).or_default();
        match text("/reason").as_str() {
            "compiler-artifact" => {
                compiled.done = true;
                compiled.executable = message.get("executable").and_then(Json::as_str).map(PathBuf::from);
            }
            "compiler-message" => compiled
                .messages
                .push(Message { code: text("/message/code/code"), rendered: text("/message/rendered") }),
            _ => {}
        }
    }
    crates
}
