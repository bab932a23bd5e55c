//! A program that sends each instance to generated code and prints the responses.

use std::io::BufRead;

use tower::ServiceExt;
use writ_runtime::exports::axum::Router;
use writ_runtime::exports::axum::body::{Body, to_bytes};
use writ_runtime::exports::http::Request;
use writ_runtime::{Context, NoAuthentication, OpenGate};

/// A service that accepts every valid request.
struct Valid;

/// Implements the service of one contract, and its router.
macro_rules! service {
    ($contract:ident: $($method:ident $request:ident $response:ident $error:ident,)*) => {
        impl $contract::Suite for Valid {
            $(async fn $method(
                &self,
                _: &Context<()>,
                _: $contract::$request,
            ) -> Result<$contract::$response, $contract::$error> {
                Ok($contract::$response)
            })*
        }

        fn $contract() -> Router {
            $contract::Api { authenticator: NoAuthentication, gate: OpenGate, suite: Valid }.router()
        }
    };
}

async fn send(router: &Router, path: &str, body: &str) -> Option<String> {
    let request =
        Request::post(path).header("content-type", "application/json").body(Body::from(body.to_owned())).ok()?;
    let response = router.clone().oneshot(request).await.ok()?;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.ok()?;
    Some(format!("{status} {}", String::from_utf8_lossy(&body).replace('\n', " ")))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let routers = routers();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut parts = line.splitn(3, ' ');
        let (Some(contract), Some(path), Some(body)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let router = routers.iter().find(|(name, _)| *name == contract).map(|(_, router)| router);
        let response = send(router.ok_or("unknown contract")?, path, body).await.ok_or("no response")?;
        println!("{response}");
    }
    Ok(())
}
