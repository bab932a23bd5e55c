//! The settings in `codegen.toml`, with the location of each value for diagnostics.
//!
//! [`Settings::beside`] reads the file next to the entry file of a contract. The field
//! [`options`](Settings::options) is the input of [`generate`](crate::generate::generate()).

mod contract;
mod fields;
mod remote;
mod runtime;
mod tables;
mod toml;

use std::path::{Path, PathBuf};

use ::toml::Value;

use crate::options::{Options, Part};
use crate::package::{Runtime, Workspace, is_legal, lexical, relative};
use writ_contract::diagnostic::Diagnostics;
use writ_contract::document::display_path;
use writ_contract::source::Spanned;

use fields::Fields;
pub use remote::check_allowed;

/// The name of the settings file, which is expected in the folder of the contract's entry file.
pub const FILE: &str = "codegen.toml";

/// The content of a settings file (`codegen.toml`). An absent setting has its default.
///
/// ```
/// use writ_codegen::settings::Settings;
/// use writ_contract::diagnostic::Diagnostics;
/// # let folder = std::env::temp_dir().join(format!("writ-settings-example-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # std::fs::write(folder.join("codegen.toml"), "name = \"pets-api\"\nclient = true\n")?;
///
/// let mut diagnostics = Diagnostics::new();
/// let settings = Settings::beside(&folder.join("openapi.yaml"), None, &mut diagnostics);
/// assert!(!diagnostics.has_errors());
/// assert_eq!(settings.name.as_deref(), Some("pets-api"));
/// assert!(settings.options.client());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name of the generated crate.
    pub name: Option<String>,
    /// The folder to which the generated crate is written.
    pub out: Option<PathBuf>,
    /// The folder that contains every file of the contract.
    pub root: Option<PathBuf>,
    /// True if lossless deviations from OpenAPI are errors instead of warnings (`--strict`).
    pub strict: Option<bool>,
    /// The relation of the generated crate to a cargo workspace: a separate workspace, or a member of an
    /// existing one.
    pub workspace: Option<Workspace>,
    /// The source from which the generated crate takes the runtime crate `writ-runtime`.
    pub runtime: Option<Runtime>,
    /// The beginnings of the URLs from which remote documents may be fetched.
    pub allow: Vec<String>,
    /// The folder of the settings file. Relative paths in the settings begin here.
    pub folder: PathBuf,
    /// The options of generation that the settings file sets.
    pub options: Options,
}

/// Returns the path of the settings file in the folder of a contract's entry file, or `None` if the file does
/// not exist.
pub fn beside(entry: &Path) -> Option<PathBuf> {
    let file = entry.with_file_name(FILE);
    file.is_file().then_some(file)
}

/// Reads a settings file. Diagnostics show its path relative to `root`, like the paths of the contract's files.
///
/// Reports every problem into `diagnostics`, and makes the settings file the source that their excerpts quote.
pub fn read(path: &Path, root: Option<&Path>, diagnostics: &mut Diagnostics) -> Settings {
    let mut settings = Settings::default();
    let (sources, tree) = toml::read(display_path(path, root), path, diagnostics);
    let folder = path.parent().unwrap_or(Path::new(""));
    settings.folder = folder.to_owned();
    if let Some(tree) = &tree {
        let mut fields = Fields::new(tree, &sources, diagnostics);
        settings.name = fields.checked("name", "a valid crate name such as `shop-api`", is_legal);
        settings.out = fields.text("out").map(|path| lexical(&folder.join(path)));
        settings.root = fields.text("root").map(|path| folder.join(path));
        settings.strict = fields.truth("strict");
        let workspace = fields.checked("workspace", "`own` or `member`", |text| text.parse::<Workspace>().is_ok());
        settings.workspace = workspace.and_then(|text| text.parse().ok());
        let runtime = fields.node("runtime");
        if let Some(implied) = fields.truth("implied_types") {
            settings.options.contract.implied_types = implied;
        }
        if let Some(checked) = fields.truth("check_formats") {
            settings.options.contract.check_formats = checked;
        }
        settings.options.contract.polymorphic_parents = fields.truth("polymorphic_parents").unwrap_or_default();
        settings.options.unwritten = fields.truth("unwritten").unwrap_or_default();
        settings.options.contract.tags = fields.words("tags");
        settings.options.overlays = fields.files("overlays", folder);
        let own = contract::read(&mut fields, &mut settings.options.contract);
        let remote = fields.whole("remote");
        let names = fields.whole("names");
        let types = fields.table("types");
        let dependencies = fields.table("dependencies");
        for part in Part::ALL {
            let on = fields.truth(part.name()).unwrap_or_default();
            settings.options.set(part, on);
        }
        fields.finish("the settings");
        settings.runtime = runtime.and_then(|node| runtime::read(node, folder, &sources, diagnostics));
        own.finish(&sources, diagnostics, &mut settings.options.contract);
        if let Some(table) = remote {
            settings.allow = remote::read(table, folder, &mut settings.options.remote, &sources, diagnostics);
        }
        settings.options.contract.names =
            names.map(|table| tables::names(table, &sources, diagnostics)).unwrap_or_default();
        settings.options.contract.types = tables::types(types, &sources, diagnostics);
        settings.options.dependencies = tables::dependencies(dependencies, diagnostics);
    }
    diagnostics.set_sources(&sources);
    settings.options.contract.sources = sources;
    settings
}

impl Settings {
    /// Returns the crates that the settings list for custom types. Their paths become relative to `out`, the
    /// folder of the generated crate.
    pub fn dependencies(&self, out: &Path) -> Vec<(String, Value)> {
        let adjusted = |(name, value): &(Spanned<String>, Value)| {
            let mut value = value.clone();
            if let Some(path) = value.get_mut("path")
                && let Some(text) = path.as_str()
            {
                *path = Value::from(relative(out, &self.folder.join(text)));
            }
            (name.value.clone(), value)
        };
        self.options.dependencies.iter().map(adjusted).collect()
    }

    /// Reads the settings file next to a contract's entry file, or returns the default settings if there is none.
    pub fn beside(entry: &Path, root: Option<&Path>, diagnostics: &mut Diagnostics) -> Settings {
        match beside(entry) {
            Some(path) => read(&path, root, diagnostics),
            None => Settings::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Settings {
        let path = std::env::temp_dir().join(format!("writ-settings-{name}-{}.toml", std::process::id()));
        std::fs::write(&path, text).expect("the settings are written");
        let mut diagnostics = Diagnostics::new();
        let settings = super::read(&path, None, &mut diagnostics);
        std::fs::remove_file(&path).expect("the settings are removed");
        assert!(diagnostics.is_empty(), "{name}");
        settings
    }

    #[test]
    fn paths_in_the_settings_are_relative_to_their_folder() {
        let settings = read("path", "workspace = \"member\"\nruntime = { path = \"../runtime\" }\n");
        assert_eq!(settings.workspace, Some(Workspace::Member));
        let runtime = settings.runtime.expect("a runtime");
        assert_eq!(runtime, Runtime::Path(std::env::temp_dir().join("../runtime")));
        let out = std::env::temp_dir().join("crates/api");
        assert_eq!(runtime.seen_from(&out), Runtime::Path("../../../runtime".into()));
    }

    #[test]
    fn a_runtime_is_embedded_or_has_a_version() {
        assert_eq!(read("embedded", "runtime = \"embedded\"\n").runtime, Some(Runtime::Embedded));
        let version = read("version", "runtime = { version = \"0.1\" }\n").runtime;
        assert_eq!(version, Some(Runtime::Version("0.1".to_owned())));
        assert_eq!(read("neither", "").runtime, None);
    }
}
