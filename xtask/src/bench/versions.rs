//! The benchmark of a second version of an API: the time of `cargo check` of a crate with two versions that differ in one
//! schema, compared with the crate of one version.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cargo_writ::codegen::Display;
use writ_tasks::terminal::step;

use super::crates::Crates;
use super::measure::{Cost, median};
use super::table::{Table, memory, ratio, seconds};
use super::{Bench, clear, work_folder};
use crate::cargo;
use crate::codegen::Library;

/// The largest allowed ratio of the time for two versions to that for one.
const MOST: f64 = 1.2;

/// The number of rounds, unless the command line has another one.
const ROUNDS: usize = 7;

/// The folders of the contract of the sample: its first version, and what all versions share.
const FOLDERS: [&str; 2] = ["common", "v1"];

/// The changes of the second version: the file, the text and its replacement. They add a property to one schema.
const CHANGES: [(&str, &str, &str); 4] = [
    (
        "schemas/users.yaml",
        "    role: { $ref: ../../common/schemas/users.yaml#/UserRole }\n    createdAt:",
        "    role: { $ref: ../../common/schemas/users.yaml#/UserRole }\n    \
         nickname: { type: string, description: The nickname of the user., maxLength: 100 }\n    createdAt:",
    ),
    ("openapi.yaml", "/v1", "/v2"),
    ("openapi.yaml", "  version: 1.0.0\n", "  version: 2.0.0\n"),
    ("openapi.yaml", "\npaths:\n", "\nx-versions: { default: v2 }\npaths:\n"),
];

const CHECK: &[&str] = &["check"];

/// The names of the crates with one and with two versions.
const CRATES: [&str; 2] = ["one-version", "two-versions"];

/// Runs the benchmark of a second version, and prints a table of the results.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    step("Generating", "one version of the sample, and two");
    let contracts = work_folder("versions");
    clear(&contracts)?;
    let [one, two] = CRATES.map(|name| contracts.join(name));
    for folder in [&one, &two] {
        FOLDERS.iter().try_for_each(|name| copy(&cargo::root().join("spec").join(name), &folder.join(name)))?;
    }
    copy(&two.join("v1"), &two.join("v2"))?;
    CHANGES.iter().try_for_each(|(file, old, new)| replace(&two.join("v2").join(file), old, new))?;
    let quiet = Display { notes: false, all: false };
    let libraries = [(CRATES[0], one), (CRATES[1], two)];
    let libraries = libraries.into_iter().map(|(name, folder)| Ok((name, Library::generate(&folder, quiet)?)));
    let crates = Crates::of_libraries(libraries.collect::<anyhow::Result<_>>()?)?;
    let names = CRATES.map(PathBuf::from);
    step("Compiling", "the dependencies of the crates");
    names.iter().try_for_each(|name| crates.warm_up(bench, name, CHECK))?;
    let mut costs: [Vec<Cost>; 2] = [Vec::new(), Vec::new()];
    let rounds = bench.rounds.unwrap_or(ROUNDS);
    for round in 1..=rounds {
        step("Measuring", format_args!("cargo check, round {round} of {rounds}"));
        for (name, costs) in names.iter().zip(&mut costs) {
            costs.push(crates.cost(bench, name, CHECK)?);
        }
    }
    print(&costs.map(|costs| median(&costs)), rounds);
    Ok(())
}

fn print([one, two]: &[Cost; 2], rounds: usize) {
    let mut table = Table::new(&["", "one version", "two versions", "ratio"]);
    let time = ratio(two.clock / one.clock, MOST);
    table.row(["time".to_owned(), seconds(one.clock), seconds(two.clock), time]);
    table.row(["CPU time".to_owned(), seconds(one.cpu), seconds(two.cpu), format!("{:.2}", two.cpu / one.cpu)]);
    let of_memory = format!("{:.2}", two.memory / one.memory);
    table.row(["memory".to_owned(), memory(one.memory), memory(two.memory), of_memory]);
    table.print(&format!("`cargo check` of a second version that changes one schema, the median of {rounds} rounds"));
}

/// Copies a folder with all that it contains.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create `{}`", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read `{}`", from.display()))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target).with_context(|| format!("cannot copy `{}`", source.display()))?;
        }
    }
    Ok(())
}

/// Replaces a text of a file. Fails if the file does not contain it, because the contract has changed.
fn replace(file: &Path, old: &str, new: &str) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    if !text.contains(old) {
        bail!("`{}` no longer contains the text that the benchmark changes: {old:?}", file.display());
    }
    fs::write(file, text.replace(old, new)).with_context(|| format!("cannot write `{}`", file.display()))
}
