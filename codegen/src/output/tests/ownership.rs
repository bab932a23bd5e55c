//! Tests that files which the generator did not write, or which were edited since, are not replaced.

use super::*;

/// Returns the paths and states of the files in the way.
fn conflicts(result: Result<Changes, WriteError>) -> Vec<(String, FileState)> {
    match result {
        Err(WriteError::Conflicts { conflicts, .. }) => {
            conflicts.into_iter().map(|conflict| (conflict.path, conflict.state)).collect()
        }
        other => panic!("no conflicts: {other:?}"),
    }
}

#[test]
fn a_run_in_a_parent_folder_removes_no_file_of_crates_below() {
    let folder = Folder::new();
    // Earlier versions wrote a crate without a manifest.
    folder.put("old-api/src/lib.rs", &generated("old"));
    folder.put("old-api/Cargo.toml", &generated("old"));
    write(&folder.0.join("api"), &output(&[("src/lib.rs", "a"), ("src/users.rs", "b")]), Conflicts::Refuse).unwrap();
    let before = folder.all();
    let changes = folder.write(&[("Cargo.toml", "a"), ("src/lib.rs", "a")]).unwrap();
    assert_eq!((changes.removed.len(), changes.unlisted.len()), (0, 0));
    // The second run finds a manifest, and a folder without one is taken over; neither removes a file.
    assert!(folder.write(&[("Cargo.toml", "b")]).unwrap().removed.iter().all(|path| path == "src/lib.rs"));
    fs::remove_file(folder.0.join(MANIFEST)).unwrap();
    let changes = folder.write(&[("Cargo.toml", "c")]).unwrap();
    assert_eq!((changes.removed.len(), changes.unlisted.len()), (0, 0));
    let after = folder.all();
    for (path, text) in before {
        assert_eq!(after.get(&path), Some(&text), "{path}");
    }
}

#[test]
fn files_that_were_not_generated_are_never_removed_or_overwritten() {
    let folder = Folder::new();
    folder.put("notes.md", "mine");
    folder.put("v1/hand.rs", "// by hand");
    folder.put("v1/copied.rs", &generated("copied from elsewhere"));
    assert_eq!(folder.write(&[("lib.rs", "a")]).unwrap().removed.len(), 0);
    let before = folder.all();
    let files = [("lib.rs", "b"), ("v1/copied.rs", "a"), ("v1/hand.rs", "a")];
    let result = folder.write(&files);
    let expected = ["v1/copied.rs", "v1/hand.rs"].map(|path| (path.to_owned(), FileState::NotGenerated));
    assert_eq!(conflicts(result), expected);
    assert_eq!(folder.all(), before, "nor is anything else written");
    let changes = write(&folder.0, &output(&files), Conflicts::Overwrite).unwrap();
    assert_eq!(changes.overwritten, ["v1/copied.rs", "v1/hand.rs"]);
    assert_eq!(folder.text("v1/hand.rs").unwrap(), generated("a"));
    assert_eq!(folder.text("notes.md").unwrap(), "mine");
}

#[test]
fn an_edited_file_is_reported_and_replaced_only_on_request() {
    let folder = Folder::new();
    folder.write(&[("gone.rs", "x"), ("lib.rs", "a"), ("other.rs", "a")]).unwrap();
    folder.put("gone.rs", "mine");
    folder.put("lib.rs", &generated("a\nmine"));
    let before = folder.all();
    let files = [("lib.rs", "a"), ("other.rs", "b")];
    let result = folder.write(&files);
    let message = result.as_ref().unwrap_err().to_string();
    assert!(message.starts_with("2 files are in the way; nothing was written:\n"), "{message}");
    assert!(message.contains("lib.rs was edited by hand"), "{message}");
    let expected = [("gone.rs", FileState::EditedLeftover), ("lib.rs", FileState::Edited)];
    assert_eq!(conflicts(result), expected.map(|(path, state)| (path.to_owned(), state)));
    assert_eq!(folder.all(), before);
    let changes = write(&folder.0, &output(&files), Conflicts::Overwrite).unwrap();
    assert_eq!(changes.overwritten, ["lib.rs"]);
    assert_eq!((changes.changed, changes.removed), (vec!["other.rs".to_owned()], vec!["gone.rs".to_owned()]));
    assert_eq!(folder.text("gone.rs"), None);
    assert_eq!(check(&folder.0, &output(&files)).unwrap(), []);
}

#[test]
fn an_edit_equal_to_the_generated_text_is_not_a_conflict() {
    let folder = Folder::new();
    folder.write(&[("lib.rs", "a")]).unwrap();
    folder.put("lib.rs", &generated("b"));
    let changes = folder.write(&[("lib.rs", "b")]).unwrap();
    assert_eq!((changes.unchanged, changes.manifest), (vec!["lib.rs".to_owned()], true));
}

