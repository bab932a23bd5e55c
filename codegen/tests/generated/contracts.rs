//! The contracts that the tests generate code from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use writ_codegen::generate::{Generated, Request, generate, generate_modules};
use writ_codegen::options::{Options, Part};
use writ_codegen::output::Output;
use writ_codegen::render::{Layout, Renderer, library};
use writ_codegen::settings::Settings;
use writ_contract::diagnostic::{Diagnostics, render};

/// A contract and the name of its generated crate.
pub struct Subject {
    /// The name of the generated crate.
    pub name: String,
    /// The path of the contract's main document.
    pub entry: PathBuf,
}

/// Returns the root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Returns the folder of the golden contracts.
pub fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Returns the golden contracts. Each is in a folder together with its expected files.
pub fn golden() -> Vec<Subject> {
    let entries = std::fs::read_dir(golden_folder()).expect("the golden contracts").flatten();
    let mut subjects: Vec<Subject> = entries
        .filter_map(|entry| {
            let name = format!("golden-{}", entry.file_name().to_string_lossy());
            let entries = ["contract.yaml", FIRST_VERSION].map(|file| entry.path().join(file));
            entries.into_iter().find(|entry| entry.is_file()).map(|entry| Subject { name, entry })
        })
        .collect();
    subjects.sort_by(|one, other| one.name.cmp(&other.name));
    subjects
}

/// The file of the first version of a contract with several versions, which are generated as modules of one crate.
const FIRST_VERSION: &str = "v1.yaml";

/// Returns true if a contract has several versions.
pub fn has_versions(subject: &Subject) -> bool {
    subject.entry.ends_with(FIRST_VERSION)
}

/// Generates the crate of a contract with all of its versions, and additional parts. Returns the result of each version.
pub fn generate_each(entry: &Path, parts: &[Part]) -> Vec<Generated> {
    if !entry.ends_with(FIRST_VERSION) {
        return vec![generate_with(entry, parts)];
    }
    let mut options = Options::default();
    parts.iter().for_each(|part| options.set(*part, true));
    let names = (1..).map(|number| format!("v{number}"));
    let present = names.take_while(|name| entry.with_file_name(format!("{name}.yaml")).is_file());
    let requests: Vec<Request> = present
        .map(|name| Request {
            entry: entry.with_file_name(format!("{name}.yaml")),
            root: None,
            strict: false,
            layout: Layout::Module(name),
            options: options.clone(),
        })
        .collect();
    let mut all = generate_modules(&requests);
    let modules: Vec<String> = (1..=all.len()).map(|number| format!("v{number}")).collect();
    let renderer = Renderer::new(false).expect("the templates");
    if let Some(output) = all.iter_mut().find_map(|generated| generated.output.as_mut()) {
        output.files.insert("src/lib.rs".to_owned(), library(&renderer, &modules, None, None).expect("a library"));
    }
    all
}

/// Writes a golden contract of OpenAPI 3.0 as one of OpenAPI 3.1 into `folder`, and returns it.
pub fn upgraded(name: &str, folder: &Path) -> Subject {
    let text = std::fs::read_to_string(golden_folder().join(name).join("contract.yaml")).expect("a golden contract");
    let mut text = text.replacen("openapi: 3.0.3", "openapi: 3.1.0", 1);
    for kind in ["string", "integer"] {
        text = text.replace(&format!("type: {kind}, nullable: true"), &format!("type: [{kind}, 'null']"));
    }
    assert!(text.contains("3.1.0") && !text.contains("nullable"), "{text}");
    let entry = folder.join(format!("{name}-3-1.yaml"));
    std::fs::create_dir_all(folder).expect("the folder is created");
    std::fs::write(&entry, text).expect("the contract is written");
    Subject { name: format!("golden-{name}-3-1"), entry }
}

/// Returns the published contracts that exist on this machine.
pub fn real() -> Vec<Subject> {
    let folder = root().join("../shared/corpus/real");
    let files = [
        "swagger-petstore-1.0.27.yaml",
        "petstore-expanded.yml",
        "museum.yaml",
        "train-travel.yaml",
        "oxide-buildomat.json",
    ];
    let subjects = files.iter().map(|file| {
        let stem = file.rsplit_once('.').map_or(*file, |(stem, _)| stem);
        Subject { name: format!("real-{}", stem.replace('.', "-")), entry: folder.join(file) }
    });
    subjects.filter(|subject| subject.entry.is_file()).collect()
}

/// Returns the published contracts on this machine that declare error schemas of their own. The name is that of a module.
pub fn with_own_errors() -> Vec<Subject> {
    let folder = root().join("../shared/corpus/real");
    let files = [
        ("adyen", "adyen-ManagementService-v3.json"),
        ("asana", "asana.yaml"),
        ("ent", "ent.json"),
        ("firecracker", "firecracker.json"),
        ("openai", "openai-latest.yaml"),
        ("telegram", "telegram_bot_api.json"),
        ("tempo", "tempo.yaml"),
    ];
    let subjects = files.map(|(name, file)| Subject { name: name.to_owned(), entry: folder.join(file) });
    subjects.into_iter().filter(|subject| subject.entry.is_file()).collect()
}

/// Generates a contract as a module of a crate, without its settings.
pub fn module(subject: &Subject) -> Output {
    let layout = Layout::Module(subject.name.clone());
    let entry = subject.entry.clone();
    let generated = generate(&Request { entry, root: None, strict: false, layout, options: Options::default() });
    generated.output.unwrap_or_else(|| panic!("{}", rendered(&generated.diagnostics)))
}

/// Returns the contracts of reported mistakes that exist on this machine: each is the smallest contract for one
/// mistake that a user of some generator reported.
pub fn reported() -> Vec<Subject> {
    let Ok(entries) = std::fs::read_dir(root().join("../shared/corpus/wire")) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    paths.into_iter().map(|entry| Subject { name: stem(&entry), entry }).collect()
}

/// Generates a crate in memory.
pub fn try_generate(entry: &Path) -> Generated {
    generate_with(entry, &[])
}

/// Generates a crate with additional parts, which the settings of the contract need not turn on.
fn generate_with(entry: &Path, parts: &[Part]) -> Generated {
    let mut found = Diagnostics::new();
    let mut options = Settings::beside(entry, None, &mut found).options;
    assert!(found.is_empty(), "{}", rendered(&found));
    parts.iter().for_each(|part| options.set(*part, true));
    generate(&Request { entry: entry.to_owned(), root: None, strict: false, layout: Layout::Crate, options })
}

/// Generates a crate from a contract without errors.
pub fn generated(entry: &Path) -> Output {
    with_features(entry, &[]).0
}

/// Generates a crate with additional parts from a contract without errors.
///
/// Returns the files, the features of the runtime that they need, and all parts that are behind features.
pub fn with_features(entry: &Path, parts: &[Part]) -> (Output, Vec<&'static str>, Vec<Part>) {
    let mut whole = Output::default();
    let (mut features, mut all_parts) = (BTreeSet::new(), BTreeSet::new());
    for generated in generate_each(entry, parts) {
        match generated.output {
            Some(output) => whole.files.extend(output.files),
            None => panic!("{}", rendered(&generated.diagnostics)),
        }
        features.extend(generated.features);
        all_parts.extend(generated.parts);
    }
    (whole, features.into_iter().collect(), all_parts.into_iter().collect())
}

/// Returns the rendered diagnostics of a contract.
pub fn rendered(diagnostics: &Diagnostics) -> String {
    render(diagnostics, diagnostics.sources(), false)
}
