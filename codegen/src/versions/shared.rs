//! The types that two versions of an API share.
//!
//! Two types are equal if the code that is generated for them is equal, apart from documentation, and if all types that
//! this code mentions are equal. So nothing that matters for Rust or for the wire can be forgotten, and recursive types
//! need no special case: all types with equal code are taken as equal, and then each that mentions an unequal one is
//! removed until none is left.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::Rendered;
use crate::rust::CrateViews;

use super::items::{File, SERDE, by_subject, files, shareable};

/// The comparison of a version of an API with the next one.
#[derive(Debug, Default)]
pub struct Shared {
    /// The types of the older version that are equal in the next version.
    pub equal: BTreeSet<String>,
    /// The types of the older version whose own code is equal in the next version, but which mention unequal types.
    pub alike: BTreeSet<String>,
    /// The types of the older version, including those that are not shared.
    pub types: BTreeSet<String>,
    /// The types of the next version.
    pub newer_types: BTreeSet<String>,
    /// The markers of error statuses that both versions have.
    pub markers: BTreeSet<String>,
    /// True if errors that the runtime creates have equal shapes in both versions, and equal conversions.
    pub errors: bool,
}

/// A version of an API: the views of its contract, and their rendered text.
pub struct ApiVersion {
    /// The name of the version's module, such as `v1`.
    pub name: String,
    /// The views of the version's contract.
    pub views: CrateViews,
    /// The rendered files of the version, as if it were alone.
    pub rendered: Rendered,
}

impl ApiVersion {
    /// Returns the names of the traits of the version's tags, and of its other traits.
    pub fn traits(&self) -> BTreeSet<String> {
        let tags = self.views.tags.iter().map(|tag| tag.name.0.clone());
        tags.chain(self.views.root.authenticator.iter().map(|authenticator| authenticator.name.0.clone()))
            .chain(self.views.root.conversions.iter().map(|conversions| conversions.0.clone()))
            .collect()
    }

    /// Returns the names of the markers of error statuses, with the status codes that they stand for.
    fn markers(&self) -> BTreeMap<&str, (u16, u16)> {
        let statuses =
            self.views.errors.statuses.iter().map(|status| (status.name.0.as_str(), (status.code, status.code)));
        let ranges = self.views.errors.ranges.iter().map(|range| (range.name.0.as_str(), (range.low, range.high)));
        statuses.chain(ranges).collect()
    }

    /// Returns the parameters and the body of each operation in the operation table, by the name of its request type.
    /// A decoder reads parameters by their index there.
    fn inputs(&self) -> BTreeMap<&str, String> {
        let operations = self.views.tags.iter().flat_map(|tag| &tag.operations);
        operations
            .filter_map(|operation| {
                let entry = &operation.entry;
                let input = format!("{:?} {:?}", entry.parameters, entry.body);
                Some((operation.request.as_ref()?.name.0.as_str(), input))
            })
            .collect()
    }
}

/// Compares a version of an API with the next one.
pub fn compare(older: &ApiVersion, newer: &ApiVersion) -> Shared {
    let (mut old_files, mut new_files) = (files(&older.rendered), files(&newer.rendered));
    // The list of all types belongs to no single type.
    old_files.retain(|file| file.path != SERDE);
    new_files.retain(|file| file.path != SERDE);
    let types = shareable(&old_files, &older.traits());
    let newer_types = shareable(&new_files, &newer.traits());
    let (old_items, new_items) = (by_subject(&old_files, &types), by_subject(&new_files, &newer_types));
    let (old_inputs, new_inputs) = (older.inputs(), newer.inputs());
    let statics = equal_statics(&old_files, &new_files);
    let (old_markers, new_markers) = (older.markers(), newer.markers());
    let markers: BTreeSet<String> = old_markers
        .iter()
        .filter(|(name, codes)| new_markers.get(*name) == Some(*codes))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let uses = uses(&old_files, &types);
    let is_constant = |path: &str| statics.contains(path) || markers.contains(path);

    let mut alike: BTreeSet<String> = BTreeSet::new();
    let mut equal: BTreeSet<String> = BTreeSet::new();
    for name in types.intersection(&newer_types) {
        let (Some(old), Some(new)) = (old_items.get(name), new_items.get(name)) else { continue };
        let inputs_are_equal = old_inputs.get(name.as_str()) == new_inputs.get(name.as_str());
        let common_are_equal = old.iter().all(|(key, items)| new.get(key).is_none_or(|other| other == items));
        let known = |path: &&str| is_constant(path) || (types.contains(*path) && newer_types.contains(*path));
        if !common_are_equal || !uses.get(name).is_none_or(|paths| paths.iter().all(|path| known(&path.as_str()))) {
            continue;
        }
        alike.insert(name.clone());
        if inputs_are_equal && old.keys().all(|key| new.contains_key(key)) {
            equal.insert(name.clone());
        }
    }
    loop {
        let is_equal = |path: &String| is_constant(path) || equal.contains(path);
        let keeps = |name: &&String| uses.get(*name).is_none_or(|paths| paths.iter().all(is_equal));
        let kept: BTreeSet<String> = equal.iter().filter(keeps).cloned().collect();
        if kept.len() == equal.len() {
            break;
        }
        equal = kept;
    }
    let errors = errors_are_equal(&old_files, &new_files, &equal);
    alike.retain(|name| !equal.contains(name));
    Shared { equal, alike, types, newer_types, markers, errors }
}

/// Returns the names that the items of each type mention.
fn uses(files: &[File<'_>], types: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in files.iter().flat_map(|file| &file.items) {
        if let Some(subject) = item.subject(types) {
            found.entry(subject.to_owned()).or_default().extend(item.uses().map(str::to_owned));
        }
    }
    found
}

/// Returns the paths of the patterns and schemas that values are checked with, if they are equal in both versions.
fn equal_statics(old: &[File<'_>], new: &[File<'_>]) -> BTreeSet<String> {
    let statics = |files: &[File<'_>]| -> BTreeMap<String, String> {
        let patterns = files.iter().filter(|file| file.path.ends_with("/patterns.rs"));
        patterns
            .flat_map(|file| {
                let module = file.path.trim_end_matches(".rs").replace('/', "::");
                file.items.iter().filter_map(move |item| {
                    let name = static_name(&item.code)?;
                    Some((format!("{module}::{name}"), item.code.clone()))
                })
            })
            .collect()
    };
    let new = statics(new);
    statics(old).into_iter().filter(|(path, code)| new.get(path) == Some(code)).map(|(path, _)| path).collect()
}

/// Returns the name of the static that an item declares.
pub fn static_name(code: &str) -> Option<&str> {
    code.split("pub static ").nth(1)?.split(':').next()
}

/// Returns true if the error envelope, the error bodies and the trait that converts problems are equal in both versions.
fn errors_are_equal(old: &[File<'_>], new: &[File<'_>], equal: &BTreeSet<String>) -> bool {
    let is_marker = |code: &str| code.starts_with("writ_runtime::status");
    let errors = |files: &[File<'_>]| -> Vec<(String, Vec<String>)> {
        let items = files.iter().filter(|file| file.path == "errors.rs").flat_map(|file| &file.items);
        let items = items.filter(|item| !is_marker(&item.code));
        items.map(|item| (item.code.clone(), item.uses().map(str::to_owned).collect())).collect()
    };
    let old = errors(old);
    old == errors(new)
        && old.iter().flat_map(|(_, uses)| uses).all(|used| used.starts_with("errors::") || equal.contains(used))
}
