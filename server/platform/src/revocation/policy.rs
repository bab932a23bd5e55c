//! The check of a caller's login session as a policy of a gate.

use http::{StatusCode, header};
use uuid::Uuid;
use writ_runtime::{Entry, Problem, Reply};

#[cfg(feature = "redis")]
use super::LONGEST_LAG_WITH_REDIS;
#[cfg(feature = "redis")]
use super::markers::{Marker, Markers};
use super::{LONGEST_LAG, Revocations};
#[cfg(feature = "redis")]
use crate::gate::Responses;
use crate::gate::{Acceptance, Commands, Policy, Stage, Visit};
use crate::principal::Principal;

/// The check of the login session of one request.
#[derive(Debug)]
pub struct SessionVisit {
    revocations: Revocations,
    session: Uuid,
    /// True if Redis had the markers of all sessions that this process has ended, before the query for this session.
    #[cfg(feature = "redis")]
    is_synchronized: bool,
    #[cfg(feature = "redis")]
    marker: Marker,
}

/// The policy that refuses callers whose login session has ended.
impl<P: Principal> Policy<P> for Revocations {
    type Visit = SessionVisit;
    const STAGE: Stage = Stage::Caller;

    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<SessionVisit> {
        let session = entry.principal?.session()?;
        #[cfg(feature = "redis")]
        let is_synchronized = self.markers.as_ref().is_some_and(Markers::is_synchronized);
        #[cfg(feature = "redis")]
        match &self.markers {
            Some(markers) => markers.push_query(commands, session, is_synchronized),
            None => commands.accept_caller(Acceptance::Undecided),
        }
        #[cfg(not(feature = "redis"))]
        commands.accept_caller(Acceptance::Undecided);
        Some(SessionVisit {
            revocations: self.clone(),
            session,
            #[cfg(feature = "redis")]
            is_synchronized,
            #[cfg(feature = "redis")]
            marker: Marker::Unavailable,
        })
    }
}

impl<P: Principal> Visit<P> for SessionVisit {
    #[cfg(feature = "redis")]
    async fn read(&mut self, responses: Responses) {
        if self.revocations.markers.is_some() {
            self.marker = Markers::read(responses, self.is_synchronized);
        }
    }

    async fn enter(&mut self, _: &Entry<'_, P>) -> Result<Option<Reply>, Problem> {
        match self.has_ended().await? {
            true => Err(Problem::new(StatusCode::UNAUTHORIZED, "the session has ended; sign in again")
                .with_header(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)),
            false => Ok(None),
        }
    }
}

impl SessionVisit {
    /// Returns true if the session has ended, by its marker or by asking the service.
    async fn has_ended(&self) -> Result<bool, Problem> {
        #[cfg(feature = "redis")]
        match (self.marker, &self.revocations.markers) {
            (Marker::Revoked, _) => return Ok(true),
            (Marker::Live, _) => return Ok(false),
            // Redis is available but lacks markers. Only the owner of the sessions can say that they are complete.
            (Marker::Incomplete, Some(markers)) if !self.revocations.sessions.is_copy() => markers.load_in_background(),
            _ => {}
        }
        #[cfg(feature = "redis")]
        let longest_lag = if self.marker == Marker::Incomplete { LONGEST_LAG_WITH_REDIS } else { LONGEST_LAG };
        #[cfg(not(feature = "redis"))]
        let longest_lag = LONGEST_LAG;
        self.revocations.has_ended(self.session, longest_lag).await.map_err(|error| {
            let message = "the session cannot be checked at the moment; try again later";
            let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, message);
            problem.cause = Some(error);
            problem.with_header(header::RETRY_AFTER, "1")
        })
    }
}
