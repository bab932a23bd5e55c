//! Passwords for services and accounts that nobody has to remember.

use std::fs::File;
use std::io::Read;

use anyhow::Context;

/// 128 random bits, as text that needs no quoting anywhere.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("cannot read /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
