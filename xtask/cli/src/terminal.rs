//! Messages on the terminal, in cargo's manner: a verb, then what it is about.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};

/// Prints what happens now.
pub fn step(verb: &str, what: impl Display) {
    // A terminal that was closed is no reason to fail.
    let _ = if colours() {
        writeln!(stderr(), "\x1b[1;32m{verb:>12}\x1b[0m {what}")
    } else {
        writeln!(stderr(), "{verb:>12} {what}")
    };
}

/// Prints why the task failed, with every cause.
pub fn error(error: &anyhow::Error) {
    let _ = if colours() {
        writeln!(stderr(), "\x1b[1;31merror\x1b[0m: {error:#}")
    } else {
        writeln!(stderr(), "error: {error:#}")
    };
}

/// True if the terminal takes colours.
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none() && stderr().is_terminal()
}
