//! A contract of several files and its bundle: both generate the same code.

use std::path::{Path, PathBuf};

use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::options::Options;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, bundle, load, to_json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The contract of this repository. Its files may refer to files next to its folder.
const V1: &str = "../spec/v1/openapi.yaml";

/// Generates a module from a contract.
fn generated(entry: &Path, root: Option<&str>) -> Generated {
    let layout = Layout::Module("v1".to_owned());
    generate(&Request {
        entry: entry.to_owned(),
        root: root.map(PathBuf::from),
        strict: true,
        layout,
        options: Options::default(),
    })
}

#[test]
fn the_bundle_of_version_1_generates_the_code_of_its_contract() -> Outcome {
    let options = LoadOptions { root: Some(PathBuf::from("../spec")), strict: true, ..LoadOptions::default() };
    let document = load(Path::new(V1), &options, &mut Diagnostics::new()).ok_or("not a contract")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bundle");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("openapi.json");
    std::fs::write(&path, to_json(&bundle(&document)))?;
    let (before, after) = (generated(Path::new(V1), Some("../spec")), generated(&path, None));
    let rendered = render(&after.diagnostics, after.diagnostics.sources(), false);
    assert_eq!(before.operations, after.operations, "{rendered}");
    let (before, after) = (before.output.ok_or("nothing")?, after.output.ok_or(rendered)?);
    for (name, text) in &before.files {
        assert_eq!(Some(text), after.files.get(name), "{name}");
    }
    assert_eq!(before.files.len(), after.files.len());
    Ok(())
}
