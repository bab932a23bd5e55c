//! The execution of the subcommand `keys`.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::command::{Command, Grant, USAGE};
use super::{Hash, KeySource};
use crate::BoxError;
use crate::operator::suggestion;
use crate::platform::Platform;
use crate::random;

/// The text that a command prints.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// The explanation of the text, for standard error.
    pub(crate) remark: Option<String>,
    /// The text for standard output. A program can read it.
    pub(crate) text: String,
}

/// Runs the subcommand `keys` of a service, and returns the text that it prints.
///
/// # Errors
/// Returns an error if the command is not valid, if the service has no API keys, or if the database is unavailable.
pub(crate) async fn run(platform: &Platform, arguments: &[String]) -> Result<Output, BoxError> {
    let mut command = Command::parse(arguments)?;
    command.name_operator(&std::env::var("USER").unwrap_or_default());
    if command == Command::Help {
        return Ok(Output { remark: None, text: USAGE.to_owned() });
    }
    if let Command::Issue(grant) = &command {
        check_scopes(grant, platform)?;
    }
    let variable = format!("{}API_KEYS", platform.config().prefix);
    match &platform.0.key_source {
        None => Err("this service accepts no API keys: its contract declares no security scheme of this type, or its \
                     authenticator does not use `Builder::api_keys`"
            .into()),
        Some(KeySource::Setting) => in_setting(&command, &platform.0.service_name, &variable),
        #[cfg(feature = "postgres")]
        Some(KeySource::Table(pool)) => in_table(&command, &platform.0.service_name, pool).await,
    }
}

/// Executes a command for a service whose keys are in a setting, which only its operator can change.
fn in_setting(command: &Command, service: &str, variable: &str) -> Result<Output, BoxError> {
    let Command::Issue(grant) = command else {
        return Err(format!("the API keys of this service are in the variable {variable}: edit it, and restart").into());
    };
    if grant.lifetime.is_some() {
        return Err(format!("a key in the variable {variable} cannot expire; omit `for`").into());
    }
    let (key, hash) = new_key(service);
    let entry = [&[grant.name.clone(), hex(&hash)], &*grant.scopes].concat().join(" ");
    let remark = format!(
        "append this entry to {variable}, after a semicolon, and restart the service:\n{entry}\n\
                          the key, which is not stored and not shown again:"
    );
    Ok(Output { remark: Some(remark), text: key })
}

/// Executes a command for a service whose keys are in a table.
#[cfg(feature = "postgres")]
async fn in_table(command: &Command, service: &str, pool: &sqlx::PgPool) -> Result<Output, BoxError> {
    use super::table;
    use crate::operator::time;

    match command {
        Command::Issue(grant) => {
            let (key, hash) = new_key(service);
            let expires = table::issue(pool, &hash, grant).await?;
            let scopes = if grant.scopes.is_empty() { "no scopes".to_owned() } else { grant.scopes.join(" ") };
            let end = expires.map_or("does not expire".to_owned(), |end| format!("expires at {}", time(end)));
            let id = &hex(&hash)[..ID_LENGTH];
            let remark = format!(
                "issued the key {id} for {} with {scopes}; it {end}\n\
                                  the key, which is not stored and not shown again:",
                grant.name
            );
            Ok(Output { remark: Some(remark), text: key })
        }
        Command::Revoke { key, note } => match table::revoke(pool, key, note).await? {
            Some(name) => {
                let seconds = super::CACHED.as_secs();
                let text = format!("revoked the key {key} of {name}; it is accepted for {seconds} s at most");
                Ok(Output { remark: None, text })
            }
            None => Err(format!("no valid key has the id `{key}`; `keys list` prints those that are valid").into()),
        },
        Command::List { all, name } => {
            let table::Listed { keys, total } = table::list(pool, *all, name.as_deref()).await?;
            let remark = (total > keys.len()).then(|| {
                format!("these are the latest {} of {total} keys; `of NAME` lists those of one caller", keys.len())
            });
            Ok(Output { remark, text: listed(&keys, *all) })
        }
        Command::Help => Ok(Output { remark: None, text: USAGE.to_owned() }),
    }
}

/// The number of hexadecimal digits of the hash that identify a key in commands.
#[cfg(feature = "postgres")]
const ID_LENGTH: usize = 12;

