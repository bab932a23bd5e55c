//! The error responses of Envoy itself, in the error envelope of the contract (`local_reply_config`).

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::error_body::{Filled, Placeholder, Value};
use crate::routes::{ErrorReplies, Routes};

/// The header that has the id of a request and of its response.
const REQUEST_ID: &str = "x-request-id";

/// The statuses that Envoy sends for requests which it cannot read. They have no id.
const UNREAD: &[u16] = &[400, 404, 408, 426, 431];

/// The error responses of Envoy.
#[derive(Debug, Serialize)]
pub(super) struct Replies {
    /// The responses, of which the first that matches counts.
    mappers: Vec<Json>,
    /// The media type and the body of the response for all other statuses.
    other: Json,
}

/// The condition that Envoy could not verify a token for want of keys. A token with a key that the key set does not have is
/// not valid, however.
const KEYS_UNAVAILABLE: &str = "response.code_details.startsWith('jwt_authn_access_denied{Jwks') \
                                && !response.code_details.contains('to_match_kid')";

/// The condition that a valid token is for another audience, which Envoy refuses with 403.
const OTHER_AUDIENCE: &str = "response.code_details.startsWith('jwt_authn_access_denied{Audiences')";

/// The challenge of the services for a token that is not valid (RFC 6750 § 3).
const INVALID_TOKEN: &str = "Bearer realm=\"api\", error=\"invalid_token\"";

impl Replies {
    /// Returns the error responses. `verifies_tokens` is true if Envoy verifies tokens, whose keys may be unavailable.
    pub(super) fn of(routes: &Routes, verifies_tokens: bool) -> Replies {
        let mut mappers = Vec::new();
        for replies in &routes.errors {
            // A service whose keys are unavailable says nothing about the token.
            let unavailable = replies.replies.iter().find(|reply| verifies_tokens && reply.status == 503);
            if let Some(unavailable) = unavailable {
                mappers.push(keys_unavailable(&routes.base, replies, unavailable));
            }
            // For the services such a token is as invalid as an expired one.
            let unauthorized = replies.replies.iter().find(|reply| verifies_tokens && reply.status == 401);
            if let Some(unauthorized) = unauthorized {
                mappers.push(other_audience(&routes.base, replies, unauthorized));
            }
            for reply in &replies.replies {
                if replies.prefix.is_none() && UNREAD.contains(&reply.status) {
                    mappers.push(mapper(replies, reply, vec![status(reply.status), without_id()], false));
                }
                mappers.push(mapper(replies, reply, filters(&routes.base, replies, status(reply.status)), true));
            }
        }
        let other = routes.errors.last().and_then(|replies| Some((replies, replies.replies.last()?)));
        Replies { mappers, other: other.map_or(Json::Null, |(replies, reply)| format(replies, reply, true)) }
    }
}

/// Returns the filters of a response: a condition, and the prefix of the paths that have this error envelope.
fn filters(base: &str, replies: &ErrorReplies, condition: Json) -> Vec<Json> {
    let prefix = replies.prefix.as_ref().map(|prefix| {
        json!({ "header_filter": { "header": { "name": ":path", "string_match": { "prefix": format!("{base}{prefix}") } } } })
    });
    std::iter::once(condition).chain(prefix).collect()
}

fn mapper(replies: &ErrorReplies, reply: &Filled, filters: Vec<Json>, has_id: bool) -> Json {
    let filter = match filters.as_slice() {
        [one] => one.clone(),
        several => json!({ "and_filter": { "filters": several } }),
    };
    let mut headers = vec![header("cache-control", "no-store")];
    if has_id {
        headers.push(header(REQUEST_ID, "%REQ(X-REQUEST-ID):64%"));
    }
    if reply.status == 503 {
        headers.push(header("retry-after", "1"));
    }
    json!({
        "filter": filter,
        "headers_to_add": headers,
        "body_format_override": format(replies, reply, has_id),
    })
}

/// Returns the media type and the body of a response. Only an object is JSON for Envoy, and all other JSON is a text.
fn format(replies: &ErrorReplies, reply: &Filled, has_id: bool) -> Json {
    let body = json(&reply.body, has_id);
    let media_type = &replies.media_type;
    match body.is_object() {
        true => json!({ "content_type": media_type, "json_format": body }),
        false => json!({ "content_type": media_type, "text_format_source": { "inline_string": body.to_string() } }),
    }
}

/// Returns the response to a token that cannot be verified, because its keys are unavailable.
fn keys_unavailable(base: &str, replies: &ErrorReplies, reply: &Filled) -> Json {
    let condition = expression("keys", KEYS_UNAVAILABLE);
    let mut mapper = mapper(replies, reply, filters(base, replies, condition), true);
    mapper["status_code"] = json!(503);
    mapper
}

/// Returns the response to a token that is for another audience.
fn other_audience(base: &str, replies: &ErrorReplies, reply: &Filled) -> Json {
    let condition = expression("audience", OTHER_AUDIENCE);
    let mut mapper = mapper(replies, reply, filters(base, replies, condition), true);
    mapper["status_code"] = json!(401);
    if let Some(headers) = mapper["headers_to_add"].as_array_mut() {
        headers.push(header("www-authenticate", INVALID_TOKEN));
    }
    mapper
}

/// Returns the condition of an expression in CEL.
fn expression(name: &str, expression: &str) -> Json {
    let cel = json!({
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        "expression": expression,
    });
    json!({ "extension_filter": { "name": name, "typed_config": cel } })
}

fn header(name: &str, value: &str) -> Json {
    json!({ "header": { "key": name, "value": value }, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD" })
}

fn status(status: u16) -> Json {
    let value = json!({ "default_value": status, "runtime_key": format!("gateway.status_{status}") });
    json!({ "status_code_filter": { "comparison": { "op": "EQ", "value": value } } })
}

fn without_id() -> Json {
    json!({ "header_filter": { "header": { "name": REQUEST_ID, "present_match": false } } })
}

/// Returns a body in Envoy's notation. A request that Envoy cannot read has no id, so its response has a new one.
fn json(value: &Value, has_id: bool) -> Json {
    let text = |text: &str| Json::from(text);
    match value {
        Value::Known(known) => escaped(known),
        Value::Placeholder(placeholder) => match placeholder {
            Placeholder::RequestId(max) if has_id => text(&format!("%REQ(X-REQUEST-ID):{max}%")),
            Placeholder::RequestUri if has_id => text("urn:request-id:%REQ(X-REQUEST-ID):64%"),
            Placeholder::RequestUri => text("urn:uuid:%UNIQUE_ID%"),
            Placeholder::RequestId(_) | Placeholder::Uuid => text("%UNIQUE_ID%"),
            Placeholder::Time => text("%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%"),
            Placeholder::Date => text("%START_TIME(%Y-%m-%d)%"),
        },
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), json(value, has_id))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.iter().map(|value| json(value, has_id)).collect::<Vec<_>>().into(),
    }
}

/// Returns a constant in Envoy's notation, in which `%` begins a placeholder.
fn escaped(value: &Json) -> Json {
    match value {
        Json::String(text) => text.replace('%', "%%").into(),
        Json::Array(list) => list.iter().map(escaped).collect::<Vec<_>>().into(),
        Json::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), escaped(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}
