//! The links in the documentation of generated crates.

use serde_json::Value as Json;

use crate::workspace::{self, COMPILED};

/// Crates with keywords as names, several media types, outgoing operations, and policies.
const DOCUMENTED: &[&str] = &["golden-names", "golden-media", "golden-outgoing", "golden-policies"];

/// The rustdoc lints for broken links. Generated crates allow them, since descriptions may contain brackets.
const FORCED: &str = r#"build.rustdocflags=["--force-warn=rustdoc::broken_intra_doc_links","--force-warn=rustdoc::private_intra_doc_links"]"#;

#[test]
fn every_link_in_generated_documentation_has_a_target() {
    assert!(COMPILED.contains_key(DOCUMENTED[0]), "the workspace is not written");
    let target = workspace::target();
    let mut arguments =
        vec!["doc", "--no-deps", "--lib", "--all-features", "--message-format=json", "--config", FORCED];
    DOCUMENTED.iter().for_each(|name| arguments.extend(["--package", name]));
    let finished = workspace::cargo(&target.join("workspace"), &target, &arguments);
    let stdout = String::from_utf8_lossy(&finished.stdout);
    let messages = stdout.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let broken: Vec<String> = messages
        .filter_map(|message| message.pointer("/message/rendered").and_then(Json::as_str).map(str::to_owned))
        .collect();
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
