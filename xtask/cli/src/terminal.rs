//! The messages that a command prints to the terminal, in the style of cargo: a verb, then its object.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};

/// Prints a step of the running command in the style of cargo, such as `Generated crates/api`.
pub fn step(verb: &str, object: impl Display) {
    // A closed terminal is not a failure of the command.
    let _ = if colours() {
        writeln!(stderr(), "\x1b[1;32m{verb:>12}\x1b[0m {object}")
    } else {
        writeln!(stderr(), "{verb:>12} {object}")
    };
}

/// Prints the error of a failed command to the terminal, with all its causes.
pub fn error(error: &anyhow::Error) {
    let _ = if colours() {
        writeln!(stderr(), "\x1b[1;31merror\x1b[0m: {error:#}")
    } else {
        writeln!(stderr(), "error: {error:#}")
    };
}

/// Returns true if messages on the terminal may contain colours.
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none() && stderr().is_terminal()
}
