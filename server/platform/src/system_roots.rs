//! The certificate authorities of the operating system, by which this service verifies those that it connects to.

use rustls::RootCertStore;

/// Reads the certificate authorities of the operating system. If there are none, a warning names the `consequence`.
pub(crate) fn system_roots(consequence: &'static str) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let (added, ignored) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        tracing::warn!(ignored, "found no certificate authorities: {consequence}");
    }
    roots
}
