//! The gateways of the corpus: each contract that is accepted is rendered, and validated by Envoy and by the schemas of the
//! Gateway API.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use writ_contract::diagnostic::Diagnostics;
use writ_contract::document::{LoadOptions, load};
use writ_contract::model::{Options, resolve};
use writ_gateway::{Member, Settings, collect, envoy, kubernetes};

use crate::{cargo, gateway};

/// Renders and validates the gateway of every contract in the folders.
pub fn check(folders: &[PathBuf]) -> anyhow::Result<()> {
    let target = cargo::root().join("target/corpus-gateway");
    let mut rendered = Vec::new();
    for folder in folders {
        for contract in super::contracts(folder)? {
            let out = target.join(rendered.len().to_string());
            if render(&contract, &out).with_context(|| format!("the gateway of {}", contract.display()))? {
                rendered.push(out);
            }
        }
    }
    if rendered.is_empty() {
        bail!("no contract of the corpus is accepted");
    }
    gateway::validate(&rendered)
}

/// Renders the gateway of a contract. Returns false if the contract has errors.
fn render(contract: &Path, out: &Path) -> anyhow::Result<bool> {
    let mut diagnostics = Diagnostics::new();
    let Some(document) = load(contract, &LoadOptions::default(), &mut diagnostics) else { return Ok(false) };
    let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
    if diagnostics.has_errors() {
        return Ok(false);
    }
    let routes = collect(&mut [Member { name: "api", contract: &contract, diagnostics: &mut diagnostics }], "");
    let settings = Settings::default();
    fs::create_dir_all(out)?;
    fs::write(out.join("envoy.yaml"), envoy::render(&routes, &settings)?)?;
    fs::write(out.join("gateway-api.yaml"), kubernetes::render(&routes, &settings)?)?;
    Ok(true)
}
