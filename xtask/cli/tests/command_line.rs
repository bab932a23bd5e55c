//! Tests of `cargo writ codegen` with arguments, settings and contracts that it cannot use.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const CONTRACT: &str = "openapi: 3.0.3
info: { title: Shop, version: 1.0.0 }
paths:
  /users:
    get:
      operationId: listUsers
      tags: [users]
      responses: { '204': { description: Nothing. } }
  /orders:
    get:
      tags: [orders]
      responses: { '204': { description: Nothing. } }
";

/// A temporary folder with a contract for a test. It is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = Folder(std::env::temp_dir().join(format!("writ-command-{name}-{}", std::process::id())));
        folder.put("openapi.yaml", CONTRACT);
        folder
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the test");
        std::fs::write(path, text).expect("a file for the test");
    }

    /// Runs `cargo writ codegen` in the test's folder with `input` as standard input. Returns true if the
    /// command succeeded, and its standard output and error in one string.
    fn run_with(&self, input: &str, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-writ"));
        command.args(["writ", "codegen"]).args(arguments).current_dir(&self.0);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("the command starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // The command may end before it reads its input.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the command ends");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    /// Runs `cargo writ codegen` in the test's folder, checks that it fails, and returns its messages.
    fn fails(&self, arguments: &[&str]) -> String {
        let (success, text) = self.run_with("", arguments);
        assert!(!success, "{text}");
        text
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_contract_without_an_option_gets_the_option() {
    let text = Folder::new("bare").fails(&["openapi.yaml"]);
    assert_eq!(text, "error: unexpected argument `openapi.yaml`: pass the contract as `--spec openapi.yaml`\n");
}

#[test]
fn a_second_tag_gets_the_way_to_give_several() {
    let folder = Folder::new("tags");
    let text = folder.fails(&["--spec", "openapi.yaml", "--out", "api", "--tag", "users", "orders"]);
    let advice = "to give several tags, repeat the option: `--tag users --tag orders`";
    assert_eq!(text, format!("error: unexpected argument `orders`: {advice}\n"));
    let text = folder.fails(&["--spec", "openapi.yaml", "--out", "api", "--tag", "users,orders"]);
    assert!(text.contains("list several tags separately: `--tag users --tag orders`"), "{text}");
}

#[test]
fn an_unknown_tag_gets_the_tags_of_the_contract() {
    let text = Folder::new("tag").fails(&["--spec", "openapi.yaml", "--out", "api", "--tag", "billing"]);
    assert!(text.contains("error[unknown-tag]: no operation has the tag `billing`"), "{text}");
    assert!(text.contains("tags of the contract: `users`, `orders`"), "{text}");
    assert!(text.ends_with("error: 1 problem in openapi.yaml; api is unchanged\n"), "{text}");
}

#[test]
fn a_folder_gets_the_contract_in_it() {
    let text = Folder::new("folder").fails(&["--spec", ".", "--out", "api"]);
    assert!(text.contains("it is a folder, not a file"), "{text}");
    assert!(text.contains("did you mean `./openapi.yaml`?"), "{text}");
}

#[test]
fn a_url_gets_the_command_that_downloads_it() {
    let url = "https://example.com/v1/openapi.json?raw=1";
    let text = Folder::new("url").fails(&["--spec", url, "--out", "api"]);
    assert!(text.contains(&format!("`{url}` is a URL, not a file")), "{text}");
    assert!(text.contains(&format!("`curl -fLo openapi.json {url}`")), "{text}");
}

#[test]
fn a_missing_file_gets_the_file_of_a_similar_name() {
    let folder = Folder::new("missing");
    let text = folder.fails(&["--spec", "opnapi.yml", "--out", "api"]);
    assert!(text.contains("the file does not exist") && text.contains("did you mean `openapi.yaml`?"), "{text}");
    let text = folder.fails(&["--spec", "spec/openapi.yaml", "--out", "api"]);
    assert!(text.contains("the folder `spec` does not exist"), "{text}");
}

#[test]
fn a_contract_is_read_from_standard_input() {
    let folder = Folder::new("stdin");
    folder.put("parts.yaml", "Users: { type: array, items: { type: string } }\n");
    let contract = format!("{CONTRACT}components: {{ schemas: {{ Users: {{ $ref: 'parts.yaml#/Users' }} }} }}\n");
    let (success, text) = folder.run_with(&contract, &["--spec", "-", "--out", "api"]);
    assert!(success && text.contains("crate `api` with 2 operations"), "{text}");
    let (success, text) = folder.run_with("openapi: 3.0.3\ninfo: 5\n", &["--spec", "-", "--out", "api"]);
    assert!(!success && text.contains("--> standard input:2:"), "{text}");
    assert!(text.ends_with("1 problem in standard input; api is unchanged\n"), "{text}");
}

#[test]
fn errors_of_the_settings_come_first() {
    let folder = Folder::new("settings");
    folder.put("codegen.toml", "output = 'gen'\n\n[tables]\n");
    let text = folder.fails(&["--spec", "openapi.yaml"]);
    assert!(text.starts_with("error[unknown-setting]: unknown field `output` in the settings"), "{text}");
    assert!(text.contains("did you mean `out`?") && text.contains("unknown field `tables`"), "{text}");
    assert!(text.ends_with("pass `--out DIR`, or write `out = \"DIR\"` in codegen.toml\n"), "{text}");
    folder.put("openapi.yaml", &CONTRACT.replace("operationId", "operationID"));
    let text = folder.fails(&["--spec", "openapi.yaml", "--out", "api", "--tag", "none"]);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing: {text}"));
    assert!(at("unknown-setting") < at("unknown-tag") && at("unknown-tag") < at("unknown-field"), "{text}");
}

#[test]
fn a_stub_is_selected_by_method_and_path() {
    let folder = Folder::new("stubs");
    let stubs = |name: &str| folder.run_with("", &["--spec", "openapi.yaml", "--out", "api", "--stubs", name]);
    for name in ["GET /orders", "get_orders", "orders"] {
        let (success, text) = stubs(name);
        assert!(success && text.contains("async fn get_orders") && !text.contains("list_users"), "{text}");
    }
    let (success, text) = stubs("listUser");
    assert!(!success && text.contains("did you mean `listUsers`?"), "{text}");
    assert!(!Path::new(&folder.0).join("api").exists());
}

#[test]
fn one_operation_is_not_counted_in_the_plural() {
    let folder = Folder::new("plural");
    let (success, text) = folder.run_with("", &["--spec", "openapi.yaml", "--out", "api", "--tag", "users"]);
    assert!(success, "{text}");
    assert!(text.contains("with 1 operation; 1 operation of another tag is not routed"), "{text}");
}

#[test]
fn the_version_is_printed() {
    for arguments in [["writ", "--version"], ["writ", "-V"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-writ")).args(arguments).output().expect("the command runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), concat!("cargo-writ ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

/// Returns an overlay with one action.
fn overlay(action: &str) -> String {
    format!("overlay: 1.1.0\ninfo: {{ title: Changes, version: '1' }}\nactions:\n  - {action}\n")
}

#[test]
fn overlays_of_the_command_line_follow_those_of_the_settings() {
    let folder = Folder::new("overlays");
    folder.put("settings/codegen.toml", "overlays = [\"first.yaml\"]\n");
    folder.put("settings/first.yaml", &overlay("{ target: $.paths, update: { /new: { x-first: true } } }"));
    folder.put(
        "second.yaml",
        &overlay("{ target: \"$.paths[?@['x-first']]\", update: { get: { operationId: added } } }"),
    );
    let last = overlay("{ target: \"$.paths['/new'].get\", update: { responses: { '204': { description: n } } } }");
    let arguments = ["--spec", "openapi.yaml", "--out", "out", "--config", "settings/codegen.toml"];
    let overlays = ["--overlay", "second.yaml", "--overlay", "-"];
    let arguments: Vec<&str> = arguments.into_iter().chain(overlays).collect();
    let (success, text) = folder.run_with(&last, &arguments);
    assert!(success, "{text}");
    assert!(text.contains("3 operations"), "{text}");
    let changed = [arguments.as_slice(), &["--check"]].concat();
    assert!(folder.run_with(&last, &changed).0, "the generated files are fresh");
    let (success, text) = folder.run_with(&overlay("{ target: $.info, update: { title: Other } }"), &changed);
    assert!(!success, "{text}");
}

#[test]
fn an_overlay_that_cannot_be_read_is_named() {
    let folder = Folder::new("missing-overlay");
    folder.put("changes.yaml", &overlay("{ target: $.info, update: { x-a: 1 } }"));
    let text = folder.fails(&["--spec", "openapi.yaml", "--out", "out", "--overlay", "change.yaml"]);
    assert!(text.contains("cannot read `change.yaml`: the file does not exist"), "{text}");
    let text = folder.fails(&["--spec", "-", "--out", "out", "--overlay", "-"]);
    assert!(text.contains("standard input can be read only once"), "{text}");
}
