//! The data that callers without permission leave behind: a fixed number of keys, however many requests they send.
//!
//! `WRIT_REQUESTS=100000 cargo xtask test -p server --test http -- strangers --nocapture` is the long form, which prints
//! the figures.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use http::Method;
use reqwest::RequestBuilder;
use tokio::task::JoinSet;
use uuid::Uuid;
use writ_platform::Redis;

use crate::clients::Clients;

/// The number of client addresses that send the requests.
const ADDRESSES: u32 = 32;

/// The number of requests that are sent at the same time.
const CALLERS: usize = 16;

/// The number of requests of the short form.
const REQUESTS: usize = 2000;

/// Returns a request with a random path, which the server refuses.
fn refused(clients: &Clients, number: usize) -> RequestBuilder {
    let random = Uuid::new_v4().simple().to_string();
    let (method, path) = match number % 8 {
        0 | 1 => (Method::GET, format!("/v1/products/{}", random.to_uppercase())),
        2 => (Method::GET, format!("/v1/products/{random}%20not-a-code")),
        3 => (Method::GET, format!("/v1/products?cursor={random}")),
        4 => (Method::GET, format!("/v1/users/{random}")),
        5 => (Method::PUT, format!("/v1/users/{random}/cart")),
        6 => (Method::GET, format!("/v1/{random}?{random}={random}")),
        _ => (Method::DELETE, format!("/v1/orders/{random}")),
    };
    let address = Ipv4Addr::from_bits(0x0a00_0000 + u32::try_from(number).unwrap() % ADDRESSES);
    let request = clients.service.request(method, &path).header("x-forwarded-for", address.to_string());
    if number.is_multiple_of(3) { request.bearer_auth(random) } else { request }
}

/// Returns the keys of the service in Redis by their first word, and the memory that they take.
async fn redis_use(redis: &Redis) -> (BTreeMap<String, usize>, u64) {
    let mut list = redis::pipe();
    list.cmd("KEYS").arg(redis.key("*"));
    let (keys,) = redis.run::<(Vec<String>,)>(&list).await.unwrap();
    let (mut names, mut bytes) = (BTreeMap::new(), 0);
    for key in keys {
        let mut size = redis::pipe();
        size.cmd("MEMORY").arg("USAGE").arg(&key);
        let (used,) = redis.run::<(Option<u64>,)>(&size).await.unwrap();
        bytes += used.unwrap_or(0);
        let name = key.strip_prefix(&redis.key("")).unwrap().split(':').next().unwrap().to_owned();
        *names.entry(name).or_default() += 1;
    }
    (names, bytes)
}

/// Returns the resident memory of this process in MiB.
fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_with_random_paths_leave_a_fixed_number_of_keys_behind() {
    let count = std::env::var("WRIT_REQUESTS").ok().map_or(REQUESTS, |count| count.parse().unwrap());
    let clients = Arc::new(Clients::start().await);
    let redis = clients.service.server.redis().clone();
    let before = (redis_use(&redis).await, resident_memory());
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let clients = clients.clone();
        callers.spawn(async move {
            let mut statuses = BTreeMap::<u16, usize>::new();
            for number in (caller..count).step_by(CALLERS) {
                let response = refused(&clients, number).send().await.unwrap();
                *statuses.entry(response.status().as_u16()).or_default() += 1;
            }
            statuses
        });
    }
    let mut statuses = BTreeMap::<u16, usize>::new();
    for (status, number) in callers.join_all().await.into_iter().flatten() {
        *statuses.entry(status).or_default() += number;
    }
    let after = (redis_use(&redis).await, resident_memory());
    println!("{count} requests with the responses {statuses:?}");
    println!("before: keys {:?}, {} bytes in Redis, {} MiB resident", before.0.0, before.0.1, before.1);
    println!("after: keys {:?}, {} bytes in Redis, {} MiB resident", after.0.0, after.0.1, after.1);
    assert!(statuses.keys().all(|status| [400, 401, 404, 429].contains(status)), "{statuses:?}");
    let keys = after.0.0;
    assert!(keys.keys().all(|name| ["cache", "events", "limit", "revoked"].contains(&name.as_str())), "{keys:?}");
    // The versions of all tags are in one key. Each address has a bucket for each of the two public operations, and one
    // for failed credentials.
    // The streams of events are those of the partitions, whatever callers send.
    assert!(keys.get("events").is_none_or(|count| *count <= 3 * 16), "{keys:?}");
    // The key states that the markers of ended sessions are complete; no session has ended.
    assert!(keys.get("revoked").is_none_or(|count| *count == 1), "{keys:?}");
    assert_eq!(keys.get("cache"), Some(&1), "{keys:?}");
    assert!(keys.get("limit").is_some_and(|count| *count <= 3 * ADDRESSES as usize), "{keys:?}");
    assert!([400, 401, 404].iter().all(|status| statuses.contains_key(status)), "{statuses:?}");
    let (bytes, memory) = (after.0.1, after.1.saturating_sub(before.1));
    assert!(bytes < 64 * 1024, "{bytes} bytes in Redis");
    assert!(memory < 64, "the process has grown by {memory} MiB");
}
