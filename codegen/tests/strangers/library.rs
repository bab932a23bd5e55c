//! A library in which every contract is a module, so that very many are compiled at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value as Json;
use writ_codegen::output::{Output, TOML_HEADER};
use writ_codegen::render::{Renderer, library};

use crate::contracts::root;
use crate::workspace::{cargo, put, target};

/// A contract of the library.
pub struct Member {
    /// Its module.
    pub module: String,
    /// Its files.
    pub output: Output,
    /// The features of the runtime that they need.
    pub features: Vec<&'static str>,
    /// How deep the compiler must look into their types.
    pub recursion_limit: Option<usize>,
    /// Where it comes from, to be told.
    pub origin: String,
}

/// What the compiler says of each member that it does not take without a warning. An error of one may
/// hide those of others, so that members with errors are left out until nothing is said.
pub fn compile(members: &[Member]) -> Vec<String> {
    let mut open: Vec<&Member> = members.iter().collect();
    let mut complaints = Vec::new();
    loop {
        let said = check(&open);
        if said.is_empty() {
            return complaints;
        }
        for member in open.iter().filter(|member| said.contains_key(&member.module)) {
            let said: Vec<&str> = said[&member.module].iter().take(3).map(String::as_str).collect();
            complaints.push(format!("{}:\n{}", member.origin, said.join("")));
        }
        open.retain(|member| !said.contains_key(&member.module));
    }
}

/// Compiles these, and gives what is said by module.
fn check(members: &[&Member]) -> BTreeMap<String, Vec<String>> {
    let folder = target().join("strangers");
    let mut whole = Output::default();
    let modules: Vec<String> = members.iter().map(|member| member.module.clone()).collect();
    let renderer = Renderer::new(false).expect("the templates");
    let limit = members.iter().filter_map(|member| member.recursion_limit).max();
    whole.files.insert("src/lib.rs".to_owned(), library(&renderer, &modules, limit).expect("the root of the library"));
    for member in members {
        whole.files.extend(member.output.files.clone());
    }
    let features: BTreeSet<&str> = members.iter().flat_map(|member| member.features.iter().copied()).collect();
    whole.files.insert("Cargo.toml".to_owned(), manifest(&features.into_iter().collect::<Vec<_>>()));
    put(&folder, &whole);
    let finished = cargo(&folder, &target(), &["check", "--message-format=json"]);
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&finished.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Json>(line) else { continue };
        let places = message.pointer("/message/spans").and_then(Json::as_array).into_iter().flatten();
        let files = places.filter_map(|place| place.get("file_name")?.as_str()?.strip_prefix("src/"));
        let modules = files.filter_map(|file| Some(file.split_once('/')?.0.to_owned()));
        let rendered = message.pointer("/message/rendered").and_then(Json::as_str).unwrap_or_default();
        for module in modules.collect::<BTreeSet<String>>() {
            said.entry(module).or_default().push(rendered.to_owned());
        }
    }
    let failed = !finished.status.success() && said.is_empty();
    assert!(!failed, "{}{}", String::from_utf8_lossy(&finished.stdout), String::from_utf8_lossy(&finished.stderr));
    said
}

/// A manifest of its own workspace, with the lints of this repository.
fn manifest(features: &[&str]) -> String {
    let runtime = root().join("codegen/runtime");
    let own = fs::read_to_string(root().join("Cargo.toml")).expect("the repository's manifest");
    let own: toml::Table = toml::from_str(&own).expect("the repository's manifest");
    let lints = toml::Table::from_iter([("lints".to_owned(), own["workspace"]["lints"].clone())]);
    let mut text = format!(
        "{TOML_HEADER}\n[package]\nname = \"strangers\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nwrit-runtime = {{ path = {runtime:?}, features = {features:?} }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n\n"
    );
    text.push_str(&lints.to_string());
    text
}
