//! The resolution of references between the files of a document.

use super::located::Located;
use super::node::{Node, Value};
use super::reference::{Fragment, RefError, Reference, compose, file_part, is_remote, parse};
use super::trees::Document;
use crate::diagnostic::closest;
use crate::source::{FileId, NodePath, unescape};

/// The largest number of references that one lookup follows. A longer chain is a cycle or an attack.
pub(super) const MAX_HOPS: usize = 64;

impl Document {
    /// Returns the node that a reference in the file `from` refers to.
    ///
    /// References on the way to the node are followed, and the result contains the path at which the node stands.
    /// The node can itself be a reference; [`Document::follow`] follows it to the end.
    ///
    /// # Errors
    ///
    /// Returns the reason if the reference cannot be followed.
    pub fn resolve<'d>(&'d self, from: FileId, reference: &str) -> Result<Located<'d>, RefError> {
        self.resolve_as(from, reference, "schemas")
    }

    /// Follows the `$ref` of a node, and that of each target, until a node is not a reference.
    ///
    /// Returns the node itself if it has no `$ref`. For a schema of OpenAPI 3.1, use [`Document::resolve`], since
    /// the fields beside a `$ref` apply there too.
    ///
    /// # Errors
    ///
    /// Returns the reason if a reference cannot be followed, or [`RefError::Cyclic`] after 64 references.
    pub fn follow<'d>(&'d self, located: Located<'d>) -> Result<Located<'d>, RefError> {
        let mut here = located;
        for _ in 0..MAX_HOPS {
            let Some(reference) = reference_of(here.node) else {
                return Ok(here);
            };
            here = self.resolve(here.path.file, reference)?;
        }
        Err(RefError::Cyclic)
    }

    /// Resolves a reference as [`Document::resolve`] does. If it has no target, suggests a component of the
    /// section `section`.
    pub(super) fn resolve_as<'d>(
        &'d self,
        from: FileId,
        reference: &str,
        section: &str,
    ) -> Result<Located<'d>, RefError> {
        let from = self.base(from);
        let resolved = self.resolve_within(from, reference, &mut 0);
        let Err(RefError::Dangling { closest: None }) = resolved else {
            return resolved;
        };
        Err(RefError::Dangling { closest: self.component(from, reference, section) })
    }

    fn resolve_within<'d>(&'d self, from: FileId, text: &str, hops: &mut usize) -> Result<Located<'d>, RefError> {
        if *hops == MAX_HOPS {
            return Err(RefError::Cyclic);
        }
        let reference = parse(text);
        let file = if reference.file.is_empty() {
            from
        } else {
            let unread = || match is_remote(&reference.file) {
                true => Err(RefError::Remote),
                false => Err(RefError::File("it was not read".to_owned())),
            };
            self.links.get(&(from, reference.file.clone())).cloned().unwrap_or_else(unread)?
        };
        if self.unreadable.contains(&file) {
            return Err(RefError::File("it could not be read".to_owned()));
        }
        match &reference.fragment {
            Fragment::Pointer(steps) => self.walk(file, steps, text, hops),
            Fragment::Anchor(name) => match self.anchors.get(&(file, name.clone())).map(Vec::as_slice) {
                Some([one]) => self.walk(file, &one.steps, text, hops),
                Some(several @ [_, _, ..]) => {
                    Err(RefError::Ambiguous { anchors: several.iter().map(|anchor| anchor.span).collect() })
                }
                _ => {
                    let steps: Vec<String> = name.split('/').map(unescape).collect();
                    Err(RefError::Dangling { closest: self.closest(file, &steps, text) })
                }
            },
        }
    }

    fn walk<'d>(
        &'d self,
        file: FileId,
        steps: &[String],
        text: &str,
        hops: &mut usize,
    ) -> Result<Located<'d>, RefError> {
        let mut here = Located { node: self.file_node(file), path: NodePath::root(file) };
        for step in steps {
            while child(here.node, step).is_none() {
                let Some(reference) = reference_of(here.node) else {
                    return Err(RefError::Dangling { closest: self.closest(file, steps, text) });
                };
                *hops += 1;
                here = self.resolve_within(here.path.file, reference, hops)?;
            }
            if let Some(node) = child(here.node, step) {
                here = Located { node, path: here.path.child(step) };
            }
        }
        Ok(here)
    }

    /// Returns the most similar text for a reference without a target: each unknown step becomes the nearest
    /// known name.
    fn closest(&self, file: FileId, steps: &[String], text: &str) -> Option<String> {
        let mut node = self.file_node(file);
        let mut taken = Vec::new();
        for step in steps {
            let exact = child(node, step).map(|node| (step.as_str(), node));
            let (name, next) = exact.or_else(|| {
                let names = node.as_object()?.iter().map(|(key, _)| key.name.as_str());
                let name = closest(step, names)?;
                Some((name, node.get(name)?))
            })?;
            taken.push(name.to_owned());
            node = next;
        }
        Some(compose(file_part(text), &taken))
    }

    /// Returns a reference to the component whose name equals or resembles the last step of a broken reference.
    ///
    /// This also finds a component for a reference into a wrong section, such as `#/definitions/User`.
    fn component(&self, from: FileId, reference: &str, section: &str) -> Option<String> {
        let Reference { file, fragment: Fragment::Pointer(steps) } = parse(reference) else {
            return None;
        };
        let file = if file.is_empty() { from } else { self.links.get(&(from, file))?.clone().ok()? };
        let name = steps.last()?;
        let names = self.file_node(file).get("components")?.get(section)?.as_object()?;
        let known = names.iter().map(|(key, _)| key.name.as_str());
        let name = if names.contains_key(name) { name } else { closest(name, known)? };
        let steps = ["components", section, name].map(str::to_owned);
        Some(compose(file_part(reference), &steps))
    }
}

/// Returns the text of the `$ref` field of a node, if there is one.
pub(super) fn reference_of(node: &Node) -> Option<&str> {
    node.get("$ref")?.as_str()
}

fn child<'d>(node: &'d Node, step: &str) -> Option<&'d Node> {
    match &node.value {
        Value::Object(object) => object.get(step),
        Value::Array(elements) => {
            let plain = step == "0" || !step.starts_with(['0', '+']);
            elements.get(step.parse::<usize>().ok().filter(|_| plain)?)
        }
        _ => None,
    }
}
