//! The protection of connections to PostgreSQL and Redis. A connection to another machine uses TLS and verifies the
//! certificate of the server, unless a setting accepts the risk.

use std::net::IpAddr;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use crate::config::Source;

/// The parameter of the URL of a store that has the path of a file with root certificates, as `libpq` names it.
const AUTHORITIES_PARAMETER: &str = "sslrootcert";

/// The protection that the settings of a service require for connections to stores on other machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Protection {
    /// True if connections may lack encryption, or go to a server whose certificate is not verified.
    pub(crate) is_optional: bool,
    /// The variable that makes the protection optional.
    variable: String,
}

/// The root certificates that a service trusts for the connections to a store, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorities(pub(crate) Vec<u8>);

impl Protection {
    /// Reads the setting. The source keeps the fault of an invalid value.
    pub(crate) fn read(from: &mut Source) -> Protection {
        let setting = from.setting("INSECURE_STORES");
        let variable = setting.name().to_owned();
        Protection { is_optional: setting.one_of(&[("on", true), ("off", false)]).unwrap_or(false), variable }
    }

    /// Checks that a connection without TLS is acceptable for a host.
    ///
    /// # Errors
    /// Returns the fault of the setting with the URL. `remedy` says how the URL asks for TLS.
    pub(crate) fn accept_plaintext(&self, host: &str, remedy: &str) -> Result<(), String> {
        if self.is_optional || is_this_machine(host) {
            return Ok(());
        }
        Err(format!(
            "does not encrypt the connection to the other machine `{host}`: {remedy}; or set {}=on if everybody on the \
             network may read and change passwords and data",
            self.variable
        ))
    }
}

impl Authorities {
    /// Parses a setting that is the path of a file with root certificates in PEM, or contains them.
    ///
    /// # Errors
    /// Returns the requirement that the text breaks.
    pub(crate) fn parse(text: &str) -> Result<Authorities, String> {
        let pem = match text.trim_start().starts_with("-----BEGIN") {
            // A variable in a file has one line, so `\n` can stand for a line break.
            true => text.replace("\\n", "\n").into_bytes(),
            false => std::fs::read(text).map_err(|error| format!("cannot read the certificates in {text}: {error}"))?,
        };
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|_| "must have certificates in PEM".to_owned())?;
            roots.add(certificate).map_err(|_| "has a certificate that is not valid".to_owned())?;
        }
        match roots.is_empty() {
            true => Err("must have certificates in PEM, or be the path of a file with them".to_owned()),
            false => Ok(Authorities(pem)),
        }
    }

    /// Returns the root certificates that the parameter `sslrootcert` of the URL of a store names.
    ///
    /// # Errors
    /// Returns the fault of the setting with the URL.
    pub(crate) fn in_url(url: &Url) -> Result<Option<Authorities>, String> {
        let parameter = url.query_pairs().find(|(name, _)| name == AUTHORITIES_PARAMETER);
        let parsed = parameter.map(|(_, value)| Authorities::parse(&value)).transpose();
        parsed.map_err(|fault| format!("{AUTHORITIES_PARAMETER} {fault}"))
    }
}

/// Returns true if connections to a host do not leave this machine: a loopback address, `localhost` or the path of a
/// Unix socket.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.starts_with('/'),
    }
}

/// Makes ring the crypto provider of the process, unless the program has chosen one.
pub(crate) fn install_provider() {
    // The error is the provider that was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(all(test, feature = "postgres", feature = "redis"))]
mod tests;
