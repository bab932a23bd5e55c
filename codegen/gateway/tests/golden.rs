//! Golden tests of both renderers: contracts and settings, the expected configurations, and the diagnostics.
//! `WRIT_BLESS=1` rewrites them. `cargo xtask gateway --check` lets Envoy and the schemas of the Gateway API validate them.

use std::fs;
use std::path::{Path, PathBuf};

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, load};
use writ_contract::model::{Contract, Options, resolve};
use writ_gateway::{Member, Settings, collect, envoy, kubernetes};

/// A folder of golden files.
struct Case {
    folder: PathBuf,
    contracts: Vec<(String, Contract, Diagnostics)>,
}

/// The texts of a case, by the names of their files.
type Texts = Vec<(&'static str, String)>;

impl Case {
    fn read(folder: PathBuf) -> Case {
        let mut entries: Vec<PathBuf> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
            .filter(|path| !["envoy", "gateway-api"].contains(&path.file_stem().unwrap().to_str().unwrap()))
            .collect();
        entries.sort();
        let contracts = entries.iter().map(|entry| {
            let mut diagnostics = Diagnostics::new();
            let document = load(entry, &LoadOptions::default(), &mut diagnostics).unwrap();
            let contract = resolve(&document, true, &Options::default(), &mut diagnostics);
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(!diagnostics.has_errors(), "{}", render(&diagnostics, diagnostics.sources(), false));
            (name, contract, diagnostics)
        });
        Case { contracts: contracts.collect(), folder }
    }

    fn texts(&mut self) -> Texts {
        let mut found = Diagnostics::new();
        let file = self.folder.join(writ_gateway::FILE);
        let settings = match file.is_file() {
            true => Settings::read(&file, writ_gateway::FILE, &mut found),
            false => Settings::default(),
        };
        let members = self.contracts.iter_mut().map(|(name, contract, diagnostics)| Member {
            name: name.as_str(),
            contract,
            diagnostics,
        });
        let routes = collect(&mut members.collect::<Vec<_>>(), &settings.base);
        settings.check(&routes, &mut found);
        let all = self.contracts.iter().map(|(.., diagnostics)| diagnostics).chain([&found]);
        let problems: String = all.map(|one| render(&one.without_notes(), one.sources(), false)).collect();
        let mut texts = vec![("diagnostics.txt", problems)];
        let has_errors = found.has_errors() || self.contracts.iter().any(|(.., one)| one.has_errors());
        if !has_errors {
            texts.push(("envoy.yaml", envoy::render(&routes, &settings).unwrap()));
            texts.push(("gateway-api.yaml", kubernetes::render(&routes, &settings).unwrap()));
        }
        texts
    }
}

#[test]
fn contracts_are_rendered_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::set_current_dir(root).unwrap();
    let folders = fs::read_dir("tests/golden").unwrap().map(|entry| entry.unwrap().path());
    let mut stale = Vec::new();
    let mut count = 0;
    for folder in folders.filter(|path| path.is_dir()) {
        count += 1;
        for (name, text) in Case::read(folder.clone()).texts() {
            let path = folder.join(name);
            let text = text.replace("tests/golden/", "");
            if fs::read_to_string(&path).unwrap_or_default() == text {
                continue;
            }
            match std::env::var_os("WRIT_BLESS") {
                Some(_) => fs::write(&path, text).unwrap(),
                None => stale.push(path.display().to_string()),
            }
        }
    }
    assert!(count > 0);
    assert!(stale.is_empty(), "bless and read these files: {}", stale.join(", "));
}

#[test]
fn every_configuration_is_yaml() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for folder in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        for name in ["envoy.yaml", "gateway-api.yaml"].map(|name| folder.join(name)) {
            let Ok(text) = fs::read_to_string(&name) else { continue };
            for document in serde_yaml::Deserializer::from_str(&text) {
                let value: Result<serde_json::Value, _> = serde::Deserialize::deserialize(document);
                assert!(value.is_ok_and(|value| value.is_object()), "{}", name.display());
            }
        }
    }
}
