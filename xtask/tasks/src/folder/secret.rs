//! The generation of passwords for the private services and the administrator account.

use std::fs::File;
use std::io::Read;

use anyhow::Context;

/// Returns a new password: 128 random bits as hexadecimal digits, which need no quoting in shells, URLs or files.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("cannot read /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
