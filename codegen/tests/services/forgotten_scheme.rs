//! An authenticator without the method of one security scheme, which must not compile.

use contract::Authenticator;
use writ_runtime::{
    ApiKey, BasicCredentials, BearerToken, ClientCertificate, Denied, HttpCredentials, Operation, Scheme,
};

struct Caller;

struct Doorkeeper;

impl Authenticator for Doorkeeper {
    type Principal = Caller;

    async fn bearer(&self, _: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn basic(&self, _: BasicCredentials, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn digest(&self, _: HttpCredentials<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn key(&self, _: ApiKey<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn query_key(&self, _: ApiKey<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn certificate(&self, _: &ClientCertificate, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn combine_scheme(&self, _: ApiKey<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn r#type(&self, _: ApiKey<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn type_scheme(&self, _: ApiKey<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn openid(&self, _: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    async fn oauth(&self, _: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        Ok(Caller)
    }

    fn holds_scope(&self, _: &Caller, _: &'static Scheme, _: &str) -> bool {
        true
    }

    fn combine(&self, first: Caller, _: Caller) -> Result<Caller, Denied> {
        Ok(first)
    }
}

fn main() {
    let _ = Doorkeeper;
}
