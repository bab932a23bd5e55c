//! The base of references: the URI that a file declares, the URL of a remote document, or the path of a file.

use std::fs;
use std::path::PathBuf;

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LOCK, LoadOptions, Lock, LockedDocument, REMOTE_FOLDER, hash, load};

/// The start of an entry file. The text of its `$self`, if there is one, and its schemas follow.
const START: &str = "openapi: 3.2.0\ninfo: { title: T, version: '1' }\npaths: {}\n";

/// A folder with a contract, its files and the copies of its remote documents.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)], copies: &[(&str, &str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("writ-base-uri-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join(REMOTE_FOLDER)).expect("a folder for the test");
        let mut lock = Lock::default();
        for (url, file, text) in copies {
            let (sha256, media_type) = (hash(text), "application/yaml".to_owned());
            let document = LockedDocument { sha256, file: (*file).to_owned(), media_type, base: None };
            lock.documents.insert((*url).to_owned(), document);
            fs::write(folder.join(REMOTE_FOLDER).join(file), text).expect("a copy");
        }
        fs::write(folder.join(REMOTE_FOLDER).join(LOCK), lock.to_string()).expect("a list of copies");
        for (path, text) in files {
            fs::write(folder.join(path), text).expect("a file of the contract");
        }
        Folder(folder)
    }

    /// Returns the `title` of the schema `A` at the end of its references, or the diagnostics.
    fn title(&self, schemas: &str) -> String {
        let entry = self.0.join("openapi.yaml");
        fs::write(&entry, format!("{START}{schemas}")).expect("an entry file");
        let mut diagnostics = Diagnostics::new();
        let document = load(&entry, &LoadOptions::default(), &mut diagnostics).expect("a document");
        if diagnostics.has_errors() {
            return render(&diagnostics, diagnostics.sources(), false);
        }
        let schema = document.resolve(document.root, "#/components/schemas/A").expect("the schema `A`");
        let target = document.follow(schema).expect("the end of the references");
        target.node.get("title").and_then(|title| title.as_str()).unwrap_or("no title").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_copy_resolves_references_against_the_uri_that_it_declares_or_its_url() {
    let copies = [
        ("https://a.example/v1/one.yaml", "one.yaml", "$ref: two.yaml"),
        ("https://a.example/v1/two.yaml", "two.yaml", "title: beside the url"),
        ("https://a.example/v1/three.yaml", "three.yaml", "$self: /v2/three\n$defs: { X: { $ref: four.yaml } }"),
        ("https://a.example/v2/four.yaml", "four.yaml", "title: beside the uri"),
    ];
    let folder = Folder::new("copy", &[("two.yaml", "title: a file"), ("four.yaml", "title: a file")], &copies);
    let title = |reference| folder.title(&format!("components: {{ schemas: {{ A: {{ $ref: '{reference}' }} }} }}\n"));
    assert_eq!(title("https://a.example/v1/one.yaml"), "beside the url");
    assert_eq!(title("https://a.example/v1/three.yaml#/$defs/X"), "beside the uri");
    assert_eq!(title("two.yaml"), "a file");
}

#[test]
fn a_copy_does_not_reach_the_files_beside_it() {
    let copies = [("https://a.example/one.yaml", "one.yaml", "$self: https://a.example/api\n$ref: secret.yaml")];
    let folder = Folder::new("secret", &[("remote/secret.yaml", "title: a secret")], &copies);
    let found = folder.title("components: { schemas: { A: { $ref: 'https://a.example/one.yaml' } } }\n");
    assert!(found.contains("there is no copy of `https://a.example/secret.yaml`"), "{found}");
}

#[test]
fn a_document_with_a_uri_prefers_files_and_then_copies() {
    let copies = [
        ("https://a.example/api/one.yaml", "one.yaml", "title: a copy"),
        ("https://a.example/api/two.yaml", "two.yaml", "title: a copy"),
    ];
    let folder = Folder::new("mirror", &[("one.yaml", "title: a file")], &copies);
    let title = |reference| {
        folder.title(&format!(
            "$self: https://a.example/api/openapi\ncomponents: {{ schemas: {{ A: {{ $ref: '{reference}' }} }} }}\n"
        ))
    };
    assert_eq!(title("one.yaml"), "a file");
    assert_eq!(title("https://a.example/api/one.yaml"), "a file");
    assert_eq!(title("two.yaml"), "a copy");
    assert_eq!(title("https://a.example/api/two.yaml"), "a copy");
    assert!(title("none.yaml").contains("error[dangling-ref]"), "{}", title("none.yaml"));
    let absolute = title("https://a.example/api/none.yaml");
    assert!(absolute.contains("there is no copy of `https://a.example/api/none.yaml`"), "{absolute}");
}

#[test]
fn a_uri_leads_to_the_file_that_declares_it_also_if_the_file_is_read_later() {
    let shared = "$self: https://B.example:443/shared\ntitle: shared";
    let named = "$self: urn:example:named\ntitle: named";
    let folder = Folder::new("later", &[("shared.yaml", shared), ("named.yaml", named)], &[]);
    let title = |uri, file| {
        folder.title(&format!("components: {{ schemas: {{ A: {{ $ref: '{uri}' }}, B: {{ $ref: '{file}' }} }} }}\n"))
    };
    assert_eq!(title("https://b.example/shared", "shared.yaml"), "shared");
    assert_eq!(title("urn:example:named", "named.yaml"), "named");
}
