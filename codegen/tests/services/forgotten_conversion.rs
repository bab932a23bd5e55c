//! A service that does not convert problems into an error schema that the runtime cannot fill.

use contract::{Api, DefaultApi};
use writ_runtime::{NoAuthentication, OpenGate, Router};

struct Conversions;

pub fn serve(service: impl DefaultApi) -> Router {
    Api { authenticator: NoAuthentication, gate: OpenGate, errors: Conversions, default: service }.router()
}

fn main() {}
