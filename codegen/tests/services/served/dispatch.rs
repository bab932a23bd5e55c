//! A server for many contracts: the first segment of a path names the contract.

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
pub fn record(request: &impl std::fmt::Debug) {
    RECEIVED.with(|received| *received.borrow_mut() = format!("{request:?}"));
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

/// Prints the address of the server, and serves the contracts until standard input is closed.
pub async fn serve(routers: Vec<(&'static str, Router)>) -> std::io::Result<()> {
    let routers: &'static [_] = Box::leak(routers.into_boxed_slice());
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
