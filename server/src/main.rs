//! The server binary: starts the services of the sample and serves requests until it receives SIGTERM or SIGINT.

use std::process::ExitCode;

fn main() -> ExitCode {
    writ_platform::run::<server::Shop>()
}
