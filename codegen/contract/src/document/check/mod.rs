//! The structure check: every object of the contract against its rule, through references.

use std::collections::{HashMap, VecDeque};

use crate::diagnostic::{Diagnostic, Nearness, nearest};
use crate::document::grammar::{Field, Kind, Pattern, Rule, Shape, Since, rule};
use crate::document::load::Loader;
use crate::document::node::{Key, Node, Object, Value};
use crate::document::version::Version;
use crate::source::FileId;
use crate::source::Span;
use meant::Meant;

mod meant;
mod message;
mod refer;
mod special;

/// The vendor keywords that mean something here: a slip in one of them would go unnoticed otherwise.
const EXTENSIONS: &[&str] = &[
    "x-body-limit",
    "x-cache",
    "x-cache-invalidates",
    "x-error-envelope",
    "x-extensible-enum",
    "x-id-prefix",
    "x-idempotency",
    "x-rate-limit",
    "x-rust-name",
    "x-rust-type",
    "x-sort",
    "x-sparse",
    "x-sparse-of",
];

/// A walk over the trees, from the root of the entry along what each object may hold.
struct Walk<'w, 'l> {
    loader: &'w mut Loader<'l>,
    version: Version,
    /// The file that is walked.
    file: FileId,
    /// The way from the root of the document to here, through references, as a JSON pointer.
    trail: String,
    /// How long the trail is at the object whose fields are walked.
    owner: usize,
    /// What each object was taken for, by its address: the trees do not move.
    seen: HashMap<usize, Kind>,
    /// References that are still to be followed.
    pending: VecDeque<Pending>,
    /// What is to be read otherwise than it is written, by its place.
    meant: HashMap<Span, Meant>,
}

/// A reference on the list.
struct Pending {
    file: FileId,
    span: Span,
    text: String,
    kind: Kind,
    trail: String,
    /// Whether the text may be a plain name instead.
    perhaps: bool,
}

/// What a value hangs on: for messages that are about something missing in it.
#[derive(Clone, Copy)]
struct Anchor {
    /// Its name, or its first line where it has none.
    span: Span,
}

/// Checks the document, reading the files that its references name.
pub(super) fn check(loader: &mut Loader<'_>) {
    let root = loader.document.root;
    let version = loader.document.version;
    let Some(tree) = loader.tree(root) else {
        return;
    };
    let mut walk = Walk {
        loader,
        version,
        file: root,
        trail: String::new(),
        owner: 0,
        seen: HashMap::new(),
        pending: VecDeque::new(),
        meant: HashMap::new(),
    };
    let anchor = Anchor { span: message::first_line(&tree, walk.text()) };
    walk.object_of(Kind::Root, &tree, anchor);
    while let Some(pending) = walk.pending.pop_front() {
        walk.refer(pending);
    }
    let meant = walk.meant;
    drop(tree);
    meant::apply(&meant, loader);
}

impl Walk<'_, '_> {
    /// Checks a value against a shape. `owner` says whose field it is.
    fn value(&mut self, shape: &Shape, node: &Node, anchor: Anchor, owner: &Rule) {
        match (shape, &node.value) {
            (Shape::Any, _)
            | (Shape::Text, Value::String(_))
            | (Shape::Bool, Value::Bool(_))
            | (Shape::Number, Value::Number(_)) => {}
            (Shape::Count, Value::Number(_)) if node.as_u64().is_some() => {}
            (Shape::Word(words), Value::String(word)) => self.word(words, word, node.span, owner),
            (Shape::Word(words), Value::Null) if words.contains(&"null") && node.span.start < node.span.end => {
                self.unquoted_null(node.span);
            }
            (Shape::List(shape), Value::Array(elements)) => {
                for (at, element) in elements.iter().enumerate() {
                    let anchor = Anchor { span: message::first_line(element, self.text()) };
                    self.step(&at.to_string(), |walk| walk.value(shape, element, anchor, owner));
                }
            }
            (Shape::Map(shape), Value::Object(object)) => self.map(shape, object, owner),
            (Shape::Components(shape), Value::Object(object)) => {
                object.iter().for_each(|(key, _)| self.component_name(key));
                self.map(shape, object, owner);
            }
            (Shape::Of(Kind::Schema), Value::Bool(_)) if self.version != Version::V30 => {}
            (Shape::Of(kind), Value::Object(_)) => self.object_of(*kind, node, anchor),
            (Shape::SchemaName, Value::String(text)) => self.schema_name(text, node.span),
            (Shape::Either(shapes), _) => match shapes.iter().find(|shape| self.fits(shape, node)) {
                Some(shape) => self.value(shape, node, anchor, owner),
                None => self.wrong_type(shape, node, anchor, owner),
            },
            _ => self.wrong_type(shape, node, anchor, owner),
        }
    }

