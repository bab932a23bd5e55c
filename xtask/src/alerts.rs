//! `cargo xtask alerts`: checks the alert rules and the queries of the dashboard in docs/operations with `promtool`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use writ_tasks::process::Session;
use writ_tasks::terminal;

use crate::cargo;

/// The folder of the rules, of their tests and of the dashboard.
const FOLDER: &str = "docs/operations";

/// The Debian package that contains `promtool`.
const PACKAGE: &str = "prometheus";

/// Runs `cargo xtask alerts`.
pub fn run() -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let work = cargo::root().join("target/operations");
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    let promtool = promtool(&session, &work)?;
    let folder = cargo::root().join(FOLDER);
    let queries = work.join("queries.json");
    let dashboard = fs::read_to_string(folder.join("dashboard.json")).context("cannot read the dashboard")?;
    let rules = rules_of(&serde_json::from_str(&dashboard).context("the dashboard is not JSON")?)?;
    fs::write(&queries, rules.to_string()).context("cannot write the queries of the dashboard")?;
    for (subject, check, file) in [
        ("the alert rules", "check", folder.join("alerts.yaml")),
        ("the tests of the alert rules", "test", folder.join("alerts_test.yaml")),
        ("the queries of the dashboard", "check", queries),
    ] {
        terminal::step("Checking", subject);
        session.run_quietly("promtool", Command::new(&promtool).args([check, "rules"]).arg(file))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns rules with the queries of a dashboard, so that `promtool` checks their syntax. Grafana replaces variables
/// before it sends a query, so they get values.
fn rules_of(dashboard: &Value) -> anyhow::Result<Value> {
    let panels = dashboard["panels"].as_array().context("the dashboard has no panels")?;
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let queries: Vec<_> = targets.filter_map(|target| target["expr"].as_str()).collect();
    if queries.is_empty() {
        bail!("the dashboard has no queries");
    }
    let rule = |(index, query): (usize, &&str)| {
        let query = query.replace("$__rate_interval", "5m").replace("$service", ".+");
        json!({ "record": format!("query:{index}"), "expr": query })
    };
    let rules: Vec<_> = queries.iter().enumerate().map(rule).collect();
    Ok(json!({ "groups": [{ "name": "dashboard", "rules": rules }] }))
}

/// Returns the path of `promtool`: that of the machine, or one that is unpacked from the package of Debian. The package
/// is not installed, because it would start a server.
fn promtool(session: &Session, work: &Path) -> anyhow::Result<PathBuf> {
    let installed = PathBuf::from("promtool");
    if Command::new(&installed).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Ok(installed);
    }
    let unpacked = work.join("usr/bin/promtool");
    if !unpacked.is_file() {
        terminal::step("Downloading", format_args!("the package {PACKAGE}"));
        unpack(session, work)
            .context("`promtool` was not found: put it on PATH, for example with the package `prometheus` of Debian")?;
    }
    Ok(unpacked)
}

/// Downloads the package and unpacks `promtool`.
fn unpack(session: &Session, work: &Path) -> anyhow::Result<()> {
    let mut download = Command::new("apt-get");
    session.run_quietly("apt-get", download.current_dir(work).args(["-qq", "download", PACKAGE]))?;
    let start = format!("{PACKAGE}_");
    let is_package = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
    let package = fs::read_dir(work)?.flatten().map(|entry| entry.path()).find(is_package);
    let package = package.with_context(|| format!("apt-get has not downloaded {PACKAGE}"))?;
    // The package is large, and one file of it is needed.
    let script = r#"dpkg-deb --fsys-tarfile "$1" | tar --extract ./usr/bin/promtool"#;
    let mut unpack = Command::new("sh");
    unpack.current_dir(work).args(["-e", "-c", script, "sh"]).arg(&package);
    session.run_quietly("dpkg-deb", &mut unpack)?;
    fs::remove_file(&package).context("cannot remove the package")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_of_a_dashboard_becomes_a_rule_without_variables() {
        let target = json!({ "expr": "rate(a{service_name=~\"$service\"}[$__rate_interval])" });
        let dashboard = json!({ "panels": [{ "type": "row" }, { "targets": [target, { "expr": "b" }] }] });
        let rules = rules_of(&dashboard).unwrap();
        assert_eq!(rules["groups"][0]["rules"][0]["expr"], "rate(a{service_name=~\".+\"}[5m])");
        assert_eq!(rules["groups"][0]["rules"][1]["record"], "query:1");
    }

    #[test]
    fn a_dashboard_without_queries_is_an_error() {
        assert!(rules_of(&json!({ "panels": [] })).is_err());
    }
}
