//! Random but repeatable changes of contracts: the generator never panics, never hangs, and writes only valid
//! Rust.
//!
//! `WRIT_FUZZ_SECONDS` sets the duration, and `WRIT_FUZZ_SEED` the first seed. Every third input has an overlay
//! beside it. The failure message contains the path of the input that fails. After a stack overflow the input is
//! `current.json` in the folder of the run.

mod material;
mod memory;
mod mutate;
mod overlays;
mod parts;
mod seeds;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::{render, render_json_lines};

use mutate::{Random, mutate};
use overlays::overlay;

/// The time limit for one input. Debug builds on a busy machine are slow, but never this slow.
const LIMIT: Duration = Duration::from_secs(120);

/// The memory limit of the process for one input, in bytes.
const MEMORY: u64 = 2 << 30;

/// The size in bytes from which contracts are split into excerpts.
const LARGEST_SEED: u64 = 120_000;

/// The stack size of a main thread on Linux, which the command line runs with.
const STACK: usize = 8 << 20;

/// An input that broke a promise of the generator, with the reason.
struct Failure {
    seed: u64,
    why: String,
    contract: Value,
}

/// Returns the value of an environment variable, or a default.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Creates a folder for the inputs of a run. It is kept if an input fails.
fn folder(seed: u64) -> PathBuf {
    let path = std::env::temp_dir().join(format!("writ-fuzz-{seed}-{}", std::process::id()));
    fs::create_dir_all(&path).expect("a folder for the test");
    path
}

/// Checks the promises of the generator for one input.
fn check(path: &Path, overlays: Vec<PathBuf>, strict: bool) {
    let request = Request {
        entry: path.to_owned(),
        root: None,
        strict,
        options: Options { overlays, ..Options::default() },
        layout: Layout::Module("v1".to_owned()),
    };
    let generated = generate(&request);
    let sources = generated.diagnostics.sources();
    let rendered = render(&generated.diagnostics, sources, false);
    render_json_lines(&generated.diagnostics, sources);
    assert!(!rendered.contains("error[template]"), "a template failed");
    for found in generated.diagnostics.sorted() {
        assert!(
            !found.message.is_empty() && !found.message.contains('\n'),
            "the message is not exactly one line: {:?}",
            found.message
        );
    }
    match generated.output {
        None => assert!(generated.diagnostics.has_errors(), "a contract is rejected without an error"),
        Some(output) => {
            assert!(!generated.diagnostics.has_errors(), "code is generated in spite of an error");
            for (name, text) in &output.files {
                if let Err(error) = syn::parse_file(text) {
                    panic!("{name} is not valid Rust: {error}");
                }
            }
        }
    }
}

/// Tests inputs until the time is over or one fails: by a panic, a hang, or too much memory.
fn run(seeds: &[Value], first: u64, seconds: u64) -> (u64, Option<Failure>) {
    let folder = folder(first);
    let path = folder.join("current.json");
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut seed = first;
    while Instant::now() < end {
        let mut random = Random::new(seed);
        let contract = mutate(seeds, &mut random);
        fs::write(&path, contract.to_string()).expect("a file for the test");
        let mut overlays = Vec::new();
        // The overlay is drawn last, so that the contract of a seed does not depend on it.
        if seed.is_multiple_of(3) {
            let path = folder.join("overlay.json");
            fs::write(&path, overlay(&contract, &mut random).to_string()).expect("a file for the test");
            overlays.push(path);
        }
        memory::reset_peak();
        let (sender, receiver) = mpsc::channel();
        let (input, strict) = (path.clone(), seed.is_multiple_of(4));
        let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| check(&input, overlays, strict)));
            let _ = sender.send(
                done.map_err(|cause| cause.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned())),
            );
        });
        let Ok(_) = worker else { panic!("no thread for the test") };
        let why = match receiver.recv_timeout(LIMIT) {
            Ok(Ok(())) => memory::peak().filter(|bytes| *bytes > MEMORY).map(|bytes| format!("it took {bytes} bytes")),
            Ok(Err(why)) => Some(why),
            Err(_) => Some(format!("it took longer than {LIMIT:?}")),
        };
        if let Some(why) = why {
            return (
                seed - first,
                Some(Failure { seed, why: format!("{why}; the input is {}", path.display()), contract }),
            );
        }
        seed += 1;
    }
    let _ = fs::remove_dir_all(folder);
    (seed - first, None)
}

#[test]
fn a_randomly_changed_contract_is_generated_or_rejected_in_time() {
    let seeds = seeds::seeds(LARGEST_SEED);
    assert!(!seeds.is_empty(), "no contract was found to start with");
    assert!(memory::peak().is_some_and(|bytes| bytes > 1 << 20) || !cfg!(target_os = "linux"), "the peak is wrong");
    let (count, failure) = run(&seeds, setting("WRIT_FUZZ_SEED", 1), setting("WRIT_FUZZ_SECONDS", 10));
    eprintln!("{count} inputs from {} contracts and excerpts", seeds.len());
    if let Some(Failure { seed, why, contract }) = failure {
        let shown: String = contract.to_string().chars().take(600).collect();
        panic!("WRIT_FUZZ_SEED={seed}: {why}\n{shown}");
    }
}
