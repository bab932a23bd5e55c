//! The multipart request bodies (RFC 7578) that a client sends: values, each encoded by its [`PartRule`], and
//! streamed files.

mod styled;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use self::styled::StyledParts;
use super::outgoing::Outgoing;
use crate::http::media::MediaType;
use crate::json::TextValue;
use crate::json::Write;
use crate::request::multipart::{FileStream, FormRule, Multipart, PartKind, PartRule, Parts};
use crate::style::value::{json, text_value};

/// The trait of a generated enum with one variant for each part of a multipart form that a client can send.
/// Generated code uses it; a service does not.
pub trait SendPart {
    /// The constraints of the multipart form and of each of its parts.
    const RULE: &'static FormRule;

    /// Adds the part to a multipart form that the client builds.
    fn send(self, form: &mut Form);
}

/// A multipart form that a client builds before it sends the request. Generated code uses it; a service does not.
pub struct Form {
    rule: &'static FormRule,
    boundary: String,
    pieces: Vec<Body>,
    /// The values that are written by a style.
    styled: StyledParts,
    fault: Option<String>,
}

impl Form {
    fn new(rule: &'static FormRule) -> Form {
        let boundary = uuid::Uuid::now_v7().simple().to_string();
        Form { rule, boundary, pieces: Vec::new(), styled: StyledParts::default(), fault: None }
    }

    /// Adds the value of a part to the multipart form. `index` is the part's index in [`FormRule::parts`].
    pub fn value(&mut self, index: usize, value: &dyn Write) {
        let name = self.rule(index).name;
        self.named_value(index, name, value);
    }

    /// Adds the value of a part to the multipart form, with the part name `name`, which the caller chose. `index` is
    /// the part's index in [`FormRule::parts`], or the number of those parts if the contract does not list the name.
    pub fn named_value(&mut self, index: usize, name: &str, value: &dyn Write) {
        let rule = self.rule(index);
        if let Some(header) = rule.headers.iter().find(|header| header.required) {
            let message = format!("the part `{name}` needs the header `{}`, but a value has no headers", header.name);
            self.fault.get_or_insert(message);
        }
        let written = match json(value) {
            Ok(written) => written,
            Err(error) => {
                self.fault.get_or_insert(format!("the part `{name}` cannot be written: {error}"));
                return;
            }
        };
        if let Some(style) = rule.style {
            let added = match text_value(&written) {
                Some(value) => self.styled.add(name, rule.repeated, style, &value),
                None => Ok(()),
            };
            if let Err(message) = added {
                self.fault.get_or_insert(format!("the part `{name}` cannot be written: {message}"));
            }
            return;
        }
        let (content, media) = match rule.kind {
            PartKind::Json => (Bytes::from(written), only_media(rule).or(Some("application/json"))),
            PartKind::Text | PartKind::File => match text_value(&written) {
                Some(TextValue::Map(_) | TextValue::List(_)) | None => (Bytes::from(written), Some("application/json")),
                Some(TextValue::Null) => (Bytes::new(), default_media(rule)),
                Some(TextValue::Scalar(text)) => (Bytes::from(text.into_owned()), default_media(rule)),
            },
        };
        let media = media.map(str::to_owned);
        self.part(name, None, media, &[], Body::from(content));
    }

    /// Adds a file to the multipart form. `index` is the index of its part in [`FormRule::parts`].
    pub fn file(&mut self, index: usize, file: FileStream) {
        let name = self.rule(index).name;
        self.named_file(index, name, file);
    }

    /// Adds a file to the multipart form, with the part name `name`, which the caller chose. `index` is the part's
    /// index in [`FormRule::parts`], or the number of those parts if the contract does not list the name.
    pub fn named_file(&mut self, index: usize, name: &str, file: FileStream) {
        let rule = self.rule(index);
        let missing =
            |header: &&crate::request::multipart::PartHeader| header.required && file.header(header.name).is_none();
        if let Some(header) = rule.headers.iter().find(missing) {
            self.fault.get_or_insert(format!("the part `{name}` needs the header `{}`", header.name));
        }
        self.add(name, file, default_media(rule));
    }

    fn add(&mut self, name: &str, file: FileStream, default_media: Option<&str>) {
        match file.into_outgoing() {
            Ok(file) => {
                let media = file.content_type.as_deref().or(default_media).unwrap_or("application/octet-stream");
                let file_name = file.file_name.as_deref().unwrap_or(name);
                self.part(name, Some(file_name), Some(media.to_owned()), &file.headers, file.body);
            }
            Err(body) => self.part(name, Some(name), default_media.map(str::to_owned), &[], body),
        }
    }

