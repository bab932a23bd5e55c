//! The parts of multipart bodies by their position (`prefixEncoding`, `itemEncoding` and `itemSchema`).

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Key, Node};
use crate::model::SchemaId;
use crate::model::operation::{ContentKind, Operation, PositionalPart, PositionalParts};

use super::builder::Builder;
use super::node_fields::elements;

/// The fields of a media type that describe encodings by position.
const BY_POSITION: [&str; 2] = ["prefixEncoding", "itemEncoding"];

/// The array keywords that describe parts by their position.
struct Described<'d> {
    /// The schemas of the first parts (`prefixItems`).
    first: &'d [Node],
    /// The schema of all parts that follow (`itemSchema`, or `items` of the array).
    rest: Option<&'d Node>,
    min: u64,
    max: Option<u64>,
}

impl<'d> Builder<'d, '_> {
    /// Returns the parts of a multipart body that a media type describes by their position.
    ///
    /// Encodings by position have no effect on any other media type, which is reported (OpenAPI 3.2.0, section 4.14).
    pub(super) fn positional(&mut self, key: &Key, media: &'d Node, kind: ContentKind) -> Option<PositionalParts> {
        let object = media.as_object()?;
        let written = BY_POSITION.iter().find_map(|name| Some((*name, object.key_span(name)?)));
        if kind != ContentKind::Multipart {
            if let Some((name, span)) = written {
                let report = Diagnostic::warning("encoding-without-effect", span, format!("`{name}` has no effect"));
                let report = report.label("not a multipart media type (OpenAPI 3.2.0 § 4.14)");
                self.report(report.help("remove it, or use a media type such as `multipart/mixed`"));
            }
            return None;
        }
        if written.is_none() && media.get("itemSchema").is_none() {
            return None;
        }
        let described = self.described_positions(media);
        let encodings = elements(media.get("prefixEncoding"));
        let count = described.first.len().max(encodings.len());
        let parts = PositionalParts {
            first: (0..count)
                .map(|at| {
                    let name = format!("part_{}", at + 1);
                    self.position(name, media, described.first.get(at), encodings.get(at), key)
                })
                .collect(),
            rest: match (described.rest, media.get("itemEncoding")) {
                (None, None) => None,
                (schema, encoding) => Some(self.position("item".to_owned(), media, schema, encoding, key)),
            },
            min: described.min,
            max: described.max,
        };
        Some(parts)
    }

    /// Returns the array keywords of a media type's `schema`, and its `itemSchema`.
    fn described_positions(&mut self, media: &'d Node) -> Described<'d> {
        let array = media.get("schema").and_then(|schema| self.follow(schema));
        let get = |name: &str| array.and_then(|array| array.get(name));
        let described = |node: &&Node| node.as_object().is_some();
        Described {
            first: elements(get("prefixItems")),
            rest: media.get("itemSchema").or(get("items").filter(described)),
            min: get("minItems").and_then(Node::as_u64).unwrap_or(0),
            max: get("maxItems").and_then(Node::as_u64),
        }
    }

    fn position(
        &mut self,
        name: String,
        media: &'d Node,
        schema: Option<&'d Node>,
        encoding: Option<&'d Node>,
        key: &Key,
    ) -> PositionalPart {
        let schema: SchemaId = match schema {
            Some(schema) => self.schema(schema),
            None => self.anything(media),
        };
        let encoding = encoding.map(|node| self.encoding_of(&name, key.span, node));
        PositionalPart { name, schema, encoding }
    }
}

/// Reports multipart responses whose parts the contract describes by their position, since they are sent as bytes.
pub(super) fn check(operations: &[Operation], diagnostics: &mut Diagnostics) {
    let responses = operations.iter().flat_map(|operation| &operation.responses);
    for content in responses.flat_map(|response| &response.content).filter(|content| content.positional.is_some()) {
        let message = format!("the parts of a `{}` response are not typed", content.essence());
        diagnostics.push(
            Diagnostic::warning("positional-parts", content.span, message)
                .label("the handler sends the complete body as bytes")
                .help("write the parts in the handler, or declare a sequence such as `application/jsonl`"),
        );
    }
}