/// Returns the table of these keys.
#[cfg(feature = "postgres")]
fn listed(keys: &[super::table::Key], all: bool) -> String {
    use crate::operator::{by, table, time};

    if keys.is_empty() {
        return if all { "there are no keys" } else { "there are no valid keys" }.to_owned();
    }
    let mut rows = vec![["KEY", "NAME", "SCOPES", "ISSUED", "EXPIRES", "REVOKED", "BY", "REASON"].map(str::to_owned)];
    rows.extend(keys.iter().map(|key| {
        // The last change of a key is the one to explain.
        let last = key.revoked.as_ref().unwrap_or(&key.issued);
        [
            key.id.clone(),
            key.name.clone(),
            key.scopes.join(" "),
            time(key.issued.at),
            key.expires_at.map_or("never".to_owned(), time),
            key.revoked.as_ref().map_or(String::new(), |revoked| time(revoked.at)),
            by(&last.author),
            last.reason.clone(),
        ]
    }));
    table(&rows)
}

/// Returns a new key and its hash. The name of the service in front of the random digits tells people and programs that
/// scan for secrets where a key belongs.
fn new_key(service: &str) -> (String, Hash) {
    let key = format!("{service}_{}", hex(&random::bytes::<32>()));
    let hash = Sha256::digest(&key).into();
    (key, hash)
}

/// Returns bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that the contract has the scopes of a key. A service without a gate has no known operations and no check.
fn check_scopes(grant: &Grant, platform: &Platform) -> Result<(), String> {
    let operations = platform.0.overrides.operations();
    let requirements = operations.iter().flat_map(|operation| operation.security.iter().copied().flatten());
    let known: BTreeSet<&str> = requirements.flat_map(|requirement| requirement.scopes.iter().copied()).collect();
    if operations.is_empty() {
        return Ok(());
    }
    match grant.scopes.iter().find(|scope| !known.contains(scope.as_str())) {
        None => Ok(()),
        Some(scope) if known.is_empty() => Err(format!("the contract has no scope `{scope}`: it declares none")),
        Some(scope) => {
            let names: Vec<&str> = known.iter().copied().collect();
            let hint = suggestion(scope, known.iter().copied());
            Err(format!("the contract has no scope `{scope}`{hint}\nits scopes are {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Builder;
    use crate::config::Source;

    async fn run_in_setting(arguments: &[&str]) -> Result<Output, BoxError> {
        let mut builder = Builder::new(Source::new("MUSEUM_", "", []));
        builder.api_keys::<super::super::Granted>(KeySource::Setting);
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        run(&builder.build().unwrap(), &arguments).await
    }

    #[tokio::test]
    async fn a_key_for_a_setting_is_printed_with_its_entry() {
        let output = run_in_setting(&["issue", "office-1", "read"]).await.unwrap();
        let entry = format!("\noffice-1 {} read\n", hex(&Sha256::digest(&output.text)));
        let remark = output.remark.unwrap();
        assert!(remark.contains(&entry) && remark.contains("MUSEUM_API_KEYS"), "{remark}");
        assert!(output.text.starts_with("museum_") && output.text.len() == "museum_".len() + 64, "{}", output.text);
        for (arguments, message) in [
            (&["issue", "office-1", "for", "1d"][..], "a key in the variable MUSEUM_API_KEYS cannot expire"),
            (&["list"], "the API keys of this service are in the variable MUSEUM_API_KEYS"),
        ] {
            let error = run_in_setting(arguments).await.unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[tokio::test]
    #[cfg(feature = "postgres")]
    async fn a_list_says_that_it_does_not_contain_all_keys() {
        let database = crate::testing::TestDatabase::with_things().await;
        let add = "INSERT INTO writ.api_keys (service, key_hash, name, scopes)
                   SELECT current_schema(), sha256(number::text::bytea), 'office-' || number % 2, '{}'
                   FROM generate_series(1, 1500) AS number";
        sqlx::query(add).execute(&database.pool).await.unwrap();
        let list = async |name| {
            let command = Command::List { all: false, name };
            let output = in_table(&command, "museum", &database.pool).await.unwrap();
            (output.remark, output.text.lines().count() - 1)
        };
        let (remark, count) = list(None).await;
        assert!(remark.unwrap().starts_with("these are the latest 1000 of 1500 keys"));
        assert_eq!(count, 1000);
        assert_eq!(list(Some("office-1".to_owned())).await, (None, 750));
    }

    #[tokio::test]
    async fn a_service_without_api_keys_says_so() {
        let platform = Builder::new(Source::new("MUSEUM_", "", [])).build().unwrap();
        let error = run(&platform, &["list".to_owned()]).await.unwrap_err();
        assert!(error.to_string().starts_with("this service accepts no API keys"), "{error}");
    }
}
