//! Requests for the operations of the sample, and requests that nearly are.

use std::collections::HashSet;

use writ_runtime::{Operation, Versions};

use crate::wire::Request;

/// The methods that are sent to every path.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"];

/// The values of path parameters: an ordinary one, and ones that may be read in several ways.
const VALUES: [&str; 19] = [
    "7",
    "a%2Fb",
    "a%2fb",
    "%2e",
    "%2E%2e",
    ".",
    "..",
    "...",
    "a;b=c",
    "%zz",
    "%",
    "%00",
    "%ff",
    "caf%C3%A9",
    "a*b!$'(,)+:@",
    "a[b]",
    "a|b",
    "a\\b",
    "a\"{b}^",
];

/// Paths beside the contracts: those that the gateway knows, and some that no service has.
const PAGES: [&str; 14] = [
    "/",
    "/docs",
    "/docs/",
    "/docs/index.html",
    "/docs/nothing",
    "/openapi.json",
    "/openapi.yaml",
    "/v1/openapi.json",
    "/v2/openapi.yaml",
    "/v3/openapi.json",
    "/.well-known/jwks.json",
    "/.well-known/openid-configuration",
    "/favicon.ico",
    "/v2",
];

/// Returns requests for paths beside the contracts.
pub fn pages() -> impl Iterator<Item = Request> {
    PAGES.iter().flat_map(|page| ["GET", "HEAD", "POST", "OPTIONS"].map(|method| Request::new(method, page)))
}

/// Returns the requests for an operation and those that nearly are, in its version and without one.
///
/// Requests that select a version by `Accept` or by the query have a token: a gateway refuses those without one before a
/// service selects the version.
pub fn requests(operation: &Operation, versions: &Versions, token: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    let unversioned = versions.of_path(operation.path).map(|(_, rest)| rest);
    for template in [Some(operation.path), unversioned].into_iter().flatten() {
        let path = filled(template, VALUES[0]);
        requests.extend(METHODS.map(|method| Request::new(method, &path)));
        requests.extend(METHODS.map(|method| Request::new(method, &path).header("authorization", token)));
        let others = VALUES.iter().skip(1).map(|value| filled(template, value));
        let paths: HashSet<String> = others.chain(misspelt(&path)).collect();
        requests.extend(paths.iter().map(|path| Request::new(operation.method.as_str(), path)));
    }
    if let Some(path) = unversioned.map(|rest| filled(rest, VALUES[0])) {
        let method = operation.method.as_str();
        for selector in ["1", "2", "9", ""] {
            let accept = format!("application/vnd.api+json;version={selector}");
            let selected = [
                Request::new(method, &format!("{path}?version={selector}")),
                Request::new(method, &path).header("accept", &accept),
                Request::new(method, &filled(operation.path, VALUES[0])).header("accept", &accept),
            ];
            requests.extend(selected.map(|request| request.header("authorization", token)));
        }
    }
    requests
}

/// Returns a path template with a value for each of its parameters.
fn filled(template: &str, value: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((fixed, after)) = rest.split_once('{') {
        path.push_str(fixed);
        path.push_str(value);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    path + rest
}

/// Returns spellings of a path, of which some are the path and others are not.
fn misspelt(path: &str) -> Vec<String> {
    let parent = &path[..path.rfind('/').unwrap_or(0)];
    let mut paths = vec![
        format!("{path}/"),
        format!("{path}/extra"),
        format!("{path}//"),
        format!("{path}?"),
        format!("{path}?a=/b/..//c"),
        format!("{path};a=b"),
        format!("{path}%20"),
        format!("{path}%3F"),
        format!("{path}%2F"),
        format!("{path}/."),
        format!("{path}/.."),
        format!("{path}/../{}", &path[parent.len()..].trim_start_matches('/')),
        format!("{path}/%2e%2e/"),
        format!("/{path}"),
        format!("/.{path}"),
        format!("/x/..{path}"),
        format!("/%2e{path}"),
        format!("/v9{path}"),
        format!("{parent}/"),
        parent.to_owned() + "/%2E",
        path.to_ascii_uppercase(),
        path.replace('/', "//"),
        path.replace('/', "%2F"),
        format!("/{}", path[1..].replace('/', "%2f")),
        path.replacen('/', "/./", 2),
    ];
    // Each letter in turn, encoded with digits in upper and in lower case, and encoded twice.
    for (at, letter) in path.char_indices().filter(|(_, letter)| letter.is_ascii_alphabetic()) {
        let (before, after) = (&path[..at], &path[at + 1..]);
        let code = u32::from(letter);
        paths.push(format!("{before}%{code:02X}{after}"));
        paths.push(format!("{before}%{code:02x}{after}"));
        paths.push(format!("{before}%25{code:02X}{after}"));
        paths.push(format!("{before}{}{after}", letter.to_ascii_uppercase()));
    }
    paths.retain(|path| path.starts_with('/'));
    paths
}
