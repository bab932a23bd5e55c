//! One task at a time in a folder, and a word on which.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};

/// Locks the file at `path` until the value is dropped, or the process ends however it does.
pub fn take(path: &Path) -> anyhow::Result<File> {
    if path.is_symlink() {
        bail!("{} is a link: remove it", path.display());
    }
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot use {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = lock.read_to_string(&mut holder);
            let holder = if holder.is_empty() { "it is starting" } else { holder.trim() };
            bail!("`cargo xtask dev` already runs for this checkout: {holder}");
        }
        Err(TryLockError::Error(error)) => return Err(error).context("cannot lock"),
    }
    lock.set_len(0)?;
    Ok(lock)
}

/// Writes what holds the lock, for whoever finds it taken.
pub fn announce(mut lock: &File, what: &str) -> anyhow::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    lock.write_all(what.as_bytes()).context("cannot write the lock")
}
