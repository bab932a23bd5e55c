//! The building of request bodies and responses: their media types, status codes and headers.

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node};
use crate::model::operation::{
    Content, ContentKind, Header, Operation, RequestBody, Response, Status, Style, essence, normal_media_type,
};
use crate::model::schema::{Kind, Schemas};
use crate::source::Span;

use super::builder::Builder;
use super::encoding::collection_format;
use super::node_fields::{entries, joined, string, truth};

impl<'d> Builder<'d, '_> {
    /// Returns the request body that an operation declares, with its media types and size limit.
    pub(super) fn body(&mut self, operation: &'d Node) -> Option<RequestBody> {
        let node = self.follow(operation.get("requestBody")?)?;
        let content = self.content(node, "a request with this media type is refused with 415");
        if content.is_empty() {
            return None;
        }
        Some(RequestBody {
            span: node.span,
            required: truth(node, "required"),
            description: string(node, "description"),
            content,
            limit: self.body_limit(operation),
        })
    }

    /// Returns the responses that an operation declares, each with its status, headers and media types.
    pub(super) fn responses(&mut self, operation: &'d Node) -> Vec<Response> {
        let mut responses = Vec::new();
        for (key, reference) in operation.get("responses").and_then(Node::as_object).into_iter().flatten() {
            if key.name.starts_with("x-") {
                continue;
            }
            // An invalid status and a dangling reference were reported during loading.
            let Some(status) = status(&key.name) else { continue };
            let Some(node) = self.follow(reference) else {
                let (headers, content) = (Vec::new(), Vec::new());
                responses.push(Response { span: key.span, status, description: None, headers, content });
                continue;
            };
            let headers = self.headers(node);
            responses.push(Response {
                span: node.span,
                status,
                description: joined([string(node, "summary"), string(node, "description")]),
                headers,
                content: self.content(node, "a request that accepts only this media type is refused with 406"),
            });
        }
        responses
    }

    /// Returns the headers that a response or a part of a multipart body declares.
    pub(super) fn headers(&mut self, response: &'d Node) -> Vec<Header> {
        let mut headers: Vec<Header> = Vec::new();
        let nodes: Vec<_> = entries(response.get("headers")).collect();
        for (name, reference) in nodes {
            // OpenAPI 3.0.3, section 4.7.17 ignores this header, since the media type declares it.
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let Some(node) = self.follow(reference) else { continue };
            self.check_header_name(name, node.span);
            if headers.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let content = self.only_content(node);
            let described = node.get("schema").or_else(|| content.and_then(|(_, media)| media.get("schema")));
            let schema = match described {
                Some(schema) => self.schema(schema),
                None if content.is_some() => self.anything(node),
                None => self.any_text(node.span),
            };
            self.examples_beside(schema, node);
            headers.push(Header {
                name: name.clone(),
                required: truth(node, "required"),
                description: string(node, "description"),
                schema,
                style: collection_format(node).unwrap_or(Style::Simple),
                explode: truth(node, "explode"),
                json: node.get("schema").is_none() && content.is_some(),
            });
        }
        headers
    }

    /// Reports the name of a response header that is not a token (RFC 9110, section 5.1).
    pub(super) fn check_header_name(&mut self, name: &str, span: Span) {
        if !is_token(name) {
            let report = self
                .remark("bad-header-name", span, format!("`{name}` is not a valid header name"))
                .label("contains a character that HTTP does not allow")
                .note("no request can contain it, and a response that sets it becomes a 500")
                .help("use letters, digits and `-`");
            self.report(report);
        }
    }

    /// Returns true, with a diagnostic, if a media type equals an earlier one apart from case and from
    /// parameters such as `charset`.
    fn is_there_already(&mut self, known: &[Content], name: &str, span: Span) -> bool {
        let normal = normal_media_type(name);
        let first = known.iter().find(|content| normal_media_type(&content.media_type) == normal);
        if let Some(first) = first.map(|content| content.span) {
            let report = self
                .remark("same-media-type", span, format!("the media type `{name}` is declared twice"))
                .label(match self.strict {
                    true => "media types do not differ by charset or case",
                    false => "ignored: media types do not differ by charset or case",
                })
                .also(first, "first declaration")
                .help("keep one of the two");
            self.report(report);
        }
        first.is_some()
    }

    /// Reports the name of a media type that lacks its type or subtype (RFC 9110, section 8.3.1), such as `json`.
    fn check_media_type(&mut self, key: &Key) {
        let essence = essence(&key.name);
        if essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype)) {
            return;
        }
        let message = format!("`{}` is not a media type", key.name);
        let report = self.remark("unsupported-media-type", key.span, message).label("not valid in `Content-Type`");
        self.report(report.help("write a type and a subtype, as in `application/json`"));
    }

    /// Returns the only media type of a parameter or header that has `content` instead of `schema`.
    pub(super) fn only_content(&mut self, node: &'d Node) -> Option<(&'d Key, &'d Node)> {
        let (key, media) = node.get("content").and_then(Node::as_object)?.iter().next()?;
        Some((key, self.follow(media)?))
    }

    /// Returns the supported media types of a request body or response; the others are reported.
    fn content(&mut self, node: &'d Node, consequence: &str) -> Vec<Content> {
        let mut content: Vec<Content> = Vec::new();
        let mut left_out = Vec::new();
        for (key, reference) in node.get("content").and_then(Node::as_object).into_iter().flatten() {
            let Some(media) = self.follow(reference) else { continue };
            self.check_media_type(key);
            let Some(kind) = kind_of(&key.name) else {
                left_out.push((key.name.clone(), key.span));
                continue;
            };
            let schema = media.get("schema").map(|schema| self.schema(schema));
            if let Some(schema) = schema.filter(|_| kind == ContentKind::Json) {
                self.examples_beside(schema, media);
                self.serialized_examples(schema, media);
            }
            if self.is_there_already(&content, &key.name, key.span) {
                continue;
            }
            content.push(Content {
                media_type: key.name.clone(),
                span: key.span,
                kind,
                schema,
                items: self.items(key, media, kind),
                encoding: self.encoding(media),
                positional: self.positional(key, media, kind),
                part_rules: self.part_rules(),
            });
        }
        // An unsupported media type is passed through as text if there is no other.
        if content.is_empty()
            && let Some((name, span)) = left_out.first().cloned()
        {
            let report = self
                .remark("unsupported-media-type", span, format!("the media type `{name}` is not supported yet"))
                .label(match self.strict {
                    true => "the schema cannot be checked",
                    false => "treated as text; the schema is not checked",
                })
                .help("declare `application/json` instead, or convert the text in the handler");
            self.report(report);
            content.push(Content {
                media_type: name,
                span,
                kind: ContentKind::Text,
                schema: None,
                items: None,
                encoding: Vec::new(),
                positional: None,
                part_rules: self.part_rules(),
            });
            left_out.remove(0);
        }
        for (name, span) in left_out {
            self.report(
                Diagnostic::warning(
                    "unsupported-media-type",
                    span,
                    format!("the media type `{name}` is not supported yet"),
                )
                .label(format!("ignored; `{}` is used", content[0].media_type))
                .note(consequence),
            );
        }
        content
    }
}

