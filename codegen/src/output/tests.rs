//! Writing and checking, on real folders.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A folder of its own, removed at the end.
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

#[test]
fn a_first_run_adds_everything_and_a_second_touches_nothing() {
    let folder = Folder::new();
    let output = output(&[("lib.rs", "a"), ("v1/users.rs", "b")]);
    let first = write(&folder.0, &output).unwrap();
    assert_eq!(first.added, ["lib.rs", "v1/users.rs"]);
    let before = fs::metadata(folder.0.join("lib.rs")).unwrap().modified().unwrap();
    let second = write(&folder.0, &output).unwrap();
    assert_eq!(second, Changes { unchanged: vec!["lib.rs".into(), "v1/users.rs".into()], ..Changes::default() });
    assert_eq!(fs::metadata(folder.0.join("lib.rs")).unwrap().modified().unwrap(), before);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2, "nothing of the staging is left");
}

#[test]
fn what_is_no_longer_generated_goes_with_its_empty_folder() {
    let folder = Folder::new();
    write(&folder.0, &output(&[("lib.rs", "a"), ("v1/users.rs", "b")])).unwrap();
    let changes = write(&folder.0, &output(&[("lib.rs", "c")])).unwrap();
    assert_eq!((changes.changed, changes.removed), (vec!["lib.rs".into()], vec!["v1/users.rs".into()]));
    assert!(!folder.0.join("v1").exists());
    assert_eq!(folder.text("lib.rs").unwrap(), format!("{HEADER}\nc"));
}

#[test]
fn files_of_others_are_never_removed_or_overwritten() {
    let folder = Folder::new();
    folder.put("notes.md", "mine");
    folder.put("v1/hand.rs", "// by hand");
    let changes = write(&folder.0, &output(&[("lib.rs", "a")])).unwrap();
    assert!(changes.removed.is_empty());
    let error = write(&folder.0, &output(&[("lib.rs", "b"), ("v1/hand.rs", "a")])).unwrap_err();
    assert!(error.to_string().contains("was not generated"), "{error}");
    assert_eq!(folder.text("v1/hand.rs").unwrap(), "// by hand");
    assert_eq!(folder.text("lib.rs").unwrap(), format!("{HEADER}\na"), "nor is anything else written");
}

#[test]
fn a_failure_half_way_leaves_everything_as_it_was() {
    let folder = Folder::new();
    write(&folder.0, &output(&[("a.rs", "old"), ("gone.rs", "old")])).unwrap();
    // A folder stands where a file is to go.
    folder.put("b.rs/in_the_way.txt", "mine");
    let failed = write(&folder.0, &output(&[("a.rs", "new"), ("b.rs", "new")]));
    assert!(failed.is_err());
    // A file stands where a folder is to go: found only when everything else is in place.
    folder.put("c", "mine");
    let failed = write(&folder.0, &output(&[("a.rs", "new"), ("c/d.rs", "new")]));
    assert!(failed.is_err());
    assert_eq!(folder.text("a.rs").unwrap(), format!("{HEADER}\nold"));
    assert_eq!(folder.text("gone.rs").unwrap(), format!("{HEADER}\nold"));
    assert_eq!(folder.text("c").unwrap(), "mine");
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_refused() {
    let folder = Folder::new();
    for path in ["../out.rs", "/tmp/out.rs", "", "a/../../b.rs"] {
        assert!(write(&folder.0, &output(&[(path, "a")])).is_err(), "{path}");
    }
}

#[test]
fn a_check_names_what_is_stale_and_writes_nothing() {
    let folder = Folder::new();
    write(&folder.0, &output(&[("a.rs", "1\n2\n3"), ("b.rs", "x"), ("same.rs", "x")])).unwrap();
    let stale = check(&folder.0, &output(&[("a.rs", "1\n2\n4"), ("c.rs", "x"), ("same.rs", "x")])).unwrap();
    let named: Vec<String> = stale.iter().map(|stale| format!("{} {}", stale.path, stale.why)).collect();
    assert_eq!(named, ["a.rs differs from line 4 on", "b.rs is no longer generated", "c.rs is missing"]);
    assert!(folder.text("c.rs").is_none());
}
