//! Tests of the cache in memory and in Redis: hits, invalidation, single flight and an unavailable Redis.

use std::sync::atomic::{AtomicUsize, Ordering};

use writ_runtime::ReplyBody;

use super::*;
#[cfg(feature = "redis")]
use crate::testing;

/// Returns a cache on each kind of store.
fn caches() -> Vec<Cache> {
    vec![
        Cache::in_memory(),
        #[cfg(feature = "redis")]
        Cache::on_redis(testing::redis()),
    ]
}

fn reply(body: &'static str) -> Reply {
    Reply::status(200).header("etag", "\"1\"").bytes("application/json", body)
}

async fn look_up(cache: &Cache, lookup: &Lookup) -> Outcome {
    let mut commands = Commands::default();
    cache.push_lookup(&mut commands, lookup);
    let responses = cache.0.backend.exchange(commands).await;
    cache.read(lookup, responses).await
}

async fn missed(cache: &Cache, lookup: &Lookup) -> Ticket {
    match look_up(cache, lookup).await {
        Outcome::Miss(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

async fn hit(cache: &Cache, lookup: &Lookup) -> Option<String> {
    match look_up(cache, lookup).await {
        Outcome::Hit(Cached { reply: Reply { body: ReplyBody::Bytes(body), headers, .. }, .. }) => {
            assert_eq!(headers["etag"], "\"1\"");
            Some(String::from_utf8(body.to_vec()).unwrap())
        }
        Outcome::Miss(_) => None,
        other => panic!("{other:?}"),
    }
}

fn lookup(cache: &Cache, key: &str) -> Lookup {
    cache.lookup(key, ["event:1".to_owned(), "events".to_owned()]).unwrap()
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_response_is_served_until_one_of_its_tags_is_invalidated() {
    for cache in caches() {
        let lookup = lookup(&cache, "a");
        let ticket = missed(&cache, &lookup).await;
        cache.store(ticket, &reply("{}\n{}"), MINUTE).await;
        assert_eq!(hit(&cache, &lookup).await.as_deref(), Some("{}\n{}"));
        cache.invalidate(&["event:2"]).await;
        assert!(hit(&cache, &lookup).await.is_some());
        cache.invalidate(&["event:1"]).await;
        assert!(hit(&cache, &lookup).await.is_none());
    }
}

#[tokio::test]
async fn a_response_made_before_an_invalidation_is_not_served_after_it() {
    for cache in caches() {
        let lookup = lookup(&cache, "a");
        let before = missed(&cache, &lookup).await;
        cache.invalidate(&["events"]).await;
        cache.store(before, &reply("old"), MINUTE).await;
        assert!(hit(&cache, &lookup).await.is_none());
    }
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn lost_versions_cause_a_miss() {
    let redis = testing::redis();
    let cache = Cache::on_redis(redis.clone());
    let lookup = lookup(&cache, "a");
    let ticket = missed(&cache, &lookup).await;
    cache.store(ticket, &reply("old"), MINUTE).await;
    let mut pipeline = redis::pipe();
    pipeline.cmd("DEL").arg(redis.key("cache:versions")).ignore();
    redis.run::<()>(&pipeline).await.unwrap();
    assert!(hit(&cache, &lookup).await.is_none());
}

/// Returns the keys of a service in Redis, without the prefix.
#[cfg(feature = "redis")]
async fn keys(redis: &Redis) -> Vec<String> {
    let mut list = redis::pipe();
    list.cmd("KEYS").arg(redis.key("*"));
    let (keys,) = redis.run::<(Vec<String>,)>(&list).await.unwrap();
    keys.into_iter().filter_map(|key| Some(key.strip_prefix(&redis.key(""))?.to_owned())).collect()
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn requests_that_store_no_response_leave_one_key_behind() {
    let redis = testing::redis();
    let cache = Cache::on_redis(redis.clone());
    for number in 0..200 {
        let lookup = cache.lookup(&format!("{number}"), [format!("event:{number}"), "events".to_owned()]).unwrap();
        missed(&cache, &lookup).await;
    }
    assert_eq!(keys(&redis).await, ["cache:versions"]);
    // Invalidations need no further key either.
    let tags: Vec<String> = (0..200).map(|number| format!("event:{number}")).collect();
    cache.invalidate(&tags).await;
    assert_eq!(keys(&redis).await, ["cache:versions"]);
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn responses_beyond_the_budget_are_deleted_from_redis() {
    let redis = testing::redis();
    let cache = Cache::on(Backend::Redis(SharedCache::new(redis.clone(), Budget::new(5000))));
    for number in 0..50 {
        let lookup = lookup(&cache, &number.to_string());
        let ticket = missed(&cache, &lookup).await;
        cache.store(ticket, &reply("{}"), MINUTE).await;
    }
    let stored = keys(&redis).await.len();
    // One key has the versions of tags; a response takes at least 256 bytes.
    assert!((2..=20).contains(&stored), "{stored}");
}

#[tokio::test]
async fn one_of_many_concurrent_misses_makes_the_response() {
    for cache in caches() {
        let made = Arc::new(AtomicUsize::new(0));
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (cache, made) = (cache.clone(), made.clone());
            all.spawn(async move {
                let lookup = lookup(&cache, "a");
                if let Outcome::Miss(ticket) = look_up(&cache, &lookup).await {
                    made.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    cache.store(ticket, &reply("{}"), MINUTE).await;
                }
            });
        }
        all.join_all().await;
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_waiting_request_continues_if_the_leader_fails() {
    for cache in caches() {
        let lookup = lookup(&cache, "a");
        let ticket = missed(&cache, &lookup).await;
        let waiting = tokio::spawn({
            let (cache, lookup) = (cache.clone(), lookup.clone());
            async move { matches!(look_up(&cache, &lookup).await, Outcome::Miss(_)) }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(ticket);
        assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.unwrap().unwrap());
    }
}

/// A writer increments a count and then invalidates the cache. A reader that starts after the invalidation must
/// not see an older count.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_a_response_that_was_invalidated_before_it_started() {
    for cache in caches() {
        let count = Arc::new(AtomicUsize::new(0));
        let invalidated = Arc::new(AtomicUsize::new(0));
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (cache, count, invalidated) = (cache.clone(), count.clone(), invalidated.clone());
            all.spawn(async move {
                let lookup = lookup(&cache, "a");
                for _ in 0..40 {
                    let minimum = invalidated.load(Ordering::SeqCst);
                    let seen = match look_up(&cache, &lookup).await {
                        Outcome::Hit(Cached { reply: Reply { body: ReplyBody::Bytes(body), .. }, .. }) => {
                            str::from_utf8(&body).unwrap().parse().unwrap()
                        }
                        Outcome::Miss(ticket) => {
                            let seen = count.load(Ordering::SeqCst);
                            tokio::time::sleep(Duration::from_millis(2)).await;
                            cache
                                .store(ticket, &Reply::status(200).bytes("text/plain", seen.to_string()), MINUTE)
                                .await;
                            seen
                        }
                        other => panic!("{other:?}"),
                    };
                    assert!(seen >= minimum, "{seen} < {minimum}");
                }
            });
        }
        let writer = tokio::spawn(async move {
            for value in 1..100 {
                count.store(value, Ordering::SeqCst);
                cache.invalidate(&["events"]).await;
                invalidated.store(value, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        all.join_all().await;
        writer.await.unwrap();
    }
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn the_cache_is_bypassed_without_redis() {
    let cache = Cache::on_redis(testing::redis_unavailable());
    let lookup = lookup(&cache, "a");
    assert!(matches!(look_up(&cache, &lookup).await, Outcome::Bypass));
    cache.invalidate(&["events"]).await;
    assert!(cache.lookup("a", []).is_none());
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn an_invalidation_while_redis_is_unavailable_takes_effect_when_redis_is_back() {
    let valve = testing::Valve::open().await;
    let cache = Cache::on_redis(valve.redis.clone());
    let lookup = lookup(&cache, "a");
    let ticket = missed(&cache, &lookup).await;
    cache.store(ticket, &reply("old"), MINUTE).await;
    valve.set(false);
    cache.invalidate(&["events"]).await;
    valve.set(true);
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(5) {
        // Each iteration creates a lookup, as each request does.
        let Some(lookup) = cache.lookup("a", ["event:1".to_owned(), "events".to_owned()]) else {
            tokio::task::yield_now().await;
            continue;
        };
        match look_up(&cache, &lookup).await {
            Outcome::Hit(reply) => panic!("{reply:?}"),
            Outcome::Miss(_) => return,
            _ => tokio::task::yield_now().await,
        }
    }
    panic!("the invalidation is still pending");
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn the_end_of_the_process_waits_for_pending_invalidations() {
    let valve = testing::Valve::open().await;
    let cache = Cache::on_redis(valve.redis.clone());
    let ticket = missed(&cache, &lookup(&cache, "a")).await;
    cache.store(ticket, &reply("old"), MINUTE).await;
    valve.set(false);
    cache.invalidate(&["events"]).await;
    tokio::time::timeout(Duration::from_millis(200), tasks::completed()).await.unwrap_err();
    valve.set(true);
    // Tasks of other tests can take longer.
    tokio::time::timeout(6 * testing::SOON, tasks::completed()).await.unwrap();
    assert!(cache.0.pending.is_empty());
    assert!(!is_hit_as_soon_as_possible(&cache).await);
}

/// Looks up a response until the cache can be used, and returns true if it was cached.
#[cfg(feature = "redis")]
async fn is_hit_as_soon_as_possible(cache: &Cache) -> bool {
    let started = std::time::Instant::now();
    while started.elapsed() < testing::SOON {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let Some(lookup) = cache.lookup("a", ["event:1".to_owned(), "events".to_owned()]) else { continue };
        match look_up(cache, &lookup).await {
            Outcome::Hit(_) => return true,
            Outcome::Miss(_) => return false,
            _ => {}
        }
    }
    panic!("the cache cannot be used");
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn other_processes_serve_no_stale_response_when_redis_is_back() {
    let valve = testing::Valve::open().await;
    let (writer, reader) = (Cache::on_redis(valve.redis.clone()), Cache::on_redis(valve.redis.clone()));
    let ticket = missed(&reader, &lookup(&reader, "a")).await;
    reader.store(ticket, &reply("old"), MINUTE).await;
    valve.set(false);
    writer.invalidate(&["events"]).await;
    assert!(matches!(look_up(&reader, &lookup(&reader, "a")).await, Outcome::Bypass));
    valve.set(true);
    assert!(!is_hit_as_soon_as_possible(&reader).await);
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn any_number_of_invalidations_while_redis_is_unavailable_takes_effect_when_redis_is_back() {
    let valve = testing::Valve::open().await;
    let (writer, reader) = (Cache::on_redis(valve.redis.clone()), Cache::on_redis(valve.redis.clone()));
    let ticket = missed(&reader, &lookup(&reader, "a")).await;
    reader.store(ticket, &reply("old"), MINUTE).await;
    valve.set(false);
    for number in 0..100_000 {
        writer.invalidate(&[format!("event:{number}")]).await;
    }
    assert!(writer.lookup("a", []).is_none());
    valve.set(true);
    assert!(!is_hit_as_soon_as_possible(&writer).await);
    assert!(!is_hit_as_soon_as_possible(&reader).await);
}

#[test]
fn lifetimes_are_reduced_by_at_most_a_tenth() {
    for _ in 0..100 {
        assert!((54_000..=60_000).contains(&jittered(MINUTE)));
    }
}
