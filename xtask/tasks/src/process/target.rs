//! A running child process, and the signals that stop it.

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

/// A running child process that the task or its guard can stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The process id of the child process; for [`Kind::Group`] it is also the id of the process group.
    pub pid: Pid,
    /// The kind of the child process, which decides the signals that stop it.
    pub kind: Kind,
}

/// The kind of a child process, which decides the signals that stop it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The child process is PostgreSQL. Its signals have special meanings, and its workers are outside of its
    /// process group.
    Postgres,
    /// The child process is any other program. The process and its children share a separate process group.
    Group,
}

impl Target {
    /// Sends the signal that asks the child process to finish its work and end.
    pub fn end_gently(self) {
        self.signal(match self.kind {
            Kind::Postgres => Signal::INT,
            Kind::Group => Signal::TERM,
        });
    }

    /// Ends the child process immediately. PostgreSQL still stops its workers, and recovers at its next start.
    pub fn end_at_once(self) {
        self.signal(match self.kind {
            Kind::Postgres => Signal::QUIT,
            Kind::Group => Signal::KILL,
        });
    }

    /// Kills the child process with the signal `SIGKILL`.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// Returns true if the child process runs. The children that it started may still run after it has ended.
    pub fn is_alive(self) -> bool {
        test_kill_process(self.pid).is_ok() && !self.is_zombie()
    }

    /// Returns true if the child process has ended, but its parent has not read the exit status. The first
    /// process of a container may never read it.
    fn is_zombie(self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid.as_raw_pid()));
        // The format of the file is `12 (name) Z 1 ...`; the name may contain any character.
        stat.is_ok_and(|stat| stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z')))
    }

    fn signal(self, signal: Signal) {
        // An error means that the child process has already ended.
        let _ = match self.kind {
            Kind::Postgres => kill_process(self.pid, signal),
            Kind::Group => kill_process_group(self.pid, signal),
        };
    }

    /// Returns a line with the kind and the id of the process, which the guard and a later task can parse.
    pub fn to_words(self) -> String {
        let kind = match self.kind {
            Kind::Postgres => "postgres",
            Kind::Group => "group",
        };
        format!("{kind} {}", self.pid.as_raw_pid())
    }

    /// Parses a line of [`Self::to_words`] into a process. Returns `None` if the line has another form.
    pub fn from_words(words: &str) -> Option<Self> {
        let (kind, pid) = words.split_once(' ')?;
        let kind = match kind {
            "postgres" => Kind::Postgres,
            "group" => Kind::Group,
            _ => return None,
        };
        Some(Self { pid: Pid::from_raw(pid.parse().ok()?)?, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Target};

    #[test]
    fn the_guard_parses_the_lines_that_it_receives() {
        for (words, kind) in [("postgres 7", Kind::Postgres), ("group 7", Kind::Group)] {
            let target = Target::from_words(words);
            assert!(target.is_some_and(|target| target.kind == kind));
            assert_eq!(target.map(Target::to_words).as_deref(), Some(words));
        }
        for words in ["group", "group 0", "group x", "other 7", ""] {
            assert!(Target::from_words(words).is_none(), "{words}");
        }
    }
}
