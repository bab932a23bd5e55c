//! The same contract gives the same bytes, wherever it lies and whoever asks from where.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use writ_codegen::output::Output;

use crate::contracts;

/// Where the second process says what it generated.
const ANSWER: &str = "WRIT_DETERMINISM_ANSWER";

/// Which contract it is asked for.
const QUESTION: &str = "WRIT_DETERMINISM_QUESTION";

/// A copy of a golden contract in a folder of its own.
fn copy(name: &str, contract: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("writ-determinism-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    fs::copy(contracts::golden_folder().join(contract).join("contract.yaml"), folder.join("contract.yaml"))
        .expect("a copy");
    folder
}

fn text(output: &Output) -> String {
    output.files.iter().map(|(path, text)| format!("{path}\n{text}\n")).collect()
}

#[test]
fn two_folders_and_two_working_directories_give_the_same_bytes() {
    for contract in ["names", "unions", "injection", "policies", "responses"] {
        let one = copy(&format!("one-{contract}"), contract);
        let other = copy(&format!("other-{contract}"), contract);
        let here = text(&contracts::generated(&one.join("contract.yaml")));
        // Another process has other hash seeds too; a relative entry is found from its own directory.
        let answer = other.join("answer");
        let finished = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "determinism::a_second_process_answers"])
            .current_dir(&other)
            .env(QUESTION, "contract.yaml")
            .env(ANSWER, &answer)
            .output()
            .expect("this program runs again");
        assert!(finished.status.success(), "{finished:?}");
        let there = fs::read_to_string(&answer).expect("the answer");
        assert!(here.len() > 1000 && here == there, "{contract} differs");
        let _ = (fs::remove_dir_all(one), fs::remove_dir_all(other));
    }
}

#[test]
fn a_second_process_answers() {
    let (Some(question), Some(answer)) = (std::env::var_os(QUESTION), std::env::var_os(ANSWER)) else { return };
    fs::write(answer, text(&contracts::generated(&PathBuf::from(question)))).expect("the answer is written");
}
