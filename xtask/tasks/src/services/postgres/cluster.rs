//! The creation of the data folder of a private PostgreSQL.

use std::fs;
use std::io::{Seek, Write};

use anyhow::{Context, bail};

use super::super::Lifetime;
use super::super::locate::FoundPostgres;
use super::NAME;
use crate::folder::{Folder, secret};
use crate::process::Session;
use crate::terminal;

/// Creates PostgreSQL's data in a temporary folder, and moves the folder to its final path when it is complete.
pub fn create(
    session: &Session,
    folder: &Folder,
    found: &FoundPostgres,
    cluster: &str,
    lifetime: Lifetime,
) -> anyhow::Result<()> {
    terminal::step("Creating", "a private PostgreSQL cluster");
    let new = folder.path().join("postgres.new");
    let password = folder.write(&format!("{cluster}.password"), &secret()?)?;
    // The locale `C.UTF-8` sorts equally on every system and knows the case of all letters, but some systems lack
    // it.
    let initdb = |locale: &str| -> anyhow::Result<()> {
        let _ = fs::remove_dir_all(&new);
        let mut command = folder.command(&found.folder.join("initdb"));
        // Clients connect through the loopback interface, so they send the password in clear text. SCRAM would cost
        // a debug build tens of milliseconds for each connection.
        command.args(["--username", NAME, "--auth=password", "--encoding=UTF8"]);
        command.arg("--locale").arg(locale).arg("--pwfile").arg(&password).arg("-D").arg(&new);
        if lifetime == Lifetime::Temporary {
            command.arg("--no-sync");
        }
        session.run_quietly("initdb", &mut command).map(drop)
    };
    if initdb("C.UTF-8").is_err() {
        session.check()?;
        initdb("C")?;
    }
    let mut input = tempfile::tempfile().context("cannot make a temporary file")?;
    writeln!(input, "CREATE DATABASE {NAME};")?;
    input.rewind()?;
    let mut single = folder.command(&found.folder.join("postgres"));
    single.arg("--single").arg("-D").arg(&new).args(["-c", "fsync=off", "postgres"]).stdin(input);
    let output = session.run_quietly("postgres --single", &mut single)?;
    if output.contains("ERROR:") {
        bail!("cannot create the database:\n{output}");
    }
    fs::rename(&new, folder.path().join(cluster)).context("cannot rename the folder of the new cluster")
}
