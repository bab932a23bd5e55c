//! The URI of a file (`$self`) as the base of its references (OpenAPI 3.2.0, section 4.1; RFC 3986, section 5).

use crate::document::node::Node;
use crate::document::reference::is_remote;

/// The endings of the files that a reference by URI may leave out, since the URI of a document needs none.
pub(super) const ENDINGS: [&str; 4] = ["", ".yaml", ".yml", ".json"];

/// Returns the URI that a file declares for itself, without its fragment.
pub(super) fn self_uri(tree: &Node) -> Option<&str> {
    let text = tree.get("$self")?.as_str()?;
    Some(text.split('#').next().unwrap_or_default()).filter(|uri| !uri.is_empty())
}

/// Returns the path, relative to the folder of a file, of the document that a reference in the file names.
///
/// The folder of a file with an absolute URI is assumed to mirror the folder of the URI. A reference to another
/// host or scheme has no path. The path is empty if the reference names the file itself.
pub(super) fn local_path(base: Option<&str>, reference: &str) -> Option<String> {
    let Some(base) = base else {
        return (!is_remote(reference)).then(|| reference.to_owned());
    };
    if !is_remote(base) && !base.starts_with('/') {
        // A relative URI moves the base of the file's references.
        let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = if folder.is_empty() { reference.to_owned() } else { format!("{folder}/{reference}") };
        return (!is_remote(reference) && !reference.starts_with('/')).then_some(path);
    }
    let (authority, from) = split(base);
    let (host, path) = split(reference);
    if is_remote(reference) && host != authority {
        return None;
    }
    if !is_remote(reference) && !reference.starts_with('/') {
        return Some(if same_document(from, reference) { String::new() } else { reference.to_owned() });
    }
    Some(if path == from { String::new() } else { relative(from, path) })
}

/// Returns true if a relative reference consists of the last segment of a path.
fn same_document(path: &str, reference: &str) -> bool {
    path.rsplit('/').next() == Some(reference)
}

/// Splits a URI into its scheme and authority, and its path. A URI such as `urn:a:b` has no path of its own.
fn split(uri: &str) -> (&str, &str) {
    let start = uri.find("//").map_or(0, |at| at + 2);
    match uri[start..].find('/') {
        Some(at) => uri.split_at(start + at),
        None if start > 0 || is_remote(uri) => (uri, ""),
        None => ("", uri),
    }
}

/// Returns the path `to` relative to the folder of the path `from`; both are absolute.
fn relative(from: &str, to: &str) -> String {
    let folder: Vec<&str> = from.split('/').collect();
    let folder = &folder[..folder.len().saturating_sub(1)];
    let steps: Vec<&str> = to.split('/').collect();
    let shared = folder.iter().zip(&steps).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", folder.len() - shared);
    up.chain(steps[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_without_a_base_is_a_path_unless_it_names_a_host() {
        assert_eq!(local_path(None, "a/b.yaml").as_deref(), Some("a/b.yaml"));
        assert_eq!(local_path(None, "https://example.com/b.yaml"), None);
    }

    #[test]
    fn the_folder_of_a_file_mirrors_the_folder_of_its_uri() {
        let path = |reference| local_path(Some("https://example.com/api/v1/openapi"), reference);
        assert_eq!(path("shared/foo").as_deref(), Some("shared/foo"));
        assert_eq!(path("https://example.com/api/v1/shared/foo").as_deref(), Some("shared/foo"));
        assert_eq!(path("https://example.com/api/common.yaml").as_deref(), Some("../common.yaml"));
        assert_eq!(path("/api/common.yaml").as_deref(), Some("../common.yaml"));
        assert_eq!(path("https://other.example/api/common.yaml"), None);
        assert_eq!(path("urn:example:foo"), None);
    }

    #[test]
    fn a_reference_to_the_own_uri_names_the_file_itself() {
        let base = Some("https://example.com/api/openapi");
        assert_eq!(local_path(base, "https://example.com/api/openapi").as_deref(), Some(""));
        assert_eq!(local_path(base, "openapi").as_deref(), Some(""));
        assert_eq!(local_path(Some("urn:example:api"), "urn:example:api").as_deref(), Some(""));
    }

    #[test]
    fn a_relative_uri_moves_the_base() {
        assert_eq!(local_path(Some("v1/openapi.yaml"), "foo.yaml").as_deref(), Some("v1/foo.yaml"));
        assert_eq!(local_path(Some("openapi.yaml"), "foo.yaml").as_deref(), Some("foo.yaml"));
    }
}
