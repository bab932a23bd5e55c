//! The generated files depend only on the contract, not on its folder or the working directory.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use writ_codegen::output::Output;

use crate::contracts;

/// The environment variable with the path to which the second process writes its output.
const OUTPUT: &str = "WRIT_DETERMINISM_OUTPUT";

/// The environment variable with the path of the contract for the second process.
const CONTRACT: &str = "WRIT_DETERMINISM_CONTRACT";

/// Copies a golden contract to a separate folder.
fn copy(name: &str, contract: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("writ-determinism-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    fs::copy(contracts::golden_folder().join(contract).join("contract.yaml"), folder.join("contract.yaml"))
        .expect("a copy");
    folder
}

/// Returns the paths and texts of all files as one string.
fn text(output: &Output) -> String {
    output.files.iter().map(|(path, text)| format!("{path}\n{text}\n")).collect()
}

#[test]
fn two_folders_and_two_working_directories_give_the_same_bytes() {
    for contract in ["names", "unions", "injection", "policies", "responses"] {
        let one = copy(&format!("one-{contract}"), contract);
        let other = copy(&format!("other-{contract}"), contract);
        let here = text(&contracts::generated(&one.join("contract.yaml")));
        // Another process has other hash seeds too. Its contract is a path relative to its working directory.
        let path = other.join("output");
        let finished = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "determinism::the_second_process_writes_its_output"])
            .current_dir(&other)
            .env(CONTRACT, "contract.yaml")
            .env(OUTPUT, &path)
            .output()
            .expect("this program runs again");
        assert!(finished.status.success(), "{finished:?}");
        let there = fs::read_to_string(&path).expect("the output of the second process");
        assert!(here.len() > 1000 && here == there, "{contract} differs");
        let _ = (fs::remove_dir_all(one), fs::remove_dir_all(other));
    }
}

#[test]
fn the_second_process_writes_its_output() {
    let (Some(contract), Some(path)) = (std::env::var_os(CONTRACT), std::env::var_os(OUTPUT)) else { return };
    fs::write(path, text(&contracts::generated(&PathBuf::from(contract)))).expect("the output is written");
}
