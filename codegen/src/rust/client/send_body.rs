//! The calls by which a client sends a request body, for each media type.

use writ_contract::model::operation::{Content, ContentKind, RequestBody};
use writ_contract::model::parts::parts;
use writ_contract::model::stream::item_schema;

use crate::rust::comment::comment;
use crate::rust::expr::form_fields::body_form_fields;
use crate::rust::operations::operation_names::OperationNames;
use crate::rust::operations::request_body::is_typed_text;
use crate::rust::operations::stream::stream_method;
use crate::rust::plan::types::TypePlan;

/// The client call that sends a request body of one media type.
pub struct SendBody {
    /// The code of the client call that sends a request body, up to the body, which is the last argument.
    head: String,
    /// True if the client call takes the request body by value, as for multipart bodies and streams; otherwise the call borrows
    /// the body.
    pub by_value: bool,
}

impl SendBody {
    /// Returns the code of the client call with the expression `value` as the request body.
    pub fn call(&self, value: &str) -> String {
        format!("{}{value})", self.head)
    }
}

/// Returns the client call that sends a request body of the media type at `index`.
pub fn send_body(
    plan: &TypePlan<'_>,
    (body, content): (&RequestBody, &Content),
    names: &OperationNames,
    index: usize,
) -> SendBody {
    let index = format!("{} {index}", comment(&content.media_type));
    let borrowed = |method: &str| SendBody { head: format!("out.{method}({index}, "), by_value: false };
    let moved = |method: &str| SendBody { head: format!("out.{method}({index}, "), by_value: true };
    if let Some(items) = item_schema(content, &plan.contract.schemas) {
        return moved(stream_method(items.framing));
    }
    match (content.kind, content.schema) {
        (ContentKind::Text | ContentKind::Binary, _) if content.is_range() => borrowed("any_media_body"),
        (ContentKind::Json | ContentKind::Form, Some(schema)) => {
            match body_form_fields(&plan.contract.schemas, body, schema).as_slice() {
                [] => borrowed("body"),
                fields => {
                    let head = format!("out.encoded_body({index}, &[{}], ", fields.join(", "));
                    SendBody { head, by_value: false }
                }
            }
        }
        (ContentKind::Json | ContentKind::Form, None) => borrowed("body"),
        (ContentKind::Text, Some(schema)) if is_typed_text(plan, schema) => borrowed("body"),
        (ContentKind::Text, _) => borrowed("text_body"),
        (ContentKind::Multipart, _) => match names.parts.as_ref().is_some_and(|names| names.schema == content.schema)
            && parts(content, &plan.contract.schemas).is_some()
        {
            true => moved("parts"),
            false => moved("multipart"),
        },
        (ContentKind::Binary | ContentKind::Stream, _) => borrowed("bytes_body"),
    }
}
