//! The documentation of an operation: what it does, how it is called, and under which policies.

use std::time::Duration;

use writ_contract::model::operation::Operation;

/// The summary as a sentence, then the description.
pub fn prose(operation: &Operation) -> String {
    let mut docs = operation.summary.clone().unwrap_or_default().trim().to_owned();
    if !docs.is_empty() && !docs.ends_with(['.', '!', '?']) {
        docs.push('.');
    }
    let description = operation.description.as_deref().map(str::trim);
    if let Some(description) = description.filter(|text| !text.is_empty() && *text != docs) {
        if !docs.is_empty() {
            docs.push_str("\n\n");
        }
        docs.push_str(description);
    }
    docs
}

/// The method and the path, with the query that tells the operation apart. It stands in a code span.
pub fn route(operation: &Operation) -> String {
    let query = if operation.query.is_empty() { String::new() } else { format!("?{}", operation.query) };
    format!("{} {}{query}", operation.method, operation.path).replace('`', "'")
}

/// The security, limits and cache: `, scopes `users:read`, 100 requests in 60 s`.
pub fn terms(operation: &Operation) -> String {
    let mut terms = String::new();
    let scopes: Vec<&str> =
        operation.security.iter().flatten().flat_map(|need| &need.scopes).map(String::as_str).collect();
    if operation.security.is_empty() {
        terms.push_str(", public");
    } else if !scopes.is_empty() {
        terms.push_str(&format!(", scopes `{}`", scopes.join("`, `")));
    }
    for limit in &operation.policies.rate_limits {
        terms.push_str(&format!(", {} requests in {}", limit.requests, spoken(limit.window)));
    }
    if let Some(cache) = &operation.policies.cache {
        terms.push_str(&format!(", cached {}", spoken(cache.ttl)));
    }
    terms
}

/// A duration in the largest unit that it is whole in.
fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if duration.subsec_nanos() != 0 => format!("{} ms", duration.as_millis()),
        0..=120 => format!("{seconds} s"),
        _ if seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
