//! The names in a new workspace, which derive from the name of the service.

use std::path::Path;

use anyhow::bail;
use serde::Serialize;
use writ_codegen::package::is_legal;

/// The crates that a new workspace depends on or contains. A package of one of these names could not be used beside them.
const CRATES: [&str; 5] = ["serde", "sqlx", "tokio", "xtask", "writ"];

/// The types and traits that the files of a server import or find in the prelude. The type of the service has another
/// name.
const TYPES: [&str; 40] = [
    "Api",
    "Box",
    "Builder",
    "Caller",
    "Claims",
    "Clone",
    "Context",
    "Conversions",
    "Copy",
    "Credentials",
    "Database",
    "Default",
    "Drop",
    "Fn",
    "From",
    "Idempotent",
    "Into",
    "Iterator",
    "LazyLock",
    "Migrator",
    "NoAuthentication",
    "NotWritten",
    "Operation",
    "OperationRequest",
    "Option",
    "Passwords",
    "PgPool",
    "Platform",
    "Result",
    "Router",
    "Scheme",
    "Send",
    "Service",
    "StatusCode",
    "Store",
    "String",
    "Sync",
    "TestIssuer",
    "TestServer",
    "Vec",
];

/// The names in a new workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Names {
    /// The package and program of the server, such as `art-museum`.
    pub package: String,
    /// The server as a crate in Rust code, such as `art_museum`.
    pub module: String,
    /// The package of the generated code, such as `art-museum-api`.
    pub api_package: String,
    /// The crate of the generated code in Rust code, such as `art_museum_api`.
    pub api: String,
    /// The type of the service, such as `ArtMuseum`.
    pub service: String,
    /// The prefix of the environment variables, such as `ART_MUSEUM_`.
    pub prefix: String,
}

impl Names {
    /// Returns the names for a service that is called `name`, or else as the folder of its workspace. `lock` is the text of
    /// the lock file with the crates on which the workspace depends, if they are known.
    ///
    /// # Errors
    ///
    /// Returns an error if the name does not suit a package of cargo.
    pub fn of(name: Option<&str>, folder: &Path, lock: Option<&str>) -> anyhow::Result<Names> {
        let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let own = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let package = name.unwrap_or(&own).to_ascii_lowercase().replace(['_', ' ', '.'], "-");
        let parts: Vec<&str> = package.split('-').filter(|part| !part.is_empty()).collect();
        let package = parts.join("-");
        let listed = lock.is_some_and(|lock| is_listed(lock, &package));
        let reason = if listed || CRATES.contains(&&*package) || package.starts_with("writ-") {
            Some("it is the name of a crate that every service depends on")
        } else if is_legal(&package) {
            None
        } else {
            Some("use letters, digits and `-`, with a letter first, and no word that Rust reserves")
        };
        if let Some(reason) = reason {
            let advice = if name.is_some() { "choose another `--name`" } else { "pass `--name NAME`" };
            bail!("`{package}` cannot be the name of a service: {reason}; {advice}");
        }
        let service = parts.iter().map(|part| capitalized(part)).collect();
        let module = parts.join("_");
        Ok(Names {
            api_package: format!("{package}-api"),
            api: format!("{module}_api"),
            prefix: format!("{}_", module.to_ascii_uppercase()),
            package,
            module,
            service,
        })
    }

    /// Returns these names beside the generated traits with the given names: the type of the service takes the ending `App`
    /// if its name is that of a trait, or of a type that the files of the server use.
    pub fn beside<'a>(mut self, mut traits: impl Iterator<Item = &'a str>) -> Names {
        if TYPES.contains(&&*self.service) || traits.any(|name| name == self.service) {
            self.service.push_str("App");
        }
        self
    }
}

/// Returns true if a lock file has a package of a registry with this name.
fn is_listed(lock: &str, package: &str) -> bool {
    let name = format!("\nname = \"{package}\"\n");
    lock.split("[[package]]").any(|entry| entry.contains("\nsource = ") && entry.contains(&name))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_derive_from_the_name_of_the_service() {
        let names = Names::of(None, Path::new("/tmp/Art_Museum"), None).unwrap();
        assert_eq!((&*names.package, &*names.module), ("art-museum", "art_museum"));
        assert_eq!((&*names.api_package, &*names.api), ("art-museum-api", "art_museum_api"));
        assert_eq!((&*names.service, &*names.prefix), ("ArtMuseum", "ART_MUSEUM_"));
        assert_eq!(Names::of(Some("Shop"), Path::new("/tmp/x"), None).unwrap().service, "Shop");
    }

    #[test]
    fn a_name_that_cargo_or_the_workspace_cannot_take_is_refused() {
        let error = |name| {
            let lock = "[[package]]\nname = \"regex\"\nversion = \"1.0.0\"\nsource = \"registry\"\n";
            Names::of(Some(name), Path::new("/tmp/x"), Some(lock)).unwrap_err().to_string()
        };
        for name in ["", "7up", "type", "ä", "-"] {
            assert!(error(name).contains("cannot be the name of a service: use letters"), "{name}");
        }
        for name in ["tokio", "writ-runtime", "xtask", "regex"] {
            assert!(error(name).contains("it is the name of a crate"), "{name}");
        }
    }

    #[test]
    fn the_type_of_the_service_is_neither_a_trait_nor_a_type_that_its_files_use() {
        let service = |name| {
            let names = Names::of(Some(name), Path::new("/tmp/x"), None).unwrap();
            names.beside(["Library", "Books"].into_iter()).service
        };
        assert_eq!(
            ["museum", "library", "claims", "store"].map(service),
            ["Museum", "LibraryApp", "ClaimsApp", "StoreApp"]
        );
    }
}
