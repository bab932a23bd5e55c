//! The loading of a contract in passes: its files are read, checked and repaired, and a document of Swagger 2.0 is
//! upgraded.

use std::path::Path;

use super::check::check;
use super::files::read_files;
use super::options::LoadOptions;
use super::repair::repair;
use super::trees::Document;
use super::upgrade_3_0::upgrade_3_0;
use super::version::Version;
use crate::diagnostic::Diagnostics;

/// Loads a contract: reads the entry file and every file that a `$ref` reaches.
///
/// A `$ref` to a URL leads to the copy of the document in [`LoadOptions::remote`]; nothing is fetched.
///
/// The structure of each file is checked against the grammar of OpenAPI. Mistakes with only one possible meaning,
/// such as an unquoted `null` in a list of types, are reported and repaired in the trees.
///
/// A contract of Swagger 2.0 is checked as it is written. The trees of the document are then those of the equivalent
/// contract of OpenAPI 3.0, with the spans of the original.
///
/// If the path of the entry file is `-`, it is read from standard input, and references start from the working
/// directory.
///
/// Problems are added to `diagnostics`. Returns `None` only if the entry file cannot be read as an OpenAPI
/// document at all; the files are then available from [`Diagnostics::sources`].
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, Version, load};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// assert!(!diagnostics.has_errors());
/// assert_eq!(document.version(), Version::V30);
/// # Ok::<(), &str>(())
/// ```
pub fn load(entry: &Path, options: &LoadOptions, diagnostics: &mut Diagnostics) -> Option<Document> {
    let mut document = read_files(entry, options, diagnostics)?;
    let repairs = check(&document, options.strict, diagnostics);
    repair(&mut document, &repairs);
    if document.version() == Version::V20 {
        upgrade_3_0(&mut document, options.strict, diagnostics);
    }
    diagnostics.set_sources(&document.sources);
    Some(document)
}
