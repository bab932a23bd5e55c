//! The table `[remote]` of `codegen.toml`: the hosts from which documents may be fetched, and the folder of the copies.

use std::path::{Path, PathBuf};

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::document::{Node, resolve_url};
use writ_contract::source::Sources;

use super::fields::Fields;

/// Reads the table `[remote]`. Returns the beginnings of allowed URLs, and sets the folder of the copies.
pub(super) fn read(
    table: &Node,
    base: &Path,
    folder: &mut Option<PathBuf>,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let mut fields = Fields::new(table, sources, diagnostics);
    *folder = fields.text("folder").map(|path| base.join(path));
    let allowed = fields.words("allow");
    fields.finish("`remote`");
    let mut all = Vec::new();
    for written in allowed {
        match check_allowed(&written.value) {
            Ok(url) => all.push(url),
            Err(advice) => {
                let message = format!("`{}` is not the beginning of a URL that can be fetched", written.value);
                diagnostics.push(Diagnostic::error("bad-setting", written.span, message).label(advice));
            }
        }
    }
    all
}

/// Checks the beginning of allowed URLs and returns it in its normal form. With a slash at the end it allows every URL
/// that begins with it, otherwise a single URL.
///
/// # Errors
///
/// Returns a label that names the mistake.
pub fn check_allowed(written: &str) -> Result<String, &'static str> {
    const EXAMPLE: &str = "write for example `https://schemas.example.com/`";
    let url = resolve_url(None, written).ok_or(EXAMPLE)?;
    let (scheme, rest) = url.split_once("://").ok_or(EXAMPLE)?;
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err("must not contain credentials");
    }
    if written.contains(['?', '#']) {
        return Err("must not contain a query or a fragment");
    }
    match scheme == "https" || is_loopback(authority) {
        true => Ok(url),
        false => Err("must begin with `https://`"),
    }
}

/// Returns true if the host of an authority is the computer itself, where a connection needs no encryption.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_or_local_urls_are_allowed() {
        assert_eq!(check_allowed("https://A.example"), Ok("https://a.example/".to_owned()));
        assert_eq!(check_allowed("http://127.0.0.1:8080/x/"), Ok("http://127.0.0.1:8080/x/".to_owned()));
        for refused in [
            "http://a.example/",
            "https://me:secret@a.example/",
            "ftp://a.example/",
            "a.example",
            "http://127.0.0.1.a.example/",
            "https://a.example/?x",
        ] {
            assert!(check_allowed(refused).is_err(), "{refused}");
        }
    }
}
