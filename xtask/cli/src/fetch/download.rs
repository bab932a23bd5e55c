//! The download of one document over HTTP, within limits of size, time and redirects, and only from allowed URLs.

use std::time::Duration;

use ureq::Agent;
use ureq::http::Response;
use writ_codegen::settings::check_allowed;
use writ_contract::document::{RemoteDocument, resolve_url};

use super::file_name::file_name;

/// The largest size of a document, in bytes.
const MOST_BYTES: u64 = 16 << 20;

/// The largest number of redirects that lead to a document.
const MOST_REDIRECTS: usize = 5;

/// The time for one request and its response.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The media types that a document can have, in the notation of the header `Accept`.
const ACCEPT: &str = "application/yaml, application/json;q=0.9, text/plain;q=0.5, */*;q=0.1";

/// The reason why a document was not fetched, in the parts of a diagnostic.
#[derive(Debug)]
pub(super) struct Failure {
    /// The code of the diagnostic.
    pub code: &'static str,
    /// The message of the diagnostic.
    pub message: String,
    /// The advice of the diagnostic, if there is any.
    pub help: Option<String>,
}

/// An HTTP client that follows only redirects to allowed URLs, and sends no credentials.
pub(super) struct Downloader {
    agent: Agent,
    /// The beginnings of allowed URLs; one without a slash at the end is a complete URL.
    allowed: Vec<String>,
}

impl Downloader {
    /// Creates an HTTP client for URLs that begin with one of `allowed`.
    pub(super) fn new(allowed: Vec<String>) -> Downloader {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Redirects are followed one by one, since each needs the check of its URL.
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("cargo-writ/", env!("CARGO_PKG_VERSION")));
        Downloader { agent: config.build().into(), allowed }
    }

    /// Fetches the document at an absolute URL.
    ///
    /// # Errors
    ///
    /// Returns the reason if a URL is not allowed, or if the response is not a document of limited size in UTF-8.
    pub(super) fn download(&self, url: &str) -> Result<RemoteDocument, Failure> {
        let mut at = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            self.check(url, &at)?;
            let failed = |reason: String| failed(&at, reason);
            let request = self.agent.get(&at).header("accept", ACCEPT);
            let mut response = request.call().map_err(|error| failed(error.to_string()))?;
            let status = response.status().as_u16();
            if matches!(status, 301 | 302 | 303 | 307 | 308) {
                let target = header(&response, "location").and_then(|target| resolve_url(Some(&at), target));
                at = target.ok_or_else(|| failed("the redirect has no valid URL".to_owned()))?;
                continue;
            }
            if status != 200 {
                return Err(failed(format!("the server responds with status {status}")));
            }
            let media_type = media_type(&response).map_err(failed)?;
            let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
            let body = body.map_err(|error| match error {
                ureq::Error::BodyExceedsLimit(_) => failed(format!("it is larger than {} MiB", MOST_BYTES >> 20)),
                error => failed(error.to_string()),
            })?;
            let text = String::from_utf8(body).map_err(|_| failed("it is not text in UTF-8".to_owned()))?;
            let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
            return Ok(RemoteDocument { file: file_name(&at, &media_type), media_type, base: at, text });
        }
        Err(failed(url, format!("more than {MOST_REDIRECTS} redirects")))
    }

    /// Rejects a URL from which no document may be fetched. `origin` is the URL before redirects.
    fn check(&self, origin: &str, url: &str) -> Result<(), Failure> {
        let begins = |allowed: &String| match allowed.ends_with('/') {
            true => url.starts_with(allowed.as_str()),
            false => url == allowed,
        };
        let subject = match origin == url {
            true => format!("`{url}`"),
            false => format!("`{url}`, to which `{origin}` redirects,"),
        };
        let refused = |message, help| Err(Failure { code: "remote-refused", message, help });
        let host = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/") + "/";
        if let Err(reason) = check_allowed(&host) {
            return refused(format!("{subject} cannot be fetched: the URL {reason}"), None);
        }
        match self.allowed.iter().any(begins) {
            true => Ok(()),
            false => refused(
                format!("{subject} is not an allowed URL"),
                Some(format!("allow it in `codegen.toml`: `[remote]` with `allow = [\"{host}\"]`")),
            ),
        }
    }
}

fn failed(url: &str, reason: String) -> Failure {
    Failure { code: "remote-failed", message: format!("`{url}` cannot be fetched: {reason}"), help: None }
}

fn header<'r, T>(response: &'r Response<T>, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

/// Returns the media type of a response without parameters; `-` if it has none.
///
/// # Errors
///
/// Returns the reason if a document of this type is neither JSON nor YAML.
fn media_type<T>(response: &Response<T>) -> Result<String, String> {
    let Some(written) = header(response, "content-type") else { return Ok("-".to_owned()) };
    let essence = written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_word = !essence.is_empty() && essence.bytes().all(|byte| byte.is_ascii_graphic());
    let text = matches!(essence.as_str(), "text/plain" | "application/octet-stream" | "binary/octet-stream");
    match is_word && (text || essence.contains("json") || essence.contains("yaml") || essence.contains("openapi")) {
        true => Ok(essence),
        false => Err(format!("its media type is `{}`, neither JSON nor YAML", written.escape_debug())),
    }
}