    fn part(&mut self, name: &str, file: Option<&str>, media: Option<String>, more: &[(String, String)], body: Body) {
        let mut head = format!("--{}", self.boundary);
        if !self.rule.positional {
            head.push_str(&format!("\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name)));
            if let Some(file) = file {
                head.push_str(&format!("; filename=\"{}\"", quoted(file)));
            }
        }
        // Some receivers need a header in each part, and a part by position has no other.
        let media = media.or_else(|| self.rule.positional.then(|| "text/plain".to_owned()));
        let media = media.map(|media| ("Content-Type".to_owned(), media));
        for (name, value) in media.iter().chain(more) {
            if name.contains(['\r', '\n', ':']) || value.contains(['\r', '\n']) {
                self.fault.get_or_insert(format!("the header `{name}` of a part cannot contain its value"));
            }
            head.push_str(&format!("\r\n{name}: {value}"));
        }
        head.push_str("\r\n\r\n");
        self.pieces.extend([Body::from(head), body, Body::from("\r\n")]);
    }

    fn rule(&self, index: usize) -> &'static PartRule {
        const ANY: &PartRule = &PartRule::text("");
        self.rule.parts.get(index).or(self.rule.rest.as_ref()).unwrap_or(ANY)
    }
}

impl Outgoing {
    /// Sets the request body to a multipart form whose parts the contract describes.
    pub fn parts<T: SendPart>(&mut self, media: usize, parts: Parts<T>) {
        let mut form = Form::new(T::RULE);
        match parts.into_outgoing() {
            Some(parts) => parts.into_iter().for_each(|part| part.send(&mut form)),
            None => self.fail("received parts cannot be sent: create new parts from them".to_owned()),
        }
        self.form(media, form);
    }

    /// Sets the request body to a multipart form whose parts the contract does not describe.
    pub fn multipart(&mut self, media: usize, parts: Multipart) {
        let mut form = Form::new(&FormRule::NONE);
        match parts.into_outgoing() {
            Some(parts) => parts.into_iter().for_each(|(name, file)| form.add(&name, file, None)),
            None => self.fail("received parts cannot be sent: create new parts from them".to_owned()),
        }
        self.form(media, form);
    }

    fn form(&mut self, media: usize, mut form: Form) {
        match std::mem::take(&mut form.styled).finish() {
            Ok(parts) => parts.for_each(|(name, text)| form.part(&name, None, None, &[], Body::from(text))),
            Err(fault) => drop(form.fault.get_or_insert(fault)),
        }
        if let Some(fault) = form.fault.take() {
            return self.fail(fault);
        }
        form.pieces.push(Body::from(format!("--{}--\r\n", form.boundary)));
        let essence = self.essence(media);
        let essence = if essence.contains('*') { "multipart/form-data" } else { essence };
        self.body = Some(Body::from_stream(stream::iter(form.pieces).flat_map(Body::into_data_stream)));
        self.set_media_type(&format!("{essence}; boundary={}", form.boundary));
    }
}

/// Returns the media type with which a form part is sent if the caller gives none.
fn default_media(rule: &PartRule) -> Option<&'static str> {
    only_media(rule).or(rule.sent_as)
}

/// Returns the first media type that the contract declares for a form part, unless it is a range.
fn only_media(rule: &PartRule) -> Option<&'static str> {
    let range = |media: &str| MediaType::parse(media).is_none_or(|media| media.is_range());
    rule.media.first().copied().filter(|media| !range(media))
}

/// Escapes a name or file name of a form part: a backslash as RFC 9110 § 5.6.4 says, quotes and line breaks as browsers
/// do (WHATWG HTML § 4.10.22.8).
fn quoted(name: &str) -> String {
    name.replace('\\', r"\\").replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use http::{HeaderMap, HeaderValue, header};

    use super::*;
    use crate::request::body::Payload;
    use crate::request::deferred_refusal::DeferredRefusal;

    /// Returns a name of pseudo-random characters (xorshift) that are special in a header.
    fn name(seed: &mut u64) -> String {
        let mut random = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            (*seed >> 33) as usize
        };
        let letters = ['a', '"', '\\', ';', '=', '\'', ' ', '\r', '\n', 'é', '*', '2', ',', '['];
        (0..1 + random() % 8).map(|_| letters[random() % letters.len()]).collect()
    }

    #[test]
    fn every_name_and_file_name_is_received_as_it_was_sent() {
        let mut seed = 0x2545_F491_4F6C_DD1D;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for _ in 0..2000 {
            let (field, file) = (name(&mut seed), name(&mut seed));
            let mut form = Form::new(&FormRule::NONE);
            form.add(&field, FileStream::of("x").named(&file), None);
            let end = Body::from(format!("--{}--\r\n", form.boundary));
            let media = format!("multipart/form-data; boundary={}", form.boundary);
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_str(&media).unwrap())]);
            let received = runtime.block_on(async {
                let mut body = Vec::new();
                for piece in form.pieces.into_iter().chain([end]) {
                    body.extend_from_slice(&to_bytes(piece, usize::MAX).await.unwrap());
                }
                let payload = Payload::Bytes(Bytes::from(body));
                let mut parts = Multipart::new(&headers, payload, &DeferredRefusal::default()).unwrap();
                let part = parts.next().await.unwrap().unwrap();
                (part.name().map(str::to_owned), part.file_name().map(str::to_owned))
            });
            assert_eq!(received, (Some(field), Some(file)));
        }
    }
}
