//! Bodies of requests by their media type: JSON, forms, text and bytes.

use axum::body::Body;
use bytes::Bytes;

use super::outgoing::Outgoing;
use super::style::{self, Coding, encoded};
use super::tree::{self, Tree, json, tree};
use crate::concrete::Concrete;
use crate::json::Write;
use crate::media::MediaType;
use crate::operation::{MediaKind, Parameter};

impl Outgoing {
    /// Sends a body of the media type at `media` in the operation's list: JSON, a form or text, as
    /// that says.
    pub fn body(&mut self, media: usize, value: &dyn Write) {
        self.encoded_body(media, &[], value);
    }

    /// The same, the fields of a form written as `fields` say.
    pub fn encoded_body(&mut self, media: usize, fields: &[Parameter], value: &dyn Write) {
        let bytes = json(value);
        match self.kind(media) {
            Some(MediaKind::Form) => match form(&bytes, fields) {
                Ok(text) => self.send(media, text.into()),
                Err(message) => self.fail(message),
            },
            Some(MediaKind::Json) => self.send(media, bytes.into()),
            _ => match tree(&bytes).as_ref().and_then(Tree::scalar) {
                Some(text) => self.text_body(media, text),
                None => self.fail("the body is no text".to_owned()),
            },
        }
    }

    /// Sends text. Nothing is sent of an empty one that the contract does not require.
    pub fn text_body(&mut self, media: usize, text: &str) {
        self.bytes_body(media, &Bytes::copy_from_slice(text.as_bytes()));
    }

    /// The same of bytes.
    pub fn bytes_body(&mut self, media: usize, bytes: &Bytes) {
        let required = self.operation.body.as_ref().is_some_and(|body| body.required);
        if required || !bytes.is_empty() {
            self.send(media, bytes.clone());
        }
    }

    /// Sends a body whose media type the contract leaves open.
    pub fn concrete_body(&mut self, media: usize, body: &Concrete<impl Into<Bytes> + Clone>) {
        let range = self.essence(media);
        if body.check(range).is_err() {
            return self.fail(format!("`{}` is no media type of {range}", body.media_type));
        }
        let media_type = body.media_type.clone();
        self.body = Some(Body::from(body.body.clone().into()));
        self.labelled(&media_type);
    }

    fn send(&mut self, media: usize, bytes: Bytes) {
        let media_type = concrete(self.essence(media), self.kind(media));
        self.written = Some(bytes.clone());
        self.body = Some(Body::from(bytes));
        self.labelled(&media_type);
    }

    fn kind(&self, media: usize) -> Option<MediaKind> {
        self.operation.body.as_ref().and_then(|body| body.media.get(media)).map(|media| media.kind)
    }

    pub(super) fn essence(&self, media: usize) -> &'static str {
        let media = self.operation.body.as_ref().and_then(|body| body.media.get(media));
        media.map_or("application/octet-stream", |media| media.essence)
    }
}

/// A media type within a range of the contract.
fn concrete(essence: &'static str, kind: Option<MediaKind>) -> String {
    let range = MediaType::parse(essence).is_some_and(|media| media.is_range());
    match (range, kind) {
        (false, _) => essence.to_owned(),
        (true, Some(MediaKind::Json)) if essence.contains("*+") => essence.replacen("*+", "x+", 1),
        (true, Some(MediaKind::Json)) => "application/json".to_owned(),
        (true, Some(MediaKind::Text)) => "text/plain".to_owned(),
        (true, _) => "application/octet-stream".to_owned(),
    }
}

/// An object as `application/x-www-form-urlencoded`.
fn form(json: &[u8], fields: &[Parameter]) -> Result<String, String> {
    // What is a tree of its own, and the texts of fields that are JSON, as they are spelled.
    let (Some(Tree::Map(map)), Some(texts)) = (tree(json), tree::fields(json)) else {
        return Err("only an object can be sent as a form".to_owned());
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for ((name, value), (_, text)) in map.iter().zip(&texts) {
        match fields.iter().find(|field| field.name == name) {
            Some(field) if field.style == crate::operation::Style::Json => {
                pairs.push((encoded(name, Coding::Percent), encoded(text, Coding::Percent)));
            }
            Some(field) => {
                let written = style::pairs(field, value);
                pairs.extend(written.map_err(|message| format!("the field `{name}` cannot be written: {message}"))?);
            }
            None => style::within(&encoded(name, Coding::Percent), value, &mut pairs),
        }
    }
    Ok(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Shape, Style};

    #[test]
    fn the_fields_of_a_form_are_written_each_in_its_way() {
        let json = br#"{"a b": "x&y", "tags": ["1", "2"], "deep": {"k": [true]}, "list": [1, 2], "json": {"z": 1.50}}"#;
        const FIELDS: &[Parameter] = &[
            Parameter::query("list").style(Style::Form, false).shape(Shape::Array),
            Parameter::query("json").style(Style::Json, false).shape(Shape::Object),
        ];
        let written = "a%20b=x%26y&tags=1&tags=2&deep[k]=true&list=1,2&json=%7B%22z%22%3A%201.50%7D";
        assert_eq!(form(json, FIELDS).as_deref(), Ok(written));
        assert!(form(b"[1]", &[]).is_err());
    }
}
