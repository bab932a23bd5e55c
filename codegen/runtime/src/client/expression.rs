//! The evaluation of runtime expressions on a request (OpenAPI 3.0.3 § 4.7.20.4). The URL of a callback contains them.

use serde_json::Value;

use super::outgoing::Outgoing;
use crate::http::{percent, query};

impl Outgoing {
    /// Evaluates an OpenAPI runtime expression on a client's request, or a URL template with expressions in braces.
    ///
    /// Returns `None` if the request lacks a value that an expression refers to, or if an expression refers to the
    /// response.
    pub fn evaluate(&self, expression: &str) -> Option<String> {
        if expression.starts_with('$') {
            return self.value_of(expression);
        }
        let mut text = String::new();
        let mut rest = expression;
        while let Some((before, rest_of_text)) = rest.split_once("{$") {
            // A JSON pointer in a runtime expression contains only escaped braces, so the first `}` ends the
            // expression.
            let (inside, after) = rest_of_text.split_once('}')?;
            text.push_str(before);
            text.push_str(&self.value_of(&format!("${inside}"))?);
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }

    fn value_of(&self, expression: &str) -> Option<String> {
        if expression == "$method" {
            return Some(self.operation.method.to_string());
        }
        let source = expression.strip_prefix("$request.")?;
        if let Some(name) = source.strip_prefix("header.") {
            return self.headers.get(name)?.to_str().ok().map(str::to_owned);
        }
        if let Some(name) = source.strip_prefix("query.") {
            let mut pairs = self.query.iter().flat_map(|pair| query::pairs(pair));
            let pair = pairs.find(|pair| pair.name == name)?;
            return percent::decode_form(pair.raw).map(|text| text.into_owned());
        }
        if let Some(name) = source.strip_prefix("path.") {
            let (_, value) = self.path.iter().find(|(known, _)| *known == name)?;
            return percent::decode(value).map(|text| text.into_owned());
        }
        let pointer = source.strip_prefix("body")?;
        let body = self.written.as_ref()?;
        if pointer.is_empty() {
            return String::from_utf8(body.to_vec()).ok();
        }
        let value: Value = serde_json::from_slice(body).ok()?;
        match value.pointer(&percent::decode(pointer.strip_prefix('#')?)?)? {
            Value::String(text) => Some(text.clone()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
            scalar => Some(scalar.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use serde_json::json;

    use crate::client::Connection;
    use crate::operation::{Body, Media, MediaKind, Method, Operation, Parameter};

    static ASK: Operation = Operation {
        method: Method::POST,
        path: "/ask/{who}",
        parameters: &[Parameter::path("who"), Parameter::query("to"), Parameter::header("X-Key")],
        body: Some(Body {
            required: true,
            limit: 100,
            media: &[Media { essence: "application/json", kind: MediaKind::Json }],
        }),
        ..Operation::NONE
    };

    #[test]
    fn an_expression_evaluates_to_a_value_of_the_request() {
        let mut out = Connection::in_process(Router::new()).begin(&ASK);
        out.required(0, &"a/b".to_owned());
        out.required(1, &"http://x/?y=1&z".to_owned());
        out.required(2, &"k".to_owned());
        out.body(0, &json!({ "hook": { "url": "http://h", "ports": [8080] }, "a/b": true }));
        for (expression, found) in [
            ("$method", Some("POST")),
            ("{$request.body#/hook/url}", Some("http://h")),
            ("{$request.body#/hook/url}:{$request.body#/hook/ports/0}/x", Some("http://h:8080/x")),
            ("$request.body#/a~1b", Some("true")),
            ("$request.query.to", Some("http://x/?y=1&z")),
            ("http://x/{$request.path.who}/{$request.header.x-key}", Some("http://x/a/b/k")),
            ("http://plain/", Some("http://plain/")),
            ("$request.body#/hook", None),
            ("$request.body#/none", None),
            ("$request.query.none", None),
            ("$response.body#/id", None),
            ("$url", None),
            ("{$request.path.who", None),
        ] {
            assert_eq!(out.evaluate(expression).as_deref(), found, "{expression}");
        }
    }
}
