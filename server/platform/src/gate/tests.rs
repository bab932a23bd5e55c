//! Tests of the gate, and the requests that they send.

mod caching;
mod limits;
mod policies;
mod sessions;

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use uuid::Uuid;
use writ_runtime::operation::{Cache as CachePolicy, LimitBy, RateLimit};
use writ_runtime::{Accept, CallInfo, Captured, Operation, PathValues, ReplyBody, RequestId};

mod versions;

use super::*;
use crate::limiter::FAILED_CREDENTIALS;
use crate::overrides::{Overrides, testing as overrides};
use crate::principal::Principal;
use crate::revocation::Revocations;
use crate::store::Store;
#[cfg(feature = "redis")]
use crate::testing;
use crate::testing::sessions::TestSessions;

static GET_EVENT: Operation = Operation {
    id: "getEvent",
    rate_limits: &[RateLimit { requests: 3, window: Duration::from_secs(60), by: LimitBy::Caller }],
    cache: Some(CachePolicy { ttl: Duration::from_secs(60), tags: &["event:{eventId}"], shared: false }),
    ..Operation::NONE
};

static PUT_EVENT: Operation = Operation { id: "putEvent", invalidates: &["event:{eventId}"], ..Operation::NONE };

static GET_PASS: Operation = Operation {
    id: "getPass",
    cache: Some(CachePolicy { ttl: Duration::from_secs(60), tags: &["pass:{principal}"], shared: false }),
    ..Operation::NONE
};

static PUT_PASS: Operation = Operation { id: "putPass", invalidates: &["pass:{principal}"], ..Operation::NONE };

#[cfg(feature = "redis")]
static LIVEZ: Operation = Operation { id: "livez", ..Operation::NONE };

/// A caller like that of a service.
#[derive(Debug, Clone)]
struct Visitor {
    name: String,
    role: &'static str,
    session: Option<Uuid>,
}

impl Principal for Visitor {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn audience(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}:{}", self.name, self.role))
    }

    fn session(&self) -> Option<Uuid> {
        self.session
    }
}

fn visitor(session: Option<Uuid>) -> Visitor {
    Visitor { name: Uuid::new_v4().to_string(), role: "visitor", session }
}

/// A request as the pipeline describes it to the gate.
struct TestRequest {
    call: CallInfo,
    caller: Option<Visitor>,
    captured: Vec<Captured>,
    headers: HeaderMap,
    cache_key: &'static str,
}

impl TestRequest {
    fn new(operation: &'static Operation, caller: Option<&Visitor>) -> TestRequest {
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let call = CallInfo { operation, request_id: RequestId::new("r"), address, accept: Accept::default() };
        TestRequest {
            call,
            caller: caller.cloned(),
            captured: vec![Captured { name: "eventId", at: 8..9 }],
            headers: HeaderMap::new(),
            cache_key: "/events/1",
        }
    }

    fn with_cache_key(self, cache_key: &'static str) -> TestRequest {
        TestRequest { cache_key, ..self }
    }

    fn entry(&self) -> Entry<'_, Visitor> {
        Entry {
            call: &self.call,
            principal: self.caller.as_ref(),
            path: PathValues::new("/events/1", &self.captured),
            cache_key: self.cache_key,
            headers: &self.headers,
        }
    }
}

/// Returns a store of each kind that works.
fn stores() -> Vec<Store> {
    vec![
        Store::memory(),
        #[cfg(feature = "redis")]
        Store::redis(&testing::redis()),
    ]
}

/// Returns the pass of a request whose handler begins, and fails the test if the gate does not admit it.
async fn admit(gate: &PolicyGate<Visitor>, request: &TestRequest) -> Pass<Visitor> {
    match gate.enter(&request.entry()).await {
        Ok(Admission::Proceed(mut pass)) => {
            gate.begin(&mut pass, &request.entry()).unwrap();
            pass
        }
        other => panic!("{other:?}"),
    }
}

/// Sends a request through the gate to a handler with this reply.
async fn pass(gate: &PolicyGate<Visitor>, request: &TestRequest, mut reply: Reply) -> Reply {
    let pass = admit(gate, request).await;
    gate.leave(pass, &request.entry(), &mut reply).await;
    reply
}

#[cfg(feature = "redis")]
fn on_redis(redis: &Redis, sessions: &TestSessions) -> (PolicyGate<Visitor>, Revocations) {
    let revocations = Revocations::on_redis(redis.clone(), sessions.clone(), Duration::from_secs(900));
    let gate = Store::redis(redis).adjustable_gate(&Overrides::default(), FAILED_CREDENTIALS);
    (gate.with(revocations.clone()), revocations)
}
