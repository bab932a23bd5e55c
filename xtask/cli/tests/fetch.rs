//! Tests of `cargo writ fetch` with an HTTP server on this computer, which also sends what a hostile server would.
#![cfg(feature = "fetch")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;

/// A temporary folder with a contract and its copies. It is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    /// Creates the folder with a contract that refers to the given URL.
    fn new(name: &str, url: &str) -> Folder {
        let folder = Folder(std::env::temp_dir().join(format!("writ-fetch-{name}-{}", std::process::id())));
        let _ = std::fs::remove_dir_all(&folder.0);
        std::fs::create_dir_all(&folder.0).expect("a folder for the test");
        folder.put("openapi.yaml", &contract(url));
        folder
    }

    fn put(&self, path: &str, text: &str) {
        std::fs::write(self.0.join(path), text).expect("a file for the test");
    }

    fn get(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).expect("the file exists")
    }

    /// Returns the names of the copies.
    fn copies(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join("remote")).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter(|name| !name.starts_with("remote.") && !name.starts_with("writ-")).collect();
        names.sort();
        names
    }

    /// Runs a command of `cargo writ` for the contract. Returns true if it succeeded, and its messages.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-writ"));
        for proxy in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        command.arg("writ").args(arguments).args(["--spec", "openapi.yaml"]).current_dir(&self.0);
        let output = command.output().expect("the command starts");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let (success, text) = self.run(arguments);
        assert!(success, "{text}");
        text
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let (success, text) = self.run(arguments);
        assert!(!success, "{text}");
        text
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn contract(url: &str) -> String {
    format!(
        "openapi: 3.0.3
info: {{ title: Shop, version: 1.0.0 }}
paths:
  /pets:
    get:
      operationId: getPet
      responses:
        '200':
          description: A pet.
          content: {{ application/json: {{ schema: {{ $ref: '{url}' }} }} }}
"
    )
}

/// Starts a server that responds to each path as `respond` says, in the notation of HTTP. Returns its URL.
fn serve(respond: fn(&str, &mut TcpStream) -> std::io::Result<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok);
            let line = lines.next().unwrap_or_default();
            let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            assert!(!headers.iter().any(|header| header.to_ascii_lowercase().starts_with("authorization")));
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            // A client that refuses the response closes the connection.
            let _ = respond(&path, &mut stream);
        }
    });
    url
}

