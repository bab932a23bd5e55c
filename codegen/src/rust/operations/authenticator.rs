//! The generated trait that verifies credentials: a method for each security scheme that an operation requires.

use std::collections::{BTreeSet, HashSet};

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::Contract;
use writ_contract::model::operation::{Operation, Requirement, Scheme, SchemeKind, Scope};

use crate::rust::code::Code;
use crate::rust::mention::runtime;
use crate::rust::names::ident::value_name;
use crate::rust::names::namespace::Names;
use crate::rust::operations::operation_names::EVERYWHERE;
use crate::rust::view::{AuthenticatorView, SchemeMethodView};

/// The methods of the trait that belong to no security scheme.
const OWN_METHODS: &[&str] = &["holds_scope", "combine"];

/// Returns the view of the trait that verifies the credentials of `operations`, or `None` if they require none.
/// The trait takes its name from `types`.
pub fn authenticator_view<'o>(
    contract: &Contract,
    operations: impl Iterator<Item = &'o Operation> + Clone,
    types: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Option<AuthenticatorView> {
    let alternatives = operations.flat_map(|operation| &operation.security);
    let requirements = alternatives.clone().flatten();
    let used: HashSet<&str> = requirements.clone().map(|requirement| requirement.scheme.as_str()).collect();
    let schemes = || contract.schemes.iter().filter(|scheme| used.contains(scheme.name.as_str()));
    let first = schemes().next()?;
    let candidates = ["Authenticator", "CallerAuthenticator", "SchemeAuthenticator"].map(str::to_owned);
    let name = types.take(&candidates, first.span, diagnostics);
    let mut methods = Names::empty();
    EVERYWHERE.iter().chain(OWN_METHODS).for_each(|name| methods.reserve(name));
    methods.now_for("a method for another security scheme");
    let scopes = requirements.clone().any(|requirement: &Requirement| !requirement.scopes.is_empty());
    let mut imports = BTreeSet::from(["Context", "Denied", "NotWritten", "OpenGate", "Operation"]);
    imports.extend(scopes.then_some("Scheme"));
    imports.insert(credential(&first.kind).ty);
    Some(AuthenticatorView {
        imports: imports.into_iter().map(Code::from).collect(),
        fallback: types.fallback(&name).unwrap_or_default(),
        name: Code::of(name),
        methods: schemes().map(|scheme| method_view(scheme, &mut methods, diagnostics)).collect(),
        scopes,
        combines: alternatives.clone().any(|alternative| alternative.len() > 1),
    })
}

/// Returns the view of the method that verifies the credential of a security scheme.
fn method_view(scheme: &Scheme, methods: &mut Names, diagnostics: &mut Diagnostics) -> SchemeMethodView {
    let name = value_name(&scheme.name);
    let plain = name.trim_start_matches("r#");
    let other = format!("{}_scheme", plain.trim_end_matches('_'));
    let name = methods.take(&[name, other], scheme.span, diagnostics);
    let credential = credential(&scheme.kind);
    let around = |name: &dyn std::fmt::Display| Code::of(format!("{}{name}{}", credential.before, credential.after));
    SchemeMethodView {
        name: Code::of(name),
        id: scheme.name.clone(),
        docs: docs(scheme),
        variant: Code::from(credential.variant),
        argument: Code::from(credential.argument),
        ty: around(&runtime(credential.ty)),
        shown: around(&credential.ty),
    }
}

/// The type of the credential for one kind of security scheme, with the names that the generated code uses for it.
struct Credential {
    variant: &'static str,
    argument: &'static str,
    before: &'static str,
    ty: &'static str,
    after: &'static str,
}

/// Returns the type of the credential for a kind of security scheme.
fn credential(kind: &SchemeKind) -> Credential {
    let borrowed = |variant, argument, ty| Credential { variant, argument, before: "", ty, after: "<'_>" };
    match kind {
        SchemeKind::Bearer => borrowed("Bearer", "token", "BearerToken"),
        SchemeKind::Basic => Credential { after: "", ..borrowed("Basic", "credentials", "BasicCredentials") },
        SchemeKind::Authorization(_) => borrowed("Http", "credentials", "HttpCredentials"),
        SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => borrowed("ApiKey", "key", "ApiKey"),
        SchemeKind::MutualTls => {
            Credential { before: "&", after: "", ..borrowed("Certificate", "certificate", "ClientCertificate") }
        }
    }
}

/// Returns the documentation of the method for a security scheme: the credential and its location, the description
/// of the contract, and the scopes that the contract declares.
fn docs(scheme: &Scheme) -> String {
    let quoted = |text: &str| format!("`{}`", text.replace('`', "'"));
    let credential = match &scheme.kind {
        SchemeKind::Bearer => "the bearer token in the header `Authorization`".to_owned(),
        SchemeKind::Basic => "the user name and the password in the header `Authorization`".to_owned(),
        SchemeKind::Authorization(name) => format!("the {} credentials in the header `Authorization`", quoted(name)),
        SchemeKind::Header(name) => format!("the API key in the header {}", quoted(name)),
        SchemeKind::Query(name) => format!("the API key in the query parameter {}", quoted(name)),
        SchemeKind::Cookie(name) => format!("the API key in the cookie {}", quoted(name)),
        SchemeKind::MutualTls => "the client certificate, which the transport has verified".to_owned(),
    };
    let mut docs = format!("Verifies {credential}, for the security scheme {}.", quoted(&scheme.name));
    if let Some(format) = &scheme.bearer_format {
        docs.push_str(&format!(" The contract states the token format {}.", quoted(format)));
    }
    if let Some(description) = scheme.description.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        docs.push_str("\n\n");
        docs.push_str(description);
    }
    if !scheme.scopes.is_empty() {
        docs.push_str("\n\nScopes:\n");
    }
    for Scope { name, description } in &scheme.scopes {
        let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
        let colon = if description.is_empty() { "" } else { ": " };
        docs.push_str(&format!("\n- {}{colon}{description}", quoted(name)));
    }
    docs
}
