//! The toggles of the mutants, read from the environment of a test. `cargo xtask mutants` adds this crate to a copy of
//! the workspace.

use std::fs::File;
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest number of mutants in one copy of the workspace.
const CAPACITY: usize = 1 << 16;

/// The numbers of the mutants that are on.
static ON: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let numbers = std::env::var("WRIT_MUTANTS_ON").unwrap_or_default();
    numbers.split(',').filter_map(|number| number.parse().ok()).collect()
});

/// The file that lists the mutants whose code has run.
static REACHED: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = std::env::var_os("WRIT_MUTANTS_REACHED")?;
    File::options().create(true).append(true).open(path).ok()
});

/// The mutants that are listed in the file.
static LISTED: [AtomicBool; CAPACITY] = [const { AtomicBool::new(false) }; CAPACITY];

/// Returns true if the mutant `number` is on.
pub fn on(number: usize) -> bool {
    if let Some(mut file) = REACHED.as_ref()
        && !LISTED[number].swap(true, Ordering::Relaxed)
    {
        // One call writes the whole line, so that lines of several processes do not mix.
        let _ = file.write_all(format!("{number}\n").as_bytes());
    }
    ON.contains(&number)
}
