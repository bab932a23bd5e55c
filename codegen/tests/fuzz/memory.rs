//! How much memory the process has taken at its peak, as Linux counts it.

use std::fs;

/// Begins to count anew; where that is not possible, the peak is that of the whole run.
pub fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most that was taken since, in bytes; none where the system does not say.
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
