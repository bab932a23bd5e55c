//! The cargo workspace around a generated crate, and the check that cargo accepts the crate there.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use glob::{MatchOptions, Pattern};
use toml::{Table, Value};

use super::description::Workspace;
use super::path::{parts, relative};
use super::runtime_source::{RUNTIME, Runtime};

/// The cargo workspace around a generated crate, as the workspace manifest describes it.
struct Enclosing {
    /// The root folder of the cargo workspace.
    folder: PathBuf,
    /// The patterns of `members` in the workspace manifest.
    members: Vec<String>,
    /// The folders that the workspace manifest excludes from the workspace (`exclude`).
    excluded: Vec<String>,
}

/// A reason why cargo would refuse a generated crate or the workspace around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// The generated crate would be both a member of the workspace and the root of a separate one.
    TwoRoots {
        /// The path of the workspace's `Cargo.toml`.
        manifest: PathBuf,
        /// The entry of `members` in the workspace manifest that matches the generated crate.
        pattern: String,
    },
    /// The workspace would contain two packages with the name `writ-runtime`.
    TwoRuntimes {
        /// The folder of the `writ-runtime` package that the workspace already contains.
        other: PathBuf,
    },
    /// The folder that the option `runtime` names does not contain the crate `writ-runtime`.
    NoRuntime {
        /// The folder in which the crate `writ-runtime` was expected.
        path: PathBuf,
    },
}

/// Checks that cargo accepts a generated crate in the folder `out`. Returns a remark if the user has to
/// complete a step by hand.
///
/// # Errors
///
/// Returns an error if cargo would refuse the generated crate or the workspace around it.
pub fn fit(out: &Path, workspace: Workspace, runtime: &Runtime) -> Result<Option<String>, Misfit> {
    let out: PathBuf = parts(out).into_iter().collect();
    if let Runtime::Path(path) = runtime
        && package_name(path).as_deref() != Some(RUNTIME)
    {
        return Err(Misfit::NoRuntime { path: path.clone() });
    }
    let Some(around) = Enclosing::of(&out) else {
        return Ok((workspace == Workspace::Member).then(|| {
            format!("no cargo workspace contains {}: cargo treats the crate as its own workspace", out.display())
        }));
    };
    let manifest = around.folder.join("Cargo.toml");
    let path = relative(&around.folder, &out);
    if around.excludes(&path) {
        return Ok(None);
    }
    let pattern = around.members.iter().find(|pattern| matches(pattern, &path)).cloned();
    match (workspace, pattern) {
        (Workspace::Own, Some(pattern)) => Err(Misfit::TwoRoots { manifest, pattern }),
        (Workspace::Own, None) => Ok(Some(format!(
            "a member of the workspace {} can depend on this crate only if it is generated with `--workspace member`",
            manifest.display()
        ))),
        (Workspace::Member, pattern) => {
            if *runtime == Runtime::Embedded
                && let Some(other) = around.runtime_beside(&out)
            {
                return Err(Misfit::TwoRuntimes { other });
            }
            Ok(pattern
                .is_none()
                .then(|| format!("add {path:?} to `members` in {}, unless a member depends on it", manifest.display())))
        }
    }
}

impl Enclosing {
    /// Returns the workspace that cargo finds for a package in a folder, or `None` if no parent folder is a
    /// workspace.
    fn of(out: &Path) -> Option<Enclosing> {
        out.ancestors().skip(1).find_map(|folder| {
            let manifest: Table = fs::read_to_string(folder.join("Cargo.toml")).ok()?.parse().ok()?;
            let workspace = manifest.get("workspace")?;
            let list = |key: &str| {
                let all = workspace.get(key).and_then(Value::as_array).into_iter().flatten();
                all.filter_map(|one| Some(one.as_str()?.trim_end_matches('/').to_owned())).collect()
            };
            Some(Enclosing { folder: folder.to_owned(), members: list("members"), excluded: list("exclude") })
        })
    }

    /// Returns true if the workspace manifest excludes a folder, given by its path relative to the workspace.
    fn excludes(&self, path: &str) -> bool {
        self.excluded.iter().any(|excluded| Path::new(path).starts_with(excluded))
    }