fn ok(stream: &mut TcpStream, media_type: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn redirect(stream: &mut TcpStream, target: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// A server with two schemas that refer to each other by relative references.
fn schemas(path: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    match path {
        "/moved" => redirect(stream, "/v1/pet.yaml"),
        "/v1/pet.yaml" => ok(
            stream,
            "application/yaml; charset=utf-8",
            "Pet:\n  type: object\n  required: [owner]\n  properties:\n    owner: { $ref: '../common/owner.json#/definitions/Owner' }\n",
        ),
        "/common/owner.json" => ok(
            stream,
            "application/schema+json",
            r##"{"definitions": {"Owner": {"type": "object", "properties": {"pet": {"$ref": "../v1/pet.yaml#/Pet"}}}}}"##,
        ),
        _ => write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    }
}

fn allow(url: &str) -> String {
    format!("{url}/")
}

#[test]
fn copies_are_fetched_with_their_references_and_used_without_a_network() {
    let url = serve(schemas);
    let folder = Folder::new("whole", &format!("{url}/moved#/Pet"));
    folder.put("codegen.toml", &format!("[remote]\nallow = [\"{url}/\"]\n"));
    let generate = ["codegen", "--out", "api", "--name", "api"];
    let text = folder.fails(&generate);
    assert!(text.contains(&format!("error[remote-ref]: there is no copy of `{url}/moved`")), "{text}");
    assert!(text.contains("run `cargo writ fetch --spec openapi.yaml`"), "{text}");
    folder.fails(&["fetch", "--check"]);
    folder.succeeds(&["fetch"]);
    assert_eq!(folder.copies().len(), 2, "the document behind the redirect is stored once");
    let lock = folder.get("remote/remote.lock");
    assert!(lock.contains(" application/schema+json "), "{lock}");
    assert_eq!(lock.lines().filter(|line| !line.starts_with('#')).count(), 3, "{lock}");
    folder.succeeds(&["fetch", "--check"]);
    let text = folder.succeeds(&["fetch"]);
    assert!(!text.contains("Fetched"), "{text}");
    assert_eq!(folder.succeeds(&["fetch", "--update"]).matches("Fetched").count(), 2);
    folder.succeeds(&generate);
    assert!(folder.get("api/src/wire/types/default.rs").contains("Owner"));
}

#[test]
fn an_edited_copy_is_an_error_and_is_replaced_only_on_demand() {
    let url = serve(schemas);
    let folder = Folder::new("edited", &format!("{url}/v1/pet.yaml#/Pet"));
    let allow = allow(&url);
    folder.succeeds(&["fetch", "--allow", &allow]);
    let copy = folder.copies().into_iter().find(|name| name.ends_with(".yaml")).expect("a copy");
    let path = format!("remote/{copy}");
    let text = folder.get(&path);
    // Version control may convert line endings.
    folder.put(&path, &text.replace('\n', "\r\n"));
    folder.succeeds(&["codegen", "--out", "api", "--name", "api"]);
    folder.put(&path, &text.replace("owner", "holder"));
    let message = folder.fails(&["codegen", "--out", "api", "--name", "api"]);
    assert!(message.contains("error[remote-changed]") && message.contains(&copy), "{message}");
    folder.fails(&["fetch", "--check"]);
    let message = folder.fails(&["fetch", "--allow", &allow]);
    assert!(message.contains("--force"), "{message}");
    folder.succeeds(&["fetch", "--allow", &allow, "--force"]);
    assert_eq!(folder.get(&path), text);
}

#[test]
fn a_copy_without_a_reference_is_removed_and_other_files_stay() {
    let url = serve(schemas);
    let folder = Folder::new("unused", &format!("{url}/v1/pet.yaml#/Pet"));
    folder.succeeds(&["fetch", "--allow", &allow(&url)]);
    folder.put("remote/notes.md", "ours");
    folder.put("openapi.yaml", &contract("#/components/schemas/Pet"));
    folder.fails(&["fetch", "--check"]);
    folder.put(
        "openapi.yaml",
        &format!("{}components: {{ schemas: {{ Pet: {{ type: string }} }} }}\n", contract("#/components/schemas/Pet")),
    );
    folder.fails(&["fetch", "--check"]);
    folder.succeeds(&["fetch"]);
    assert_eq!(folder.copies(), ["notes.md"]);
    folder.succeeds(&["fetch", "--check"]);
}

#[test]
fn a_diagnostic_within_a_copy_names_the_url() {
    let url = serve(|_, stream| ok(stream, "text/yaml", "Pet: { type: object, proprties: {} }\n"));
    let folder = Folder::new("mistake", &format!("{url}/pet.yaml#/Pet"));
    folder.succeeds(&["fetch", "--allow", &allow(&url)]);
    let (_, text) = folder.run(&["codegen", "--out", "api", "--name", "api"]);
    assert!(text.contains(&format!("the file is a copy of {url}/pet.yaml")), "{text}");
    assert!(text.contains(&format!("--> remote/{}:1:", folder.copies()[0])), "{text}");
}

#[test]
fn only_allowed_urls_are_fetched() {
    let url = serve(|path, stream| match path {
        "/open/a.yaml" => redirect(stream, "/closed/b.yaml"),
        _ => ok(stream, "text/yaml", "Pet: { type: string }\n"),
    });
    let folder = Folder::new("allowed", &format!("{url}/closed/b.yaml#/Pet"));
    let text = folder.fails(&["fetch"]);
    assert!(text.contains(&format!("error[remote-refused]: `{url}/closed/b.yaml` is not an allowed URL")), "{text}");
    assert!(text.contains(&format!("allow = [\"{url}/\"]")), "{text}");
    let open = format!("{url}/open/");
    folder.put("openapi.yaml", &contract(&format!("{url}/open/../closed/b.yaml#/Pet")));
    assert!(folder.fails(&["fetch", "--allow", &open]).contains("remote-refused"));
    folder.put("openapi.yaml", &contract(&format!("{url}/open/%2e%2e/closed/b.yaml#/Pet")));
    assert!(folder.fails(&["fetch", "--allow", &open]).contains("remote-refused"));
    folder.put("openapi.yaml", &contract(&format!("{url}/open/a.yaml#/Pet")));
    let text = folder.fails(&["fetch", "--allow", &open]);
    assert!(text.contains(&format!("`{url}/closed/b.yaml`, to which `{url}/open/a.yaml` redirects,")), "{text}");
    folder.put("openapi.yaml", &contract("http://schemas.example.com/pet.yaml#/Pet"));
    assert!(folder.fails(&["fetch", "--allow", &open]).contains("must begin with `https://`"));
    folder.put("openapi.yaml", &contract("https://me:secret@schemas.example.com/pet.yaml#/Pet"));
    assert!(folder.fails(&["fetch", "--allow", &open]).contains("must not contain credentials"));
    folder.put("openapi.yaml", &contract("file:///etc/passwd#/Pet"));
    let text = folder.fails(&["codegen", "--out", "api"]);
    assert!(text.contains("is not a URL that can be fetched"), "{text}");
    assert!(folder.copies().is_empty());
}

#[test]
fn hostile_responses_are_refused_and_nothing_is_written() {
    let url = serve(|path, stream| match path {
        "/loop" => redirect(stream, "/loop"),
        "/nowhere" => redirect(stream, "file:///etc/passwd"),
        "/html" => ok(stream, "text/html", "<html>"),
        "/bytes" => write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
            .and_then(|()| stream.write_all(&[0xff, 0xfe, 0x80])),
        "/endless" => {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/yaml\r\nconnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[b'#'; 64 << 10])?;
            }
        }
        "/syntax" => ok(stream, "text/yaml", "Pet: [\n"),
        "/chain" => ok(stream, "text/yaml", "Pet: { $ref: 'missing.yaml#/Pet' }\n"),
        _ => write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    });
    for (path, expected) in [
        ("loop", "more than 5 redirects"),
        ("nowhere", "the redirect has no valid URL"),
        ("html", "its media type is `text/html`, neither JSON nor YAML"),
        ("bytes", "it is not text in UTF-8"),
        ("endless", "it is larger than 16 MiB"),
        ("syntax", "error["),
        ("chain", "missing.yaml` cannot be fetched: the server responds with status 404"),
        ("absent", "the server responds with status 404"),
    ] {
        let folder = Folder::new(path, &format!("{url}/{path}#/Pet"));
        let text = folder.fails(&["fetch", "--allow", &allow(&url)]);
        assert!(text.contains(expected), "{path}: {text}");
        assert!(!folder.0.join("remote").exists(), "{path}");
    }
}

#[test]
fn a_damaged_lock_is_located_and_leads_to_no_other_folder() {
    let folder = Folder::new("lock", "https://a.example/pet.yaml#/Pet");
    std::fs::create_dir(folder.0.join("remote")).expect("a folder");
    let lock = format!("# comment\n{} ../openapi.yaml text/yaml https://a.example/pet.yaml\n", "0".repeat(64));
    folder.put("remote/remote.lock", &lock);
    let text = folder.fails(&["codegen", "--out", "api"]);
    assert!(text.contains("error[bad-lock]") && text.contains("remote/remote.lock:2:1"), "{text}");
    let text = folder.fails(&["fetch", "--check"]);
    assert!(text.contains("remote.lock:2: invalid line"), "{text}");
}
