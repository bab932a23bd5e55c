//! Programs from packages of Python, each in a folder of its own below the target folder of a workspace.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::process::Session;
use crate::terminal;

/// Installs packages in a folder, unless the folder has exactly these already, and returns the path of one of their
/// programs. `requirements` is the content of a `requirements.txt`.
///
/// # Errors
///
/// Returns an error if Python is missing, if the packages cannot be installed, or if they have no such program.
pub fn install(session: &Session, folder: &Path, requirements: &str, program: &str) -> anyhow::Result<PathBuf> {
    let installed = folder.join("requirements.txt");
    let path = folder.join("bin").join(program);
    // Another task may install the packages at this moment.
    fs::create_dir_all(folder.parent().unwrap_or(folder)).context("cannot create the target folder")?;
    let lock = File::create(folder.with_extension("lock")).context("cannot write to the target folder")?;
    lock.lock().context("cannot lock the folder of the packages")?;
    if path.exists() && fs::read_to_string(&installed).is_ok_and(|text| text == requirements) {
        return Ok(path);
    }
    terminal::step("Installing", format_args!("{program} below the target folder"));
    let mut create = Command::new("python3");
    create.args(["-m", "venv", "--clear"]).arg(folder);
    session.run_quietly("python3 -m venv", &mut create).with_context(|| {
        format!("{program} needs Python 3 with the module `venv`; on Debian install `python3` and `python3-venv`")
    })?;
    // The list gets its final name at the end, so that an interrupted installation is repeated.
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, requirements).context("cannot write the list of packages")?;
    let mut install = Command::new(folder.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    session.run_quietly("pip", install.arg(&wanted))?;
    if !path.exists() {
        bail!("pip has not installed `{}`", path.display());
    }
    fs::rename(&wanted, &installed).context("cannot write the list of packages")?;
    Ok(path)
}