    /// Returns the folder of a `writ-runtime` package in the workspace, except the copy that belongs to the
    /// crate in `out`.
    fn runtime_beside(&self, out: &Path) -> Option<PathBuf> {
        let folders = self.members.iter().flat_map(|pattern| {
            let pattern = Path::new(&Pattern::escape(&self.folder.to_string_lossy())).join(pattern);
            glob::glob(&pattern.to_string_lossy()).into_iter().flatten().flatten()
        });
        let own = out.join(RUNTIME);
        let mut candidates = folders.chain([self.folder.clone()]).flat_map(|folder| [folder.join(RUNTIME), folder]);
        candidates.find(|path| *path != own && package_name(path).as_deref() == Some(RUNTIME))
    }
}

/// Returns true if an entry of `members` in a workspace manifest matches a path by the rules of cargo.
fn matches(pattern: &str, path: &str) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_with(path, options))
}

/// Returns the package name in the `Cargo.toml` of a folder, or `None` if the folder contains no package.
fn package_name(folder: &Path) -> Option<String> {
    let manifest: Table = fs::read_to_string(folder.join("Cargo.toml")).ok()?.parse().ok()?;
    Some(manifest.get("package")?.get("name")?.as_str()?.to_owned())
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::TwoRoots { manifest, pattern } => write!(
                f,
                "{} includes the crate as a member (`{pattern}`), and a member cannot be a separate workspace: \
                 generate it with `--workspace member`, or list it in `exclude` there",
                manifest.display()
            ),
            Misfit::TwoRuntimes { other } => write!(
                f,
                "the workspace already contains a `{RUNTIME}`, and cargo accepts only one: share it with `--runtime path:{}`",
                other.display()
            ),
            Misfit::NoRuntime { path } => write!(f, "{} does not contain the crate `{RUNTIME}`", path.display()),
        }
    }
}

impl std::error::Error for Misfit {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A temporary folder with a cargo workspace for a test. The folder is removed on drop.
    struct Folder(PathBuf);

    impl Folder {
        fn with(name: &str, manifest: &str) -> Folder {
            let folder = Folder(std::env::temp_dir().join(format!("writ-enclosing-{name}-{}", std::process::id())));
            folder.put("Cargo.toml", manifest);
            folder
        }

        fn put(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_separate_workspace_is_refused_if_the_crate_matches_members() {
        let folder = Folder::with("own", "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/apart\"]\n");
        let own = |path: &str| fit(&folder.0.join(path), Workspace::Own, &Runtime::Embedded);
        let misfit = own("crates/api").unwrap_err();
        assert!(misfit.to_string().contains("(`crates/*`)"), "{misfit}");
        assert_eq!(own("crates/apart"), Ok(None));
        assert!(own("api").unwrap().unwrap().contains("--workspace member"));
    }

    #[test]
    fn a_member_that_the_workspace_does_not_list_gets_a_remark() {
        let folder = Folder::with("member", "[workspace]\nmembers = [\"crates/*\"]\n");
        let member = |path: &str| fit(&folder.0.join(path), Workspace::Member, &Runtime::Embedded);
        assert_eq!(member("crates/api"), Ok(None));
        let hint = member("libs/api").unwrap().unwrap();
        assert!(hint.starts_with("add \"libs/api\" to `members` in "), "{hint}");
    }

    #[test]
    fn a_second_embedded_runtime_is_refused_and_the_first_can_be_shared() {
        let folder = Folder::with("runtime", "[workspace]\nmembers = [\"crates/*\"]\n");
        folder.put("crates/one/writ-runtime/Cargo.toml", "[package]\nname = \"writ-runtime\"\n");
        let fit = |path: &str, runtime: &Runtime| super::fit(&folder.0.join(path), Workspace::Member, runtime);
        assert_eq!(fit("crates/one", &Runtime::Embedded), Ok(None), "its own runtime is no second one");
        let shared = folder.0.join("crates/one/writ-runtime");
        assert_eq!(fit("crates/two", &Runtime::Embedded), Err(Misfit::TwoRuntimes { other: shared.clone() }));
        let above = fit("crates", &Runtime::Embedded);
        assert_eq!(above, Err(Misfit::TwoRuntimes { other: shared.clone() }), "one level too high");
        assert_eq!(fit("crates/two", &Runtime::Path(shared)), Ok(None));
        let missing = Runtime::Path(folder.0.join("nowhere"));
        assert!(matches!(fit("crates/two", &missing), Err(Misfit::NoRuntime { .. })));
    }
}
