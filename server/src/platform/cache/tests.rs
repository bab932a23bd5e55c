//! What is served, what never is, and how often the database is asked.

use std::sync::atomic::{AtomicUsize, Ordering};

use writ_runtime::ReplyBody;

use super::*;
use crate::testing;

fn reply(body: &'static str) -> Reply {
    Reply::status(200).header("etag", "\"1\"").bytes("application/json", body)
}

async fn look(cache: &Cache, question: &Question) -> Found {
    let mut pipeline = redis::pipe();
    pipeline.ignore_errors();
    cache.ask(&mut pipeline, question);
    let answers = cache.0.redis.run::<Vec<Value>>(&pipeline).await.ok();
    assert!(answers.as_ref().is_none_or(|answers| answers.len() == question.answers()));
    cache.read(question, answers.and_then(|mut answers| answers.pop())).await
}

async fn missed(cache: &Cache, question: &Question) -> Ticket {
    match look(cache, question).await {
        Found::Miss(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

async fn hit(cache: &Cache, question: &Question) -> Option<String> {
    match look(cache, question).await {
        Found::Hit(Reply { body: ReplyBody::Bytes(body), headers, .. }) => {
            assert_eq!(headers["etag"], "\"1\"");
            Some(String::from_utf8(body.to_vec()).unwrap())
        }
        Found::Miss(_) => None,
        other => panic!("{other:?}"),
    }
}

fn question(cache: &Cache, key: &str) -> Question {
    cache.question(key, ["user:1".to_owned(), "users".to_owned()]).unwrap()
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_answer_is_served_until_one_of_its_tags_is_forgotten() {
    let cache = Cache::new(testing::redis());
    let question = question(&cache, "a");
    let ticket = missed(&cache, &question).await;
    cache.store(ticket, &reply("{}\n{}"), MINUTE).await;
    assert_eq!(hit(&cache, &question).await.as_deref(), Some("{}\n{}"));
    cache.invalidate(&["user:2"]).await;
    assert!(hit(&cache, &question).await.is_some());
    cache.invalidate(&["user:1"]).await;
    assert!(hit(&cache, &question).await.is_none());
}

#[tokio::test]
async fn an_answer_made_before_an_invalidation_is_not_served_after_it() {
    let cache = Cache::new(testing::redis());
    let question = question(&cache, "a");
    let before = missed(&cache, &question).await;
    cache.invalidate(&["users"]).await;
    cache.store(before, &reply("old"), MINUTE).await;
    assert!(hit(&cache, &question).await.is_none());
}

#[tokio::test]
async fn a_tag_that_redis_lost_makes_a_miss() {
    let redis = testing::redis();
    let cache = Cache::new(redis.clone());
    let question = question(&cache, "a");
    let ticket = missed(&cache, &question).await;
    cache.store(ticket, &reply("old"), MINUTE).await;
    let mut pipeline = redis::pipe();
    pipeline.cmd("DEL").arg(redis.key("tag:users")).ignore();
    redis.run::<()>(&pipeline).await.unwrap();
    assert!(hit(&cache, &question).await.is_none());
}

#[tokio::test]
async fn of_many_who_miss_at_once_one_asks_the_database() {
    let cache = Cache::new(testing::redis());
    let made = Arc::new(AtomicUsize::new(0));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (cache, made) = (cache.clone(), made.clone());
        all.spawn(async move {
            let question = question(&cache, "a");
            if let Found::Miss(ticket) = look(&cache, &question).await {
                made.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(50)).await;
                cache.store(ticket, &reply("{}"), MINUTE).await;
            }
        });
    }
    all.join_all().await;
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_waits_goes_on_when_the_maker_gives_up() {
    let cache = Cache::new(testing::redis());
    let question = question(&cache, "a");
    let ticket = missed(&cache, &question).await;
    let waiting = tokio::spawn({
        let (cache, question) = (cache.clone(), question.clone());
        async move { matches!(look(&cache, &question).await, Found::Miss(_)) }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(ticket);
    assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.unwrap().unwrap());
}

/// Writers count up and invalidate after their "commit"; a reader that starts after an invalidation
/// returned must never see an older count.
#[tokio::test(flavor = "multi_thread")]
async fn no_reader_sees_what_was_invalidated_before_it_started() {
    let cache = Cache::new(testing::redis());
    let truth = Arc::new(AtomicUsize::new(0));
    let settled = Arc::new(AtomicUsize::new(0));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (cache, truth, settled) = (cache.clone(), truth.clone(), settled.clone());
        all.spawn(async move {
            let question = question(&cache, "a");
            for _ in 0..40 {
                let least = settled.load(Ordering::SeqCst);
                let seen = match look(&cache, &question).await {
                    Found::Hit(Reply { body: ReplyBody::Bytes(body), .. }) => {
                        str::from_utf8(&body).unwrap().parse().unwrap()
                    }
                    Found::Miss(ticket) => {
                        let seen = truth.load(Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(2)).await;
                        cache.store(ticket, &Reply::status(200).bytes("text/plain", seen.to_string()), MINUTE).await;
                        seen
                    }
                    other => panic!("{other:?}"),
                };
                assert!(seen >= least, "{seen} < {least}");
            }
        });
    }
    let writer = tokio::spawn(async move {
        for count in 1..100 {
            truth.store(count, Ordering::SeqCst);
            cache.invalidate(&["users"]).await;
            settled.store(count, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    all.join_all().await;
    writer.await.unwrap();
}

#[tokio::test]
async fn without_redis_the_cache_is_passed_by() {
    let cache = Cache::new(testing::redis_unavailable());
    let question = question(&cache, "a");
    assert!(matches!(look(&cache, &question).await, Found::Bypass));
    cache.invalidate(&["users"]).await;
    assert!(cache.question("a", []).is_none());
}

#[tokio::test]
async fn what_was_invalidated_while_redis_was_away_is_not_served_when_it_is_back() {
    let valve = testing::Valve::open().await;
    let cache = Cache::new(valve.redis.clone());
    let question = question(&cache, "a");
    let ticket = missed(&cache, &question).await;
    cache.store(ticket, &reply("old"), MINUTE).await;
    valve.set(false);
    cache.invalidate(&["users"]).await;
    valve.set(true);
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(5) {
        // A new question each time, as each request asks its own.
        let Some(question) = cache.question("a", ["user:1".to_owned(), "users".to_owned()]) else {
            tokio::task::yield_now().await;
            continue;
        };
        match look(&cache, &question).await {
            Found::Hit(reply) => panic!("{reply:?}"),
            Found::Miss(_) => return,
            Found::Bypass => {}
        }
    }
    panic!("redis was not told");
}

#[test]
fn lifetimes_differ_by_a_tenth() {
    for _ in 0..100 {
        assert!((54_000..=60_000).contains(&jittered(MINUTE)));
    }
}
