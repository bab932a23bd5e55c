//! The static configuration of Envoy (API v3).
//!
//! | file | part |
//! |---|---|
//! | `routes.rs` | the routes of the operations, and those of all other paths and methods |
//! | `tokens.rs` | the verification of bearer tokens (`jwt_authn`) |
//! | `replies.rs` | the error responses of Envoy itself (`local_reply_config`) |
//! | `clusters.rs` | the services, and the issuers of tokens |
//! | `origins.lua` | preflight requests and response headers for pages of other origins (CORS), if the settings name some |
//! | `request.lua` | the normal form of paths and request ids, by the rules of the services |

mod clusters;
mod replies;
mod routes;
mod tokens;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use self::clusters::{Cluster, clusters};
use self::replies::Replies;
use self::routes::EnvoyRoute;
use self::tokens::Tokens;
pub use crate::render::RenderError;
use crate::render::render as fill;
use crate::routes::Routes;
use crate::settings::{Limits, Settings, Tls};

const TEMPLATE: &str = include_str!("../../templates/envoy.yaml.j2");
const SCRIPT: &str = include_str!("request.lua");
const ORIGINS_SCRIPT: &str = include_str!("origins.lua");

/// The data of the template.
#[derive(Serialize)]
struct View<'r> {
    title: &'r str,
    listen: Value,
    /// The certificate of the listener, or `None` if it has no TLS.
    tls: Option<Value>,
    admin: Option<Value>,
    trusted_hops: u32,
    /// The lines of the script that normalises requests and marks responses for pages of other origins.
    script: Vec<Cow<'static, str>>,
    replies: Replies,
    tokens: Tokens,
    routes: Vec<EnvoyRoute>,
    clusters: Vec<Cluster>,
    requests: u32,
    burst: u32,
    addresses: u32,
    connections: u32,
    /// The memory of Envoy in bytes.
    memory: u64,
    /// The number of seconds in which a request must arrive.
    request_timeout: u64,
    /// The limit of the requests of all client addresses in a second.
    total: u32,
}

/// Returns the static configuration of Envoy as YAML.
///
/// # Errors
///
/// Returns an error if the template has a defect.
pub fn render(routes: &Routes, settings: &Settings) -> Result<String, RenderError> {
    let Limits { requests, burst, addresses, connections, memory, .. } = settings.limits;
    let tokens = Tokens::of(routes, settings);
    let view = View {
        title: &routes.title,
        listen: socket_address(&settings.listen.ip().to_string(), settings.listen.port()),
        tls: settings.tls.as_ref().map(tls),
        admin: settings.admin.as_ref().map(|admin| {
            let admin = admin.get_ref();
            socket_address(&admin.ip().to_string(), admin.port())
        }),
        trusted_hops: settings.trusted_hops,
        script: script(&settings.cors_origins),
        replies: Replies::of(routes, !tokens.requirements.is_empty()),
        routes: routes::routes(routes, settings),
        clusters: clusters(routes, settings),
        tokens,
        requests,
        burst,
        addresses,
        connections,
        memory: u64::from(memory) * 1024 * 1024,
        request_timeout: settings.patience(None),
        total: burst.saturating_mul(connections),
    };
    fill(TEMPLATE, &view)
}

/// Returns the lines of the script of Envoy. These origins are those whose pages can read all responses.
fn script(origins: &[String]) -> Vec<Cow<'static, str>> {
    let mut lines: Vec<Cow<'static, str>> = SCRIPT.lines().map(Cow::from).collect();
    if !origins.is_empty() {
        lines.extend(["".into(), "local origins = {".into()]);
        lines.extend(origins.iter().map(|origin| format!("  [\"{origin}\"] = true,").into()));
        lines.push("}".into());
        lines.extend(ORIGINS_SCRIPT.lines().map(Cow::from));
    }
    lines
}

/// Returns the transport socket of a listener with this certificate.
fn tls(tls: &Tls) -> Value {
    let certificate = json!({
        "certificate_chain": { "filename": tls.certificate },
        "private_key": { "filename": tls.key },
    });
    let context = json!({
        "alpn_protocols": ["h2", "http/1.1"],
        "tls_params": { "tls_minimum_protocol_version": "TLSv1_2" },
        "tls_certificates": [certificate],
    });
    let settings = json!({ "common_tls_context": context });
    json!({ "name": "tls", "typed_config": extension("transport_sockets.tls.v3.DownstreamTlsContext", settings) })
}

/// Returns the address of a socket.
fn socket_address(host: &str, port: u16) -> Value {
    json!({ "socket_address": { "address": host, "port_value": port } })
}

/// Returns the extension of a kind, such as `filters.http.buffer.v3.Buffer`, with these settings.
fn extension(kind: &str, mut settings: Value) -> Value {
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("@type".to_owned(), format!("type.googleapis.com/envoy.extensions.{kind}").into());
    }
    settings
}
