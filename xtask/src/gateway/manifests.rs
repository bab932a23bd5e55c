//! The validation of `HTTPRoute` manifests against the schemas of the Gateway API, which a package of npm contains.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize as _;
use serde_json::Value;
use writ_tasks::process::Session;
use writ_tasks::terminal;

use crate::cargo;

/// The folder of the script and of its list of packages.
const SOURCE: &str = "xtask/gateway";

/// The files of the script.
const FILES: [&str; 2] = ["package.json", "check.js"];

/// The largest number of matches of all rules of a route, which no JSON schema can express.
const MOST_MATCHES: usize = 128;

/// Validates files of manifests.
pub fn check(session: &Session, files: &[PathBuf]) -> anyhow::Result<()> {
    let folder = install(session)?;
    let mut command = Command::new("node");
    command.current_dir(&folder).arg("check.js");
    for (number, file) in files.iter().enumerate() {
        let manifests = read(file)?;
        for manifest in &manifests {
            check_matches(manifest).with_context(|| format!("{} is not valid", file.display()))?;
        }
        let name = format!("manifests-{number}.json");
        fs::write(folder.join(&name), serde_json::to_string(&manifests)?).context("cannot write the manifests")?;
        command.arg(name);
    }
    session.run_quietly("the validation of the manifests", &mut command).map(|_| ())
}

/// Installs the script and the schemas below the target folder, unless they are there.
fn install(session: &Session) -> anyhow::Result<PathBuf> {
    let (source, folder) = (cargo::root().join(SOURCE), cargo::root().join("target/gateway-api"));
    fs::create_dir_all(&folder).context("cannot create the folder of the schemas")?;
    let is_same = |name: &str| fs::read(source.join(name)).ok() == fs::read(folder.join(name)).ok();
    if FILES.iter().all(|name| is_same(name)) && folder.join("node_modules").is_dir() {
        return Ok(folder);
    }
    terminal::step("Installing", "the schemas of the Gateway API below the target folder");
    fs::copy(source.join(FILES[0]), folder.join(FILES[0])).context("cannot copy the list of packages")?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    session
        .run_quietly("npm install", &mut npm)
        .context("the schemas of the Gateway API need Node.js with npm; on Debian install `nodejs` and `npm`")?;
    // The script is copied at the end, so that an interrupted installation is repeated.
    fs::copy(source.join(FILES[1]), folder.join(FILES[1])).context("cannot copy the script")?;
    Ok(folder)
}

/// Returns the manifests of a file.
fn read(file: &Path) -> anyhow::Result<Vec<Value>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let documents = serde_yaml::Deserializer::from_str(&text).map(Value::deserialize);
    let manifests: Vec<Value> =
        documents.collect::<Result<_, _>>().with_context(|| format!("{} is not YAML", file.display()))?;
    if manifests.is_empty() {
        bail!("{} contains no manifest", file.display());
    }
    Ok(manifests)
}

/// Rejects a route with too many matches.
fn check_matches(manifest: &Value) -> anyhow::Result<()> {
    let rules = manifest["spec"]["rules"].as_array().into_iter().flatten();
    let count: usize = rules.map(|rule| rule["matches"].as_array().map_or(0, Vec::len)).sum();
    if count > MOST_MATCHES {
        bail!("{} has {count} matches; at most {MOST_MATCHES} are allowed", manifest["metadata"]["name"]);
    }
    Ok(())
}
