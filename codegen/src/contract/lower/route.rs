//! Paths: what a template cannot say, and that no two operations are one on the wire.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Span};

use super::Lowering;
use super::policy::placeholders;

/// The operations by method and template, the names of parameters left out.
#[derive(Default)]
pub(super) struct Routes {
    known: HashMap<(&'static str, String), (Span, String)>,
}

/// The part of a path that requests are matched by.
pub(super) fn matched(path: &str) -> &str {
    // The name of a parameter may hold any letter.
    let mut within = false;
    let end = path.find(|letter: char| {
        match letter {
            '{' => within = true,
            '}' => within = false,
            _ => {}
        }
        !within && matches!(letter, '?' | '#')
    });
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

impl Lowering<'_, '_> {
    /// Says what becomes of a path that no request can have as it is written.
    pub(super) fn check_template(&mut self, path: &Key) {
        let shown = matched(&path.name);
        if shown.len() < path.name.len() {
            let rest = &path.name[shown.len()..];
            let (what, advice) = match rest.starts_with('?') {
                true => ("a query", "describe it by parameters that say `in: query`"),
                false => ("a fragment, which no client sends", "give the operation a path or a method of its own"),
            };
            self.report(
                Diagnostic::warning("path-with-more", path.span, format!("`{rest}` is not part of a path but {what}"))
                    .label(format!("served as `{shown}`"))
                    .help(advice),
            );
        }
        if let Some((before, after)) = shown.split_once("}{") {
            let left = before.rsplit('{').next().unwrap_or_default();
            let right = after.split('}').next().unwrap_or_default();
            self.report(
                Diagnostic::warning(
                    "adjacent-parameters",
                    path.span,
                    format!("nothing tells where `{{{left}}}` ends and `{{{right}}}` begins"),
                )
                .label(format!("`{{{left}}}` takes all that it can"))
                .help("put a character between them that neither holds"),
            );
        }
    }

    /// Two operations that no request can tell apart.
    pub(super) fn check_route(&mut self, routes: &mut Routes, method: &'static str, path: &Key, span: Span) {
        let served = matched(&path.name);
        let mut template = served.to_owned();
        for name in placeholders(served) {
            template = template.replacen(&format!("{{{name}}}"), "{}", 1);
        }
        let Some((first, known)) = routes.known.get(&(method, template.clone())) else {
            routes.known.insert((method, template), (span, path.name.clone()));
            return;
        };
        let cut = matched(known).len() < known.len() || served.len() < path.name.len();
        let message = format!("`{method} {}` and `{method} {known}` are the same request", path.name);
        let report = match cut {
            // Contracts write fragments to list one operation several times.
            true => Diagnostic::warning("duplicate-route", span, message),
            false => self.remark("duplicate-route", span, message),
        };
        let report = report.label("no request tells the two apart: one of them is never reached");
        let report = report.also(*first, "the other");
        self.report(report.help("give them different paths or methods, or make one operation of them"));
    }
}
