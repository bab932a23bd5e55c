//! The YAML reader (YAML 1.2, core schema), with anchors, aliases and merge keys within limits.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle, Tag};

use super::scalar::plain_scalar;
use super::syntax::{MAX_DEPTH, Syntax, duplicate_key};
use super::yaml_error;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::node::{Key, Node, Object, Value};
use crate::source::{FileId, Span};

/// The largest number of bytes that the aliases and anchors of a YAML file may copy. A few lines of YAML can
/// expand to gigabytes otherwise.
const MAX_COPIED: usize = 64 << 20;

/// The state of the YAML reader: the tree that it builds from the events of the parser.
struct TreeBuilder<'t, 'd> {
    file: FileId,
    text: &'t str,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    copied: usize,
    /// The end of the last scalar or bracket that the YAML reader has read. Block collections and empty values
    /// end there.
    last_end: usize,
    root: Option<Node>,
    /// The span at which the last document of the YAML file starts.
    document: Span,
    diagnostics: &'d mut Diagnostics,
}

/// A YAML collection (sequence or mapping) that is not closed yet.
struct Frame {
    start: usize,
    flow: bool,
    anchor: usize,
    open: Open,
}

enum Open {
    Sequence(Vec<Node>),
    Mapping { object: Object, pending: Option<Pending>, merged: Vec<Node> },
}

/// A key of a YAML mapping whose value is not read yet.
enum Pending {
    Key(Key),
    Merge,
}

/// Parses the text of a file as YAML into a tree with spans.
///
/// Problems that do not prevent reading are added to `diagnostics`.
///
/// # Errors
///
/// Returns the syntax error if the text cannot be read.
pub(super) fn read(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Result<Node, Syntax> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut builder = TreeBuilder {
        file,
        text,
        frames: Vec::new(),
        anchors: HashMap::new(),
        copied: 0,
        last_end: 0,
        root: None,
        document: Span::start_of(file),
        diagnostics,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| yaml_error::explain(file, text, &error))?;
        builder.event(event, span)?;
    }
    builder.root.ok_or_else(|| {
        let problem = Diagnostic::error("empty-file", Span::start_of(file), "the file contains only comments");
        Syntax::new(problem.help("a contract begins with `openapi: 3.0.3`"))
    })
}

