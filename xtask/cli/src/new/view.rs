//! The view of a new workspace: everything that its templates receive, decided.

use std::collections::BTreeSet;

use serde::Serialize;
use writ_codegen::generate::{GeneratedAuthenticator, GeneratedConversions, GeneratedOperation, GeneratedService};
use writ_contract::model::operation::Requirement;

use super::Stores;
use super::contract::Contract;
use super::dependencies::Dependencies;
use super::first_request::FirstRequest;
use super::names::Names;
use super::verifier::{Verifier, Wiring, imports, settings, verifiers};

/// The view of a new workspace.
#[derive(Debug, Serialize)]
pub struct View {
    names: Names,
    /// The path of the contract's entry file in the workspace.
    contract: String,
    writ: WritView,
    /// True if the workspace contains a copy of the crates of Writ.
    embedded: bool,
    /// The checkout with the crates of Writ, if the workspace refers to one by an absolute path.
    checkout: Option<String>,
    postgres: bool,
    redis: bool,
    stores: StoresView,
    /// The cargo features of the platform, as the elements of a list.
    features: String,
    /// The `recursion_limit` attribute that the server needs.
    recursion_limit: Option<usize>,
    /// True if the server adds the paths of health checks, since the contract has none.
    health: bool,
    /// True if the URL of the contract's server has a path, below which the server serves the operations.
    base_path: bool,
    services: Vec<ServiceView>,
    authenticator: Option<AuthenticatorView>,
    /// The verifiers of credentials that the service asks the platform for.
    verifiers: Vec<Verifier>,
    /// The items that the file of the authenticator imports for the verifiers.
    verifier_imports: Vec<&'static str>,
    /// The items that the file of the caller imports for the credentials.
    caller_imports: Vec<&'static str>,
    /// The settings of the verifiers.
    settings: Vec<SettingView>,
    /// The variables that the server of `dev` has unless the environment sets them.
    variables: Vec<VariableView>,
    api_keys: bool,
    basic: bool,
    tokens: bool,
    issuer: bool,
    /// True if an operation requires credentials.
    secured: bool,
    /// The ids of the operations that require no credentials, as Rust literals.
    public: Vec<String>,
    /// True if the tests have the credentials for an operation.
    secrets: bool,
    /// True if callers are identified by the claims of a token.
    claims: bool,
    /// True if callers are identified by what an operator has granted.
    granted: bool,
    /// True if a security scheme has no verifier.
    refused: bool,
    /// True if an operation requires several security schemes together.
    combines: bool,
    conversions: Option<ConversionsView>,
    first: FirstRequest,
    /// True if the contract refers to remote documents, whose copies a task fetches.
    remote: bool,
}

/// The crates of Writ as dependencies, in the syntax of a `Cargo.toml`.
#[derive(Debug, Serialize)]
struct WritView {
    platform: String,
    runtime: String,
    tasks: String,
}

/// The stores of the service in the words of the documentation.
#[derive(Debug, Serialize)]
struct StoresView {
    with: &'static str,
}

/// The service of one tag of the contract.
#[derive(Debug, Serialize)]
pub struct ServiceView {
    name: String,
    /// The type that implements the trait.
    ty: String,
    /// The module and file of the service.
    pub module: String,
    field: String,
    secured: bool,
    operations: Vec<OperationView>,
    /// The items of the generated crate that the file imports.
    imports: BTreeSet<String>,
    /// The items of the runtime that the file imports.
    runtime: Vec<&'static str>,
}

/// The method of one operation.
#[derive(Debug, Serialize)]
struct OperationView {
    method: String,
    context: String,
    request: Option<String>,
    response: String,
    error: String,
}

/// The implementation of the trait that verifies credentials.
#[derive(Debug, Serialize)]
struct AuthenticatorView {
    name: String,
    schemes: Vec<SchemeView>,
    scopes: bool,
    combines: bool,
    imports: BTreeSet<String>,
}

/// The method that verifies the credential of one security scheme.
#[derive(Debug, Serialize)]
struct SchemeView {
    method: String,
    /// The name of the security scheme as a string literal.
    id: String,
    argument: String,
    ty: String,
    verify: String,
    /// The credential of the tests, as an expression; `None` if they have none.
    secret: Option<&'static str>,
}

/// A variable that configures a verifier.
#[derive(Debug, Serialize)]
struct SettingView {
    name: &'static str,
    text: &'static str,
}

/// A variable of the server of `dev`.
#[derive(Debug, Serialize)]
struct VariableView {
    name: &'static str,
    value: String,
}

/// The implementation of the trait that creates error bodies.
#[derive(Debug, Serialize)]
struct ConversionsView {
    name: String,
    functions: Vec<FunctionView>,
}

