//! The description of a workspace: its server, contract, stores, and the variables that the server reads.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::dev::{Credential, Running};
use crate::services::Stores;

/// The function that generates the code of a workspace, or only compares the files if its argument is true.
pub type Generate = fn(check: bool) -> anyhow::Result<()>;

/// A workspace with a contract and a server, as its tasks see it.
///
/// The [crate documentation](crate) has examples.
pub struct Project {
    pub(crate) root: PathBuf,
    pub(crate) server: String,
    pub(crate) prefix: String,
    pub(crate) contract: PathBuf,
    pub(crate) stores: Stores,
    pub(crate) services: Vec<String>,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) gateway: Option<Gateway>,
    pub(crate) generate: Option<Generate>,
    pub(crate) pages: Vec<(String, String)>,
    pub(crate) first_request: Option<fn(&Running) -> String>,
    pub(crate) repeated_tests: Vec<RepeatedTests>,
}

/// Tests that the task `test` runs a second time in other surroundings.
#[derive(Debug, Clone)]
pub(crate) struct RepeatedTests {
    /// The surroundings in messages.
    pub(crate) title: String,
    /// The name of the test target.
    pub(crate) target: String,
    /// The variable that tells the tests their surroundings, and its value.
    pub(crate) variable: (String, String),
}

/// The gateway in front of the services of a workspace.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    /// The contract, or a folder with one for each version.
    pub(crate) spec: PathBuf,
    /// The folder of the settings and of the rendered configuration.
    pub(crate) folder: PathBuf,
}

impl Project {
    /// Describes the workspace of the running task. `server` is the name of the server's package and program.
    ///
    /// The root of the workspace is the parent of the folder of the package `xtask`.
    pub fn new(server: &str) -> Project {
        Project {
            root: root(),
            server: server.to_owned(),
            prefix: format!("{}_", server.replace('-', "_").to_ascii_uppercase()),
            contract: "spec/openapi.yaml".into(),
            stores: Stores::default(),
            services: Vec::new(),
            credentials: Vec::new(),
            variables: Vec::new(),
            gateway: None,
            generate: None,
            pages: Vec::new(),
            first_request: None,
            repeated_tests: Vec::new(),
        }
    }

    /// Sets the prefix of the server's environment variables [default: the name of the server, such as `MUSEUM_`].
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Project {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Sets the entry file of the contract, relative to the root [default: `spec/openapi.yaml`]. The file `codegen.toml`
    /// beside it names the folder of the generated crate.
    #[must_use]
    pub fn contract(mut self, path: impl Into<PathBuf>) -> Project {
        self.contract = path.into();
        self
    }

    /// Gives the server a PostgreSQL database, as `DATABASE_URL`.
    #[must_use]
    pub fn postgres(mut self) -> Project {
        self.stores.postgres = true;
        self
    }

    /// Gives the server a Redis, as `REDIS_URL`.
    #[must_use]
    pub fn redis(mut self) -> Project {
        self.stores.redis = true;
        self
    }

    /// Names the services of the server (`Service::SERVICES` of the platform). Each has a PostgreSQL database of its own, and
    /// `dev --services` runs each in a process of its own.
    #[must_use]
    pub fn services(mut self, names: &[&str]) -> Project {
        self.services = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Puts a gateway in front of the services. `spec` is the contract, or a folder with one for each version, and `folder` has
    /// the settings of the gateway. Both are relative to the root.
    ///
    /// `dev --services` runs Envoy with the rendered configuration, and the variable `WRIT_TEST_ENVOY` tells the tests the
    /// path of its program.
    #[must_use]
    pub fn gateway(mut self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Project {
        self.gateway = Some(Gateway { spec: spec.into(), folder: folder.into() });
        self
    }

    /// Gives the server of `dev` a password or a key, such as that of an administrator.
    #[must_use]
    pub fn credential(mut self, credential: Credential) -> Project {
        self.credentials.push(credential);
        self
    }

    /// Sets an environment variable for the server of `dev`, unless the environment has it.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Project {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the generation of code, for workspaces whose contracts `codegen.toml` does not describe.
    #[must_use]
    pub fn generate_with(mut self, generate: Generate) -> Project {
        self.generate = Some(generate);
        self
    }

    /// Adds a path of the server to the list that `dev` prints: its title, and the path such as `/docs`.
    #[must_use]
    pub fn page(mut self, title: &str, path: &str) -> Project {
        self.pages.push((title.to_owned(), path.to_owned()));
        self
    }

    /// Sets the function that returns a first request to the running server, as a command for a shell.
    #[must_use]
    pub fn first_request(mut self, command: fn(&Running) -> String) -> Project {
        self.first_request = Some(command);
        self
    }

    /// Runs the test target `target` a second time after all tests, with an environment variable. The task `test` does so unless
    /// its command line selects tests. `title` names the surroundings, such as "through the gateway".
    #[must_use]
    pub fn repeat_tests(mut self, title: &str, target: &str, name: &str, value: &str) -> Project {
        let variable = (name.to_owned(), value.to_owned());
        self.repeated_tests.push(RepeatedTests { title: title.to_owned(), target: target.to_owned(), variable });
        self
    }

    /// Returns the root folder of the workspace.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the root of the workspace the current folder, so that messages show paths relative to it.
    pub(crate) fn enter(&self) -> anyhow::Result<()> {
        std::env::set_current_dir(&self.root).with_context(|| format!("cannot enter {}", self.root.display()))
    }
}

/// Returns the root folder of the workspace of the running task.
///
/// `cargo run` sets the folder of the task's package. Another program that starts the task must be in the root folder.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = package.as_deref().and_then(Path::parent).map(Path::to_owned);
    root.or_else(|| std::env::current_dir().ok()).unwrap_or_default()
}
