//! The service of operations with every kind of security scheme.

use security::*;
use writ_runtime::{Authenticate, Context, Credential, Denied, OpenGate, Operation, Scheme};

struct Service;

/// An authenticator that rejects some secrets. The secret `admin` is needed for the scope `admin`.
pub struct Doorkeeper;

/// The credentials of the caller, each as `scheme secret`.
#[derive(Debug)]
pub struct Shown(Vec<String>);

impl Authenticate for Doorkeeper {
    type Principal = Shown;

    async fn authenticate(&self, credentials: &[Credential<'_>], _: &'static Operation) -> Result<Shown, Denied> {
        for credential in credentials {
            match &*credential.secret {
                "bad" => return Err(Denied::Unauthenticated("the token is not valid".into())),
                "barred" => return Err(Denied::Forbidden("the caller is blocked".into())),
                "broken" => return Err(Denied::Unavailable("the keys cannot be fetched".into())),
                _ => {}
            }
        }
        Ok(Shown(credentials.iter().map(|one| format!("{} {}", one.scheme, one.secret)).collect()))
    }

    fn holds_scope(&self, principal: &Shown, _: &'static Scheme, scope: &str) -> bool {
        scope != "admin" || principal.0.iter().any(|shown| shown.ends_with("admin"))
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
}

impl Public for Service {
    async fn window(&self, _: &Context<()>) -> Result<WindowResponse, WindowError> {
        Ok(WindowResponse)
    }

    async fn free(&self, _: &Context<()>, request: FreeRequest) -> Result<FreeResponse, FreeError> {
        crate::record(&request);
        Ok(FreeResponse)
    }
}

pub fn router() -> writ_runtime::Router {
    Api { authenticator: Doorkeeper, gate: OpenGate, doors: Service, public: Service }.router()
}
