//! A library in which every contract is a module, so that many contracts are compiled together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value as Json;
use writ_codegen::output::{Output, TOML_HEADER};
use writ_codegen::render::{Renderer, library};

use crate::contracts::root;
use crate::workspace::{cargo, put, target};

/// A contract whose generated code is a module of the library.
pub struct Member {
    /// The name of the module.
    pub module: String,
    /// The generated files.
    pub output: Output,
    /// The features of the runtime that the files need.
    pub features: Vec<&'static str>,
    /// The recursion limit that the compiler needs for the types; `None` if the default is enough.
    pub recursion_limit: Option<usize>,
    /// The source of the contract, for messages.
    pub origin: String,
}

/// Compiles the members, and returns the messages for each member that does not compile without a warning.
///
/// An error in one member may hide those of others. So members with errors are removed, and the others are
/// compiled again.
pub fn compile(members: &[Member]) -> Vec<String> {
    let mut open: Vec<&Member> = members.iter().collect();
    let mut complaints = Vec::new();
    loop {
        let messages = check(&open);
        if messages.is_empty() {
            return complaints;
        }
        for member in open.iter().filter(|member| messages.contains_key(&member.module)) {
            let first: Vec<&str> = messages[&member.module].iter().take(3).map(String::as_str).collect();
            complaints.push(format!("{}:\n{}", member.origin, first.join("")));
        }
        open.retain(|member| !messages.contains_key(&member.module));
    }
}

/// Compiles members, and returns the messages of the compiler by module.
fn check(members: &[&Member]) -> BTreeMap<String, Vec<String>> {
    let folder = target().join("strangers");
    let mut files = Output::default();
    let modules: Vec<String> = members.iter().map(|member| member.module.clone()).collect();
    let renderer = Renderer::new(false).expect("the templates");
    let limit = members.iter().filter_map(|member| member.recursion_limit).max();
    files
        .files
        .insert("src/lib.rs".to_owned(), library(&renderer, &modules, None, limit).expect("the root of the library"));
    for member in members {
        files.files.extend(member.output.files.clone());
    }
    let features: BTreeSet<&str> = members.iter().flat_map(|member| member.features.iter().copied()).collect();
    files.files.insert("Cargo.toml".to_owned(), manifest(&features.into_iter().collect::<Vec<_>>()));
    put(&folder, &files);
    let finished = cargo(&folder, &target(), &["check", "--message-format=json"]);
    let mut messages: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&finished.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Json>(line) else { continue };
        let spans = message.pointer("/message/spans").and_then(Json::as_array).into_iter().flatten();
        let paths = spans.filter_map(|span| span.get("file_name")?.as_str()?.strip_prefix("src/"));
        let modules = paths.filter_map(|file| Some(file.split_once('/')?.0.to_owned()));
        let rendered = message.pointer("/message/rendered").and_then(Json::as_str).unwrap_or_default();
        for module in modules.collect::<BTreeSet<String>>() {
            messages.entry(module).or_default().push(rendered.to_owned());
        }
    }
    let failed = !finished.status.success() && messages.is_empty();
    assert!(!failed, "{}{}", String::from_utf8_lossy(&finished.stdout), String::from_utf8_lossy(&finished.stderr));
    messages
}

/// Returns the manifest of a separate workspace, with the lints of this repository.
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
