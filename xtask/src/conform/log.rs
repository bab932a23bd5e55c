//! The log of a service under test: the lines of its requests, and the lines that it has dropped.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};

/// The metric that counts the dropped lines.
const DROPPED: &str = "writ_log_lines_dropped_total{";

/// The message of the line that a service writes for each request.
const REQUEST: &str = "\"request completed\"";

/// The log of a running service, which is written to a file.
pub struct Log {
    path: PathBuf,
    metrics: SocketAddr,
}

impl Log {
    /// Describes the log in the file `path`, of a service that serves its metrics at `metrics`.
    pub fn new(path: PathBuf, metrics: SocketAddr) -> Log {
        Log { path, metrics }
    }

    /// Returns the number of lines of requests, and the number of lines that the service has dropped.
    ///
    /// # Errors
    /// Returns an error if the log has no line of a request, because then the number of dropped lines shows nothing.
    pub fn lines(&self) -> anyhow::Result<(usize, u64)> {
        let text = fs::read_to_string(&self.path).context("cannot read the log of the service")?;
        let requests = text.lines().filter(|line| line.contains(REQUEST)).count();
        if requests == 0 {
            bail!("the log of the service has no line of a request");
        }
        let metrics = ureq::get(format!("http://{}/metrics", self.metrics)).call();
        let metrics = metrics.context("cannot read the metrics of the service")?.body_mut().read_to_string()?;
        Ok((requests, dropped(&metrics).context("the metrics do not count dropped log lines")?))
    }
}

/// Returns the number of dropped lines in the text of metrics.
fn dropped(metrics: &str) -> Option<u64> {
    let line = metrics.lines().find(|line| line.starts_with(DROPPED))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::dropped;

    #[test]
    fn the_number_of_dropped_lines_is_read_from_the_metrics() {
        let text = "# TYPE writ_log_lines_dropped counter\nwrit_log_lines_dropped_total{service_name=\"shop\"} 17\n";
        assert_eq!(dropped(text), Some(17));
        assert_eq!(dropped("# TYPE writ_log_lines_dropped counter\n"), None);
    }
}
