//! The services whose responses are compared with their contracts, and a running process of one of them.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_yaml::Value;
use writ_contract::diagnostic::Diagnostics;
use writ_contract::document::{LoadOptions, bundle, load, to_json};
use writ_tasks::folder::{Folder, secret};
use writ_tasks::process::{Kind, Process, Session};
use writ_tasks::services::{self, Services};
use writ_tasks::{cargo as tasks_cargo, http};

use super::log::Log;
use crate::cargo;
use crate::sqlx::Database;

/// The time within which a service must become ready.
const READY: Duration = Duration::from_secs(60);

/// The password of the administrator of the sample.
const PASSWORD: &str = "conforms-to-the-contract";

/// The scopes of the API key of the museum.
const SCOPES: &str = "{events:write,tickets:read,tickets:write}";

/// A service of this repository, and a version of its contract.
pub struct Subject {
    /// The name of the service and of the version in messages.
    pub title: &'static str,
    /// The package of the service, whose program has its name.
    pub package: &'static str,
    prefix: &'static str,
    contract: Contract,
    credential: Credential,
}

/// The place of a contract.
enum Contract {
    /// The service serves its contract at this path.
    Served(&'static str),
    /// A file of the repository has the contract. It is bundled, as a service would serve it.
    File(&'static str),
}

/// The credential of the requests.
enum Credential {
    /// The access token of the administrator.
    Administrator,
    /// An API key with all scopes.
    ApiKey,
}

/// The services of this repository, with all versions of their contracts.
pub const SUBJECTS: [Subject; 3] = [
    Subject {
        title: "server",
        package: "server",
        prefix: "WRIT_",
        contract: Contract::Served("/openapi.json"),
        credential: Credential::Administrator,
    },
    Subject {
        title: "server v1",
        package: "server",
        prefix: "WRIT_",
        contract: Contract::Served("/v1/openapi.json"),
        credential: Credential::Administrator,
    },
    Subject {
        title: "museum",
        package: "museum",
        prefix: "MUSEUM_",
        contract: Contract::File("server/examples/museum/spec/openapi.yaml"),
        credential: Credential::ApiKey,
    },
];

/// A running service with an empty database.
pub struct Served<'s> {
    /// The URL or the path of the contract.
    pub contract: String,
    /// The URL of the service.
    pub url: String,
    /// The header with the credential of a caller that may do everything.
    pub credential: String,
    /// The log of the service.
    pub log: Log,
    _process: Process<'s>,
    _database: Database<'s>,
}

impl<'s> Served<'s> {
    /// Starts a service, and lifts its rate limits, so that most requests reach their handler.
    pub fn start(
        session: &'s Session,
        folder: &Folder,
        stores: &Services<'_>,
        subject: &Subject,
    ) -> anyhow::Result<Served<'s>> {
        let server = stores.database_url.clone().context("the task has a database")?;
        let database = Database::empty(session, server)?;
        let free = || anyhow::Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, services::free_port(None)?)));
        let (address, metrics) = (free()?, free()?);
        let url = format!("http://{address}");
        let mut program = subject.program(stores, &database)?;
        let log = folder.path().join(format!("{}.log", subject.package));
        let output = File::create(&log).context("cannot write the log of the service")?;
        program.env(subject.setting("BIND"), address.to_string());
        program.env(subject.setting("METRICS_BIND"), metrics.to_string());
        program.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut process = session.start(subject.package, Kind::Group, &mut program)?;
        let since = Instant::now();
        while !matches!(http::status(address, "/readyz"), Ok(200)) {
            if process.ended()?.is_some() || since.elapsed() > READY {
                bail!("{} is not ready:\n{}", subject.package, std::fs::read_to_string(&log)?.trim_end());
            }
            session.pause()?;
        }
        let (contract, text) = subject.contract(&url, folder)?;
        lift_limits(session, subject, stores, &database, &text)?;
        let credential = subject.credential(&url, &database)?;
        let log = Log::new(log, metrics);
        Ok(Served { contract, url, credential, log, _process: process, _database: database })
    }
}

