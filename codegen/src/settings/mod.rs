//! `codegen.toml`: what is set beside a contract, read with the place of every word.

mod fields;
mod toml;

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostics;
use crate::document::shown;
use crate::options::{Options, Part};

use fields::Fields;

/// The name of the file that is looked for beside a contract's entry.
pub const FILE: &str = "codegen.toml";

/// What a settings file says; what it does not say is as if there were none.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name of the generated crate.
    pub name: Option<String>,
    /// The folder of the generated crate.
    pub out: Option<PathBuf>,
    /// The folder that the contract's references may not leave.
    pub root: Option<PathBuf>,
    /// Whether what loses nothing is an error too.
    pub strict: Option<bool>,
    /// How to generate.
    pub options: Options,
}

/// The settings file beside a contract's entry, where there is one.
pub fn beside(entry: &Path) -> Option<PathBuf> {
    let file = entry.with_file_name(FILE);
    file.is_file().then_some(file)
}

/// Reads a settings file. `root` is the folder from which its path is shown, as that of the contract.
/// Every problem goes to `diagnostics`, whose sources are then those of the file.
pub fn read(path: &Path, root: Option<&Path>, diagnostics: &mut Diagnostics) -> Settings {
    let mut settings = Settings::default();
    let (sources, tree) = toml::read(shown(path, root), path, diagnostics);
    let folder = path.parent().unwrap_or(Path::new(""));
    if let Some(tree) = &tree {
        let mut fields = Fields::new(tree, &sources, diagnostics);
        settings.name = fields.text("name");
        settings.out = fields.text("out").map(|path| folder.join(path));
        settings.root = fields.text("root").map(|path| folder.join(path));
        settings.strict = fields.truth("strict");
        if let Some(implied) = fields.truth("implied_types") {
            settings.options.implied_types = implied;
        }
        settings.options.unwritten = fields.truth("unwritten").unwrap_or_default();
        settings.options.tags = fields.words("tags");
        for part in Part::ALL {
            let on = fields.truth(part.name()).unwrap_or_default();
            settings.options.set(part, on);
        }
        fields.finish("the settings");
    }
    diagnostics.keep_sources(&sources);
    settings.options.sources = sources;
    settings
}

impl Settings {
    /// Those beside a contract's entry; the defaults where there are none.
    pub fn beside(entry: &Path, root: Option<&Path>, diagnostics: &mut Diagnostics) -> Settings {
        match beside(entry) {
            Some(path) => read(&path, root, diagnostics),
            None => Settings::default(),
        }
    }
}
