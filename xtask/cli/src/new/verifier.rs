//! The verification of each kind of security scheme in a new service.

use serde::Serialize;
use writ_codegen::generate::GeneratedScheme;
use writ_contract::model::operation::SchemeKind;

/// The verification of the credential of a security scheme in a new service. Each refuses all callers until it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wiring {
    /// API keys of a setting, in a header, the query or a cookie.
    Key,
    /// API keys of a setting, sent as bearer tokens.
    BearerKey,
    /// Access tokens (JWT) that the service issues itself.
    Tokens,
    /// Access tokens (JWT) of an authorization server.
    Issuer,
    /// User names and passwords of a setting.
    Basic,
    /// No verification: the method refuses every caller until it is written.
    Refused,
}

/// A verifier of credentials that the service asks the platform for.
#[derive(Debug, Serialize)]
pub struct Verifier {
    field: &'static str,
    ty: &'static str,
    new: &'static str,
    docs: String,
}

/// The data of one verifier: the schemes that use it, its field and type, the call that creates it, and its settings.
struct Kind {
    wirings: &'static [Wiring],
    field: &'static str,
    ty: &'static str,
    new: &'static str,
    docs: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const KINDS: [Kind; 4] = [
    Kind {
        wirings: &[Wiring::Key, Wiring::BearerKey],
        field: "keys",
        ty: "ApiKeys",
        new: "platform.api_keys(KeySource::Setting)",
        docs: "The verifier of API keys",
        settings: &[(
            "API_KEYS",
            "`name hash scope …`, keys separated by `;`, with the hash of `printf %s \"$KEY\" \\| sha256sum`",
        )],
    },
    Kind {
        wirings: &[Wiring::Basic],
        field: "accounts",
        ty: "BasicAccounts",
        new: "platform.basic_accounts()",
        docs: "The verifier of user names and passwords",
        settings: &[(
            "BASIC_ACCOUNTS",
            "`name hash scope …`, accounts separated by `;`, with an Argon2id hash of the password",
        )],
    },
    Kind {
        wirings: &[Wiring::Tokens],
        field: "tokens",
        ty: "Tokens",
        new: "platform.tokens()",
        docs: "The issuer and verifier of the service's own access tokens",
        settings: &[(
            "TOKEN_KEYS",
            "the Ed25519 or P-256 keys that sign and verify access tokens; random if it is not set",
        )],
    },
    Kind {
        wirings: &[Wiring::Issuer],
        field: "issuer",
        ty: "Issuer",
        new: "platform.issuer()",
        docs: "The verifier of access tokens of the authorization server",
        settings: &[
            ("ISSUER", "the URL of the authorization server, the claim `iss` of its tokens"),
            ("AUDIENCE", "the claim `aud` of the tokens for this service"),
        ],
    },
];

impl Wiring {
    /// Chooses the verification for a security scheme.
    pub fn of(scheme: &GeneratedScheme) -> Wiring {
        match scheme.kind {
            SchemeKind::Bearer if scheme.delegated => Wiring::Issuer,
            SchemeKind::Bearer if scheme.is_jwt => Wiring::Tokens,
            SchemeKind::Bearer => Wiring::BearerKey,
            SchemeKind::Basic => Wiring::Basic,
            SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => Wiring::Key,
            SchemeKind::Authorization(_) | SchemeKind::MutualTls => Wiring::Refused,
        }
    }

    /// Returns the expression that verifies the credential in the variable `argument`.
    pub fn verify(self, argument: &str) -> String {
        match self {
            Wiring::Key => format!("self.keys.caller(&{argument}).await"),
            Wiring::BearerKey => format!("self.keys.caller(&ApiKey::new({argument}.as_str())).await"),
            Wiring::Tokens => format!("self.tokens.caller({argument})"),
            Wiring::Issuer => format!("self.issuer.caller({argument}).await"),
            Wiring::Basic => format!("self.accounts.caller(&{argument}).await"),
            Wiring::Refused => {
                "Err(Denied::Unauthenticated(Cow::Borrowed(\"the server does not accept these credentials\")))"
                    .to_owned()
            }
        }
    }

    /// Returns the expression of the credential that the tests send, or `None` if they have none.
    pub fn secret(self) -> Option<&'static str> {
        match self {
            Wiring::Key | Wiring::BearerKey => Some("Some(KEY.to_owned())"),
            Wiring::Basic => Some("Some(USER.to_owned())"),
            Wiring::Tokens => Some("Some(token(server))"),
            Wiring::Issuer => Some("Some(ISSUER.token(\"tests\", &scopes()))"),
            Wiring::Refused => None,
        }
    }
}

/// Returns the verifiers that security schemes with these verifications need.
pub fn verifiers(wirings: &[Wiring], prefix: &str) -> Vec<Verifier> {
    let verifier = |kind: &Kind| {
        let variables: Vec<String> = kind.settings.iter().map(|(name, _)| format!("`{prefix}{name}`")).collect();
        let docs = format!("{} ({}).", kind.docs, variables.join(", "));
        Verifier { field: kind.field, ty: kind.ty, new: kind.new, docs }
    };
    used(wirings).map(verifier).collect()
}

/// Returns the items of the platform that the file of the authenticator imports, sorted.
pub fn imports(wirings: &[Wiring]) -> Vec<&'static str> {
    let mut imports: Vec<&str> = used(wirings).map(|kind| kind.ty).collect();
    imports.extend(imports.contains(&"ApiKeys").then_some("KeySource"));
    imports.sort_unstable();
    imports
}

/// Returns the settings of the verifiers, each as the name of its variable without the prefix, and its value.
pub fn settings(wirings: &[Wiring]) -> impl Iterator<Item = (&'static str, &'static str)> {
    used(wirings).flat_map(|kind| kind.settings.iter().copied())
}

fn used(wirings: &[Wiring]) -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| kind.wirings.iter().any(|wiring| wirings.contains(wiring)))
}
