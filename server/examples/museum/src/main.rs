//! The program of the museum's service.

use std::process::ExitCode;

fn main() -> ExitCode {
    writ_platform::run::<museum::Museum>()
}
