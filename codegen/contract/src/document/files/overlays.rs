//! The overlays of a contract: reads their files, and applies them to the tree of the entry file.

use std::path::{Path, PathBuf};

use super::STDIN;
use super::paths::{display_path, real_path};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::node::Node;
use crate::document::overlay::{Overlay, Patch, Traces, read};
use crate::document::parse::{read_file, read_stdin};
use crate::document::reference::{is_remote, parse};
use crate::source::Sources;

/// The overlays of a contract, and the folder and strictness with which they are read.
pub(super) struct Overlays<'o> {
    /// The path of the contract's entry file.
    pub entry: &'o Path,
    /// The folder that contains every file of the contract, for the display of paths.
    pub root: Option<&'o Path>,
    /// The files of the overlays, in the order in which they are applied.
    pub files: &'o [PathBuf],
    /// True if lossless deviations of an overlay from its specification are errors instead of warnings.
    pub strict: bool,
}

impl Overlays<'_> {
    /// Applies the overlays to the tree of the entry file, in their order.
    ///
    /// All files are read before the first is applied, so that one run reports the mistakes of all.
    pub(super) fn apply(&self, tree: Node, sources: &mut Sources, diagnostics: &mut Diagnostics) -> (Node, Traces) {
        if self.files.is_empty() {
            return (tree, Traces::default());
        }
        let first = sources.len();
        let overlays: Vec<Overlay> =
            self.files.iter().filter_map(|path| self.read(path, sources, diagnostics)).collect();
        let files: Vec<_> = sources.ids().skip(first).collect();
        let mut patch = Patch::new(tree, self.strict, sources, diagnostics);
        for overlay in &overlays {
            patch.apply(overlay);
        }
        let (tree, mut traces) = patch.finish();
        traces.files.extend(files);
        (tree, traces)
    }

    fn read(&self, path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Overlay> {
        let (file, tree) = match path == Path::new(STDIN) {
            true => read_stdin(path, self.strict, sources, diagnostics),
            false => read_file(display_path(path, self.root), path, self.strict, sources, diagnostics),
        };
        let overlay = read(&tree?, self.strict, sources, diagnostics)?;
        self.check_extends(path, &overlay, diagnostics);
        sources.set_origins(file, overlay.origins());
        Some(overlay)
    }

    /// Reports an overlay whose `extends` names another file than the entry of the contract (Overlay 1.1.0, section
    /// 4.4.1). A URL or standard input cannot be compared.
    fn check_extends(&self, path: &Path, overlay: &Overlay, diagnostics: &mut Diagnostics) {
        let Some(extends) = &overlay.extends else { return };
        let reference = parse(&extends.value);
        if is_remote(&extends.value)
            || reference.file.is_empty()
            || self.entry == Path::new(STDIN)
            || path == Path::new(STDIN)
        {
            return;
        }
        let named = path.parent().unwrap_or(Path::new("")).join(&reference.file);
        if real_path(&named) == real_path(self.entry) {
            return;
        }
        let severity = if self.strict { Diagnostic::error } else { Diagnostic::warning };
        let message = format!("the overlay extends `{}`, not this contract", extends.value);
        let problem = severity("overlay-extends", extends.span, message);
        let problem = problem.label(if named.exists() { "another file" } else { "the file does not exist" });
        let entry = display_path(self.entry, self.root);
        diagnostics.push(
            problem
                .note(format!("it is applied to `{entry}` nevertheless"))
                .help("correct or delete `extends`, or do not apply the overlay to this contract"),
        );
    }
}
