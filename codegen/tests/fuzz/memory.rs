//! The peak memory of the process, as Linux counts it.

use std::fs;

/// Resets the peak. Where this is impossible, the peak covers the complete run.
pub fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Returns the peak in bytes since the last reset, `None` if the system does not report it.
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
