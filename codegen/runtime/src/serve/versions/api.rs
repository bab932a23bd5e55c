//! All versions of an API as the router serves them.

use std::collections::{HashMap, HashSet};

use http::HeaderValue;

use super::headers::Headers;
use crate::operation::{Operation, Version, Versions};
use crate::response::error_envelope::ErrorEnvelope;
use crate::serve::endpoint::Endpoint;
use crate::serve::table::Table;

/// The endpoints of one version of an API. The generated `Api::versions` creates them for each version.
#[derive(Debug)]
pub struct VersionEndpoints {
    /// The error envelope of the version's contract.
    pub envelope: &'static ErrorEnvelope,
    /// The endpoints of the version's operations.
    pub endpoints: Vec<Endpoint>,
}

/// All versions of an API: their operations, and the rules of selection.
pub(super) struct VersionedApi {
    pub(super) versions: &'static Versions,
    pub(super) table: Table,
    /// The versions that are served, oldest first.
    pub(super) served: Vec<ServedVersion>,
    /// The index in `served` of the version that serves a request which selects none.
    pub(super) default: usize,
    /// The media type of [`Versions`] without a version, as a response echoes it.
    pub(super) media_type: HeaderValue,
}

/// A version that the router serves, with everything that its responses repeat.
pub(super) struct ServedVersion {
    pub(super) version: &'static Version,
    pub(super) envelope: &'static ErrorEnvelope,
    pub(super) headers: Headers,
    /// The operations of the following version, by their ids. Empty for the newest version.
    pub(super) successors: HashMap<&'static str, &'static Operation>,
}

impl VersionedApi {
    pub(super) fn new(base: &str, versions: &'static Versions, endpoints: Vec<VersionEndpoints>) -> VersionedApi {
        assert_eq!(endpoints.len(), versions.all.len(), "each version of an API has endpoints");
        let of_version = versions.all.iter().zip(&endpoints);
        let mut served: Vec<_> = of_version.map(|(version, one)| ServedVersion::new(version, one, versions)).collect();
        for (older, newer) in served.iter_mut().zip(endpoints.iter().skip(1)) {
            let operations = newer.endpoints.iter().map(Endpoint::operation);
            older.successors = operations.map(|operation| (operation.id, operation)).collect();
        }
        let default = served.iter().position(|one| one.version.number == versions.default);
        let default = default.expect("the default version is one of the versions");
        let media_type = HeaderValue::from_static(versions.media_type);
        let table = Table::new(base, distinct(versions, endpoints));
        VersionedApi { versions, table, served, default, media_type }
    }

    /// Returns the index of the version with this number among those that are served.
    pub(super) fn index(&self, number: u32) -> Option<usize> {
        self.served.iter().position(|served| served.version.number == number)
    }

    /// Returns the path of a resource in the version that serves a request, if it has an operation for the resource.
    pub(super) fn path_in(&self, version: usize, path: &str) -> Option<String> {
        let below = path.strip_prefix(&self.table.base).unwrap_or(path);
        let (other, rest) = self.versions.of_path(below)?;
        let version = self.served[version].version;
        if other.number == version.number {
            return None;
        }
        let (resource, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        let base = &path[..path.len() - below.len()];
        let target = format!("{}{}{resource}", self.table.base, version.prefix);
        self.table.has_path(&target).then(|| format!("{base}{}{resource}{query}", version.prefix))
    }
}

impl ServedVersion {
    fn new(version: &'static Version, endpoints: &VersionEndpoints, versions: &Versions) -> ServedVersion {
        ServedVersion {
            version,
            envelope: endpoints.envelope,
            headers: Headers::new(version, versions),
            successors: HashMap::new(),
        }
    }
}

/// Returns the endpoints of all versions. Of an operation without the prefix of a version, only the endpoint of the newest
/// version remains.
fn distinct(versions: &Versions, endpoints: Vec<VersionEndpoints>) -> Vec<Endpoint> {
    let mut unversioned = HashSet::new();
    let mut all = Vec::new();
    for VersionEndpoints { endpoints, .. } in endpoints.into_iter().rev() {
        all.extend(endpoints.into_iter().filter(|endpoint| {
            let Operation { method, path, query, .. } = endpoint.operation();
            versions.of_path(path).is_some() || unversioned.insert((method.as_str(), *path, *query))
        }));
    }
    all
}
