//! Login sessions in memory, for the tests of the platform itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use uuid::Uuid;

use crate::BoxError;
use crate::revocation::{SessionCopy, Sessions};

/// Login sessions in memory, each with true if it has ended. `None` stands for an unavailable database.
#[derive(Debug, Clone)]
pub(crate) struct TestSessions(Arc<Mutex<Option<BTreeMap<Uuid, bool>>>>);

impl TestSessions {
    pub(crate) fn new() -> TestSessions {
        TestSessions(Arc::new(Mutex::new(Some(BTreeMap::new()))))
    }

    pub(crate) fn unavailable() -> TestSessions {
        TestSessions(Arc::new(Mutex::new(None)))
    }

    /// Begins a session and returns its id.
    pub(crate) fn begin(&self) -> Uuid {
        let session = Uuid::now_v7();
        self.0.lock().unwrap().as_mut().unwrap().insert(session, false);
        session
    }

    pub(crate) fn end(&self, session: Uuid) {
        self.0.lock().unwrap().as_mut().unwrap().insert(session, true);
    }

    fn all(&self) -> Result<BTreeMap<Uuid, bool>, BoxError> {
        self.0.lock().unwrap().clone().ok_or_else(|| "the database is unavailable".into())
    }
}

/// A copy of login sessions in memory, which can lack their ends for the given time.
#[derive(Debug, Clone)]
pub(crate) struct TestCopy(pub(crate) TestSessions, pub(crate) Duration);

impl SessionCopy for TestCopy {
    async fn has_ended(&self, session: Uuid) -> Result<bool, BoxError> {
        Ok(self.0.all()?.get(&session) == Some(&true))
    }

    async fn lag(&self) -> Result<Duration, BoxError> {
        Ok(self.1)
    }
}

impl Sessions for TestSessions {
    async fn is_live(&self, session: Uuid) -> Result<bool, BoxError> {
        Ok(self.all()?.get(&session) == Some(&false))
    }

    async fn ended_within(&self, _: Duration) -> Result<Vec<Uuid>, BoxError> {
        Ok(self.all()?.into_iter().filter(|(_, ended)| *ended).map(|(session, _)| session).collect())
    }
}
