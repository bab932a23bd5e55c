//! Tests of `cargo writ new`: the files of a workspace, and that a failure leaves nothing behind. `cargo xtask adopt`
//! compiles and tests workspaces.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const CONTRACT: &str = "openapi: 3.0.3
info: { title: Library, version: 1.0.0 }
security: [{ key: [] }]
paths:
  /books: { $ref: paths/books.yaml }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Api-Key }
";

const BOOKS: &str = "get:
  operationId: listBooks
  tags: [books]
  responses: { '204': { description: Nothing. } }
";

/// Runs `cargo writ new` in a folder. Returns true if the command succeeded, and its messages.
fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-writ"));
    let output = command.args(["writ", "new"]).args(arguments).current_dir(folder).output().expect("the command runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Returns a folder with a contract of two files.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "contract/openapi.yaml", CONTRACT);
    put(folder.path(), "contract/paths/books.yaml", BOOKS);
    folder
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the test");
    fs::write(path, text).expect("a file for the test");
}

/// Returns the text of all files below a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let path = entry.path().strip_prefix(folder).expect("a path below").display().to_string();
            found.insert(path, fs::read_to_string(entry.path()).expect("a text"));
        }
    }
    found
}

/// Returns the names of all entries of a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_workspace_has_the_contract_its_code_and_a_stub_for_each_operation() {
    let folder = folder();
    let (success, text) = run(folder.path(), &["museum", "--contract", "contract/openapi.yaml"]);
    assert!(success, "{text}");
    assert!(text.contains("museum: 1 operation in 1 file of server/src/services/"), "{text}");
    let files = files(&folder.path().join("museum"));
    assert_eq!((&*files["spec/openapi.yaml"], &*files["spec/paths/books.yaml"]), (CONTRACT, BOOKS));
    assert!(files["spec/codegen.toml"].contains("out = \"../generated\""), "{}", files["spec/codegen.toml"]);
    assert!(files["generated/src/books.rs"].contains("pub trait Books"));
    assert!(files["generated/rustfmt.toml"].contains("disable_all_formatting"));
    let service = &files["server/src/services/books.rs"];
    assert!(service.contains("async fn list_books(") && service.contains("Err(NotWritten.into())"), "{service}");
    assert!(files["server/src/app.rs"].contains("const PREFIX: &'static str = \"MUSEUM_\";"));
    assert!(files["xtask/src/main.rs"].contains("X-Api-Key: {}"));
    assert!(!files.keys().any(|path| path.contains("migrations")));
}

#[test]
fn settings_beside_the_contract_are_kept() {
    let folder = folder();
    put(
        folder.path(),
        "contract/codegen.toml",
        "name = \"other\"\nout = \"elsewhere\"\nbody_limit = \"4MiB\"\neq = true\n",
    );
    let (success, text) = run(folder.path(), &["museum", "--contract", "contract/openapi.yaml"]);
    assert!(success, "{text}");
    let files = files(&folder.path().join("museum"));
    let settings = &files["spec/codegen.toml"];
    assert!(settings.contains("name = \"museum-api\"") && settings.contains("body_limit = \"4MiB\""), "{settings}");
    assert!(files["generated/Cargo.toml"].contains("eq = []"));
}

#[test]
fn a_store_adds_its_parts() {
    let folder = folder();
    let (success, text) = run(folder.path(), &["notes", "--with", "postgres,redis"]);
    assert!(success, "{text}");
    let files = files(&folder.path().join("notes"));
    assert!(files.contains_key("server/migrations/0001_start.sql"));
    assert!(files["server/Cargo.toml"].contains("features = [\"allocator\", \"postgres\", \"redis\"]"));
    assert!(files["xtask/src/main.rs"].contains(".postgres()\n        .redis()"));
    // No line names the sample of this repository.
    let own = files.iter().filter(|(path, _)| !path.starts_with("generated/") && *path != "Cargo.lock");
    for (path, text) in own {
        let lower = text.to_lowercase();
        assert!(!["shop", "cart", "orders", "products"].iter().any(|word| lower.contains(word)), "{path}");
    }
}

/// A contract whose tags have the names of a schema and of the service, and whose first operation requires a token.
const NAMES: &str = "openapi: 3.0.3
info: { title: Library, version: 1.0.0 }
tags: [{ name: book }, { name: library }]
paths:
  /loans:
    get:
      tags: [library]
      security: [{ token: [] }]
      responses: { '204': { description: Nothing. } }
  /reviews:
    get:
      tags: [library]
      security: [{ key: [reviews] }]
      responses: { '204': { description: Nothing. } }
  /books:
    get:
      tags: [book]
      security: [{ token: [] }, { key: [] }]
      parameters: [{ name: limit, in: query, schema: { type: integer } }]
      responses: { '200': { description: Books., content: { application/json: { schema: { $ref: '#/components/schemas/Book' } } } } }
