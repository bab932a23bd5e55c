//! The check of vendor fields that the generator supports: misspelt names, and objects on which the field has
//! no effect.

use super::Checker;
use crate::diagnostic::{Diagnostic, is_one_edit_apart};
use crate::document::grammar::{ObjectKind, Rule, rule};
use crate::document::node::Key;
use crate::document::version::Version;

/// A vendor field (`x-…`) that the generator supports, and the objects on which it has an effect.
struct Extension {
    name: &'static str,
    owners: &'static [ObjectKind],
}

/// The vendor fields (`x-…`) that the generator supports. They are checked, since a misspelt one would have no effect.
const EXTENSIONS: &[Extension] = &[
    Extension { name: "x-body-limit", owners: &[ObjectKind::Operation] },
    Extension { name: "x-cache", owners: &[ObjectKind::Operation] },
    Extension { name: "x-cache-invalidates", owners: &[ObjectKind::Operation] },
    Extension { name: "x-error-envelope", owners: &[ObjectKind::Root, ObjectKind::Schema] },
    Extension { name: "x-event", owners: &[ObjectKind::Operation] },
    Extension { name: "x-events", owners: &[ObjectKind::Operation] },
    Extension { name: "x-extensible-enum", owners: &[ObjectKind::Schema] },
    Extension { name: "x-id-prefix", owners: &[ObjectKind::Schema] },
    Extension { name: "x-idempotency", owners: &[ObjectKind::Operation] },
    Extension { name: "x-pagination", owners: &[ObjectKind::Root, ObjectKind::Operation, ObjectKind::Schema] },
    Extension { name: "x-rate-limit", owners: &[ObjectKind::Operation] },
    Extension { name: "x-retry", owners: &[ObjectKind::Operation] },
    Extension {
        name: "x-rust-name",
        owners: &[ObjectKind::Operation, ObjectKind::Tag, ObjectKind::Parameter, ObjectKind::Schema],
    },
    Extension { name: "x-rust-type", owners: &[ObjectKind::Schema] },
    Extension { name: "x-service", owners: &[ObjectKind::Tag] },
    Extension { name: "x-sort", owners: &[ObjectKind::Parameter] },
    Extension { name: "x-sparse", owners: &[ObjectKind::Parameter] },
    Extension { name: "x-sparse-of", owners: &[ObjectKind::Schema] },
    Extension { name: "x-timeout", owners: &[ObjectKind::Operation] },
    Extension { name: "x-versions", owners: &[ObjectKind::Root] },
];

/// Misspellings of supported vendor fields (`x-…`) that differ from the right name in more than one letter.
const SYNONYMS: &[(&str, &str)] =
    &[("x-idempotent", "x-idempotency"), ("x-invalidates", "x-cache-invalidates"), ("x-rate-limiting", "x-rate-limit")];

/// Vendor fields (`x-…`) of other tools that are one letter away from a supported one, so they are not misspellings.
const FOREIGN: &[&str] = &["x-parse", "x-port", "x-short", "x-spare"];

impl Checker<'_, '_> {
    /// Checks the name of a vendor field (`x-…`) and the object that has it. A name that resembles no supported
    /// one belongs to another tool.
    pub(super) fn extension(&mut self, owner: &Rule, key: &Key) {
        match EXTENSIONS.iter().find(|one| one.name == key.name) {
            Some(known) => self.misplaced_extension(owner, known, key),
            None => {
                self.misspelt_extension(owner, key);
            }
        }
    }

    /// Reports a vendor field (`x-…`) whose name resembles a supported one. Returns false if no supported name is
    /// similar.
    pub(super) fn misspelt_extension(&mut self, owner: &Rule, key: &Key) -> bool {
        let Some(name) = intended(owner, &key.name, self.document.version()) else { return false };
        let message = format!("unknown extension `{}` on {}", key.name, owner.name);
        let problem = Diagnostic::error("unknown-extension", key.span, message).label("would have no effect");
        self.report(problem.suggest(self.inside_quotes(key.span), name));
        true
    }

    fn misplaced_extension(&mut self, owner: &Rule, known: &Extension, key: &Key) {
        if is_owner(known, owner, self.document.version()) {
            return;
        }
        let owners: Vec<&str> = known.owners.iter().map(|kind| self.rule(*kind).name).collect();
        let message = format!("`{}` has no effect on {}", key.name, owner.name);
        let problem = self.lax(false, "unknown-extension", key.span, message).label("ignored");
        self.report(problem.help(format!("`{}` belongs on {}", key.name, owners.join(" or "))));
    }
}

/// Returns true if a vendor field (`x-…`) has an effect on an object.
///
/// A parameter or header of Swagger 2.0 describes its value itself, so the vendor fields of a schema belong there.
fn is_owner(extension: &Extension, owner: &Rule, version: Version) -> bool {
    let is = |kind: ObjectKind| std::ptr::eq(rule(kind, version), owner);
    let describes = version == Version::V20 && [ObjectKind::Parameter, ObjectKind::Header].into_iter().any(is);
    extension.owners.iter().any(|kind| is(*kind) || (describes && *kind == ObjectKind::Schema))
}

/// Returns the supported vendor field (`x-…`) that a misspelt one intends.
///
/// It is listed for this misspelling, or its name differs only in case and separators or by one letter.
fn intended(owner: &Rule, name: &str, version: Version) -> Option<&'static str> {
    if FOREIGN.contains(&name) {
        return None;
    }
    let here = || EXTENSIONS.iter().filter(|one| is_owner(one, owner, version));
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == name).map(|(_, ours)| *ours);
    if let Some(ours) = synonym.filter(|ours| here().any(|one| one.name == *ours)) {
        return Some(ours);
    }
    here().map(|one| one.name).find(|ours| is_one_edit_apart(name, ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_operation(name: &str) -> Option<&'static str> {
        intended(rule(ObjectKind::Operation, Version::V30), name, Version::V30)
    }

    #[test]
    fn a_slip_in_an_extension_is_recognized() {
        for slip in ["x-ratelimit", "x-rate_limit", "X-Rate-Limit", "x-rateLimit", "x-rate-limits", "x-rate-limt"] {
            assert_eq!(on_operation(slip), Some("x-rate-limit"), "{slip}");
        }
        assert_eq!(on_operation("x-idempotent"), Some("x-idempotency"));
        assert_eq!(on_operation("x-cached"), Some("x-cache"));
    }

    #[test]
    fn extensions_of_other_tools_are_left_alone() {
        for foreign in ["x-internal", "x-codeSamples", "x-ms-paths", "x-rate", "x-ratelimit-key", "x-amazon-cache"] {
            assert_eq!(on_operation(foreign), None, "{foreign}");
        }
        assert_eq!(intended(rule(ObjectKind::Parameter, Version::V30), "x-port", Version::V30), None);
    }

    #[test]
    fn a_slip_counts_only_where_the_extension_has_an_effect() {
        assert_eq!(intended(rule(ObjectKind::Info, Version::V30), "x-ratelimit", Version::V30), None);
        assert_eq!(intended(rule(ObjectKind::Schema, Version::V30), "x-idprefix", Version::V30), Some("x-id-prefix"));
    }
}
