//! Tests of `cargo writ new` that is interrupted or killed while it writes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A `rustfmt` that reports its start, and ends when the test lets it.
const RUSTFMT: &str = "#!/bin/sh
touch \"$TEST_FOLDER/started\"
while [ -e \"$TEST_FOLDER/started\" ]; do sleep 0.05; done
";

/// A run of `cargo writ new` that waits for its `rustfmt`, with all files of the workspace written but not complete.
struct Run {
    folder: TempDir,
    process: Child,
}

impl Run {
    fn start() -> Run {
        let folder = tempfile::tempdir().expect("a folder");
        let programs = folder.path().join("programs");
        fs::create_dir_all(&programs).expect("a folder");
        fs::create_dir(folder.path().join("work")).expect("a folder");
        fs::write(programs.join("rustfmt"), RUSTFMT).expect("a file");
        fs::set_permissions(programs.join("rustfmt"), fs::Permissions::from_mode(0o755)).expect("a permission");
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").expect("a path"));
        let mut command = command(folder.path());
        command.env("PATH", path).env("TEST_FOLDER", folder.path()).stderr(Stdio::piped());
        let run = Run { process: command.spawn().expect("the command runs"), folder };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !run.started().exists() {
            assert!(Instant::now() < deadline, "the command does not format the workspace");
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(run.left().len(), 1, "{:?}", run.left());
        run
    }

    fn started(&self) -> std::path::PathBuf {
        self.folder.path().join("started")
    }

    /// Sends a signal to the command, and lets its `rustfmt` end. Returns the messages of the command.
    fn end(&mut self, signal: &str) -> String {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(sent.expect("`kill` runs").success());
        fs::remove_file(self.started()).expect("the file exists");
        let status = self.process.wait().expect("the command ends");
        assert!(!status.success());
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.process.stderr.take().expect("messages"), &mut text).expect("a text");
        text
    }

    /// Returns the names of what the command has left.
    fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("work")).expect("a folder").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-writ"));
    command.args(["writ", "new", "notes"]).current_dir(folder.join("work"));
    command
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut run = Run::start();
        let text = run.end(signal);
        assert!(text.contains("interrupted; nothing is created"), "{text}");
        assert!(run.left().is_empty(), "{:?}", run.left());
    }
}

#[test]
fn the_folder_of_a_killed_run_is_removed_by_the_next_one() {
    let mut run = Run::start();
    run.end("-KILL");
    let left = run.left();
    assert!(left.len() == 1 && left[0].starts_with(".writ-new-"), "{left:?}");
    let output = command(run.folder.path()).output().expect("the command runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains(&format!("{}, which a run that was killed", left[0])), "{text}");
    assert_eq!(run.left(), ["notes"]);
}

#[test]
fn the_folder_of_a_running_command_stays() {
    let mut run = Run::start();
    let output = command(run.folder.path()).output().expect("the command runs");
    assert!(output.status.success());
    assert_eq!(run.left().len(), 2, "{:?}", run.left());
    run.end("-INT");
    assert_eq!(run.left(), ["notes"]);
}
