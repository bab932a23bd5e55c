//! Tests of writing and checking on real folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

mod ownership;

/// A temporary folder, which is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("writ-output-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.0.join(path)).ok()
    }

    fn write(&self, files: &[(&str, &str)]) -> Result<Changes, WriteError> {
        write(&self.0, &output(files), Conflicts::Refuse)
    }

    /// Returns the content of every file below the folder, including hidden files.
    fn all(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&self.0).unwrap().to_string_lossy().into_owned();
                    all.insert(name, fs::read_to_string(path).unwrap());
                }
            }
        }
        all
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn output(files: &[(&str, &str)]) -> Output {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), format!("{HEADER}\n{text}")));
    Output { files: files.collect() }
}

fn generated(text: &str) -> String {
    format!("{HEADER}\n{text}")
}

#[test]
fn a_first_run_adds_everything_and_a_second_touches_nothing() {
    let folder = Folder::new();
    let files = [("lib.rs", "a"), ("v1/users.rs", "b")];
    let first = folder.write(&files).unwrap();
    assert_eq!(first.added, ["lib.rs", "v1/users.rs"]);
    let before = fs::metadata(folder.0.join("lib.rs")).unwrap().modified().unwrap();
    let second = folder.write(&files).unwrap();
    assert_eq!(second, Changes { unchanged: vec!["lib.rs".into(), "v1/users.rs".into()], ..Changes::default() });
    assert_eq!(fs::metadata(folder.0.join("lib.rs")).unwrap().modified().unwrap(), before);
    let names: Vec<String> = folder.all().into_keys().collect();
    assert_eq!(names, ["lib.rs", "v1/users.rs", MANIFEST], "nothing of the staging is left");
}

#[test]
fn the_manifest_lists_every_file_with_its_hash() {
    let folder = Folder::new();
    folder.write(&[("v1/users.rs", "b"), ("lib.rs", "a")]).unwrap();
    let manifest = folder.text(MANIFEST).unwrap();
    let lines: Vec<&str> = manifest.lines().collect();
    assert_eq!(lines[0], TOML_HEADER);
    // `printf '...' | sha256sum` prints this hash.
    let hash = |text: &str| manifest::hash(generated(text).as_bytes());
    assert_eq!(lines[2..], [format!("{}  lib.rs", hash("a")), format!("{}  v1/users.rs", hash("b"))]);
    assert_eq!(manifest::hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_leftover_file_is_removed_with_its_empty_folder() {
    let folder = Folder::new();
    folder.write(&[("lib.rs", "a"), ("v1/users.rs", "b")]).unwrap();
    let changes = folder.write(&[("lib.rs", "c")]).unwrap();
    assert_eq!((changes.changed, changes.removed), (vec!["lib.rs".into()], vec!["v1/users.rs".into()]));
    assert!(!folder.0.join("v1").exists());
    assert_eq!(folder.text("lib.rs").unwrap(), generated("c"));
}

#[test]
fn a_failed_write_leaves_the_folder_unchanged() {
    let folder = Folder::new();
    folder.write(&[("a.rs", "old"), ("gone.rs", "old")]).unwrap();
    // A folder has the path of a file to be written.
    folder.put("b.rs/in_the_way.txt", "mine");
    let before = folder.all();
    assert!(folder.write(&[("a.rs", "new"), ("b.rs", "new")]).is_err());
    assert_eq!(folder.all(), before);
    // A file has the path of a folder to be created. This is found only after all other files are in place.
    folder.put("c", "mine");
    let before = folder.all();
    assert!(folder.write(&[("a.rs", "new"), ("c/d.rs", "new")]).is_err());
    assert_eq!(folder.all(), before);
}

#[test]
fn a_path_outside_the_folder_is_refused() {
    let folder = Folder::new();
    for path in ["../out.rs", "/tmp/out.rs", "", "a/../../b.rs"] {
        assert!(folder.write(&[(path, "a")]).is_err(), "{path}");
    }
}

#[test]
fn a_check_names_stale_missing_edited_and_leftover_files_and_writes_nothing() {
    let folder = Folder::new();
    let old = [("a.rs", "1\n2\n3"), ("b.rs", "x"), ("edited.rs", "x"), ("gone.rs", "x"), ("same.rs", "x")];
    folder.write(&old).unwrap();
    folder.put("edited.rs", "mine");
    folder.put("gone.rs", "mine");
    let before = folder.all();
    let now = output(&[("a.rs", "1\n2\n4"), ("c.rs", "x"), ("edited.rs", "x"), ("same.rs", "x")]);
    let stale = check(&folder.0, &now).unwrap();
    let named: Vec<String> = stale.iter().map(|(path, state)| format!("{path} {state}")).collect();
    assert_eq!(
        named,
        [
            "a.rs differs from the generated file, first in line 4",
            "b.rs is no longer generated",
            "c.rs is missing",
            "edited.rs was edited by hand",
            "gone.rs was edited by hand, and is no longer generated",
        ]
    );
    assert_eq!(folder.all(), before);
}

#[test]
fn a_check_reports_a_stale_or_missing_manifest() {
    let folder = Folder::new();
    let files = [("a.rs", "x")];
    folder.write(&files).unwrap();
    assert_eq!(check(&folder.0, &output(&files)).unwrap(), []);
    fs::remove_file(folder.0.join(MANIFEST)).unwrap();
    assert_eq!(check(&folder.0, &output(&files)).unwrap(), [(MANIFEST.to_owned(), FileState::Missing)]);
    folder.put(MANIFEST, "# nothing\n");
    assert_eq!(check(&folder.0, &output(&files)).unwrap(), [(MANIFEST.to_owned(), FileState::Stale(1))]);
}
