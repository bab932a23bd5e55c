//! The benchmark of handling requests in one process. It generates code from the contract in
//! `codegen/benches/run` and runs the program there, which compares the code with handlers written by hand on
//! axum.

use std::path::Path;

use anyhow::{Context, bail};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::{self, Conflicts};
use writ_codegen::package::{Package, wrap};
use writ_codegen::render::Layout;
use writ_contract::diagnostic::render;

use super::{Bench, work_folder};
use crate::cargo;
use writ_tasks::process::Kind;
use writ_tasks::terminal::step;

/// The folder of the program that measures request handling, and of its contract.
const PROGRAM: &str = "codegen/benches/run";

/// Runs the benchmark of handling requests. The program of the benchmark prints the results.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let program = cargo::root().join(PROGRAM);
    write_contract(&program.join("contract.yaml"))?;
    step("Compiling", format_args!("{PROGRAM}, optimized"));
    let mut command = cargo::command();
    command.current_dir(&program).env("CARGO_TARGET_DIR", work_folder("run/target"));
    bench.session.run_quietly("cargo build", command.args(["build", "--quiet", "--release"]))?;
    let mut command = std::process::Command::new(work_folder("run/target/release/writ-bench-run"));
    command.current_dir(work_folder("run"));
    let status = bench.session.start("writ-bench-run", Kind::Group, &mut command)?.wait()?;
    if !status.success() {
        bail!("writ-bench-run failed ({status})");
    }
    Ok(())
}

/// Generates the crate of the benchmark's contract as `cargo writ codegen` does, and writes it.
fn write_contract(entry: &Path) -> anyhow::Result<()> {
    let options = Options::default();
    let request = Request { entry: entry.to_owned(), root: None, strict: true, layout: Layout::Crate, options };
    let generated = generate(&request);
    let Some(contract) = generated.output.filter(|_| generated.diagnostics.counts().errors == 0) else {
        bail!("{}", render(&generated.diagnostics, generated.diagnostics.sources(), false));
    };
    let package = Package::new("contract", &generated.title, &generated.features, &generated.parts)?;
    let files = wrap(&package, contract).context("the runtime's manifest cannot be read")?;
    output::write(&work_folder("run/contract"), &files, Conflicts::Overwrite)?;
    Ok(())
}
