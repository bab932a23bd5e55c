//! Unusual contracts: their generated code compiles without a warning. The contracts are hostile ones that are
//! written for this test and, on request, contracts after random changes.
//!
//! `WRIT_STRANGERS` sets the number of contracts after random changes, and `WRIT_FUZZ_SEED` the first seed.

#[allow(dead_code, reason = "this test uses only some of the shared functions")]
#[path = "../generated/contracts.rs"]
mod contracts;
mod library;
#[path = "../fuzz/material.rs"]
mod material;
#[path = "../fuzz/mutate.rs"]
mod mutate;
#[path = "../fuzz/parts.rs"]
mod parts;
#[path = "../fuzz/seeds.rs"]
mod seeds;
#[allow(dead_code, reason = "this test uses only some of the shared functions")]
#[path = "../generated/workspace.rs"]
mod workspace;

use std::fs;
use std::path::{Path, PathBuf};

use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::Output;
use writ_codegen::render::Layout;

use contracts::rendered;
use library::{Member, compile};
use mutate::{Random, mutate};

/// The size in bytes from which contracts are split into excerpts, since large ones take long to compile.
const LARGEST_SEED: u64 = 30_000;

/// The largest number of lines to compile. More code takes longer but tests nothing new.
const LARGEST_CODE: usize = 12_000;

/// Generates a module from a contract.
fn generated(entry: &Path, module: &str, unwritten: bool) -> Generated {
    generate(&Request {
        entry: entry.to_owned(),
        root: None,
        strict: false,
        layout: Layout::Module(module.to_owned()),
        options: Options { unwritten, ..Options::default() },
    })
}

/// Returns the contracts that are written for this test, each in a module of its name.
fn written() -> Vec<Member> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strangers/contracts");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("contracts").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let member = |path: PathBuf| {
        let module = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let generated = generated(&path, &module, module.ends_with("names"));
        let output = generated.output.unwrap_or_else(|| panic!("{}", rendered(&generated.diagnostics)));
        Member {
            module,
            output,
            features: generated.features,
            recursion_limit: generated.recursion_limit,
            origin: path.display().to_string(),
        }
    };
    paths.into_iter().map(member).collect()
}

/// Returns `count` contracts after random changes from which code is still generated.
fn changed(count: usize, first: u64) -> Vec<Member> {
    let seeds = seeds::seeds(LARGEST_SEED);
    let folder = workspace::target().join("strangers-contracts");
    fs::create_dir_all(&folder).expect("a folder for the contracts");
    let mut members = Vec::new();
    for seed in (first..).take(count * 50) {
        if members.len() == count {
            break;
        }
        let contract = mutate(&seeds, &mut Random::new(seed));
        let module = format!("changed_{seed}");
        let path = folder.join(format!("{module}.json"));
        fs::write(&path, contract.to_string()).expect("the contract is written");
        let generated = generated(&path, &module, seed.is_multiple_of(2));
        let lines = |text: &String| text.lines().count();
        // The crate of these types is not available in this test.
        let foreign = |output: &Output| output.files.values().any(|text| text.contains("::own_types::"));
        let small = |output: &Output| output.files.values().map(lines).sum::<usize>() < LARGEST_CODE;
        match generated.output.filter(|output| small(output) && !foreign(output)) {
            Some(output) => {
                let origin = format!("WRIT_FUZZ_SEED={seed} {}", path.display());
                let recursion_limit = generated.recursion_limit;
                members.push(Member { module, output, features: generated.features, recursion_limit, origin });
            }
            None => fs::remove_file(&path).expect("the contract is removed"),
        }
    }
    members
}

/// Returns the value of an environment variable, or a default.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn unusual_contracts_compile_without_a_warning() {
    let mut members = written();
    let count = setting("WRIT_STRANGERS", 0);
    members.extend(changed(usize::try_from(count).expect("a small number"), setting("WRIT_FUZZ_SEED", 1)));
    let complaints = compile(&members);
    println!("{} contracts, {count} after random changes: {} do not compile", members.len(), complaints.len());
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}
