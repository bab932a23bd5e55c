//! The settings of the Redis connection.

use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::io::tcp::socket2::TcpKeepalive;
use redis::{Client, IntoConnectionInfo as _, RedisError, TlsCertificates};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::config::{Source, parse};
use crate::tls::{self, Authorities, Protection};

/// The time after which the operating system ends a connection on which sent data is not acknowledged. It is shorter
/// than the two seconds within which a service must recover.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_millis(1500);

/// The settings of the Redis connection.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// The URL of the Redis server. The scheme `rediss` is TLS, and the certificate of the server is always verified.
    pub url: SecretString,
    /// The root certificates in PEM that can have signed the certificate of the server. Default: those of the operating
    /// system.
    pub authorities: Option<Vec<u8>>,
    /// The prefix of every Redis key of this service. Default: the name of the service.
    pub prefix: String,
    /// The time after which Redis counts as unavailable if it does not respond. Default: 250 ms.
    pub timeout: Duration,
}

impl RedisConfig {
    /// Reads the settings of the Redis connection. The source keeps the faults, and the URL of a missing setting is
    /// that of a Redis on this machine.
    pub(crate) fn read(from: &mut Source) -> RedisConfig {
        let protection = Protection::read(from);
        let authorities = from.setting("REDIS_CA").optional(Authorities::parse);
        let read = |text: &str| address(text, authorities.clone(), &protection);
        let address = from.shared_setting("REDIS_URL").optional(read);
        if address.is_none() {
            from.shared_setting("REDIS_URL").missing("is required; set it to a URL such as redis://localhost:6379");
        }
        let (url, authorities) = address.unwrap_or_else(|| (SecretString::from("redis://localhost:6379"), None));
        let prefix = from.service_name();
        RedisConfig {
            url,
            authorities: authorities.map(|authorities| authorities.0),
            prefix: from.setting("REDIS_PREFIX").or(prefix, parse::key_prefix),
            timeout: from.setting("REDIS_TIMEOUT").or(Duration::from_millis(250), parse::time_limit),
        }
    }

    /// Creates the client that opens connections with these settings.
    pub(super) fn client(&self) -> Result<Client, RedisError> {
        tls::install_provider();
        let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(5)).with_interval(Duration::from_secs(1));
        let tcp = TcpSettings::default()
            .set_nodelay(true)
            .set_keepalive(keepalive)
            // Redis must not execute the commands of a lost connection later, so closing it discards them.
            .set_linger_time(Duration::ZERO);
        #[cfg(target_os = "linux")]
        let tcp = tcp.set_user_timeout(USER_TIMEOUT);
        let info = self.url.expose_secret().into_connection_info()?.set_tcp_settings(tcp);
        match &self.authorities {
            Some(pem) => {
                Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: Some(pem.clone()) })
            }
            None => Client::open(info),
        }
    }
}

/// Parses a Redis URL, and returns it with the root certificates for its server: those of its parameter `sslrootcert`,
/// or else `authorities`. The error does not contain the URL, which can contain a password.
fn address(
    text: &str,
    authorities: Option<Authorities>,
    protection: &Protection,
) -> Result<(SecretString, Option<Authorities>), String> {
    let address: SecretString = parse::redis_url(text)?;
    let url = Url::parse(text).map_err(|_| NOT_VALID.to_owned())?;
    text.into_connection_info().map_err(|_| NOT_VALID.to_owned())?;
    let authorities = Authorities::in_url(&url)?.or(authorities);
    match url.scheme() {
        "rediss" if url.fragment().is_some() => {
            return Err("must not end with a fragment: certificates are always verified".to_owned());
        }
        "rediss" => {}
        "redis" if authorities.is_some() => {
            return Err("must begin with rediss:// because certificates for TLS are configured".to_owned());
        }
        "redis" => protection.accept_plaintext(url.host_str().unwrap_or_default(), "begin the URL with rediss://")?,
        // A Unix socket.
        _ => return Ok((address, None)),
    }
    Ok((address, authorities))
}

/// The fault of a Redis URL that cannot be parsed.
const NOT_VALID: &str = "is not a valid Redis URL";

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(variables: &[(&str, &str)]) -> Vec<String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut source = Source::new("MUSEUM_", "", variables);
        RedisConfig::read(&mut source);
        source.finish().map_or_else(|error| error.faults, |()| Vec::new())
    }

    #[test]
    fn plaintext_to_another_machine_requires_a_setting() {
        for url in ["redis://redis.example.com", "redis://:secret@10.0.0.1:6379/1"] {
            let faults = faults(&[("REDIS_URL", url)]);
            assert!(faults[0].contains("rediss://") && faults[0].contains("MUSEUM_INSECURE_STORES=on"), "{faults:?}");
            assert!(!faults[0].contains("secret"), "{faults:?}");
        }
        assert_eq!(faults(&[("REDIS_URL", "redis://10.0.0.1"), ("MUSEUM_INSECURE_STORES", "on")]), [""; 0]);
        for url in ["redis://localhost", "redis://[::1]:1", "unix:///run/redis", "rediss://10.0.0.1"] {
            assert_eq!(faults(&[("REDIS_URL", url)]), [""; 0], "{url}");
        }
    }

    #[test]
    fn urls_that_would_weaken_tls_are_refused() {
        for url in
            ["rediss://localhost/#insecure", "rediss://localhost?sslrootcert=/nowhere/ca.pem", "redis://", "http://h"]
        {
            assert_eq!(faults(&[("REDIS_URL", url)]).len(), 1, "{url}");
        }
    }
}
