//! Services that stand on the platform, and the program that runs one.

use std::collections::VecDeque;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;

use crate::builder::{Builder, SERVICE};
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

    /// The names of the services that the program consists of, if it can run each of them in a process of its own.
    ///
    /// One process runs all of them by default, and `serve --service NAME` runs one. [`Builder::runs`] tells the constructor
    /// which of them to create. By convention a service owns the [database](crate::Database) of its name.
    const SERVICES: &'static [&'static str] = &[];

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
/// The option `--service`, before a subcommand or behind `serve`, selects one of the [services](Service::SERVICES) of the
/// program.
///
/// With the argument `policy`, the program instead changes the policies of the running service, and exits. With `keys` it
/// issues, revokes or lists API keys, and with `events` it lists, repeats or drops events that consumers hold back. Without
/// further arguments they print their usage, and `--help` prints that of the program. `docs/operations.md` of the
/// repository describes them.
pub fn run<S: Service>() -> ExitCode {
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let outcome = CommandLine::parse(words, S::SERVICES).and_then(|line| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(execute::<S>(&line));
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

/// Runs the subcommand of a command line, or serves without one.
async fn execute<S: Service>(line: &CommandLine) -> Result<(), crate::BoxError> {
    let words: Vec<&str> = line.words.iter().map(String::as_str).collect();
    match words[..] {
        [] => serve::<S>(line).await,
        // Help needs no settings.
        ["help" | "--help" | "-h", ..] => print(&usage::<S>()),
        ["policy"] | ["policy", "help" | "--help" | "-h", ..] => print(overrides::USAGE),
        ["keys"] | ["keys", "help" | "--help" | "-h", ..] => print(credentials::KEYS_USAGE),
        #[cfg(all(feature = "postgres", feature = "redis"))]
        ["events"] | ["events", "help" | "--help" | "-h", ..] => print(crate::events::USAGE),
        ["policy", ..] => change_policies::<S>(line).await,
        ["keys", ..] => change_keys::<S>(line).await,
        #[cfg(all(feature = "postgres", feature = "redis"))]
        ["events", ..] => change_events::<S>(line).await,
        [word, ..] => Err(format!("unknown argument `{word}`; `--help` lists the subcommands").into()),
    }
}

/// Prints a text to standard output.
fn print(text: &str) -> Result<(), crate::BoxError> {
    println!("{text}");
    Ok(())
}

/// Returns the description of a program.
fn usage<S: Service>() -> String {
    let program = std::env::args_os().next().map(std::path::PathBuf::from);
    let program = program.as_deref().and_then(std::path::Path::file_name).unwrap_or_default().to_string_lossy();
    let events = match cfg!(all(feature = "postgres", feature = "redis")) {
        true => format!("{program} events    lists, repeats and drops events that consumers hold back\n"),
        false => String::new(),
    };
    let services = match S::SERVICES {
        [] => String::new(),
        services => format!(
            "\n`{program} serve --service NAME` runs one of the services {}, and `{program} --service NAME` before a\n\
             subcommand is for this service.\n",
            services.join(", ")
        ),
    };
    let prefix = S::PREFIX;
    format!(
        "\
{program}           serves requests until it receives SIGTERM or SIGINT
{program} policy    changes the policies of the running service
{program} keys      issues, revokes and lists API keys
{events}{program} --help    prints this text
{services}
Each subcommand describes its commands. Settings are environment variables such as {prefix}BIND, or
lines of the file that {prefix}CONFIG names."
    )
}

/// The command line of a program: the service that it selects, and the subcommand with its arguments.
#[derive(Debug, PartialEq, Eq)]
struct CommandLine {
    service: Option<String>,
    /// The subcommand and its arguments. It is empty for `serve`.
    words: Vec<String>,
}

impl CommandLine {
    /// Parses the words of a command line of a program with these services.
    fn parse(words: impl IntoIterator<Item = String>, services: &[&str]) -> Result<CommandLine, crate::BoxError> {
        let mut words: VecDeque<String> = words.into_iter().collect();
        let (mut service, mut serves) = (None, false);
        while let Some(word) = words.front() {
            let (option, value) =
                word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
            match (option, value.map(str::to_owned)) {
                ("serve", None) if !serves => {
                    serves = true;
                    words.pop_front();
                }
                ("--service", value) => {
                    words.pop_front();
                    let name = value.or_else(|| words.pop_front());
                    service = Some(selected(name.as_deref().unwrap_or_default(), services)?);
                }
                _ => break,
            }
        }
        match words.front() {
            Some(word) if serves => {
                Err(format!("unknown argument `{word}` of `serve`; `--help` lists the options").into())
            }
            _ => Ok(CommandLine { service, words: words.into() }),
        }
    }
}

/// Returns the name of a service if the program has the service.
fn selected(name: &str, services: &[&str]) -> Result<String, crate::BoxError> {
    match services {
        [] => Err("the program is one service, so `--service` cannot select another one".into()),
        services if services.contains(&name) => Ok(name.to_owned()),
        services => Err(format!("`--service` requires one of the services {}", services.join(", ")).into()),
    }
}

async fn serve<S: Service>(line: &CommandLine) -> Result<(), crate::BoxError> {
    let (platform, app) = assemble::<S>(line)?;
    Ok(platform.run(app).await?)
}

/// Runs the subcommand `policy`. The service is created but not started, because its router knows the operations.
async fn change_policies<S: Service>(line: &CommandLine) -> Result<(), crate::BoxError> {
    let (platform, _) = assemble::<S>(line)?;
    println!("{}", overrides::run(&platform, &line.words[1..]).await?);
    Ok(())
}

/// Runs the subcommand `keys`. The service is created but not started, because it knows the place of its keys.
async fn change_keys<S: Service>(line: &CommandLine) -> Result<(), crate::BoxError> {
    let (platform, _) = assemble::<S>(line)?;
    let output = credentials::run_keys(&platform, &line.words[1..]).await?;
    if let Some(remark) = output.remark {
        eprintln!("{remark}");
    }
    println!("{}", output.text);
    Ok(())
}

/// Runs the subcommand `events`. The service is created but not started, because it knows its consumers.
#[cfg(all(feature = "postgres", feature = "redis"))]
async fn change_events<S: Service>(line: &CommandLine) -> Result<(), crate::BoxError> {
    let (platform, _) = assemble::<S>(line)?;
    println!("{}", crate::events::run_command(&platform, &line.words[1..]).await?);
    Ok(())
}

fn assemble<S: Service>(line: &CommandLine) -> Result<(Platform, Router), crate::BoxError> {
    let mut source = Source::from_environment(S::PREFIX)?;
    if let Some(service) = &line.service {
        source.set(&format!("{}{SERVICE}", S::PREFIX), service);
    }
    let mut builder = Builder::of_services(source, S::SERVICES);
    let service = S::new(&mut builder);
    let platform = builder.build()?;
    let app = service.router(&platform);
    Ok((platform, app))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: &[&str; 2] = &["visitors", "tickets"];

    fn parse(line: &str) -> Result<(Option<String>, String), String> {
        let words = line.split_whitespace().map(str::to_owned);
        let line = CommandLine::parse(words, SERVICES).map_err(|error| error.to_string())?;
        Ok((line.service, line.words.join(" ")))
    }

    #[test]
    fn a_service_is_selected_before_a_subcommand_or_behind_serve() {
        for (line, service, words) in [
            ("", None, ""),
            ("serve", None, ""),
            ("serve --service tickets", Some("tickets"), ""),
            ("--service=visitors serve", Some("visitors"), ""),
            ("--service visitors", Some("visitors"), ""),
            (
                "--service tickets policy off x by serve --service a",
                Some("tickets"),
                "policy off x by serve --service a",
            ),
            ("policy list", None, "policy list"),
        ] {
            assert_eq!(parse(line), Ok((service.map(str::to_owned), words.to_owned())), "{line}");
        }
    }

    #[test]
    fn a_command_line_with_an_unknown_service_is_refused_with_the_known_ones() {
        for line in ["serve --service events", "--service", "--service=", "serve --service policy list"] {
            let fault = parse(line).unwrap_err();
            assert_eq!(fault, "`--service` requires one of the services visitors, tickets", "{line}");
        }
        assert!(parse("serve serve").unwrap_err().starts_with("unknown argument `serve` of `serve`"));
        assert!(parse("serve policy").unwrap_err().starts_with("unknown argument `policy` of `serve`"));
        let alone = CommandLine::parse(["--service".to_owned(), "a".to_owned()], &[]).unwrap_err();
        assert!(alone.to_string().starts_with("the program is one service"));
    }

    #[tokio::test]
    async fn a_process_runs_all_services_or_the_selected_one() {
        let builder = |value: &str| {
            let variables = [("MUSEUM_SERVICE".to_owned(), value.to_owned())];
            Builder::of_services(Source::new("MUSEUM_", "", variables), SERVICES)
        };
        let runs = |value: &str| SERVICES.map(|name| builder(value).runs(name));
        assert_eq!((runs(""), runs("tickets")), ([true, true], [false, true]));
        assert_eq!(builder("tickets").config().service_name, "museum-tickets");
        let urls = [("MUSEUM_VISITORS_URL", "http://localhost"), ("MUSEUM_TICKET_URL", "http://localhost")];
        let urls = urls.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let platform = Builder::of_services(Source::new("MUSEUM_", "", urls), SERVICES).build().unwrap();
        assert_eq!(platform.0.unknown, ["MUSEUM_TICKET_URL"]);
        let fault = builder("events").build().unwrap_err();
        assert_eq!(fault.faults, ["MUSEUM_SERVICE: must be one of visitors, tickets"]);
    }
}
