//! The names in a new workspace, which derive from the name of the service.

use std::path::Path;

use anyhow::bail;
use serde::Serialize;
use writ_codegen::package::is_legal;

/// The crates that a new workspace depends on. A package of one of these names could not be used beside them.
const TAKEN: [&str; 10] =
    ["axum", "clap", "http", "serde", "sqlx", "tokio", "tower", "writ-platform", "writ-tasks", "xtask"];

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
    /// Returns the names for a service that is called `name`, or else as the folder of its workspace.
    ///
    /// # Errors
    ///
    /// Returns an error if the name does not suit a package of cargo.
    pub fn of(name: Option<&str>, folder: &Path) -> anyhow::Result<Names> {
        let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let own = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let package = name.unwrap_or(&own).to_ascii_lowercase().replace(['_', ' ', '.'], "-");
        let parts: Vec<&str> = package.split('-').filter(|part| !part.is_empty()).collect();
        let package = parts.join("-");
        if !is_legal(&package) || TAKEN.contains(&&*package) || package.starts_with("writ-") {
            let advice = if name.is_some() { "choose another `--name`" } else { "pass `--name NAME`" };
            bail!("`{package}` cannot be the name of a service: use letters, digits and `-`; {advice}");
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
        let names = Names::of(None, Path::new("/tmp/Art_Museum")).unwrap();
        assert_eq!((&*names.package, &*names.module), ("art-museum", "art_museum"));
        assert_eq!((&*names.api_package, &*names.api), ("art-museum-api", "art_museum_api"));
        assert_eq!((&*names.service, &*names.prefix), ("ArtMuseum", "ART_MUSEUM_"));
        assert_eq!(Names::of(Some("Shop"), Path::new("/tmp/x")).unwrap().service, "Shop");
    }

    #[test]
    fn a_name_that_cargo_or_the_workspace_cannot_take_is_refused() {
        for name in ["", "7up", "tokio", "type", "writ-runtime", "xtask", "ä", "-"] {
            let error = Names::of(Some(name), Path::new("/tmp/x")).unwrap_err().to_string();
            assert!(error.contains("cannot be the name of a service"), "{name}: {error}");
        }
    }
}
