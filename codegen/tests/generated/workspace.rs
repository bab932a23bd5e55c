//! One workspace with every crate that the tests compile, so that the runtime and what it stands on
//! are compiled once, and one cargo invocation that compiles them all.

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

/// Services written against golden contracts: the crate's name, the contract, and the source.
const SERVICES: &[(&str, &str, &str)] = &[
    ("undeclared-status", "golden-shop", include_str!("../services/undeclared_status.rs")),
    ("undeclared-status-into", "golden-shop", include_str!("../services/undeclared_status_into.rs")),
    ("unconverted-error", "golden-shop", include_str!("../services/unconverted_error.rs")),
    ("forgotten-operation", "golden-shop", include_str!("../services/forgotten_operation.rs")),
    ("status-out-of-range", "golden-responses", include_str!("../services/status_out_of_range.rs")),
    (SHOP, "golden-shop", include_str!("../services/shop.rs")),
    (OWN, "golden-own", include_str!("../services/own.rs")),
    (UNWRITTEN, "golden-unwritten", include_str!("../services/unwritten.rs")),
    (MEDIA, "golden-media", include_str!("../services/media.rs")),
];

/// The service of media types.
pub const MEDIA: &str = "media-server";

/// The service of the shop.
pub const SHOP: &str = "shop-server";

/// The service of which one method is written.
pub const UNWRITTEN: &str = "unwritten-server";

/// The service whose contract speaks in types of its own.
pub const OWN: &str = "own-server";

/// The crate of those types.
const OWN_TYPES: &str = "own-types";

/// The services of stubs.
pub const STUBS: &str = "stubs";

/// The program that serves every golden contract.
pub const SERVED: &str = "served";

/// The program that calls services of golden contracts.
pub const CLIENT: &str = "client";

/// The contracts that it calls.
const CALLED: &[&str] = &["bodies", "media", "outgoing", "policies", "rare", "responses", "security", "styles"];

/// What the compiler said of one crate.
#[derive(Debug, Default)]
pub struct Compiled {
    /// Whether it compiled.
    pub done: bool,
    /// The program, where it is one.
    pub executable: Option<PathBuf>,
    /// Each message.
    pub messages: Vec<Message>,
}

/// One message of the compiler.
#[derive(Debug)]
pub struct Message {
    /// `E0277` and the like, empty where it has none.
    pub code: String,
    /// As it is shown.
    pub rendered: String,
}

/// Every crate, compiled with warnings denied.
pub static COMPILED: LazyLock<BTreeMap<String, Compiled>> = LazyLock::new(|| {
    let folder = target().join("workspace");
    write(&folder);
    read(&cargo(
        &folder,
        &target(),
        &["build", "--workspace", "--all-features", "--keep-going", "--message-format=json"],
    ))
});

/// The target folder of all that tests compile.
pub fn target() -> PathBuf {
    root().join("target/golden")
}