#[test]
fn converted_line_endings_are_not_an_edit() {
    let folder = Folder::new();
    folder.write(&[("gone.rs", "x\n"), ("lib.rs", "a\n")]).unwrap();
    for path in ["gone.rs", "lib.rs", MANIFEST] {
        folder.put(path, &folder.text(path).unwrap().replace('\n', "\r\n"));
    }
    let changes = folder.write(&[("lib.rs", "b\n")]).unwrap();
    assert_eq!((changes.changed, changes.removed), (vec!["lib.rs".to_owned()], vec!["gone.rs".to_owned()]));
}

#[test]
fn a_deleted_file_is_written_again_or_dropped_from_the_manifest() {
    let folder = Folder::new();
    folder.write(&[("a.rs", "a"), ("b.rs", "b")]).unwrap();
    fs::remove_file(folder.0.join("a.rs")).unwrap();
    fs::remove_file(folder.0.join("b.rs")).unwrap();
    let changes = folder.write(&[("a.rs", "a")]).unwrap();
    assert_eq!((changes.added, changes.removed.len()), (vec!["a.rs".to_owned()], 0));
}

#[test]
fn a_crate_within_the_folder_is_never_touched() {
    let folder = Folder::new();
    write(&folder.0.join("inner"), &output(&[("src/lib.rs", "inner")]), Conflicts::Refuse).unwrap();
    for treatment in [Conflicts::Refuse, Conflicts::Overwrite] {
        let result = write(&folder.0, &output(&[("inner/src/lib.rs", "outer"), ("lib.rs", "b")]), treatment);
        assert!(!result.as_ref().unwrap_err().can_be_overwritten());
        assert_eq!(conflicts(result), [("inner/src/lib.rs".to_owned(), FileState::OtherCrate)]);
    }
    // A manifest that lists a file of the inner crate does not make it a file of this crate.
    folder.write(&[("lib.rs", "a")]).unwrap();
    let line = format!("{}  inner/src/lib.rs\n", manifest::hash(generated("inner").as_bytes()));
    folder.put(MANIFEST, &(folder.text(MANIFEST).unwrap() + &line));
    assert!(folder.write(&[("lib.rs", "b")]).unwrap().removed.is_empty());
    assert_eq!(folder.text("inner/src/lib.rs").unwrap(), generated("inner"));
}

#[test]
fn a_folder_of_another_crate_is_refused() {
    let folder = Folder::new();
    folder.write(&[("writ-runtime/src/lib.rs", "a"), ("src/lib.rs", "a")]).unwrap();
    for inner in ["writ-runtime", "writ-runtime/src", "src"] {
        let result = write(&folder.0.join(inner), &output(&[("x.rs", "a")]), Conflicts::Overwrite);
        assert!(matches!(result, Err(WriteError::Inside { .. })), "{inner}: {result:?}");
    }
    write(&folder.0.join("another"), &output(&[("x.rs", "a")]), Conflicts::Refuse).unwrap();
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    std::os::unix::fs::symlink(&elsewhere.0, folder.0.join("src")).unwrap();
    let result = write(&folder.0, &output(&[("src/lib.rs", "a")]), Conflicts::Overwrite);
    assert_eq!(conflicts(result), [("src/lib.rs".to_owned(), FileState::Link)]);
    assert!(elsewhere.all().is_empty());
}

#[test]
fn a_folder_without_a_manifest_is_taken_over_by_the_header() {
    let folder = Folder::new();
    folder.put("lib.rs", "// @generated by writ\nold");
    folder.put("gone.rs", "// @generated by writ\nold");
    folder.put("Cargo.toml", "# @generated by writ\nold");
    folder.put("target/debug/out.rs", "// @generated by writ\nold");
    let changes = folder.write(&[("Cargo.toml", "a"), ("lib.rs", "a"), ("new.rs", "a")]).unwrap();
    assert_eq!((changes.changed, changes.added), (vec!["Cargo.toml".into(), "lib.rs".into()], vec!["new.rs".into()]));
    assert_eq!((changes.removed, changes.unlisted), (vec![], vec!["gone.rs".to_owned()]));
    assert!(folder.text("gone.rs").is_some(), "the header alone does not prove that the generator wrote the file");
}

#[test]
fn an_invalid_manifest_stops_the_run_unless_files_may_be_overwritten() {
    let folder = Folder::new();
    folder.write(&[("lib.rs", "a")]).unwrap();
    let manifest = folder.text(MANIFEST).unwrap();
    for damage in ["<<<<<<< HEAD\n", "00  lib.rs\n", &format!("{}  ../lib.rs\n", "0".repeat(64))] {
        folder.put(MANIFEST, &format!("{manifest}{damage}"));
        let error = folder.write(&[("lib.rs", "b")]).unwrap_err();
        assert!(matches!(error, WriteError::Manifest { line: 4, .. }) && error.can_be_overwritten(), "{error}");
    }
    let changes = write(&folder.0, &output(&[("lib.rs", "b")]), Conflicts::Overwrite).unwrap();
    assert!(changes.unlisted.is_empty(), "the manifest itself is no leftover");
    assert_eq!(check(&folder.0, &output(&[("lib.rs", "b")])).unwrap(), []);
}
