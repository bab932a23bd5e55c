//! The login sessions of a service, as far as their end is concerned.

use std::future::Future;
use std::time::Duration;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::BoxError;

/// The login sessions of a service: the source of truth about which of them have ended.
///
/// ```
/// use std::time::Duration;
/// use uuid::Uuid;
/// use writ_platform::BoxError;
/// use writ_platform::revocation::Sessions;
///
/// struct SessionTable(sqlx::PgPool);
///
/// impl Sessions for SessionTable {
///     async fn is_live(&self, session: Uuid) -> Result<bool, BoxError> {
///         let live = sqlx::query_scalar("SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND ended_at IS NULL)");
///         Ok(live.bind(session).fetch_one(&self.0).await?)
///     }
///
///     async fn ended_within(&self, window: Duration) -> Result<Vec<Uuid>, BoxError> {
///         let ended = sqlx::query_scalar("SELECT id FROM sessions WHERE ended_at > now() - make_interval(secs => $1)");
///         Ok(ended.bind(window.as_secs_f64()).fetch_all(&self.0).await?)
///     }
/// }
/// ```
pub trait Sessions: Send + Sync + 'static {
    /// Returns true if the session exists and has not ended.
    ///
    /// # Errors
    /// Returns an error if this cannot be determined. The request is then refused with 503.
    fn is_live(&self, session: Uuid) -> impl Future<Output = Result<bool, BoxError>> + Send;

    /// Returns the sessions that ended within the last `window`.
    ///
    /// # Errors
    /// Returns an error if this cannot be determined. The platform then tries again later.
    fn ended_within(&self, window: Duration) -> impl Future<Output = Result<Vec<Uuid>, BoxError>> + Send;
}

/// A copy of the ends of the login sessions that another service owns. A consumer of the events of that service keeps it.
pub trait SessionCopy: Send + Sync + 'static {
    /// Returns true if the copy knows that the session has ended.
    ///
    /// # Errors
    /// Returns an error if this cannot be determined. The request is then refused with 503.
    fn has_ended(&self, session: Uuid) -> impl Future<Output = Result<bool, BoxError>> + Send;

    /// Returns the time for which ends of sessions may be missing in the copy.
    ///
    /// # Errors
    /// Returns an error if this cannot be determined. The request is then refused with 503.
    fn lag(&self) -> impl Future<Output = Result<Duration, BoxError>> + Send;
}

/// [`Sessions`] or a [`SessionCopy`] of any type.
pub(super) trait AnySessions: Send + Sync {
    fn is_live(&self, session: Uuid) -> BoxFuture<'_, Result<bool, BoxError>>;
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "only the markers in Redis need it"))]
    fn ended_within(&self, window: Duration) -> BoxFuture<'_, Result<Vec<Uuid>, BoxError>>;
    /// Returns true if another service owns the sessions.
    fn is_copy(&self) -> bool;
    fn lag(&self) -> BoxFuture<'_, Result<Duration, BoxError>>;
}

impl<S: Sessions> AnySessions for S {
    fn is_live(&self, session: Uuid) -> BoxFuture<'_, Result<bool, BoxError>> {
        Box::pin(Sessions::is_live(self, session))
    }

    fn ended_within(&self, window: Duration) -> BoxFuture<'_, Result<Vec<Uuid>, BoxError>> {
        Box::pin(Sessions::ended_within(self, window))
    }

    fn is_copy(&self) -> bool {
        false
    }

    fn lag(&self) -> BoxFuture<'_, Result<Duration, BoxError>> {
        Box::pin(std::future::ready(Ok(Duration::ZERO)))
    }
}

/// A [`SessionCopy`] in the place of sessions.
#[cfg(feature = "redis")]
pub(super) struct Copied<C>(pub(super) C);

#[cfg(feature = "redis")]
impl<C: SessionCopy> AnySessions for Copied<C> {
    fn is_live(&self, session: Uuid) -> BoxFuture<'_, Result<bool, BoxError>> {
        Box::pin(async move { Ok(!self.0.has_ended(session).await?) })
    }

    /// Returns nothing: only the owner of the sessions writes markers.
    fn ended_within(&self, _: Duration) -> BoxFuture<'_, Result<Vec<Uuid>, BoxError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn is_copy(&self) -> bool {
        true
    }

    fn lag(&self) -> BoxFuture<'_, Result<Duration, BoxError>> {
        Box::pin(self.0.lag())
    }
}
