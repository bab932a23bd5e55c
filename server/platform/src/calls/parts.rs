//! The parts of a platform for calls of other services.

use writ_runtime::client::{Connection, Transport};
use writ_runtime::{Operation, Router};

use super::http_transport::HttpTransport;
use super::settings::{CallConfig, name, service_name};
use super::transport::Calls;
use crate::builder::Builder;
use crate::config::Source;
use crate::credentials::{ServiceTokens, TrustedService, TrustedServices, accepts_service_tokens, is_trustworthy};
use crate::metrics::ServerAddress;
use crate::overrides::LONGEST_CALL;

impl Builder {
    /// Returns the connection to another service, for the generated client of its contract. `operations` are those of the
    /// contract: operators can change the policies of their calls at run time.
    ///
    /// The variable `<SERVICE>_URL` with the prefix of this service has the URL, and is required. It must begin with
    /// `https://` unless the service runs on this machine, or the variable `INSECURE_CALLS` is `on`.
    ///
    /// ```
    /// use writ_platform::config::Source;
    /// use writ_platform::Builder;
    ///
    /// # let runtime = tokio::runtime::Runtime::new().unwrap();
    /// # let _guard = runtime.enter();
    /// # mod operations { pub const ALL: &[&writ_runtime::Operation] = &[]; }
    /// let variables = [("MUSEUM_TICKETS_URL".to_owned(), "http://127.0.0.1:8081".to_owned())];
    /// let mut platform = Builder::new(Source::new("MUSEUM_", "", variables));
    /// // `tickets::Client::new(connection)` is the client of the contract.
    /// let connection = platform.calls_to("tickets", operations::ALL);
    /// # assert!(platform.build().is_ok());
    /// ```
    pub fn calls_to(&mut self, service: &'static str, operations: &[&'static Operation]) -> Connection {
        // Without a valid URL, the service does not start.
        let (connection, server) = connection(&mut self.source, service).unwrap_or_else(|| (nowhere(), None));
        self.connect(service, operations, connection, server, HttpTransport::new())
    }

    /// Returns a connection to another service as [`Builder::calls_to`] does, over a transport of its own, such as the router
    /// of a service in this process.
    pub fn calls_through(
        &mut self,
        service: &'static str,
        operations: &[&'static Operation],
        transport: impl Transport,
    ) -> Connection {
        self.connect(service, operations, nowhere(), None, transport)
    }

    /// Returns the verifier of the tokens with which other services call this one. The variable `TRUSTED_SERVICES` with the
    /// prefix of this service lists them, separated by commas: `name=url` with the URL of the key set, and then the scopes that
    /// the service can have, separated by spaces. Without scopes, it can have all.
    pub fn trusted_services(&mut self) -> TrustedServices {
        let name = service_name(&mut self.source, self.selected);
        let is_insecure = insecure_calls(&mut self.source);
        let services = self.source.setting("TRUSTED_SERVICES").or(Vec::new(), |text| trusted(text, is_insecure));
        TrustedServices::new(name, services)
    }

    /// Returns the issuer of the tokens with which this service calls others.
    fn service_tokens(&mut self) -> ServiceTokens {
        let name = service_name(&mut self.source, self.selected);
        ServiceTokens::new(name, self.token_keys())
    }

    fn connect(
        &mut self,
        service: &'static str,
        operations: &[&'static Operation],
        connection: Connection,
        server: Option<ServerAddress>,
        transport: impl Transport,
    ) -> Connection {
        self.overrides.add_called_operations(operations);
        let config = CallConfig::read(&mut self.source);
        let tokens = operations.iter().any(|operation| accepts_service_tokens(operation));
        let tokens = tokens.then(|| self.service_tokens());
        let longest = operations.iter().filter_map(|operation| operation.timeout).max().unwrap_or_default();
        // The client must not give up before the call ends.
        let timeout = longest.max(config.timeout).max(LONGEST_CALL);
        let calls = Calls::new(service, transport, &config, self.metrics.clone());
        let calls = calls.at(server).overridden_by(self.overrides.clone()).with_tokens(tokens);
        connection.transport(calls).timeout(timeout)
    }
}

/// Returns a connection without a service.
fn nowhere() -> Connection {
    Connection::in_process(Router::new())
}

/// Reads the URL of a service, and returns a connection to it without a transport, and its address. The source keeps the
/// faults.
fn connection(from: &mut Source, service: &str) -> Option<(Connection, Option<ServerAddress>)> {
    let is_insecure = insecure_calls(from);
    let variable = format!("{}_URL", service.to_ascii_uppercase().replace('-', "_"));
    let is_set = from.setting(&variable).is_set();
    let found = from.setting(&variable).optional(|text| Ok((base_url(text, is_insecure)?, ServerAddress::of(text))));
    if !is_set {
        from.setting(&variable).missing(&format!("is required; set it to the URL of the service `{service}`"));
    }
    found
}

/// The fault of a URL without TLS.
const INSECURE: &str = "must begin with https://, or with http:// and a loopback address, unless INSECURE_CALLS is on";

/// Reads the setting that permits calls without TLS.
fn insecure_calls(from: &mut Source) -> bool {
    from.setting("INSECURE_CALLS").one_of(&[("on", true), ("off", false)]).unwrap_or(false)
}

/// Parses the base URL of a service.
fn base_url(text: &str, is_insecure: bool) -> Result<Connection, String> {
    let connection = Connection::over(text, Router::new()).map_err(|_| "must be a URL without a query".to_owned())?;
    match is_insecure || is_trustworthy(text) {
        true => Ok(connection),
        false => Err(INSECURE.to_owned()),
    }
}

/// Parses the trusted services: the name and the URL of the key set of each, and the scopes that it can have.
fn trusted(text: &str, is_insecure: bool) -> Result<Vec<TrustedService>, String> {
    let form = || {
        "must be a list of name=url, with the name of a service and the URL of its key set; scopes may follow"
            .to_owned()
    };
    let mut services: Vec<TrustedService> = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (service, rest) = entry.split_once('=').ok_or_else(form)?;
        let name = name(service).map_err(|_| form())?;
        let mut words = rest.split_ascii_whitespace();
        let key_set = words.next().ok_or_else(form)?.to_owned();
        base_url(&key_set, is_insecure)?;
        if services.iter().any(|other| other.name == name) {
            return Err("must name each service once".to_owned());
        }
        let scopes: Vec<String> = words.map(str::to_owned).collect();
        services.push(TrustedService { name, key_set, scopes: (!scopes.is_empty()).then_some(scopes) });
    }
    Ok(services)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(settings: &[(&str, &str)]) -> Vec<String> {
        let variables = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut builder = Builder::new(Source::new("MUSEUM_", "", variables));
        builder.calls_to("ticket-office", &[]);
        builder.build().map_or_else(|error| error.faults, |_| Vec::new())
    }

    #[tokio::test]
    async fn the_url_of_a_service_is_required_and_uses_tls_unless_a_setting_accepts_the_risk() {
        let url = "MUSEUM_TICKET_OFFICE_URL";
        assert!(faults(&[])[0].starts_with("MUSEUM_TICKET_OFFICE_URL: is required"));
        for fits in ["https://tickets.example", "http://127.0.0.1:81/base/", "http://localhost:81"] {
            assert!(faults(&[(url, fits)]).is_empty(), "{fits}");
        }
        for (wrong, fault) in [
            ("tickets.example", "must be a URL without a query"),
            ("https://tickets.example?a", "must be a URL without a query"),
            ("http://tickets.example", INSECURE),
        ] {
            assert_eq!(faults(&[(url, wrong)]), [format!("{url}: {fault}")]);
        }
        assert!(faults(&[(url, "http://tickets.example"), ("MUSEUM_INSECURE_CALLS", "on")]).is_empty());
    }

    #[tokio::test]
    async fn wrong_settings_of_calls_are_reported_together() {
        let faults = faults(&[
            ("MUSEUM_TICKET_OFFICE_URL", "http://localhost"),
            ("MUSEUM_CALL_TIMEOUT", "0s"),
            ("MUSEUM_CALL_CONCURRENCY", "0"),
            ("MUSEUM_CALL_ATTEMPTS", "11"),
            ("MUSEUM_CALL_RETRY_SHARE", "2"),
            ("MUSEUM_CALL_RETRY_MINIMUM", "-1"),
            ("MUSEUM_CALL_BREAKER_FAILURES", "0"),
            ("MUSEUM_CALL_BREAKER_SHARE", "50%"),
            ("MUSEUM_CALL_BREAKER_PAUSE", "soon"),
        ]);
        assert_eq!(faults.len(), 8, "{faults:?}");
    }
}