impl TreeBuilder<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: granit_parser::Span) -> Result<(), Syntax> {
        let range = span.byte_range().unwrap_or(self.last_end..self.last_end);
        match &event {
            Event::DocumentStart(..) => {
                self.document = Span::new(self.file, range.start, (range.start + 3).min(self.text.len()));
            }
            // An empty document is one empty scalar. It is skipped.
            Event::Scalar(..) if range.is_empty() && self.frames.is_empty() => return Ok(()),
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) => {
                self.only_document()?;
            }
            _ => {}
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), &range);
                self.add_node(node, anchor)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Open::Sequence(Vec::new()), style, anchor, tag.as_deref(), &range)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let open = Open::Mapping { object: Object::default(), pending: None, merged: Vec::new() };
                self.open(open, style, anchor, tag.as_deref(), &range)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end)?,
            Event::Alias(anchor) => self.alias(anchor, &range)?,
            // Streams, document ends and comments contain no data.
            _ => {}
        }
        Ok(())
    }

    /// Rejects the content of a document if an earlier document of the file has content too.
    fn only_document(&self) -> Result<(), Syntax> {
        if self.root.is_none() || !self.frames.is_empty() {
            return Ok(());
        }
        let problem = Diagnostic::error("several-documents", self.document, "the file contains a second YAML document")
            .label("second document")
            .help("put each contract into a separate file");
        Err(Syntax::new(problem))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, range: &std::ops::Range<usize>) -> Node {
        let mut end = range.end;
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let written = self.text.get(range.clone()).unwrap_or("");
            end = range.start + written.trim_end().len();
        }
        // An omitted value is null; its span is empty and follows the preceding text.
        let start = if range.is_empty() { self.last_end } else { range.start };
        let span = Span::new(self.file, start, end.max(start));
        if range.is_empty() && tag.is_none() && style == ScalarStyle::Plain {
            return Node { span, value: Value::Null };
        }
        self.last_end = end.max(start);
        let value = match tag {
            Some(tag) => self.tagged(text, tag, span),
            None if style == ScalarStyle::Plain => plain_scalar(text),
            None => Value::String(text.to_owned()),
        };
        Node { span, value }
    }

    fn tagged(&mut self, text: &str, tag: &Tag, span: Span) -> Value {
        let plain = plain_scalar(text);
        match (tag.core_suffix(), &plain) {
            (Some("str"), _) => Value::String(text.to_owned()),
            (Some("null"), Value::Null) | (Some("bool"), Value::Bool(_)) => plain,
            (Some("int" | "float"), Value::Number(_)) => plain,
            // The tag `!` alone makes any scalar a string.
            (None, _) if tag.original() == "!" => Value::String(text.to_owned()),
            _ => {
                self.bad_tag(tag, span);
                plain
            }
        }
    }

    fn bad_tag(&mut self, tag: &Tag, span: Span) {
        let message = format!("the YAML tag `{}` has no effect", tag.original());
        let problem = Diagnostic::error("unknown-tag", span, message).label("tagged value");
        self.diagnostics.push(problem.help("remove the tag; to refer to another file, use `$ref`"));
    }

    fn open(
        &mut self,
        open: Open,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: &std::ops::Range<usize>,
    ) -> Result<(), Syntax> {
        let span = Span::new(self.file, range.start, range.end);
        if self.frames.len() == MAX_DEPTH {
            return Err(Syntax::too_deep(span));
        }
        if let Some(tag) = tag {
            let expected = if matches!(open, Open::Sequence(_)) { "seq" } else { "map" };
            if tag.core_suffix() != Some(expected) {
                self.bad_tag(tag, span);
            }
        }
        let flow = style == StructureStyle::Flow;
        if flow {
            self.last_end = range.end;
        }
        self.frames.push(Frame { start: range.start, flow, anchor, open });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), Syntax> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        // A flow collection ends at its bracket, a block at the end of its last line.
        if frame.flow && end > self.last_end {
            self.last_end = end;
        }
        let span = Span::new(self.file, frame.start, self.last_end.max(frame.start));
        let value = match frame.open {
            Open::Sequence(elements) => Value::Array(elements),
            Open::Mapping { mut object, merged, .. } => {
                for node in merged {
                    self.merge(&mut object, node)?;
                }
                Value::Object(object)
            }
        };
        self.add_node(Node { span, value }, frame.anchor)
    }

    /// Adds a completely read node to the YAML collection that contains it.
    fn add_node(&mut self, node: Node, anchor: usize) -> Result<(), Syntax> {
        if anchor > 0 {
            self.copy(&node, node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.frames.last_mut().map(|frame| &mut frame.open) {
            None => self.root = Some(node),
            Some(Open::Sequence(elements)) => elements.push(node),
            Some(Open::Mapping { object, pending, merged }) => match pending.take() {
                Some(Pending::Merge) => merged.push(node),
                Some(Pending::Key(key)) => {
                    let (name, span) = (key.name.clone(), key.span);
                    if let Err(first) = object.insert(key, node) {
                        self.diagnostics.push(duplicate_key(&name, first, span));
                    }
                }
                None => {
                    let written = self.text.get(node.span.start as usize..node.span.end as usize).unwrap_or("");
                    *pending = Some(key(node, written, self.diagnostics));
                }
            },
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, range: &std::ops::Range<usize>) -> Result<(), Syntax> {
        let span = Span::new(self.file, range.start, range.end);
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            let problem = Diagnostic::error("cyclic-alias", span, "an alias inside its own anchor");
            return Err(Syntax::new(problem.label("refers to a value that contains it").help("use a `$ref` instead")));
        };
        self.copy(&node, span)?;
        self.last_end = range.end;
        self.add_node(node, 0)
    }

    /// Adds the entries of a YAML merge key (`<<`) to its mapping, except those that the mapping contains already.
    fn merge(&mut self, object: &mut Object, node: Node) -> Result<(), Syntax> {
        match node.value {
            Value::Object(merged) => {
                for (key, node) in merged {
                    if !object.contains_key(&key.name) {
                        // The insertion cannot fail, since the key is absent.
                        let _ = object.insert(key, node);
                    }
                }
                Ok(())
            }
            Value::Array(elements) => elements.into_iter().try_for_each(|element| match element.value {
                Value::Object(_) => self.merge(object, element),
                _ => Err(bad_merge(element.span)),
            }),
            _ => Err(bad_merge(node.span)),
        }
    }

    /// Adds the size of a copied YAML node to the total, and rejects the file if the total exceeds the limit.
    fn copy(&mut self, node: &Node, span: Span) -> Result<(), Syntax> {
        let size = size(node);
        if self.frames.len() + size.depth > MAX_DEPTH {
            return Err(Syntax::too_deep(span));
        }
        self.copied = self.copied.saturating_add(size.bytes);
        if self.copied <= MAX_COPIED {
            return Ok(());
        }
        let message = format!("the aliases of this file expand to more than {} MiB", MAX_COPIED >> 20);
        let problem = Diagnostic::error("alias-bomb", span, message).label("exceeds the limit");
        Err(Syntax::new(problem.help("use `$ref` instead of aliases")))
    }
}

fn key(node: Node, written: &str, diagnostics: &mut Diagnostics) -> Pending {
    let span = node.span;
    let name = match node.value {
        Value::String(name) if name == "<<" && written == "<<" => return Pending::Merge,
        Value::String(text) | Value::Number(text) => text,
        Value::Null | Value::Bool(_) => written.to_owned(),
        Value::Array(_) | Value::Object(_) => {
            let problem = Diagnostic::error("invalid-key", span, "a key must be a string, not a collection")
                .label("a collection in YAML");
            diagnostics.push(problem.fix("quote it", span, format!("{written:?}")));
            written.to_owned()
        }
    };
    Pending::Key(Key { name, span })
}

fn bad_merge(span: Span) -> Syntax {
    let problem = Diagnostic::error("invalid-merge", span, "`<<` can only merge mappings").label("not a mapping");
    Syntax::new(problem.help("write `<<: *anchor` with the anchor of a mapping"))
}

/// The approximate size of a copy of a YAML node, for the limit on aliases.
struct Size {
    bytes: usize,
    depth: usize,
}

fn size(node: &Node) -> Size {
    const EACH: usize = 96;
    let mut total = Size { bytes: EACH, depth: 0 };
    let mut add = |part: Size, name: usize| {
        total.bytes += part.bytes + name;
        total.depth = total.depth.max(part.depth + 1);
    };
    match &node.value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(text) | Value::String(text) => total.bytes += text.len(),
        Value::Array(elements) => elements.iter().for_each(|element| add(size(element), 0)),
        Value::Object(object) => object.iter().for_each(|(key, node)| add(size(node), EACH + key.name.len())),
    }
    total
}

#[cfg(test)]
mod tests;
