//! The mutants of the two crates, as `cargo-mutants` lists them, and the sample that a seed draws.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;
use writ_tasks::process::Session;
use writ_tasks::terminal;

use crate::cargo;

/// The version of `cargo-mutants` that the command installs.
const VERSION: &str = "27.1.0";

/// A small change of the source that a test should notice.
#[derive(Debug, Clone, Deserialize)]
pub struct Mutant {
    /// The description with the file, the line and the change.
    pub name: String,
    /// The package of the changed file.
    pub package: String,
    /// The path of the changed file in the workspace.
    pub file: PathBuf,
    /// The text that the change replaces.
    pub span: Span,
    /// The new text. It is empty for a deletion.
    pub replacement: String,
    /// The kind of the change.
    pub genre: Genre,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Genre {
    /// The body of a function becomes a value.
    FnValue,
    /// A binary operator becomes another one.
    BinaryOperator,
    /// A unary operator is deleted.
    UnaryOperator,
    /// An arm of a match expression is deleted.
    MatchArm,
    /// The guard of a match arm becomes `true` or `false`.
    MatchArmGuard,
    /// A field of a struct expression is deleted, so that the base expression provides its value.
    StructField,
}

/// A range of text in a file.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Span {
    /// The position of the first character.
    pub start: Position,
    /// The position behind the last character.
    pub end: Position,
}

/// A position in a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Position {
    /// The number of the line.
    pub line: usize,
    /// The number of the character in the line.
    pub column: usize,
}

impl Position {
    /// Returns the byte offset of the position in `text`.
    pub fn offset(self, text: &str) -> Option<usize> {
        let line = self.line.checked_sub(1)?;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let rest = text.get(start..)?;
        let column = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(self.column.checked_sub(1)?)?;
        Some(start + column)
    }
}

/// Lists all mutants of the packages. Installs `cargo-mutants` below the target folder if it is not there.
pub fn all(session: &Session, work: &Path, packages: &[&str]) -> anyhow::Result<Vec<Mutant>> {
    let tool = work.join("tool");
    let program = tool.join("bin/cargo-mutants");
    if !is_installed(&program) {
        terminal::step("Installing", format_args!("cargo-mutants {VERSION} below the target folder"));
        let mut install = cargo::command();
        install.args(["install", "cargo-mutants", "--locked", "--force", "--version", VERSION, "--root"]);
        session.run_quietly("cargo install", install.arg(&tool))?;
    }
    let mut list = Command::new(&program);
    list.current_dir(cargo::root()).args(["mutants", "--list", "--json"]);
    list.args(packages.iter().flat_map(|package| ["--package", package]));
    let output = list.output().context("cannot start cargo-mutants")?;
    session.check()?;
    if !output.status.success() {
        bail!("cargo-mutants failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let mut mutants: Vec<Mutant> =
        serde_json::from_slice(&output.stdout).context("cannot read the list of cargo-mutants")?;
    mutants.retain(|mutant| !is_test(&mutant.file));
    Ok(mutants)
}

/// Returns true if a file contains only tests. `cargo-mutants` knows only modules with the attribute `cfg(test)`.
fn is_test(file: &Path) -> bool {
    file.iter().any(|part| part == "tests" || part == "tests.rs")
}

fn is_installed(program: &Path) -> bool {
    let output = Command::new(program).args(["mutants", "--version"]).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim_end().ends_with(VERSION))
}

/// Shuffles the mutants. The order depends only on the seed and the set of mutants.
pub fn shuffle(mutants: &mut [Mutant], seed: u64) {
    mutants.sort_by_cached_key(|mutant| {
        let mut hasher = DefaultHasher::new();
        (seed, &mutant.name).hash(&mut hasher);
        (hasher.finish(), mutant.name.clone())
    });
}

/// Returns a mutant with a name for a test.
#[cfg(test)]
pub fn named(name: &str) -> Mutant {
    let start = Position { line: 1, column: 1 };
    Mutant {
        name: name.to_owned(),
        package: String::new(),
        file: PathBuf::new(),
        span: Span { start, end: start },
        replacement: String::new(),
        genre: Genre::FnValue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        let text = "ä b\ncd\n";
        let offset = |line, column| Position { line, column }.offset(text);
        assert_eq!(offset(1, 1), Some(0));
        assert_eq!(offset(1, 2), Some(2));
        assert_eq!(offset(2, 3), Some(7));
        assert_eq!(offset(2, 9), None);
        assert_eq!(offset(0, 1), None);
    }

    #[test]
    fn a_seed_draws_the_same_mutants_in_any_order() {
        let drawn = |seed, reversed: bool| {
            let mut mutants: Vec<_> = (0..100).map(|number| named(&number.to_string())).collect();
            if reversed {
                mutants.reverse();
            }
            shuffle(&mut mutants, seed);
            mutants.into_iter().map(|mutant| mutant.name).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7, false), drawn(7, true));
        assert_ne!(drawn(7, false), drawn(8, false));
    }
}
