//! Points at which a test ends the process, as a power failure would.

/// Ends the process at once if the variable `WRIT_FAULT` names this point.
#[cfg(feature = "testing")]
pub(super) fn at(point: &str) {
    if std::env::var("WRIT_FAULT").is_ok_and(|named| named == point) {
        std::process::abort();
    }
}

/// Does nothing, because only tests end the process.
#[cfg(not(feature = "testing"))]
pub(super) fn at(_: &str) {}
