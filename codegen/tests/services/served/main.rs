//! A program that serves every golden contract below its name, such as `/styles/query/form`.

mod bodies;
mod mixed;
mod names;
mod plain;
mod policies;
mod responses;
mod secured;
mod streams;
mod swagger_2;

use std::cell::RefCell;

use tower::ServiceExt;
use writ_runtime::exports::axum;
use writ_runtime::exports::axum::Router;
use writ_runtime::exports::axum::extract::Request;
use writ_runtime::exports::axum::response::Response;
use writ_runtime::exports::http::{HeaderValue, StatusCode, Uri};

tokio::task_local! {
    /// The request that the handler received, in `Debug` format.
    static RECEIVED: RefCell<String>;
}

/// Records the request that a handler received. The response contains it in the header `x-received`.
fn record(request: &impl std::fmt::Debug) {
    RECEIVED.with(|received| *received.borrow_mut() = format!("{request:?}"));
}

/// Implements a service in a module: operations that return their request body (`echo`), operations without a
/// response body (`silent`), and operations without parameters (`bare`).
macro_rules! serves {
    ($contract:ident:
     echo { $($echo:ident $echo_request:ident $echo_response:ident $echo_error:ident,)* }
     silent { $($silent:ident $silent_request:ident $silent_response:ident $silent_error:ident,)* }
     bare { $($bare:ident $bare_response:ident $bare_error:ident,)* }
     $(also { $($also:tt)* })?) => {
        pub mod $contract {
            use $contract::*;

            struct Service;

            impl DefaultApi for Service {
                $(async fn $echo(
                    &self,
                    _: &writ_runtime::Context<()>,
                    request: $echo_request,
                ) -> Result<$echo_response, $echo_error> {
                    crate::record(&request);
                    Ok(request.body.into())
                })*
                $(async fn $silent(
                    &self,
                    _: &writ_runtime::Context<()>,
                    request: $silent_request,
                ) -> Result<$silent_response, $silent_error> {
                    crate::record(&request);
                    Ok($silent_response)
                })*
                $(async fn $bare(&self, _: &writ_runtime::Context<()>) -> Result<$bare_response, $bare_error> {
                    crate::record(&stringify!($bare));
                    Ok($bare_response)
                })*
                $($($also)*)?
            }

            pub fn router() -> writ_runtime::Router {
                router_at("")
            }

            pub(crate) fn router_at(base: &str) -> writ_runtime::Router {
                crate::open!($contract, Service).router_at(base, writ_runtime::Timeouts::default())
            }
        }
    };
}

/// Builds the API of a contract without security, whose operations have no tag.
macro_rules! open {
    ($contract:ident, $service:expr) => {
        $contract::Api {
            authenticator: writ_runtime::NoAuthentication,
            gate: writ_runtime::OpenGate,
            default: $service,
        }
    };
}

use {open, serves};

/// Returns the routers by the names of their contracts.
fn routers() -> Vec<(&'static str, Router)> {
    vec![
        ("at-base", plain::paths::router_at(paths::BASE_PATH)),
        ("bodies", bodies::router()),
        ("choices", plain::choices::router()),
        ("directions", mixed::directions::router()),
        ("fields", mixed::fields::router()),
        ("files", mixed::files::router()),
        ("keywords", plain::keywords::router()),
        ("merges", mixed::merges::router()),
        ("names", names::router()),
        ("objects", mixed::objects::router()),
        ("parameters", plain::parameters::router()),
        ("paths", plain::paths::router()),
        ("policies", policies::router()),
        ("rare", plain::rare::router()),
        ("recursion", mixed::recursion::router()),
        ("responses", responses::router()),
        ("security", secured::router()),
        ("streams", streams::router()),
        ("styles", plain::styles::router()),
        ("swagger_2", swagger_2::router()),
        ("unions", mixed::unions::router()),
        ("values", plain::values::router()),
        ("version_3_1", plain::version_3_1::router()),
    ]
}

/// Passes a request to the contract that the first segment of its path names.
async fn dispatch(routers: &[(&'static str, Router)], mut request: Request) -> Option<Response> {
    let path = request.uri().path_and_query()?.as_str().to_owned();
    let (name, rest) = path.strip_prefix('/')?.split_at_checked(path[1..].find(['/', '?'])?)?;
    let (_, router) = routers.iter().find(|(known, _)| *known == name)?;
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = rest.parse().ok();
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    let (mut response, received) = RECEIVED
        .scope(RefCell::default(), async {
            let response = router.clone().oneshot(request).await;
            (response, RECEIVED.with(RefCell::take))
        })
        .await;
    if let (Ok(response), Ok(received)) = (&mut response, HeaderValue::from_bytes(received.as_bytes()))
        && !received.is_empty()
    {
        response.headers_mut().insert("x-received", received);
    }
    response.ok()
}

async fn misdirected() -> StatusCode {
    StatusCode::MISDIRECTED_REQUEST
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let routers: &'static [_] = Box::leak(routers().into_boxed_slice());
    let router = Router::new().fallback(async |request: Request| match dispatch(routers, request).await {
        Some(response) => response,
        None => axum::response::IntoResponse::into_response(misdirected().await),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await
}
