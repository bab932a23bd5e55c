//! The methods of the request decoder for bodies that are sequences of items, which the handler reads one by one.

use axum::body::Body;
use futures_util::{Stream, StreamExt};
use http::StatusCode;

use super::Decoder;
use crate::json::Reader;
use crate::operation::Operation;
use crate::request::body::{Payload, is_length_limit};
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::event_source::{self, LastEvent};
use crate::response::events::{EventStream, JsonLines};
use crate::response::lines::{self, Fault, Framing};
use crate::response::problem::Problem;

/// The largest size of an item of a request body in bytes, unless the limit of the complete body is lower: 1 MiB.
const LARGEST_ITEM: usize = 1024 * 1024;

impl Decoder<'_> {
    /// Returns the request body as a stream of JSON values, which the handler reads while they arrive.
    ///
    /// An absent body is a stream without items.
    pub fn lines<T: 'static>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<JsonLines<T>> {
        let framing = Framing::of(&self.content_type());
        let (body, limit) = self.items_body();
        Some(JsonLines::new(self.refusing(lines::values(body, limit, framing, read))))
    }

    /// Returns the request body as a stream of server-sent events, whose data the schema describes.
    pub fn events<T: 'static>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<EventStream<T>> {
        let (body, limit) = self.items_body();
        Some(EventStream::new(self.refusing(event_source::events(body, limit, (LastEvent::Complete, false), read))))
    }

    /// Returns the request body as a stream of server-sent events, whose schema describes complete events.
    pub fn described_events<T: 'static>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<EventStream<T>> {
        let (body, limit) = self.items_body();
        Some(EventStream::new(self.refusing(event_source::events(body, limit, (LastEvent::Complete, true), read))))
    }

    /// Returns the request body and the size limit of its items.
    fn items_body(&mut self) -> (Body, usize) {
        let limit = self.head.call.operation.body.as_ref().map_or(LARGEST_ITEM, |body| body.limit.min(LARGEST_ITEM));
        let body = match std::mem::replace(&mut self.payload, Payload::Absent) {
            Payload::Absent => Body::empty(),
            Payload::Bytes(bytes) => Body::from(bytes),
            Payload::Stream(body) => body,
        };
        (body, limit)
    }

    /// Returns a stream of items that stores the refusal for the first item that cannot be read.
    fn refusing<T: 'static>(
        &self,
        items: impl Stream<Item = Result<T, Fault>> + Send + 'static,
    ) -> impl Stream<Item = Result<T, Fault>> + Send + 'static {
        let (refusal, operation) = (self.refusal.clone(), self.head.call.operation);
        let mut index = 0;
        items.map(move |item| {
            let found = item.map_err(|fault| refuse(&refusal, operation, index, fault));
            index += 1;
            found
        })
    }
}

/// Stores the refusal for the item at `index` of a request body, and returns the reason.
fn refuse(refusal: &DeferredRefusal, operation: &Operation, index: usize, fault: Fault) -> Fault {
    let (status, message) = match &fault {
        Fault::Body(cause) if is_length_limit(cause) => {
            (StatusCode::PAYLOAD_TOO_LARGE, "the request body is larger than the limit of this operation".to_owned())
        }
        Fault::TooLong(_) => (StatusCode::PAYLOAD_TOO_LARGE, format!("the item {index} of the body is too large")),
        Fault::Body(_) => (StatusCode::BAD_REQUEST, "the request body is incomplete".to_owned()),
        Fault::Encoding => (StatusCode::BAD_REQUEST, format!("the item {index} of the body is not UTF-8")),
        Fault::Truncated => (StatusCode::BAD_REQUEST, "the request body is incomplete".to_owned()),
        Fault::Invalid(violations) if violations.malformed => {
            (StatusCode::BAD_REQUEST, "the body could not be read".to_owned())
        }
        Fault::Invalid(_) if operation.declares(422) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "the body is not valid".to_owned())
        }
        Fault::Invalid(_) => (StatusCode::BAD_REQUEST, "the body is not valid".to_owned()),
    };
    let mut problem = Problem::new(status, message);
    if let Fault::Invalid(violations) = &fault {
        if status == StatusCode::BAD_REQUEST && !violations.malformed {
            problem.code = "VALIDATION_ERROR".into();
        }
        problem.violations = violations.list.clone();
        for violation in &mut problem.violations {
            let dot = if violation.field.is_empty() || violation.field.starts_with('[') { "" } else { "." };
            violation.field = format!("[{index}]{dot}{}", violation.field);
        }
    }
    refusal.put(problem);
    fault
}
