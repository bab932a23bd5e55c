//! The credentials of a request: their location by security scheme, and the challenges of a 401 response.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::GeneralPurposeConfig;
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};

use crate::http::address::ClientCertificate;
use crate::http::percent;
use crate::http::query;
use crate::operation::{Operation, Requirement, Scheme, SchemeKind};
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;
use crate::serve::authenticate::Credential;

/// The realm in every challenge of a 401 response. A contract does not define a realm.
const REALM: &str = "api";

/// The credentials that a request presents for one security scheme or one alternative of `security`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presented<T> {
    /// The request has no credentials for the security scheme.
    Nothing,
    /// The credentials in the request are malformed or ambiguous. The pipeline refuses the request, unless
    /// another alternative succeeds.
    Unusable,
    /// The usable credentials that the request contains.
    Something(T),
}

/// Collects the credentials of a request for one alternative of `security`, in the order of the contract.
pub(crate) fn collect<'a>(
    alternative: &[Requirement],
    head: &'a RequestHead,
    extensions: &'a Extensions,
) -> Presented<Vec<Credential<'a>>> {
    let mut credentials = Vec::with_capacity(alternative.len());
    let mut unusable = false;
    for requirement in alternative {
        match present(requirement.scheme, head, extensions) {
            Presented::Something(secret) => {
                credentials.push(Credential { scheme: requirement.scheme.name, secret });
            }
            Presented::Unusable => unusable = true,
            Presented::Nothing => return Presented::Nothing,
        }
    }
    if unusable { Presented::Unusable } else { Presented::Something(credentials) }
}

fn present<'a>(scheme: &Scheme, head: &'a RequestHead, extensions: &'a Extensions) -> Presented<Cow<'a, str>> {
    let headers = &head.parts.headers;
    match &scheme.kind {
        SchemeKind::Bearer => authorization(headers, "bearer").filter(is_token),
        SchemeKind::Basic => match authorization(headers, "basic") {
            Presented::Something(secret) => basic(&secret),
            other => other,
        },
        SchemeKind::Authorization(name) => authorization(headers, name),
        SchemeKind::Header(name) => {
            single(headers.get_all(*name).iter().map(|value| value.to_str().ok().map(Cow::Borrowed)))
        }
        SchemeKind::Query(name) => single(
            query::pairs(head.query()).filter(|pair| pair.name == *name).map(|pair| percent::decode_form(pair.raw)),
        ),
        SchemeKind::Cookie(name) => {
            single(query::cookies(headers).filter(|pair| pair.name == *name).map(|pair| Some(Cow::Borrowed(pair.raw))))
        }
        SchemeKind::MutualTls => match extensions.get::<ClientCertificate>() {
            Some(certificate) => Presented::Something(Cow::Borrowed(&certificate.0)),
            None => Presented::Nothing,
        },
    }
}

impl<'a> Presented<Cow<'a, str>> {
    fn filter(self, keep: impl FnOnce(&str) -> bool) -> Presented<Cow<'a, str>> {
        match self {
            Presented::Something(secret) if !keep(&secret) => Presented::Unusable,
            other => other,
        }
    }
}

/// Returns the only credential of a header, query parameter or cookie. Two values, or an empty one, are unusable.
fn single<'a>(mut found: impl Iterator<Item = Option<Cow<'a, str>>>) -> Presented<Cow<'a, str>> {
    match (found.next(), found.next()) {
        (None, _) => Presented::Nothing,
        (Some(Some(secret)), None) if !secret.is_empty() => Presented::Something(secret),
        _ => Presented::Unusable,
    }
}

/// Returns the credentials for an HTTP scheme from the header `Authorization` (RFC 9110 § 11.6.2).
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Presented<Cow<'a, str>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (values.next(), values.next());
    let Some(first) = first else {
        return Presented::Nothing;
    };
    let Ok(text) = first.to_str() else {
        return Presented::Unusable;
    };
    if second.is_some() {
        return Presented::Unusable;
    }
    let (name, secret) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    if !name.eq_ignore_ascii_case(scheme) {
        return Presented::Nothing;
    }
    match secret.trim_start() {
        "" => Presented::Unusable,
        secret => Presented::Something(Cow::Borrowed(secret)),
    }
}

/// Returns true if a secret has the syntax of a bearer token (`b64token`, RFC 6750 § 2.1).
fn is_token(secret: &str) -> bool {
    secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte))
}

/// Decodes the credentials of HTTP Basic: base64 of `user:password` in UTF-8 (RFC 7617 § 2).
fn basic<'a>(secret: &str) -> Presented<Cow<'a, str>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let pair = LENIENT.decode(secret).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match pair.filter(|pair| pair.contains(':')) {
        Some(pair) => Presented::Something(Cow::Owned(pair)),
        None => Presented::Unusable,
    }
}

/// Returns the 401 of a request, with a challenge for each security scheme of the operation (RFC 9110 § 11.6.1).
///
/// `presented` is true if the request contained credentials. The challenge then states that the token is not
/// valid (RFC 6750 § 3.1).
pub(crate) fn unauthenticated(operation: &Operation, message: Cow<'static, str>, presented: bool) -> Problem {
    let mut problem = Problem::new(StatusCode::UNAUTHORIZED, message);
    let mut challenges = Vec::new();
    for requirement in operation.security.iter().copied().flatten() {
        let challenge = challenge(&requirement.scheme.kind, presented);
        if let Some(challenge) = challenge.filter(|challenge| !challenges.contains(challenge)) {
            challenges.push(challenge.clone());
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                problem.headers.push((header::WWW_AUTHENTICATE, value));
            }
        }
    }
    problem
}

/// Returns the 401 of a request that lacks the required credentials.
pub(crate) fn missing(operation: &Operation) -> Problem {
    unauthenticated(operation, Cow::Borrowed("credentials are required"), false)
}

/// Returns the 403 of a caller without the required scopes (RFC 6750 § 3.1, `insufficient_scope`).
pub(crate) fn lacks_scope(requirement: &Requirement) -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, "the caller does not have the required permissions");
    match requirement.scheme.kind {
        SchemeKind::Bearer => {
            let scopes = quoted(&requirement.scopes.join(" "));
            let challenge = format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\", scope={scopes}");
            problem.with_header(header::WWW_AUTHENTICATE, challenge)
        }
        _ => problem,
    }
}

fn challenge(kind: &SchemeKind, presented: bool) -> Option<String> {
    Some(match kind {
        SchemeKind::Bearer if presented => {
            format!("Bearer realm=\"{REALM}\", error=\"invalid_token\"")
        }
        SchemeKind::Bearer => format!("Bearer realm=\"{REALM}\""),
        SchemeKind::Basic => format!("Basic realm=\"{REALM}\", charset=\"UTF-8\""),
        SchemeKind::Authorization(name) => format!("{name} realm=\"{REALM}\""),
        // API keys have no registered authentication scheme, but a 401 must contain a challenge.
        SchemeKind::Header(name) => format!("ApiKey realm=\"{REALM}\", in=\"header\", name={}", quoted(name)),
        SchemeKind::Query(name) => format!("ApiKey realm=\"{REALM}\", in=\"query\", name={}", quoted(name)),
        SchemeKind::Cookie(name) => format!("ApiKey realm=\"{REALM}\", in=\"cookie\", name={}", quoted(name)),
        SchemeKind::MutualTls => return None,
    })
}

/// Returns `text` as a quoted string (RFC 9110 § 5.6.4) for the challenge in the header `WWW-Authenticate`.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    out
}
