//! A copy of the workspace whose sources contain the toggles of the mutants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use writ_tasks::process::Session;

use crate::cargo;

/// The folder of the crate `writ_mutants` in the copy.
const TOGGLES: &str = "xtask/mutants";

/// The manifest of the crate `writ_mutants`.
const MANIFEST: &str = r#"[package]
name = "writ-mutants"
version = "0.0.0"
edition = "2024"

[lib]
path = "lib.rs"
"#;

/// A program that runs the compiler. Cargo compares paths within a workspace, so it would take the crates of the copy
/// for those of the repository. A compiler wrapper that does nothing makes them differ.
const WRAPPER: &str = "#!/bin/sh\nexec \"$@\"\n";

/// A copy of the workspace.
pub struct Tree {
    root: PathBuf,
    wrapper: PathBuf,
    files: BTreeSet<PathBuf>,
}

impl Tree {
    /// Prepares a copy of all files that Git does not ignore, below the folder `work`.
    pub fn new(session: &Session, work: &Path) -> anyhow::Result<Self> {
        let mut list = Command::new("git");
        list.current_dir(cargo::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let output = session.run_quietly("git", &mut list)?;
        let files = output.split('\0').filter(|file| !file.is_empty()).map(PathBuf::from);
        let files = files.filter(|file| cargo::root().join(file).symlink_metadata().is_ok()).collect();
        let tree = Self { root: work.join("tree"), wrapper: work.join("rustc"), files };
        put(&tree.wrapper, WRAPPER.as_bytes(), 0o755)?;
        // Some tests read published test suites, if they are beside the repository.
        if let Ok(shared) = cargo::root().join("../shared").canonicalize() {
            link(&shared, &work.join("shared"))?;
        }
        Ok(tree)
    }

    /// Returns a command that runs cargo in the copy. The compiled dependencies are those of the repository.
    pub fn cargo(&self) -> Command {
        let mut command = writ_tasks::cargo::command(&self.root);
        command
            .env("CARGO_BUILD_BUILD_DIR", cargo::root().join("target"))
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("RUSTC_WORKSPACE_WRAPPER", &self.wrapper);
        command
    }

    /// Writes the copy: the files in `changed` with their new text, all others as they are. The packages in the folders
    /// `toggled` can use the crate of the toggles. Files that are already as they should be keep their modification
    /// times, so that cargo compiles only crates with changes.
    pub fn write(&self, changed: &BTreeMap<PathBuf, String>, toggled: &[&str]) -> anyhow::Result<()> {
        let is = |file: &Path, name: &str| toggled.iter().any(|folder| file == Path::new(folder).join(name));
        let dependency = format!("\n[dependencies.writ-mutants]\npath = {:?}\n", self.root.join(TOGGLES));
        for file in &self.files {
            let (from, to) = (cargo::root().join(file), self.root.join(file));
            let metadata = from.symlink_metadata()?;
            if metadata.is_symlink() {
                link(&fs::read_link(&from)?, &to)?;
                continue;
            }
            let mut text = match changed.get(file) {
                Some(text) => text.clone().into_bytes(),
                None => fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?,
            };
            if is(file, "Cargo.toml") {
                text.extend_from_slice(dependency.as_bytes());
            }
            if is(file, "src/lib.rs") {
                // Some tests compile the crates with warnings denied, and toggles cause warnings.
                text.splice(0..0, *b"#![allow(warnings)] ");
            }
            put(&to, &text, metadata.permissions().mode())?;
        }
        put(&self.root.join(TOGGLES).join("Cargo.toml"), MANIFEST.as_bytes(), 0o644)?;
        self.remove_others(&self.root)
    }

    /// Removes files that the repository does not have any more.
    fn remove_others(&self, folder: &Path) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let file = path.strip_prefix(&self.root)?;
            let is_made_here = file == Path::new("target") || file == Path::new(TOGGLES).join("Cargo.toml");
            if is_made_here || self.files.contains(file) {
                continue;
            }
            match path.symlink_metadata()?.is_dir() {
                true => self.remove_others(&path)?,
                false => fs::remove_file(&path)?,
            }
        }
        Ok(())
    }
}

fn put(path: &Path, text: &[u8], mode: u32) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

fn link(target: &Path, path: &Path) -> anyhow::Result<()> {
    if fs::read_link(path).is_ok_and(|old| old == target) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    symlink(target, path).with_context(|| format!("cannot write {}", path.display()))
}