impl Subject {
    fn setting(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Returns the program of the service with its settings.
    fn program(&self, stores: &Services<'_>, database: &Database<'_>) -> anyhow::Result<Command> {
        let mut program = Command::new(std::env::current_exe()?.with_file_name(self.package));
        tasks_cargo::clear_run_environment(&mut program);
        program
            .envs(stores.variables())
            .env("DATABASE_URL", database.url()?)
            .env("ADMIN_PASSWORD", PASSWORD)
            .env(self.setting("REDIS_PREFIX"), database.name())
            // A service writes its usual lines, among them one for each request.
            .env_remove(self.setting("LOG"))
            .env_remove(self.setting("LOG_FORMAT"))
            // A run takes longer than the usual lifetime of a token.
            .env(self.setting("ACCESS_LIFETIME"), "12h")
            // Requests with wrong credentials must not block the address of all requests.
            .env(self.setting("FAILED_CREDENTIALS"), "1000000/60s")
            // A refusal because of a busy machine says nothing about the contract.
            .env(self.setting("LOAD_SHEDDING"), "off");
        Ok(program)
    }

    /// Returns the location of the contract for schemathesis, and its text.
    fn contract(&self, url: &str, folder: &Folder) -> anyhow::Result<(String, String)> {
        match self.contract {
            Contract::Served(path) => {
                let url = format!("{url}{path}");
                let text = ureq::get(&url).call().context("cannot read the contract")?.body_mut().read_to_string()?;
                Ok((url, text))
            }
            Contract::File(path) => {
                let source = cargo::root().join(Path::new(path));
                let document = load(&source, &LoadOptions::default(), &mut Diagnostics::new());
                let text = to_json(&bundle(&document.context("cannot read the contract")?));
                let path = folder.path().join(format!("{}.json", self.package));
                std::fs::write(&path, &text).context("cannot write the contract")?;
                Ok((path.display().to_string(), text))
            }
        }
    }

    /// Returns the header of a credential that the service accepts for every operation.
    fn credential(&self, url: &str, database: &Database<'_>) -> anyhow::Result<String> {
        match self.credential {
            Credential::Administrator => {
                let body = serde_json::json!({ "email": "admin@example.com", "password": PASSWORD }).to_string();
                let login = ureq::post(format!("{url}/v1/auth/login")).header("content-type", "application/json");
                let text = login.send(body).context("cannot sign in")?.body_mut().read_to_string()?;
                let session: serde_json::Value = serde_json::from_str(&text)?;
                let token = session["accessToken"].as_str().context("the response has an access token")?;
                Ok(format!("Authorization: Bearer {token}"))
            }
            Credential::ApiKey => {
                let key = secret()?;
                database.execute(&format!(
                    "INSERT INTO writ.api_keys (service, key_hash, name, scopes)
                     VALUES ('{}', sha256('{key}'), 'conform', '{SCOPES}')",
                    self.package
                ))?;
                Ok(format!("X-Api-Key: {key}"))
            }
        }
    }
}

/// Lifts the rate limits of all operations with policies, as an operator does.
fn lift_limits(
    session: &Session,
    subject: &Subject,
    stores: &Services<'_>,
    database: &Database<'_>,
    contract: &str,
) -> anyhow::Result<()> {
    let contract: Value = serde_yaml::from_str(contract).context("cannot read the contract")?;
    let mut running = Vec::new();
    for operation in limited_operations(&contract) {
        let mut program = subject.program(stores, database)?;
        program.args(["policy", "set", &operation, "rate=1000000/60s", "for", "12h", "reason", "conform"]);
        program.stdin(Stdio::null()).stdout(Stdio::null());
        running.push((session.start("policy", Kind::Group, &mut program)?, operation));
    }
    for (mut process, operation) in running {
        if !process.wait()?.success() {
            bail!("the rate limit of {operation} was not lifted");
        }
    }
    Ok(())
}

/// Returns the ids of the operations with rate limits.
fn limited_operations(contract: &Value) -> Vec<String> {
    let paths = contract["paths"].as_mapping().into_iter().flatten();
    let operations = paths.flat_map(|(_, path)| path.as_mapping().into_iter().flatten());
    operations
        .filter(|(_, operation)| operation.get("x-rate-limit").is_some())
        .filter_map(|(_, operation)| Some(operation.get("operationId")?.as_str()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::limited_operations;

    #[test]
    fn operations_with_rate_limits_are_found() {
        let contract = "paths:\n  /a:\n    parameters: []\n    get: { operationId: a, x-rate-limit: {} }\n    \
                        put: { operationId: b }\n";
        assert_eq!(limited_operations(&serde_yaml::from_str(contract).unwrap()), ["a"]);
    }
}
