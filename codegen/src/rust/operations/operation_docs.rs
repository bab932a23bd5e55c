//! The documentation of an operation in generated code: its description, its method and path, its security and
//! its policies.

use std::time::Duration;

use writ_contract::model::operation::{DEFAULT_BODY_LIMIT, LimitBy, Operation, RateLimit, Requirement};

/// Returns the summary of an operation as a sentence, followed by its description.
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

/// Returns the HTTP method and the path of an operation for a code span, with the query that distinguishes
/// operations on one path.
pub fn route(operation: &Operation) -> String {
    let query = if operation.query.is_empty() { String::new() } else { format!("?{}", operation.query) };
    format!("{} {}{query}", operation.method, operation.path).replace('`', "'")
}

/// Returns the security and the policies of an operation as sentences for its client method: "Requires `bearer`
/// with the scope `users:read`. The server allows 100 requests in 60 s per caller."
pub fn client_terms(operation: &Operation) -> String {
    let policies = &operation.policies;
    let mut terms = vec![security(operation)];
    terms.extend(policies.rate_limits.iter().map(|limit| format!("The server allows {}.", rate_limit(limit))));
    terms.extend(body_limit(operation));
    if let Some(retention) = policies.idempotency {
        let retention = duration_text(retention);
        terms.push(format!(
            "Set a key with `.idempotency_key(…)`: a repetition within {retention} receives the recorded response."
        ));
    }
    if let Some(cache) = &policies.cache {
        let caller = if cache.shared { "" } else { " for this caller" };
        let ttl = duration_text(cache.ttl);
        terms.push(format!("The server may return a response that it stored{caller} up to {ttl} ago."));
    }
    terms.extend(policies.timeout.map(|timeout| format!("The server responds within {}.", duration_text(timeout))));
    terms.join(" ")
}

/// Returns the security and the policies of an operation as sentences for its trait method. Each policy names the
/// code that applies it, since the generated code applies none by itself.
pub fn handler_terms(operation: &Operation) -> String {
    let policies = &operation.policies;
    let mut terms = vec![security(operation)];
    terms.extend(policies.rate_limits.iter().map(|limit| match limit.by {
        LimitBy::Account => format!("The handler limits requests to {}.", allowance(limit)),
        LimitBy::Caller | LimitBy::Address => format!("The gate allows {}.", rate_limit(limit)),
    }));
    terms.extend(body_limit(operation));
    if let Some(retention) = policies.idempotency {
        let retention = duration_text(retention);
        terms.push(format!(
            "If a caller repeats a request with its `Idempotency-Key` within {retention}, the handler returns the \
             recorded response. `cx.idempotency()` returns the key."
        ));
    }
    if let Some(cache) = &policies.cache {
        let callers = if cache.shared { "for all callers" } else { "per caller" };
        terms.push(format!("The gate may cache responses for {}, {callers}.", duration_text(cache.ttl)));
    }
    terms.extend(policies.timeout.map(|timeout| format!("A request ends after {}.", duration_text(timeout))));
    terms.extend(published(operation));
    terms.join(" ")
}

/// Returns the events that an operation publishes as a sentence, or `None` if it declares none.
fn published(operation: &Operation) -> Option<String> {
    let names: Vec<String> =
        operation.events.iter().map(|event| format!("`{}`", event.value.replace('`', "'"))).collect();
    let (last, others) = names.split_last()?;
    Some(match others {
        [] => format!("The handler publishes the event {last}."),
        _ => format!("The handler publishes the events {} and {last}.", others.join(", ")),
    })
}

/// Returns the authentication that an operation requires, as a sentence.
fn security(operation: &Operation) -> String {
    let (schemes, none): (Vec<&Vec<Requirement>>, Vec<_>) =
        operation.security.iter().partition(|alternative| !alternative.is_empty());
    let all = |alternative: &&Vec<Requirement>| alternative.iter().map(requirement).collect::<Vec<_>>().join(" and ");
    let schemes = schemes.iter().map(all).collect::<Vec<_>>().join(", or ");
    match (schemes.is_empty(), none.is_empty()) {
        (true, _) => "Requires no authentication.".to_owned(),
        (false, true) => format!("Requires {schemes}."),
        (false, false) => format!("Authentication is optional: {schemes}."),
    }
}

/// Returns a required security scheme with its scopes, as a phrase.
fn requirement(requirement: &Requirement) -> String {
    let quoted = |text: &String| format!("`{}`", text.replace('`', "'"));
    let scheme = quoted(&requirement.scheme);
    match requirement.scopes.as_slice() {
        [] => scheme,
        [scope] => format!("{scheme} with the scope {}", quoted(scope)),
        scopes => {
            let scopes: Vec<String> = scopes.iter().map(quoted).collect();
            format!("{scheme} with the scopes {}", scopes.join(", "))
        }
    }
}

/// Returns the size limit of the request body as a sentence, or `None` if the operation
/// has the default limit.
fn body_limit(operation: &Operation) -> Option<String> {
    let limit = operation.body.as_ref()?.limit;
    (limit != DEFAULT_BODY_LIMIT).then(|| format!("The body can have up to {}.", size_text(limit)))
}

/// Returns a rate limit as a phrase: "100 requests in 60 s per caller".
fn rate_limit(limit: &RateLimit) -> String {
    let requests = if limit.requests == 1 { "request" } else { "requests" };
    format!("{} {requests} in {}", limit.requests, period(limit))
}

/// Returns a rate limit as a phrase for a sentence that names the requests before: "10 in 60 s per account".
fn allowance(limit: &RateLimit) -> String {
    format!("{} in {}", limit.requests, period(limit))
}

/// Returns the time window of a rate limit and the property by which it counts requests: "60 s per caller".
fn period(limit: &RateLimit) -> String {
    let by = match limit.by {
        LimitBy::Caller => "caller",
        LimitBy::Address => "client address",
        LimitBy::Account => "account",
    };
    format!("{} per {by}", duration_text(limit.window))
}

/// Returns a number of bytes as text in the largest unit that divides it, such as `16 KiB`.
fn size_text(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        _ if bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

/// Returns a duration as text in the largest unit that divides it, such as `5 min`. One day is `24 h`.
fn duration_text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if duration.subsec_nanos() != 0 => format!("{} ms", duration.as_millis()),
        0..=120 => format!("{seconds} s"),
        _ if seconds > 86_400 && seconds.is_multiple_of(86_400) => format!("{} d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
