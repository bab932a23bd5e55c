//! The baseline: handlers written by hand on axum and sqlx, with the statements of the sample and no layer. Nobody is
//! authenticated, and nothing is validated, limited, cached, logged or measured.

mod orders;
mod users;

use anyhow::Context;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::net::TcpListener;
use uuid::Uuid;

/// The largest number of connections of a pool: the default of the sample.
const CONNECTIONS: u32 = 16;

/// The digits of identifiers.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The connection pools of the two schemas of the sample.
#[derive(Clone)]
struct Pools {
    users: PgPool,
    orders: PgPool,
}

/// A list as the API of the sample returns it, without the fields that clients of the benchmark do not read.
#[derive(Serialize)]
struct List<T> {
    data: Vec<T>,
    pagination: Pagination,
}

#[derive(Serialize)]
struct Pagination {
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
}

/// An error of a handler, which responds with 500.
struct Failure(anyhow::Error);

/// Serves the baseline on `address` until the process is killed.
pub async fn serve(address: &str, database: &str) -> anyhow::Result<()> {
    let pool = |schema: &str| -> anyhow::Result<PgPool> {
        let options: PgConnectOptions = database.parse().context("DATABASE_URL is not a URL")?;
        let options = options.options([("search_path", schema), ("timezone", "UTC")]);
        Ok(PgPoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(options))
    };
    let app = Router::new()
        .route("/livez", get(async || ""))
        .route("/users/{id}", get(users::find))
        .route("/users", get(users::list))
        .route("/users/counted", get(users::list_counted))
        .route("/orders", get(orders::list).post(orders::create))
        .with_state(Pools { users: pool("users")?, orders: pool("orders")? });
    let listener = TcpListener::bind(address).await?;
    axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), app).await?;
    Ok(())
}

/// Formats a UUID as an identifier of the sample's API: the prefix, and 26 digits of the base-32 alphabet of Crockford.
pub fn id(prefix: &str, uuid: Uuid) -> String {
    let digits = (0..26).rev().map(|place| char::from(DIGITS[(uuid.as_u128() >> (5 * place)) as usize & 31]));
    [prefix, "_"].into_iter().flat_map(str::chars).chain(digits).collect()
}

/// Parses the UUID of an identifier of the sample's API.
pub fn uuid(id: &str) -> Option<Uuid> {
    let (_, digits) = id.split_once('_')?;
    let value = |digit| DIGITS.iter().position(|known| *known == digit);
    let value = digits.bytes().try_fold(0u128, |number, digit| Some(number << 5 | value(digit)? as u128));
    value.map(Uuid::from_u128)
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("{:#}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
