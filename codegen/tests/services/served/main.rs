//! A program that serves every golden contract below its name, such as `/styles/query/form`.

mod bodies;
mod dispatch;
mod errors;
mod mixed;
mod names;
mod outbound;
mod pages;
mod plain;
mod policies;
mod responses;
mod secured;
mod streams;
mod swagger_2;
mod uploads;
mod version_3_2;

use writ_runtime::exports::axum::Router;

use dispatch::record;

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
        ("families", plain::families::router()),
        ("fields", mixed::fields::router()),
        ("errors", errors::router()),
        ("files", mixed::files::router()),
        ("imperfect", plain::imperfect::router()),
        ("keywords", plain::keywords::router()),
        ("merges", mixed::merges::router()),
        ("names", names::router()),
        ("objects", mixed::objects::router()),
        ("outbound", outbound::router()),
        ("overlaid", plain::overlaid::router()),
        ("parameters", plain::parameters::router()),
        ("paths", plain::paths::router()),
        ("pages", pages::router()),
        ("policies", policies::router()),
        ("rare", plain::rare::router()),
        ("recursion", mixed::recursion::router()),
        ("responses", responses::router()),
        ("security", secured::router()),
        ("settings", plain::settings::router()),
        ("streams", streams::router()),
        ("styles", plain::styles::router()),
        ("swagger_2", swagger_2::router()),
        ("unions", mixed::unions::router()),
        ("untyped", plain::untyped::router()),
        ("uploads", uploads::router()),
        ("values", plain::values::router()),
        ("version_3_1", plain::version_3_1::router()),
        ("version_3_2", version_3_2::router()),
    ]
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    dispatch::serve(routers()).await
}
