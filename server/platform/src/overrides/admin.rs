//! The subcommand `policy`, and the admin port that receives it for a service without a database.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpStream;

use super::board::Board;
use super::command::{Command, USAGE};
use super::execute::execute;
use crate::BoxError;
use crate::config::Source;
use crate::platform::{Inner, Platform};

/// The path of the admin port that receives commands.
const PATH: &str = "/policy";

/// The maximum size of the text that a command prints, in bytes.
const MAX_REPORT: usize = 4 * 1024 * 1024;

/// The time within which the running process must respond to a command.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The minimum length of the secret of the admin port, in bytes.
const MIN_SECRET: usize = 16;

/// The settings of the admin port.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// The network address of the admin port. It is always a loopback address.
    pub bind: SocketAddr,
    /// The bearer token that authorises an operator.
    pub secret: SecretString,
}

/// A command as the admin port receives it.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    /// The arguments after `policy`.
    arguments: Vec<String>,
    /// The name of the operator if the arguments do not have one.
    #[serde(default)]
    operator: String,
}

impl AdminConfig {
    /// Reads the settings of the admin port. Without the variable `ADMIN_BIND` there is no admin port.
    pub(crate) fn read(from: &mut Source) -> Option<AdminConfig> {
        let is_set = from.setting("ADMIN_BIND").is_set();
        let bind = from.setting("ADMIN_BIND").optional(loopback);
        let secret = from.setting("ADMIN_SECRET").optional(secret);
        if is_set && secret.is_none() {
            let fault = "is required with the admin port; `openssl rand -base64 32` prints a new one";
            from.setting("ADMIN_SECRET").missing(fault);
        }
        Some(AdminConfig { bind: bind?, secret: secret? })
    }
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        _ => Err("must be a loopback address with a port, for example 127.0.0.1:9091".to_owned()),
    }
}

fn secret(text: &str) -> Result<SecretString, String> {
    let fits = text.len() >= MIN_SECRET && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| SecretString::from(text))
        .ok_or_else(|| format!("must be at least {MIN_SECRET} visible ASCII characters without spaces"))
}

/// Returns the routes of the admin port.
pub(crate) fn router(platform: Arc<Inner>) -> Router {
    Router::new().route(PATH, post(receive)).with_state(platform)
}

async fn receive(
    State(platform): State<Arc<Inner>>,
    headers: HeaderMap,
    message: Result<Json<Message>, axum::extract::rejection::JsonRejection>,
) -> (StatusCode, String) {
    if !is_authorised(&platform, &headers) {
        return (StatusCode::UNAUTHORIZED, "the secret of the admin port is not valid".to_owned());
    }
    let Json(Message { arguments, operator }) = match message {
        Ok(message) => message,
        Err(rejection) => return (rejection.status(), rejection.body_text()),
    };
    let result = async {
        let mut command = Command::parse(&arguments)?;
        command.name_operator(&operator);
        execute(&command, &platform.board, &platform.overrides).await
    };
    match result.await {
        Ok(report) => (StatusCode::OK, report),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
    }
}

fn is_authorised(platform: &Inner, headers: &HeaderMap) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let expected = platform.config.admin.as_ref().map(|admin| admin.secret.expose_secret().as_bytes());
    matches!((sent, expected), (Some(sent), Some(expected)) if bool::from(sent.ct_eq(expected)))
}

/// Runs the subcommand `policy` with these arguments, and returns the text that it prints.
///
/// # Errors
/// Returns an error if the command is not valid, or has no effect yet in some process.
pub(crate) async fn run(platform: &Platform, arguments: &[String]) -> Result<String, BoxError> {
    let mut command = Command::parse(arguments)?;
    if command == Command::Help {
        return Ok(USAGE.to_owned());
    }
    let operator = std::env::var("USER").unwrap_or_default();
    command.name_operator(&operator);
    match (&platform.0.board, &platform.0.config.admin) {
        (Board::Memory(_), Some(admin)) => send(admin, &Message { arguments: arguments.to_vec(), operator }).await,
        (Board::Memory(_), None) => Err(format!(
            "this service has no database: set {0}ADMIN_BIND and {0}ADMIN_SECRET for the service and for this command",
            platform.config().prefix
        )
        .into()),
        #[cfg(feature = "postgres")]
        (board, _) => execute(&command, board, &platform.0.overrides).await,
    }
}

/// Sends a command to the admin port of the running process, and waits for its report within [`TIMEOUT`].
async fn send(admin: &AdminConfig, message: &Message) -> Result<String, BoxError> {
    let report = tokio::time::timeout(TIMEOUT, exchange(admin, message)).await;
    report.unwrap_or_else(|_| Err(format!("the admin port {} does not respond", admin.bind).into()))
}

async fn exchange(admin: &AdminConfig, message: &Message) -> Result<String, BoxError> {
    let unreachable = |error: std::io::Error| format!("cannot reach the admin port {}: {error}", admin.bind);
    let stream = TcpStream::connect(admin.bind).await.map_err(unreachable)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::post(PATH)
        .header(header::HOST, admin.bind.to_string())
        .header(header::AUTHORIZATION, format!("Bearer {}", admin.secret.expose_secret()))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(serde_json::to_vec(message)?))?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    let report = axum::body::to_bytes(Body::new(body), MAX_REPORT).await?;
    let report = String::from_utf8_lossy(&report).into_owned();
    match head.status {
        StatusCode::OK => Ok(report),
        _ => Err(report.into()),
    }
}