/// The function that creates one error body.
#[derive(Debug, Serialize)]
struct FunctionView {
    name: String,
    ty: String,
    value: String,
    /// The names of the parameters, which begin with `_` if the value does not use them.
    problem: &'static str,
    request_id: &'static str,
}

impl View {
    /// Decides everything about a new workspace for a contract.
    ///
    /// # Errors
    ///
    /// Returns an error if an error schema of the contract has a type of which no value can be written.
    pub fn new(names: Names, contract: &Contract, stores: Stores, dependencies: &Dependencies) -> anyhow::Result<View> {
        let generated = &contract.generated;
        let wirings = generated.authenticator.as_ref().map(wirings).unwrap_or_default();
        let has = |wiring: Wiring| wirings.contains(&wiring);
        let (api_keys, basic) = (has(Wiring::Key) || has(Wiring::BearerKey), has(Wiring::Basic));
        let has_base_path = !generated.base_path.is_empty();
        let (tokens, issuer) = (has(Wiring::Tokens), has(Wiring::Issuer));
        let (claims, granted) = (tokens || issuer, api_keys || basic);
        let features = [
            ("allocator", true),
            ("postgres", stores.postgres),
            ("redis", stores.redis),
            ("passwords", basic),
            ("tokens", tokens),
            ("jwt", issuer),
        ];
        let features = features.iter().filter(|(_, on)| *on).map(|(name, _)| format!("\"{name}\""));
        let mut caller_imports = Vec::new();
        caller_imports.extend(granted.then_some("Granted"));
        caller_imports.extend(claims.then_some("Registered"));
        let audience = ("AUDIENCE", names.package.clone());
        let variables = [("ISSUER", "https://issuer.invalid".to_owned()), audience]
            .map(|(name, value)| VariableView { name, value });
        Ok(View {
            writ: WritView {
                platform: dependencies.of("writ-platform"),
                runtime: dependencies.of("writ-runtime"),
                tasks: dependencies.of("writ-tasks"),
            },
            embedded: dependencies.is_embedded(),
            checkout: dependencies.absolute_checkout().map(str::to_owned),
            postgres: stores.postgres,
            redis: stores.redis,
            stores: StoresView {
                with: match (stores.postgres, stores.redis) {
                    (true, true) => " with a private PostgreSQL and Redis",
                    (true, false) => " with a private PostgreSQL",
                    (false, true) => " with a private Redis",
                    (false, false) => "",
                },
            },
            features: features.collect::<Vec<_>>().join(", "),
            recursion_limit: generated.recursion_limit,
            health: has_base_path || !generated.operations.iter().any(|one| is_health(&one.route)),
            base_path: has_base_path,
            services: services(&generated.services, &generated.operations),
            authenticator: generated.authenticator.as_ref().map(authenticator_view),
            verifier_imports: imports(&wirings),
            settings: settings(&wirings).map(|(name, text)| SettingView { name, text }).collect(),
            verifiers: verifiers(&wirings, &names.prefix),
            variables: variables.into_iter().filter(|_| issuer).collect(),
            caller_imports,
            refused: has(Wiring::Refused),
            combines: generated.authenticator.as_ref().is_some_and(|authenticator| authenticator.combines),
            conversions: generated.conversions.as_ref().map(conversions_view).transpose()?,
            first: FirstRequest::of(generated),
            remote: contract.is_remote(),
            api_keys,
            basic,
            secured: generated.operations.iter().any(is_secured),
            public: public(&generated.operations),
            secrets: generated.authenticator.as_ref().is_some_and(|one| has_secrets(one, &generated.operations)),
            tokens,
            issuer,
            claims,
            granted,
            names,
            contract: contract.path(),
        })
    }

    /// Returns the services, each of which is rendered into a file of its own.
    pub fn services(&self) -> &[ServiceView] {
        &self.services
    }

    /// Returns true if the workspace has the optional part of a template.
    pub fn has(&self, part: super::files::Part) -> bool {
        use super::files::Part;
        match part {
            Part::Always => true,
            Part::Authenticator => self.authenticator.is_some(),
            Part::Conversions => self.conversions.is_some(),
            Part::Postgres => self.postgres,
        }
    }
}

/// Returns true if a route has a path of the platform's health checks.
fn is_health(route: &str) -> bool {
    route.split_once(' ').is_some_and(|(_, path)| ["/livez", "/readyz"].contains(&path.trim_end_matches('/')))
}

fn wirings(authenticator: &GeneratedAuthenticator) -> Vec<Wiring> {
    authenticator.schemes.iter().map(Wiring::of).collect()
}

/// Returns true if an operation refuses requests without credentials.
fn is_secured(operation: &GeneratedOperation) -> bool {
    !operation.security.is_empty() && operation.security.iter().all(|alternative| !alternative.is_empty())
}

