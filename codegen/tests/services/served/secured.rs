//! The service of operations with every kind of security scheme.

use security::*;
use writ_runtime::{
    ApiKey, BasicCredentials, BearerToken, ClientCertificate, Context, Denied, HttpCredentials, OpenGate, Operation, Scheme,
};

struct Service;

/// An authenticator that rejects some secrets. The secret `admin` is needed for the scope `admin`.
pub struct Doorkeeper;

/// The credentials of the caller, each as `scheme secret`.
#[derive(Debug)]
pub struct Shown(Vec<String>);

/// Returns the caller of credentials, or the refusal that some secrets stand for.
pub fn admit(scheme: &str, secret: &str) -> Result<Shown, Denied> {
    match secret {
        "bad" => Err(Denied::Unauthenticated("the token is not valid".into())),
        "barred" => Err(Denied::Forbidden("the caller is blocked".into())),
        "broken" => Err(Denied::Unavailable("the keys cannot be fetched".into())),
        _ => Ok(Shown(vec![format!("{scheme} {secret}")])),
    }
}

impl Authenticator for Doorkeeper {
    type Principal = Shown;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("bearer", token.as_str())
    }

    async fn basic(&self, credentials: BasicCredentials, _: &'static Operation) -> Result<Shown, Denied> {
        admit("basic", &format!("{}:{}", credentials.user, credentials.password))
    }

    async fn digest(&self, credentials: HttpCredentials<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit(credentials.scheme, credentials.credentials)
    }

    async fn key(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("key", key.as_str())
    }

    async fn query_key(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("queryKey", key.as_str())
    }

    async fn cookie_key(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("cookieKey", key.as_str())
    }

    async fn certificate(&self, certificate: &ClientCertificate, _: &'static Operation) -> Result<Shown, Denied> {
        admit("certificate", &certificate.0)
    }

    async fn openid(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("openid", token.as_str())
    }

    async fn oauth(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("oauth", token.as_str())
    }

    async fn combine_scheme(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("combine", key.as_str())
    }

    async fn r#type(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("type", key.as_str())
    }

    async fn type_scheme(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Shown, Denied> {
        admit("Type", key.as_str())
    }

    fn holds_scope(&self, principal: &Shown, _: &'static Scheme, scope: &str) -> bool {
        scope != "admin" || principal.0.iter().any(|shown| shown.ends_with("admin"))
    }

    fn combine(&self, first: Shown, second: Shown) -> Result<Shown, Denied> {
        Ok(Shown([first.0, second.0].concat()))
    }
}

macro_rules! doors {
    ($($method:ident($principal:ty) $response:ident $error:ident,)*) => {
        impl Doors for Service {
            type Principal = Shown;

            $(async fn $method(&self, cx: &Context<$principal>) -> Result<$response, $error> {
                crate::record(cx.principal());
                Ok($response)
            })*
        }
    };
}

doors! {
    inherited(Shown) InheritedResponse InheritedError,
    open(()) OpenResponse OpenError,
    maybe(Option<Shown>) MaybeResponse MaybeError,
    either(Shown) EitherResponse EitherError,
    both(Shown) BothResponse BothError,
    places(Shown) PlacesResponse PlacesError,
    named(Shown) NamedResponse NamedError,
}

impl Public for Service {
    async fn window(&self, _: &Context<()>) -> Result<WindowResponse, WindowError> {
        Ok(WindowResponse)
    }

    async fn complete(&self, _: &Context<()>, request: CompleteRequest) -> Result<CompleteResponse, CompleteError> {
        crate::record(&request);
        Ok(CompleteResponse)
    }

    async fn free(&self, _: &Context<()>, request: FreeRequest) -> Result<FreeResponse, FreeError> {
        crate::record(&request);
        Ok(FreeResponse)
    }
}

pub fn router() -> writ_runtime::Router {
    Api { authenticator: Doorkeeper, gate: OpenGate, doors: Service, public: Service }.router()
}
