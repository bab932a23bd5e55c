//! The result of creating services: seconds, and lines of code that are written by hand.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::service::Service;

/// The result of creating one service.
pub struct Report {
    name: String,
    /// The steps in their order, each with its duration.
    steps: Vec<(&'static str, Duration)>,
    /// The number of operations that responded with 501 to an authenticated request.
    pub stubs: usize,
    /// The number of lines that implement one operation.
    lines: usize,
}

impl Report {
    /// Creates the report of a service before its first step.
    pub fn of(service: &Service) -> Report {
        Report { name: service.name.clone(), steps: Vec::new(), stubs: 0, lines: service.lines() }
    }

    /// Runs a step, and records its duration.
    pub fn timed<T>(&mut self, step: &'static str, run: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let begun = Instant::now();
        let result = run()?;
        self.steps.push((step, begun.elapsed()));
        Ok(result)
    }

    /// Returns the name of the service and the durations of its steps on one line.
    pub fn summary(&self) -> String {
        let steps = self.steps.iter().map(|(step, duration)| format!("{step} {:.1} s", duration.as_secs_f64()));
        format!("{}: {}", self.name, steps.collect::<Vec<_>>().join(", "))
    }
}

/// Returns the table of the created services, in Markdown.
pub fn table(reports: &[Report]) -> String {
    let Some(first) = reports.first() else { return "no service was created".to_owned() };
    let mut text = "| service |".to_owned();
    for (step, _) in &first.steps {
        let _ = write!(text, " {step} |");
    }
    text.push_str(" 501 | 200 with |\n|---|");
    text.push_str(&"---:|".repeat(first.steps.len() + 2));
    for report in reports {
        let _ = write!(text, "\n| {} |", report.name);
        for (_, duration) in &report.steps {
            let _ = write!(text, " {:.1} s |", duration.as_secs_f64());
        }
        let lines = if report.lines == 1 { "1 line".to_owned() } else { format!("{} lines", report.lines) };
        let _ = write!(text, " {} | {lines} |", report.stubs);
    }
    text
}