/// Returns the ids of the operations that require no credentials, as Rust literals.
fn public(operations: &[GeneratedOperation]) -> Vec<String> {
    operations
        .iter()
        .filter(|operation| !is_secured(operation))
        .map(|operation| format!("{:?}", operation.id))
        .collect()
}

/// Returns true if the tests have all credentials for one of the operations.
fn has_secrets(authenticator: &GeneratedAuthenticator, operations: &[GeneratedOperation]) -> bool {
    let has_secret = |requirement: &Requirement| {
        let mut schemes = authenticator.schemes.iter();
        schemes.any(|scheme| scheme.name == requirement.scheme && Wiring::of(scheme).secret().is_some())
    };
    let alternatives = operations.iter().flat_map(|operation| &operation.security);
    alternatives.filter(|alternative| !alternative.is_empty()).any(|alternative| alternative.iter().all(has_secret))
}

fn services(services: &[GeneratedService], operations: &[GeneratedOperation]) -> Vec<ServiceView> {
    let is_trait = |name: &str| services.iter().any(|service| service.name == name);
    let view = |service: &GeneratedService| {
        // A trait is called `HoursApi` if a schema has the name of the tag. Its service is not in the way of the schema.
        let tag = service.name.strip_suffix("Api").filter(|tag| !tag.is_empty() && !is_trait(tag));
        service_view(service, format!("{}Service", tag.unwrap_or(&service.name)), operations)
    };
    services.iter().map(view).collect()
}

fn service_view(service: &GeneratedService, ty: String, operations: &[GeneratedOperation]) -> ServiceView {
    let own: Vec<_> = operations.iter().filter(|operation| operation.tag == service.name).collect();
    let mut imports = BTreeSet::from([service.name.clone()]);
    for operation in &own {
        imports.extend(operation.request.clone());
        imports.extend([operation.response.clone(), operation.error.clone()]);
    }
    let mut runtime = vec!["Context"];
    runtime.extend(own.iter().any(|operation| operation.idempotent).then_some("Idempotent"));
    runtime.push("NotWritten");
    ServiceView {
        ty,
        name: service.name.clone(),
        module: service.module.clone(),
        field: service.field.clone(),
        secured: service.secured,
        operations: own.into_iter().map(operation_view).collect(),
        imports,
        runtime,
    }
}

fn operation_view(operation: &GeneratedOperation) -> OperationView {
    OperationView {
        method: operation.method.clone(),
        context: operation.context.clone(),
        request: operation.request.clone(),
        response: match operation.idempotent {
            true => format!("Idempotent<{}>", operation.response),
            false => operation.response.clone(),
        },
        error: operation.error.clone(),
    }
}

fn authenticator_view(authenticator: &GeneratedAuthenticator) -> AuthenticatorView {
    let mut imports = BTreeSet::from(["Denied", "Operation"].map(str::to_owned));
    imports.extend(authenticator.scopes.then(|| "Scheme".to_owned()));
    let schemes = authenticator.schemes.iter().map(|scheme| {
        let wiring = Wiring::of(scheme);
        let ty = scheme.ty.trim_start_matches('&').split('<').next().unwrap_or_default();
        imports.insert(ty.to_owned());
        imports.extend((wiring == Wiring::BearerKey).then(|| "ApiKey".to_owned()));
        SchemeView {
            method: scheme.method.clone(),
            id: format!("{:?}", scheme.name),
            argument: if wiring == Wiring::Refused { "_".to_owned() } else { scheme.argument.clone() },
            ty: scheme.ty.clone(),
            verify: wiring.verify(&scheme.argument),
            secret: wiring.secret(),
        }
    });
    let schemes = schemes.collect();
    AuthenticatorView {
        name: authenticator.name.clone(),
        schemes,
        scopes: authenticator.scopes,
        combines: authenticator.combines,
        imports,
    }
}

fn conversions_view(conversions: &GeneratedConversions) -> anyhow::Result<ConversionsView> {
    let functions = conversions.functions.iter().map(|function| {
        let value = function.value.clone().ok_or_else(|| {
            let advice = "map its properties with `x-error-envelope`, and run the command again";
            anyhow::anyhow!("no value of the error schema `{}` can be written: {advice}", function.ty)
        })?;
        Ok(FunctionView {
            problem: if value.contains("problem") { "problem" } else { "_" },
            request_id: if value.contains("request_id") { "request_id" } else { "_" },
            name: function.name.clone(),
            ty: function.ty.clone(),
            value,
        })
    });
    Ok(ConversionsView { name: conversions.name.clone(), functions: functions.collect::<anyhow::Result<_>>()? })
}
