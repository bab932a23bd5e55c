//! Tests of `cargo writ gateway`, with the real program.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder with the contracts `spec/v1` and `spec/v2` of an API.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gateway").join(name);
        let _ = fs::remove_dir_all(&folder);
        let folder = Folder(folder);
        folder.put("spec/v1/openapi.yaml", &contract("v1", ""));
        folder.put("spec/v2/openapi.yaml", &contract("v2", "x-versions: { default: v2 }\n"));
        folder
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-writ"));
        program.args(["writ", "gateway"]).args(arguments).current_dir(&self.0).output().unwrap()
    }

    /// Returns what a run prints, and fails the test if the run does not end as expected.
    fn prints(&self, arguments: &[&str], succeeds: bool) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.success(), succeeds, "{text}");
        text
    }
}

fn contract(version: &str, root: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{ title: Shop, version: 1.0.0 }}\n{root}tags: [{{ name: users, x-service: users }}]\n\
         paths:\n  /{version}/users:\n    get:\n      operationId: listUsers\n      tags: [users]\n      responses: {{ \
         '204': {{ description: Done. }} }}\n"
    )
}

const RENDER: [&str; 4] = ["--spec", "spec", "--out", "gateway"];

#[test]
fn the_versions_in_a_folder_are_rendered_and_compared() {
    let folder = Folder::new("rendered");
    folder.prints(&RENDER, true);
    let envoy = folder.read("gateway/envoy.yaml");
    for name in ["name: v1/listUsers", "name: v2/listUsers", "name: listUsers"] {
        assert!(envoy.contains(name), "{envoy}");
    }
    assert!(folder.read("gateway/gateway-api.yaml").contains("kind: HTTPRoute"));
    let check = [RENDER.as_slice(), &["--check"]].concat();
    folder.prints(&check, true);
    folder.put("gateway/gateway.toml", "listen = \"127.0.0.1:7000\"\n");
    assert!(folder.prints(&check, false).contains("envoy.yaml"));
    folder.prints(&RENDER, true);
    assert!(folder.read("gateway/envoy.yaml").contains("port_value: 7000"));
}

#[test]
fn a_file_that_was_edited_is_kept() {
    let folder = Folder::new("edited");
    folder.prints(&RENDER, true);
    folder.put("gateway/envoy.yaml", "# my own\n");
    assert!(folder.prints(&RENDER, false).contains("--force"));
    assert_eq!(folder.read("gateway/envoy.yaml"), "# my own\n");
    folder.prints(&[RENDER.as_slice(), &["--force"]].concat(), true);
    assert!(folder.read("gateway/envoy.yaml").contains("listUsers"));
}

#[test]
fn mistakes_are_reported_at_their_locations() {
    let folder = Folder::new("mistakes");
    assert!(folder.prints(&["--out", "gateway"], false).contains("the contracts are missing: pass `--spec PATH`"));
    assert!(folder.prints(&["--spec", "spec"], false).contains("the output folder is missing: pass `--out DIR`"));
    assert!(folder.prints(&["--spec", "gateway", "--out", "gateway"], false).contains("gateway"));
    folder.put("gateway/gateway.toml", "[services]\nuser.address = \"users:80\"\n");
    let text = folder.prints(&RENDER, false);
    assert!(text.contains("error[bad-setting]: the contracts have no service `user`"), "{text}");
    assert!(text.contains("gateway/gateway.toml:2:1"), "{text}");
    assert!(!folder.0.join("gateway/envoy.yaml").exists());
    folder.put("spec/v1/openapi.yaml", &contract("v1", "").replace("users, x-service: users", "users, x-service: all"));
    folder.put("gateway/gateway.toml", "");
    let text = folder.prints(&RENDER, false);
    assert!(text.contains("error[bad-service]") && text.contains("spec/v1/openapi.yaml"), "{text}");
}