components:
  securitySchemes:
    token: { type: openIdConnect, openIdConnectUrl: https://issuer.invalid/.well-known/openid-configuration }
    key: { type: apiKey, in: header, name: X-Api-Key }
  schemas:
    Book: { type: object, properties: { title: { type: string } } }
";

#[test]
fn the_type_of_a_service_is_neither_that_of_the_workspace_nor_a_trait() {
    let folder = folder();
    put(folder.path(), "names.yaml", NAMES);
    let (success, text) = run(folder.path(), &["library", "--contract", "names.yaml"]);
    assert!(success, "{text}");
    let files = files(&folder.path().join("library"));
    assert!(files["server/src/app.rs"].contains("impl Service for LibraryApp"), "{}", files["server/src/app.rs"]);
    assert!(files["server/src/services/library.rs"].contains("impl Library for LibraryService"));
    assert!(files["server/src/services/book.rs"].contains("impl BookApi for BookService"));
}

#[test]
fn the_first_request_is_one_that_the_key_of_the_development_server_admits() {
    let folder = folder();
    put(folder.path(), "names.yaml", NAMES);
    put(folder.path(), "delegated.yaml", &NAMES.replace(", { key: [] }", "").replace("{ key: [reviews] }", "{}"));
    for (contract, request) in [
        ("names.yaml", "server.curl(\"/books\", \"X-Api-Key: {}\")"),
        ("delegated.yaml", "server.curl(\"/reviews\", \"\")"),
    ] {
        let name = contract.replace(".yaml", "");
        let (success, text) = run(folder.path(), &[&name, "--contract", contract]);
        assert!(success, "{text}");
        let main = fs::read_to_string(folder.path().join(&name).join("xtask/src/main.rs")).expect("a program");
        assert!(main.contains(request), "{main}");
    }
}

#[test]
fn the_tests_of_a_contract_with_an_external_issuer_have_tokens() {
    let folder = folder();
    put(folder.path(), "names.yaml", NAMES);
    let (success, text) = run(folder.path(), &["library", "--contract", "names.yaml"]);
    assert!(success, "{text}");
    let tests = &files(&folder.path().join("library"))["server/tests/operations.rs"];
    assert!(tests.contains("ISSUER.configure(settings);"), "{tests}");
    assert!(tests.contains("Sweep::new(&server, ALL).requires_credentials(&PUBLIC).await;"), "{tests}");
    assert!(tests.contains("\"token\" => Some(ISSUER.token(\"tests\", &scopes())),"), "{tests}");
}

#[test]
fn a_server_with_a_path_serves_below_it() {
    let folder = folder();
    put(
        folder.path(),
        "names.yaml",
        &NAMES.replace("tags: [{", "servers: [{ url: https://api.example.com/v2/ }]\ntags: [{"),
    );
    let (success, text) = run(folder.path(), &["library", "--contract", "names.yaml"]);
    assert!(success, "{text}");
    let files = files(&folder.path().join("library"));
    assert!(files["server/src/app.rs"].contains("api.router_at(BASE_PATH, "), "{}", files["server/src/app.rs"]);
    assert!(files["xtask/src/main.rs"].contains("server.curl(\"/v2/books\""), "{}", files["xtask/src/main.rs"]);
    assert!(files["server/tests/operations.rs"].contains("OperationRequest::to(operation).below(BASE_PATH)"));
}

#[test]
fn an_embedded_copy_needs_no_checkout() {
    let folder = folder();
    let (success, text) = run(folder.path(), &["notes", "--deps", "embedded"]);
    assert!(success, "{text}");
    let files = files(&folder.path().join("notes"));
    assert!(files["Cargo.toml"].contains("exclude = [\"writ\"]"));
    assert!(files["generated/Cargo.toml"].contains("path = \"../writ/codegen/runtime\""));
    for path in [
        "writ/Cargo.toml",
        "writ/server/platform/src/lib.rs",
        "writ/templates/workspace/server/tests/operations.rs.j2",
        "writ/xtask/tasks/Cargo.toml",
    ] {
        assert!(files.contains_key(path), "{path}");
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a checkout").display().to_string();
    let naming = files.iter().find(|(_, text)| text.contains(&checkout)).map(|(path, _)| path);
    assert_eq!(naming, None);
}

#[test]
fn a_contract_with_errors_leaves_nothing_behind() {
    let folder = folder();
    put(folder.path(), "contract/paths/books.yaml", "get:\n  responses: { '204': { $ref: '#/nowhere' } }\n");
    let before = names(folder.path());
    let (success, text) = run(folder.path(), &["museum", "--contract", "contract/openapi.yaml"]);
    assert!(!success && text.contains("contract/paths/books.yaml:2:"), "{text}");
    assert!(text.contains("1 problem in contract/openapi.yaml; nothing is created"), "{text}");
    assert_eq!(names(folder.path()), before);
}

#[test]
fn a_contract_without_operations_is_refused() {
    let folder = folder();
    put(folder.path(), "empty.yaml", "openapi: 3.0.3\ninfo: { title: Empty, version: 1.0.0 }\npaths: {}\n");
    let (success, text) = run(folder.path(), &["museum", "--contract", "empty.yaml"]);
    assert!(!success && text.contains("empty.yaml declares no operation"), "{text}");
    assert!(!folder.path().join("museum").exists());
}

#[test]
fn a_folder_with_files_is_refused() {
    let folder = folder();
    let (success, text) = run(folder.path(), &["contract"]);
    assert!(!success && text.contains("contract is not empty: choose another folder"), "{text}");
    let (success, text) = run(folder.path(), &["contract/openapi.yaml"]);
    assert!(!success && text.contains("is not a folder"), "{text}");
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    let (success, text) = run(folder.path(), &["empty"]);
    assert!(success, "{text}");
}

#[test]
fn a_contract_outside_of_its_folder_needs_a_root() {
    let folder = folder();
    put(folder.path(), "v1/openapi.yaml", &CONTRACT.replace("paths/books.yaml", "../contract/paths/books.yaml"));
    let (success, text) = run(folder.path(), &["museum", "--contract", "v1/openapi.yaml"]);
    assert!(!success && !folder.path().join("museum").exists(), "{text}");
    let (success, text) = run(folder.path(), &["museum", "--contract", "v1/openapi.yaml", "--root", "."]);
    assert!(success, "{text}");
    let files = files(&folder.path().join("museum"));
    assert!(files["spec/v1/codegen.toml"].contains("root = \"..\""), "{}", files["spec/v1/codegen.toml"]);
    assert!(files.contains_key("spec/contract/paths/books.yaml"));
}
