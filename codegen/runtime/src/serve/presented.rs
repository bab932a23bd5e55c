//! The search for the credentials of a request by the security schemes of its operation.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::GeneralPurposeConfig;
use http::{Extensions, HeaderMap, header};

use crate::http::address::ClientCertificate;
use crate::http::percent;
use crate::http::query;
use crate::operation::{Requirement, Scheme, SchemeKind};
use crate::request::request_head::RequestHead;
use crate::serve::credential::{ApiKey, BasicCredentials, BearerToken, Credential, HttpCredentials};

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
            Presented::Something(credential) => credentials.push(credential),
            Presented::Unusable => unusable = true,
            Presented::Nothing => return Presented::Nothing,
        }
    }
    if unusable { Presented::Unusable } else { Presented::Something(credentials) }
}

fn present<'a>(
    scheme: &'static Scheme,
    head: &'a RequestHead,
    extensions: &'a Extensions,
) -> Presented<Credential<'a>> {
    let headers = &head.parts.headers;
    match &scheme.kind {
        SchemeKind::Bearer => authorization(headers, "bearer")
            .and_then(|token| is_token(token).then(|| Credential::Bearer(BearerToken::new(token)))),
        SchemeKind::Basic => authorization(headers, "basic").and_then(|pair| basic(pair).map(Credential::Basic)),
        SchemeKind::Authorization(name) => authorization(headers, name)
            .and_then(|credentials| Some(Credential::Http(HttpCredentials { scheme: name, credentials }))),
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
            Some(certificate) => Presented::Something(Credential::Certificate(certificate)),
            None => Presented::Nothing,
        },
    }
}

impl<T> Presented<T> {
    /// Converts what the request contains. Credentials that `convert` rejects are unusable.
    fn and_then<U>(self, convert: impl FnOnce(T) -> Option<U>) -> Presented<U> {
        match self {
            Presented::Nothing => Presented::Nothing,
            Presented::Unusable => Presented::Unusable,
            Presented::Something(value) => convert(value).map_or(Presented::Unusable, Presented::Something),
        }
    }
}

/// Returns the only API key in a header, query parameter or cookie. Two values, or an empty one, are unusable.
fn single<'a>(mut found: impl Iterator<Item = Option<Cow<'a, str>>>) -> Presented<Credential<'a>> {
    match (found.next(), found.next()) {
        (None, _) => Presented::Nothing,
        (Some(Some(key)), None) if !key.is_empty() => Presented::Something(Credential::ApiKey(ApiKey::new(key))),
        _ => Presented::Unusable,
    }
}

/// Returns the credentials for an HTTP scheme from the header `Authorization` (RFC 9110 § 11.6.2).
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Presented<&'a str> {
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
        secret => Presented::Something(secret),
    }
}

/// Returns true if a secret has the syntax of a bearer token (`b64token`, RFC 6750 § 2.1).
fn is_token(secret: &str) -> bool {
    secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte))
}

/// Decodes the credentials of HTTP Basic: base64 of `user:password` in UTF-8 (RFC 7617 § 2).
fn basic(secret: &str) -> Option<BasicCredentials> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let pair = String::from_utf8(LENIENT.decode(secret).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some(BasicCredentials { user: user.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_a_user_and_a_password_in_base64() {
        let credentials = |user: &str, password: &str| {
            Some(BasicCredentials { user: user.to_owned(), password: password.to_owned() })
        };
        assert_eq!(basic("dXNlcjpwYTpzcw=="), credentials("user", "pa:ss"));
        assert_eq!(basic("dXNlcjpwYTpzcw"), credentials("user", "pa:ss"));
        assert_eq!(basic("Og=="), credentials("", ""));
        for wrong in ["dXNlcg==", "dXNlcjpw*", "/zpw", ""] {
            assert_eq!(basic(wrong), None, "{wrong}");
        }
    }
}
