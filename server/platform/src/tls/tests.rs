//! Tests of TLS to a PostgreSQL and a Redis that run with certificates of these tests.

mod certificates;

use sqlx::PgPool;

use super::*;
use crate::config::Source;
use crate::testing::{Place, PrivatePostgres, PrivateRedis, SOON, THINGS};
use crate::{Builder, Redis};
use certificates::{Authority, Certificate, Validity};

/// Creates the parts of a service with these variables.
fn parts(variables: &[(&str, &str)]) -> (PgPool, Redis) {
    let (database, redis) = ("postgres://localhost:1/none", "redis://localhost:1");
    let mut source = Source::new("MUSEUM_", "", []);
    for (name, value) in [("DATABASE_URL", database), ("REDIS_URL", redis), ("MUSEUM_REDIS_TIMEOUT", "5s")] {
        source.set(name, value);
    }
    variables.iter().for_each(|(name, value)| source.set(name, value));
    let mut builder = Builder::new(source);
    let parts = (builder.database(&THINGS), builder.redis());
    builder.build().expect("the settings are valid");
    parts
}

/// Returns the place of a server on this machine with a certificate.
fn place(certificate: &Certificate) -> Place<'_> {
    Place { namespace: None, address: [127, 0, 0, 1].into(), certificate: Some(certificate.pem()) }
}

/// Connects to PostgreSQL, and returns true if the connection is encrypted. The error is the text of the driver.
async fn is_encrypted(variables: &[(&str, &str)]) -> Result<bool, String> {
    let (pool, _) = parts(variables);
    let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    sqlx::query_scalar(query).fetch_one(&pool).await.map_err(|error| format!("{error:?}"))
}

#[tokio::test]
async fn postgres_is_reached_only_with_a_certificate_of_a_trusted_authority_for_its_host() {
    let (trusted, other) = (Authority::create(), Authority::create());
    let server = PrivatePostgres::start(&place(&trusted.issue("localhost", Validity::Current))).await;
    let url = |host: &str, mode: &str| server.url(host) + "?sslmode=" + mode;
    for mode in ["require", "verify-full", "prefer"] {
        let variables = [("DATABASE_URL", &*url("localhost", mode)), ("MUSEUM_DATABASE_CA", trusted.path())];
        assert_eq!(is_encrypted(&variables).await, Ok(true), "{mode}");
    }
    // The mode `verify-ca` does not compare the name of the server.
    for host in ["localhost", "127.0.0.1"] {
        let variables = [("DATABASE_URL", &*url(host, "verify-ca")), ("MUSEUM_DATABASE_CA", trusted.path())];
        assert_eq!(is_encrypted(&variables).await, Ok(true), "{host}");
    }
    let with_parameter = url("localhost", "verify-full") + "&sslrootcert=" + trusted.path();
    assert_eq!(is_encrypted(&[("DATABASE_URL", &with_parameter)]).await, Ok(true));

    let full = url("localhost", "require");
    let error = is_encrypted(&[("DATABASE_URL", &full), ("MUSEUM_DATABASE_CA", other.path())]).await.unwrap_err();
    assert!(error.contains("UnknownIssuer") || error.contains("BadSignature"), "{error}");
    let error = is_encrypted(&[("DATABASE_URL", &full)]).await.unwrap_err();
    assert!(error.contains("UnknownIssuer"), "{error}");
    let by_address = url("127.0.0.1", "verify-full");
    let error =
        is_encrypted(&[("DATABASE_URL", &by_address), ("MUSEUM_DATABASE_CA", trusted.path())]).await.unwrap_err();
    assert!(error.contains("NotValidForName"), "{error}");

    server.present(trusted.issue("localhost", Validity::Expired).pem()).await;
    let error = is_encrypted(&[("DATABASE_URL", &full), ("MUSEUM_DATABASE_CA", trusted.path())]).await.unwrap_err();
    assert!(error.contains("Expired"), "{error}");
    // Nothing is verified if the operator accepts the risk.
    let insecure = [("DATABASE_URL", &*full), ("MUSEUM_INSECURE_STORES", "on")];
    assert_eq!(is_encrypted(&insecure).await, Ok(true));
}

#[tokio::test]
async fn a_postgres_without_tls_is_refused_if_the_url_asks_for_tls() {
    let plaintext = std::env::var(crate::testing::DATABASE_URL).unwrap();
    for mode in ["require", "verify-full"] {
        let error = is_encrypted(&[("DATABASE_URL", &format!("{plaintext}?sslmode={mode}"))]).await.unwrap_err();
        assert!(error.contains("does not support TLS"), "{error}");
    }
    assert_eq!(is_encrypted(&[("DATABASE_URL", &plaintext)]).await, Ok(false));
}

#[tokio::test]
async fn redis_is_reached_only_with_a_certificate_of_a_trusted_authority_for_its_host() {
    let (trusted, other) = (Authority::create(), Authority::create());
    let server = PrivateRedis::start(&place(&trusted.issue("localhost", Validity::Current))).await;
    let expired = PrivateRedis::start(&place(&trusted.issue("localhost", Validity::Expired))).await;
    let responds = async |url: &str, authority: &str| {
        parts(&[("REDIS_URL", url), ("MUSEUM_REDIS_CA", authority)]).1.responds().await
    };
    let url = server.url("localhost");
    assert!(responds(&url, trusted.path()).await);
    assert!(parts(&[("REDIS_URL", &format!("{url}?sslrootcert={}", trusted.path()))]).1.responds().await);
    assert!(!responds(&url, other.path()).await);
    assert!(!responds(&url, "").await);
    assert!(!responds(&server.url("127.0.0.1"), trusted.path()).await);
    assert!(!responds(&expired.url("localhost"), trusted.path()).await);
    let plaintext = std::env::var(crate::testing::REDIS_URL).unwrap().replacen("redis://", "rediss://", 1);
    let started = std::time::Instant::now();
    assert!(!responds(&plaintext, trusted.path()).await);
    assert!(started.elapsed() < SOON);
}

#[test]
fn only_loopback_hosts_and_sockets_are_this_machine() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.0.1", "::1", "[::1]", "::ffff:127.0.0.1", "/run/pg"] {
        assert!(is_this_machine(host), "{host}");
    }
    for host in ["localhost.example.com", "10.0.0.1", "::2", "0.0.0.0", "redis", "127.0.0.1.example.com", ""] {
        assert!(!is_this_machine(host), "{host}");
    }
}

#[test]
fn certificates_that_cannot_be_read_are_a_fault() {
    let missing = Authorities::parse("/nowhere/ca.pem").unwrap_err();
    assert!(missing.starts_with("cannot read the certificates in /nowhere/ca.pem"), "{missing}");
    for wrong in ["-----BEGIN CERTIFICATE-----\nAAAA", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
        Authorities::parse(wrong).unwrap_err();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let empty = Authorities::parse(file.path().to_str().unwrap()).unwrap_err();
    assert_eq!(empty, "must have certificates in PEM, or be the path of a file with them");
}

#[test]
fn ring_is_the_only_crypto_provider_of_the_workspace() {
    // The lock file has the packages of every feature and every target.
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).unwrap();
    let packages: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(packages.contains(&"\"ring\"") && packages.contains(&"\"rustls\""));
    for other in ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "boring", "boring-sys"] {
        assert!(!packages.contains(&&*format!("\"{other}\"")), "{other}");
    }
}