    fn map(&mut self, shape: &Shape, object: &Object, owner: &Rule) {
        for (key, node) in object {
            // In maps of texts and the like every name is free; `$ref` is a slip where objects are meant.
            if key.name == "$ref" && node.as_str().is_some() && matches!(shape, Shape::Of(_)) {
                self.misplaced_reference(key, "a whole map");
                continue;
            }
            let anchor = Anchor { span: key.span };
            self.step(&key.name, |walk| walk.value(shape, node, anchor, owner));
        }
    }

    /// Checks an object against the rule of its kind, once.
    fn object_of(&mut self, kind: Kind, node: &Node, anchor: Anchor) {
        let Some(object) = node.as_object() else {
            return;
        };
        if self.seen.insert(std::ptr::from_ref(node).addr(), kind).is_some() {
            return;
        }
        let rule = rule(kind);
        if rule.reference && self.reference(kind, rule, node, object) {
            return;
        }
        let outer = std::mem::replace(&mut self.owner, self.trail.len());
        for (key, node) in object {
            self.entry(rule, key, node);
        }
        self.owner = outer;
        for field in rule.fields {
            if field.required && field.since.knows(self.version) && !object.contains_key(field.name) {
                self.missing(rule, field.name, anchor);
            }
        }
        self.special(kind, rule, object, anchor);
    }

    fn entry(&mut self, rule: &Rule, key: &Key, node: &Node) {
        let anchor = Anchor { span: key.span };
        let name = key.name.as_str();
        if let Some(field) = rule.field(name, self.version) {
            if !field.since.knows(self.version) {
                self.other_version(rule, field, key);
            }
            self.step(name, |walk| walk.value(&field.shape, node, anchor, rule));
        } else if name.starts_with("x-") {
            self.extension(key);
        } else if name == "$ref" && rule.reference {
            if node.as_str().is_none() {
                self.step(name, |walk| walk.wrong_type(&Shape::Text, node, anchor, rule));
            }
        } else if let Some(pattern) = rule.pattern.as_ref().filter(|pattern| (pattern.matches)(name)) {
            self.step(name, |walk| walk.value(&pattern.shape, node, anchor, rule));
        } else if name == "$ref" {
            self.misplaced_reference(key, rule.name);
        } else {
            self.unknown(rule, key);
        }
    }

    /// Whether the JSON type of a value is that of a shape.
    fn fits(&self, shape: &Shape, node: &Node) -> bool {
        match (shape, &node.value) {
            (Shape::Any, _)
            | (Shape::Text | Shape::Word(_) | Shape::SchemaName, Value::String(_))
            | (Shape::Bool, Value::Bool(_))
            | (Shape::Number, Value::Number(_))
            | (Shape::List(_), Value::Array(_))
            | (Shape::Map(_) | Shape::Components(_) | Shape::Of(_), Value::Object(_)) => true,
            (Shape::Count, Value::Number(_)) => node.as_u64().is_some(),
            (Shape::Word(words), Value::Null) => words.contains(&"null") && node.span.start < node.span.end,
            (Shape::Of(Kind::Schema), Value::Bool(_)) => self.version != Version::V30,
            (Shape::Either(shapes), _) => shapes.iter().any(|shape| self.fits(shape, node)),
            _ => false,
        }
    }

    /// Does something one step further down the trail.
    fn step(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.trail.len();
        self.trail.push('/');
        if name.contains(['~', '/']) {
            self.trail.push_str(&name.replace('~', "~0").replace('/', "~1"));
        } else {
            self.trail.push_str(name);
        }
        inside(self);
        self.trail.truncate(length);
    }

    /// The text of the file that is walked.
    fn text(&self) -> &str {
        self.loader.document.sources.text(self.file)
    }

    /// Reports a problem, with the way to it.
    fn report(&mut self, problem: Diagnostic) {
        let problem = match self.trail.as_str() {
            "" => problem,
            trail => problem.note(format!("at #{trail}")),
        };
        self.loader.diagnostics.push(problem);
    }
}
