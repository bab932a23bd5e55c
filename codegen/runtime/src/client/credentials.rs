//! Credentials: which of them an operation's security schemes ask for, and where they go.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::outgoing::Outgoing;
use crate::operation::{Requirement, Scheme, SchemeKind};
use crate::percent;

/// What no message shows.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

/// What a caller can prove itself by.
#[derive(Debug, Clone, Default)]
pub(super) struct Credentials {
    bearer: Option<Secret>,
    basic: Option<Secret>,
    named: Vec<(String, Secret)>,
}

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Credentials {
    pub(super) fn bearer(&mut self, token: String) {
        self.bearer = Some(Secret(token));
    }

    pub(super) fn basic(&mut self, pair: String) {
        self.basic = Some(Secret(pair));
    }

    pub(super) fn named(&mut self, scheme: String, secret: Secret) {
        self.named.retain(|(known, _)| *known != scheme);
        self.named.push((scheme, secret));
    }

    fn of(&self, scheme: &Scheme) -> Option<&Secret> {
        let named = self.named.iter().find(|(name, _)| *name == scheme.name).map(|(_, secret)| secret);
        named.or(match scheme.kind {
            SchemeKind::Bearer => self.bearer.as_ref(),
            SchemeKind::Basic => self.basic.as_ref(),
            _ => None,
        })
    }

    /// Whether the transport or we have all that an alternative asks for.
    fn meet(&self, alternative: &[Requirement]) -> bool {
        let has = |one: &Requirement| matches!(one.scheme.kind, SchemeKind::MutualTls) || self.of(one.scheme).is_some();
        alternative.iter().all(has)
    }

    /// Puts what the first alternative asks for that can be met into a request. Where none can, the
    /// service says so.
    pub(super) fn present(&self, alternatives: &[&[Requirement]], outgoing: &mut Outgoing) {
        let met = alternatives.iter().find(|alternative| !alternative.is_empty() && self.meet(alternative));
        for requirement in met.copied().into_iter().flatten() {
            let Some(Secret(secret)) = self.of(requirement.scheme) else { continue };
            match requirement.scheme.kind {
                SchemeKind::Bearer => outgoing.secret("authorization", &format!("Bearer {secret}")),
                SchemeKind::Basic => {
                    outgoing.secret("authorization", &format!("Basic {}", STANDARD.encode(secret)));
                }
                SchemeKind::Authorization(name) => outgoing.secret("authorization", &format!("{name} {secret}")),
                SchemeKind::Header(name) => outgoing.secret(name, secret),
                SchemeKind::Query(name) => {
                    outgoing.query.push(format!("{}={}", percent::encode(name), percent::encode(secret)));
                }
                SchemeKind::Cookie(name) => outgoing.cookies.push(format!("{name}={secret}")),
                SchemeKind::MutualTls => {}
            }
        }
    }
}
