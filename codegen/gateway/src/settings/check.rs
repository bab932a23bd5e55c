//! The check that settings fit the contracts.

use std::ops::Range;

use toml::Spanned;
use writ_contract::diagnostic::{Diagnostic, Diagnostics, closest};
use writ_contract::source::{FileId, Span};

use super::Settings;
use super::parse::{host_and_port, is_page, key_set};
use crate::routes::{Access, Routes};

impl Settings {
    /// Reports settings that do not fit the routes: services and security schemes that no contract has, and pages or
    /// addresses with another form.
    pub fn check(&self, routes: &Routes, diagnostics: &mut Diagnostics) {
        let mut check = Check { diagnostics };
        let services: Vec<&str> = routes.services.iter().map(String::as_str).collect();
        let sources = self.tokens.values().filter_map(|source| source.service.as_ref());
        for name in self.services.keys().chain(&self.default_service).chain(sources) {
            check.known(name, "service", &services);
        }
        for (name, upstream) in &self.services {
            if host_and_port(&upstream.address).is_none() {
                let message = format!("the address `{}` is not a host and a port", upstream.address);
                check.report(name.span(), message, "example: `address = \"users:8080\"`");
            }
        }
        let schemes = schemes(routes);
        for (name, source) in &self.tokens {
            check.known(name, "bearer token", &schemes);
            if [source.service.is_some(), source.keys.is_some(), source.internal].iter().filter(|set| **set).count()
                != 1
            {
                let message = format!("the tokens of `{}` need one source of keys", name.get_ref());
                check.report(name.span(), message, "set one of `service`, `keys` and `internal = true`");
            }
            if let Some(keys) = source.keys.as_ref().filter(|keys| key_set(keys.get_ref()).is_none()) {
                let message = format!("`{}` is not the URL of a key set", keys.get_ref());
                check.report(keys.span(), message, "example: `keys = \"https://issuer.example.com/jwks.json\"`");
            }
        }
        if let Some(admin) = self.admin.as_ref().filter(|admin| !admin.get_ref().ip().is_loopback()) {
            let message = format!("everybody who reaches `{}` can control Envoy", admin.get_ref());
            check.warn(admin.span(), message, "use a loopback address such as `127.0.0.1:9901`, or no `admin`");
        }
        for page in self.pages.iter().filter(|page| !is_page(page.get_ref())) {
            let message = format!("`{}` is not a path", page.get_ref());
            check.report(page.span(), message, "example: `pages = [\"/docs\", \"/docs/*\"]`");
        }
    }
}

/// The check of settings, which reports at the location of each.
struct Check<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_> {
    fn known(&mut self, name: &Spanned<String>, kind: &str, known: &[&str]) {
        if known.contains(&name.get_ref().as_str()) {
            return;
        }
        let message = format!("the contracts have no {kind} `{}`", name.get_ref());
        let help = match closest(name.get_ref(), known.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("the contracts have: {}", known.join(", ")),
        };
        self.report(name.span(), message, &help);
    }

    fn warn(&mut self, range: Range<usize>, message: String, help: &str) {
        let span = Span::new(FileId::ENTRY, range.start, range.end);
        self.diagnostics.push(Diagnostic::warning("open-admin", span, message).help(help));
    }

    fn report(&mut self, range: Range<usize>, message: String, help: &str) {
        let span = Span::new(FileId::ENTRY, range.start, range.end);
        self.diagnostics.push(Diagnostic::error("bad-setting", span, message).help(help));
    }
}

/// Returns the security schemes of bearer tokens that routes need.
fn schemes(routes: &Routes) -> Vec<&str> {
    let mut schemes: Vec<&str> = Vec::new();
    for route in routes.resources.iter().flat_map(|resource| &resource.routes) {
        let Access::Tokens(alternatives) = &route.access else { continue };
        schemes.extend(alternatives.iter().flatten().map(String::as_str));
    }
    schemes.sort_unstable();
    schemes.dedup();
    schemes
}
