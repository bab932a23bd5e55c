//! The handlers of users.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Failure, List, Pagination, Pools, id};

const COLUMNS: &str = "SELECT id, email, name, role, version, created_at, updated_at FROM active_users";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    id: String,
    email: String,
    name: String,
    role: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The page of a list of users: its size, and the user that precedes it.
#[derive(Deserialize)]
pub struct Page {
    limit: i64,
    created_at: Option<DateTime<Utc>>,
    id: Option<Uuid>,
}

pub async fn find(State(pools): State<Pools>, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    let query = format!("{COLUMNS} WHERE id = $1 AND ($2::uuid IS NULL OR id = $2)");
    let query = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id).bind(None::<Uuid>);
    let found: Option<Row> = query.fetch_optional(&pools.users).await?;
    Ok(match found {
        Some(row) => ([(ETAG, format!("\"{}\"", row.version))], Json(row.user())).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

pub async fn list(State(pools): State<Pools>, Query(page): Query<Page>) -> Result<Json<List<User>>, Failure> {
    Ok(Json(List { data: page.users(&pools).await?, pagination: Pagination { total: None } }))
}

pub async fn list_counted(State(pools): State<Pools>, Query(page): Query<Page>) -> Result<Json<List<User>>, Failure> {
    let data = page.users(&pools).await?;
    let total = sqlx::query_scalar("SELECT count(*) FROM active_users").fetch_one(&pools.users).await?;
    Ok(Json(List { data, pagination: Pagination { total: Some(total) } }))
}

impl Page {
    async fn users(&self, pools: &Pools) -> Result<Vec<User>, Failure> {
        let rows: Vec<Row> = match (self.created_at, self.id) {
            (Some(moment), Some(id)) => {
                let after = "WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3";
                let query = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} {after}")));
                query.bind(moment).bind(id).bind(self.limit).fetch_all(&pools.users).await?
            }
            _ => {
                let first = "ORDER BY created_at DESC, id DESC LIMIT $1";
                let query = sqlx::query_as(sqlx::AssertSqlSafe(format!("{COLUMNS} {first}")));
                query.bind(self.limit).fetch_all(&pools.users).await?
            }
        };
        Ok(rows.into_iter().map(Row::user).collect())
    }
}

impl Row {
    fn user(self) -> User {
        User {
            id: id("usr", self.id),
            email: self.email,
            name: self.name,
            role: self.role,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