/// Sets the codec of media types whose codec depends on their schema, after all schemas are known.
///
/// A structured value is JSON, even if its media type is a vendor's own without `+json`. If a response has such
/// a value and a wildcard media type, it is sent as `application/json`.
pub(super) fn settle_kinds(operations: &mut [Operation], schemas: &Schemas) {
    for operation in operations {
        let bodies = operation.body.iter_mut().map(|body| (true, &mut body.content));
        let responses = operation.responses.iter_mut().map(|response| (false, &mut response.content));
        for (read, contents) in bodies.chain(responses) {
            for content in contents.iter_mut().filter(|content| content.kind == ContentKind::Binary) {
                let structured = content.schema.is_some_and(|schema| {
                    let kind = schemas.kind(schema);
                    !matches!(kind, Kind::Any | Kind::Null | Kind::String(_) | Kind::Strings(_))
                });
                if structured {
                    content.kind = ContentKind::Json;
                    if !read && matches!(content.essence().as_str(), "*/*" | "application/*") {
                        content.media_type = "application/json".to_owned();
                    }
                }
            }
        }
    }
}

/// Returns true if a text is a token (RFC 9110, section 5.6.2), as the names of headers and methods are.
pub(super) fn is_token(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(token)
}

/// Returns the codec of a media type, such as JSON or a form; `None` if it is not supported.
pub(super) fn kind_of(media_type: &str) -> Option<ContentKind> {
    let essence = essence(media_type);
    Some(match essence.as_str() {
        "application/json" | "text/json" => ContentKind::Json,
        "application/x-www-form-urlencoded" => ContentKind::Form,
        "application/octet-stream" | "*/*" | "application/*" => ContentKind::Binary,
        json if json.ends_with("+json") => ContentKind::Json,
        xml if xml == "application/xml" || xml == "text/xml" || xml.ends_with("+xml") => return None,
        multipart if multipart.starts_with("multipart/") => ContentKind::Multipart,
        "text/event-stream" | "application/json-seq" => ContentKind::Stream,
        sequence if sequence.ends_with("+json-seq") || is_json_lines(sequence) => ContentKind::Stream,
        text if text.starts_with("text/") => ContentKind::Text,
        _ => ContentKind::Binary,
    })
}

/// Returns true if a media type in lower case is a spelling of JSON lines: `application/jsonl` and
/// `application/x-ndjson`, which OpenAPI 3.2 names (section 4.14.2), or another one in use.
fn is_json_lines(essence: &str) -> bool {
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    let format = subtype.rsplit('+').next().unwrap_or_default();
    matches!(format.strip_prefix("x-").unwrap_or(format), "jsonl" | "ndjson" | "jsonlines" | "json-lines")
}

fn status(key: &str) -> Option<Status> {
    if key == "default" {
        return Some(Status::Default);
    }
    if let Some(digit) = key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
        return digit.parse().ok().filter(|digit| (1..=5).contains(digit)).map(Status::Range);
    }
    key.parse().ok().filter(|code| (100..=599).contains(code)).map(Status::Code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_json_lines_is_a_stream() {
        for media_type in [
            "application/jsonl",
            "application/x-ndjson; charset=utf-8",
            "Application/X-JsonLines",
            "application/json-lines",
            "text/jsonl",
            "application/vnd.acme+jsonl",
            "application/geo+json-seq",
        ] {
            assert_eq!(kind_of(media_type), Some(ContentKind::Stream), "{media_type}");
        }
        assert_eq!(kind_of("application/stream+json"), Some(ContentKind::Json));
        assert_eq!(kind_of("application/jsonp"), Some(ContentKind::Binary));
    }
}