/// Runs cargo with warnings denied; without the network first.
pub fn cargo(folder: &Path, target: &Path, arguments: &[&str]) -> Finished {
    let run = |offline: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in std::env::vars_os() {
            // What `cargo test` says of this crate is not about that one.
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

/// Writes the whole workspace; a file that is as it was keeps its time.
fn write(folder: &Path) {
    let runtime = path(&root().join("codegen/runtime"));
    let mut whole = Output::default();
    let mut members = Vec::new();
    for subject in contracts::golden().into_iter().chain(contracts::real()) {
        let (output, features, parts) =
            contracts::with_features(&subject.entry, &[Part::Client, Part::Eq, Part::Serde]);
        for (file, text) in output.files {
            whole.files.insert(format!("{}/{file}", subject.name), text);
        }
        let mut manifest = manifest(&subject.name, &[("writ-runtime", &runtime)], &features);
        if subject.name == "golden-own" {
            manifest.push_str(&format!("{OWN_TYPES} = {{ path = \"../{OWN_TYPES}\" }}\n"));
        }
        manifest.push_str(&part_features(&parts));
        whole.files.insert(format!("{}/Cargo.toml", subject.name), manifest);
        members.push(subject.name);
    }
    let source = include_str!("../services/own_types.rs");
    whole.files.insert(format!("{OWN_TYPES}/src/lib.rs"), format!("{}\n{source}", output::HEADER));
    let own = manifest(OWN_TYPES, &[("writ-runtime", &runtime)], &[]);
    whole.files.insert(format!("{OWN_TYPES}/Cargo.toml"), own);
    members.push(OWN_TYPES.to_owned());
    for (name, contract, source) in SERVICES {
        let mut manifest = manifest(name, &[("writ-runtime", &runtime), ("contract", &format!("../{contract}"))], &[]);
        manifest = manifest.replace("contract = {", &format!("contract = {{ package = \"{contract}\","));
        if *name == OWN {
            manifest.push_str(&format!("{OWN_TYPES} = {{ path = \"../{OWN_TYPES}\" }}\n"));
        }
        manifest.push_str("futures-util = { workspace = true }\n");
        manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\n");
        whole.files.insert(format!("{name}/Cargo.toml"), manifest);
        whole.files.insert(format!("{name}/src/main.rs"), format!("{}\n{source}", output::HEADER));
        members.push((*name).to_owned());
    }
    write_stubs(&mut whole, &runtime);
    members.push(STUBS.to_owned());
    write_served(&mut whole, &runtime);
    members.push(SERVED.to_owned());
    write_client(&mut whole, &runtime);
    members.push(CLIENT.to_owned());
    whole.files.insert("Cargo.toml".to_owned(), workspace_manifest(members));
    put(folder, &whole);
}

/// Writes a folder that is the tests' own, with the versions that this repository is locked to.
pub fn put(folder: &Path, whole: &Output) {
    if !folder.join(output::MANIFEST).is_file() {
        // It holds files of a run that was interrupted, or nothing.
        let _ = fs::remove_dir_all(folder);
    }
    output::write(folder, whole, Conflicts::Overwrite).expect("the folder is written");
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file is copied");
}

/// Services of which every method is the stub that is printed to be pasted.
fn write_stubs(whole: &mut Output, runtime: &str) {
    let mut manifest = manifest(STUBS, &[("writ-runtime", runtime)], &[]);
    let mut source =
        format!("{}\n//! Every method as it is printed to be pasted.\n\nstruct Service;\n", output::HEADER);
    for subject in contracts::golden() {
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
    whole.files.insert(format!("{STUBS}/Cargo.toml"), manifest);
    whole.files.insert(format!("{STUBS}/src/main.rs"), source);
}

/// The program that serves every golden contract, each crate under its own name.
fn write_served(whole: &mut Output, runtime: &str) {
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
    whole.files.insert(format!("{SERVED}/Cargo.toml"), manifest);
    write_sources(whole, SERVED);
}

/// The program that calls, each crate under its own name.
fn write_client(whole: &mut Output, runtime: &str) {
    let mut manifest = manifest(CLIENT, &[("writ-runtime", runtime)], &["client", "serde"]);
    for module in CALLED {
        let package = format!("golden-{module}");
        manifest.push_str(&format!(
            "{module} = {{ package = {package:?}, path = \"../{package}\", features = [\"client\", \"eq\", \"serde\"] }}\n"
        ));
    }
    manifest.push_str("reqwest.workspace = true\n");
    manifest.push_str("tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\"] }\n");
    whole.files.insert(format!("{CLIENT}/Cargo.toml"), manifest);
    write_sources(whole, CLIENT);
}

/// The sources of a program of several files.
fn write_sources(whole: &mut Output, program: &str) {
    let folder = root().join("codegen/tests/services").join(program);
    for file in fs::read_dir(folder).expect("the sources of the program").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let source = fs::read_to_string(file.path()).expect("a source");
        whole.files.insert(format!("{program}/src/{name}"), format!("{}\n{source}", output::HEADER));
    }
}

/// The manifest of the workspace: versions and lints are those of this repository.
fn workspace_manifest(members: Vec<String>) -> String {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("the repository's manifest");
    let own: Table = toml::from_str(&text).expect("the repository's manifest");
    let mut workspace = own["workspace"].as_table().cloned().unwrap_or_default();
    workspace.insert("members".to_owned(), Value::from(members));
    if let Some(Value::Table(versions)) = workspace.get_mut("dependencies") {
        versions.retain(|_, version| version.get("path").is_none());
    }
    // Nothing here is debugged, and what changes is compiled as a whole.
    let whole = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
    format!("{TOML_HEADER}\n{whole}\n[profile.dev]\ndebug = false\nincremental = false\n")
}

fn manifest(name: &str, dependencies: &[(&str, &str)], features: &[&str]) -> String {
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

/// The features that the optional parts stand behind.
fn part_features(parts: &[Part]) -> String {
    let lines = parts.iter().map(|part| format!("{} = {:?}\n", part.name(), part.turns_on()));
    if parts.is_empty() { String::new() } else { format!("\n[features]\n{}", lines.collect::<String>()) }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Reads cargo's messages, by crate.
fn read(finished: &Finished) -> BTreeMap<String, Compiled> {
    let mut crates: BTreeMap<String, Compiled> = BTreeMap::new();
    for line in String::from_utf8_lossy(&finished.stdout).lines() {
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
    let stderr = String::from_utf8_lossy(&finished.stderr);
    assert!(crates.contains_key("writ-runtime"), "cargo compiled nothing:\n{stderr}");
    crates
}
