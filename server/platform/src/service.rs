//! Services that stand on the platform, and the program that runs one.

use std::process::ExitCode;
use std::time::Duration;

use axum::Router;

use crate::builder::Builder;
use crate::config::Source;
use crate::credentials;
use crate::overrides;
use crate::platform::Platform;

/// The time for which the end of the process waits for blocking work.
const RUNTIME_TIMEOUT: Duration = Duration::from_secs(1);

/// A service that stands on the platform.
///
/// The constructor of a service asks a [`Builder`] for the parts that it needs, and its router passes them to the
/// handlers of a generated `Api`. The complete program is then:
///
/// ```no_run
/// use axum::Router;
/// use axum::routing::get;
/// use std::process::ExitCode;
/// use writ_platform::{Builder, Platform, Service, Store};
///
/// struct Museum {
///     store: Store,
/// }
///
/// impl Service for Museum {
///     const PREFIX: &'static str = "MUSEUM_";
///
///     fn new(_: &mut Builder) -> Museum {
///         Museum { store: Store::memory() }
///     }
///
///     fn router(&self, platform: &Platform) -> Router {
///         // A generated contract has `Api { gate: platform.gate(&self.store, operations::ALL), … }`.
///         Router::new().merge(writ_platform::health::router(platform.health().clone()))
///     }
/// }
///
/// fn main() -> ExitCode {
///     writ_platform::run::<Museum>()
/// }
/// ```
pub trait Service: Sized + Send + Sync + 'static {
    /// The prefix of the environment variables of the service, for example `MUSEUM_`.
    const PREFIX: &'static str;

    /// Creates the service with the parts that it needs.
    fn new(platform: &mut Builder) -> Self;

    /// Returns the routes of the service.
    fn router(&self, platform: &Platform) -> Router;
}

/// Runs a service until it receives SIGTERM or SIGINT. This function is the body of `main`.
///
/// It creates the Tokio runtime, reads the settings from the environment, starts the parts of the service and serves
/// its router. If the service cannot start, it prints the reason to standard error.
///
/// With the argument `policy`, the program instead changes the policies of the running service, and exits. With `keys` it
/// issues, revokes or lists API keys, and with `events` it lists, repeats or drops events that consumers hold back. Without
/// further arguments they print their usage, and `--help` prints that of the program. `docs/operations.md` of the
/// repository describes them.
pub fn run<S: Service>() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(crate::BoxError::from);
    let outcome = runtime.and_then(|runtime| {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let outcome = match words[..] {
            [] => runtime.block_on(serve::<S>()),
            // Help needs no settings.
            ["help" | "--help" | "-h", ..] => print(&usage(S::PREFIX)),
            ["policy"] | ["policy", "help" | "--help" | "-h", ..] => print(overrides::USAGE),
            ["keys"] | ["keys", "help" | "--help" | "-h", ..] => print(credentials::KEYS_USAGE),
            #[cfg(all(feature = "postgres", feature = "redis"))]
            ["events"] | ["events", "help" | "--help" | "-h", ..] => print(crate::events::USAGE),
            ["policy", ..] => runtime.block_on(change_policies::<S>(&arguments[1..])),
            ["keys", ..] => runtime.block_on(change_keys::<S>(&arguments[1..])),
            #[cfg(all(feature = "postgres", feature = "redis"))]
            ["events", ..] => runtime.block_on(change_events::<S>(&arguments[1..])),
            [word, ..] => Err(format!("unknown argument `{word}`; `--help` lists the subcommands").into()),
        };
        // Dropping a runtime waits without a limit for blocking work, such as the hash of a password.
        runtime.shutdown_timeout(RUNTIME_TIMEOUT);
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a text to standard output.
fn print(text: &str) -> Result<(), crate::BoxError> {
    println!("{text}");
    Ok(())
}

/// Returns the description of a program whose settings have this prefix.
fn usage(prefix: &str) -> String {
    let program = std::env::args_os().next().map(std::path::PathBuf::from);
    let program = program.as_deref().and_then(std::path::Path::file_name).unwrap_or_default().to_string_lossy();
    let events = match cfg!(all(feature = "postgres", feature = "redis")) {
        true => format!("{program} events    lists, repeats and drops events that consumers hold back\n"),
        false => String::new(),
    };
    format!(
        "\
{program}           serves requests until it receives SIGTERM or SIGINT
{program} policy    changes the policies of the running service
{program} keys      issues, revokes and lists API keys
{events}{program} --help    prints this text

Each subcommand describes its commands. Settings are environment variables such as {prefix}BIND, or
lines of the file that {prefix}CONFIG names."
    )
}

async fn serve<S: Service>() -> Result<(), crate::BoxError> {
    let (platform, app) = assemble::<S>()?;
    Ok(platform.run(app).await?)
}

/// Runs the subcommand `policy`. The service is created but not started, because its router knows the operations.
async fn change_policies<S: Service>(arguments: &[String]) -> Result<(), crate::BoxError> {
    let (platform, _) = assemble::<S>()?;
    println!("{}", overrides::run(&platform, arguments).await?);
    Ok(())
}

/// Runs the subcommand `keys`. The service is created but not started, because it knows the place of its keys.
async fn change_keys<S: Service>(arguments: &[String]) -> Result<(), crate::BoxError> {
    let (platform, _) = assemble::<S>()?;
    let output = credentials::run_keys(&platform, arguments).await?;
    if let Some(remark) = output.remark {
        eprintln!("{remark}");
    }
    println!("{}", output.text);
    Ok(())
}

/// Runs the subcommand `events`. The service is created but not started, because it knows its consumers.
#[cfg(all(feature = "postgres", feature = "redis"))]
async fn change_events<S: Service>(arguments: &[String]) -> Result<(), crate::BoxError> {
    let (platform, _) = assemble::<S>()?;
    println!("{}", crate::events::run_command(&platform, arguments).await?);
    Ok(())
}

fn assemble<S: Service>() -> Result<(Platform, Router), crate::BoxError> {
    let mut builder = Builder::new(Source::from_environment(S::PREFIX)?);
    let service = S::new(&mut builder);
    let platform = builder.build()?;
    let app = service.router(&platform);
    Ok((platform, app))
}
