//! Contracts as strangers write them compile: hostile ones of our own, and on demand what is left of
//! contracts bent at random.
//!
//! `WRIT_STRANGERS` says how many bent ones to compile beside ours, `WRIT_FUZZ_SEED` where to begin.

#[allow(dead_code, reason = "of the other tests' machinery only a part is used here")]
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
#[allow(dead_code, reason = "of the other tests' machinery only a part is used here")]
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

/// Larger contracts take long to compile: they are bent in parts.
const LARGEST_SEED: u64 = 30_000;

/// Code of more lines says nothing that less does not.
const LARGEST_CODE: usize = 12_000;

fn generated(entry: &Path, module: &str, unwritten: bool) -> Generated {
    generate(&Request {
        entry: entry.to_owned(),
        root: None,
        strict: false,
        layout: Layout::Module(module.to_owned()),
        options: Options { unwritten, ..Options::default() },
    })
}

/// Those of our own, each in a module of its name.
fn own() -> Vec<Member> {
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

/// So many contracts bent at random that generate all the same.
fn bent(count: usize, first: u64) -> Vec<Member> {
    let seeds = seeds::seeds(LARGEST_SEED);
    let folder = workspace::target().join("strangers-contracts");
    fs::create_dir_all(&folder).expect("a folder for the contracts");
    let mut members = Vec::new();
    for seed in (first..).take(count * 50) {
        if members.len() == count {
            break;
        }
        let contract = mutate(&seeds, &mut Random::new(seed));
        let module = format!("bent_{seed}");
        let path = folder.join(format!("{module}.json"));
        fs::write(&path, contract.to_string()).expect("the contract is written");
        let generated = generated(&path, &module, seed.is_multiple_of(2));
        let lines = |text: &String| text.lines().count();
        // Types of other crates are another test's: here there is none of these crates.
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

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn what_strangers_write_compiles_without_a_warning() {
    let mut members = own();
    let count = setting("WRIT_STRANGERS", 0);
    members.extend(bent(usize::try_from(count).expect("a small number"), setting("WRIT_FUZZ_SEED", 1)));
    let complaints = compile(&members);
    println!("{} contracts, {} bent at random: {} do not compile", members.len(), count, complaints.len());
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}
