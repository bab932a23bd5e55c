//! Tests of rate limits with concurrent requests: in Redis, with an unavailable Redis, and in memory.

use std::time::Duration;

use http::HeaderMap;

use super::*;
#[cfg(feature = "redis")]
use crate::testing;

static THREE: RateLimit = RateLimit { requests: 3, window: Duration::from_secs(60), by: LimitBy::Caller };
static HUNDRED: RateLimit = RateLimit { requests: 100, window: Duration::from_secs(60), by: LimitBy::Address };
static QUICK: RateLimit = RateLimit { requests: 10, window: Duration::from_secs(5), by: LimitBy::Caller };
static LOGIN: Operation = Operation {
    id: "login",
    rate_limits: &[RateLimit { requests: 2, window: Duration::from_secs(60), by: LimitBy::Account }],
    ..Operation::NONE
};

static UNLIMITED: Operation = Operation::NONE;

fn counted(limit: &RateLimit, subject: &str) -> Counted {
    Counted::new(&LOGIN, *limit, subject)
}

/// Returns a limiter on each kind of store.
fn limiters() -> Vec<Limiter> {
    vec![
        Limiter::in_memory(),
        #[cfg(feature = "redis")]
        Limiter::on_redis(testing::redis()),
        #[cfg(feature = "redis")]
        Limiter::on_redis(testing::redis_unavailable()),
    ]
}

/// Sends `times` concurrent requests and returns the number of allowed ones.
async fn allowed_of(limiter: &Limiter, counted: &[Counted], times: usize) -> usize {
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..times {
        let (limiter, counted) = (limiter.clone(), counted.to_vec());
        all.spawn(async move { limiter.take(&counted).await.unwrap().allowed });
    }
    all.join_all().await.into_iter().filter(|allowed| *allowed).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_are_allowed_up_to_the_limit() {
    for limiter in limiters() {
        assert_eq!(allowed_of(&limiter, &[counted(&THREE, "a")], 50).await, 3);
        assert_eq!(allowed_of(&limiter, &[counted(&THREE, "b")], 50).await, 3);
    }
}

/// The number of rounds of a race. The variable `WRIT_ROUNDS` changes it.
#[cfg(feature = "redis")]
fn rounds() -> usize {
    std::env::var("WRIT_ROUNDS").ok().map_or(100, |rounds| rounds.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(feature = "redis")]
async fn two_connections_together_admit_as_many_requests_as_the_bucket_has() {
    // The bucket receives a token in a day.
    let limit = RateLimit { requests: 20, window: Duration::from_secs(20 * 86_400), by: LimitBy::Caller };
    let (first, second) = testing::two_connections();
    let (first, second) = (Limiter::on_redis(first), Limiter::on_redis(second));
    for round in 0..rounds() {
        let bucket = [counted(&limit, &round.to_string())];
        let (one, other) = tokio::join!(allowed_of(&first, &bucket, 25), allowed_of(&second, &bucket, 25));
        assert_eq!(one + other, 20, "round {round}");
    }
}

#[tokio::test]
async fn a_bucket_is_refilled() {
    for limiter in limiters() {
        assert_eq!(allowed_of(&limiter, &[counted(&QUICK, "a")], 30).await, 10);
        tokio::time::sleep(Duration::from_millis(1200)).await;
        let again = allowed_of(&limiter, &[counted(&QUICK, "a")], 30).await;
        assert!((2..=4).contains(&again), "{again}");
    }
}

#[tokio::test]
async fn a_refused_request_takes_from_no_bucket() {
    for limiter in limiters() {
        let both = [counted(&THREE, "a"), counted(&HUNDRED, "a")];
        assert_eq!(allowed_of(&limiter, &both, 50).await, 3);
        let standing = limiter.take(&[counted(&HUNDRED, "a")]).await.unwrap();
        assert_eq!(standing.tightest.remaining, 96);
    }
}

#[tokio::test]
async fn the_headers_report_the_remaining_requests() {
    for limiter in limiters() {
        let both = [counted(&THREE, "a"), counted(&HUNDRED, "a")];
        let first = limiter.take(&both).await.unwrap();
        assert_eq!((first.tightest.limit, first.tightest.remaining), (3, 2));
        assert!((18..=22).contains(&(first.tightest.reset - now() / 1000)), "{first:?}");
        let mut headers = HeaderMap::new();
        first.write(&mut headers);
        assert_eq!(headers["x-ratelimit-remaining"], "2");
        assert!(!headers.contains_key("retry-after"));
        for _ in 0..2 {
            limiter.take(&both).await;
        }
        let refused = limiter.take(&both).await.unwrap();
        assert!(!refused.allowed);
        assert!((15..=20).contains(&refused.retry_after_seconds()), "{refused:?}");
        refused.write(&mut headers);
        assert_eq!(headers["x-ratelimit-remaining"], "0");
        assert!(headers.contains_key("retry-after"));
    }
}

#[tokio::test]
async fn the_letter_case_of_an_account_is_ignored() {
    let limiter = Limiter::in_memory();
    for account in ["user@example.com", "User@Example.com"] {
        limiter.take_account(&LOGIN, account).await.unwrap();
    }
    let limited = limiter.take_account(&LOGIN, "USER@example.com").await.unwrap_err();
    let limit = limited.headers().iter().find(|(name, _)| name == "x-ratelimit-limit").unwrap();
    assert_eq!(limit.1, "2");
    assert!(limited.headers().iter().any(|(name, _)| name == "retry-after"));
    limiter.take_account(&LOGIN, "admin@example.com").await.unwrap();
    limiter.take_account(&UNLIMITED, "user@example.com").await.unwrap();
}

#[test]
fn addresses_of_one_ipv6_network_are_one_subject() {
    let subject = |text: &str| subject_of(Some(text.parse().unwrap()));
    assert_eq!(subject("2001:db8::1"), subject("2001:db8::2"));
    assert_ne!(subject("2001:db8::1"), subject("2001:db8:0:1::1"));
    assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
    assert_eq!(subject("192.0.2.1"), subject("::ffff:192.0.2.1"));
}
