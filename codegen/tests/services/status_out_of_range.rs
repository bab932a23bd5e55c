//! A response for `4XX` with the status 500, which must not compile.

use contract::{ClientError, StartJobError};

fn refuse() -> StartJobError {
    ClientError::of::<500>("the contract says 4XX").into()
}

fn main() {
    drop(refuse());
}
