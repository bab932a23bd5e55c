//! A running process, and the signals that end it.

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

/// A running process, and how to end it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its process id, and for [`Kind::Group`] that of its group.
    pub pid: Pid,
    /// What signals mean to it.
    pub kind: Kind,
}

/// What signals mean to a process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL reads its own meanings from signals, and its workers stand outside its group.
    Postgres,
    /// Anything else: the process, and what it started, in a group of their own.
    Group,
}

impl Target {
    /// Asks it to finish what it does and end.
    pub fn end_gently(self) {
        self.signal(match self.kind {
            Kind::Postgres => Signal::INT,
            Kind::Group => Signal::TERM,
        });
    }

    /// Ends it at once. PostgreSQL still tells its workers, and recovers when it starts again.
    pub fn end_at_once(self) {
        self.signal(match self.kind {
            Kind::Postgres => Signal::QUIT,
            Kind::Group => Signal::KILL,
        });
    }

    /// Ends it without its consent.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// Whether it still runs; what it started may outlive it.
    pub fn is_alive(self) -> bool {
        test_kill_process(self.pid).is_ok() && !self.is_zombie()
    }

    /// Ended, and its parent has not asked how: where the first process of a container does not
    /// ask, that lasts.
    fn is_zombie(self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid.as_raw_pid()));
        // `12 (name) Z 1 ...`, where the name may hold anything.
        stat.is_ok_and(|stat| stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z')))
    }

    fn signal(self, signal: Signal) {
        // A process that is gone already is what was wanted.
        let _ = match self.kind {
            Kind::Postgres => kill_process(self.pid, signal),
            Kind::Group => kill_process_group(self.pid, signal),
        };
    }

    /// As the guard is told of it.
    pub fn to_words(self) -> String {
        let kind = match self.kind {
            Kind::Postgres => "postgres",
            Kind::Group => "group",
        };
        format!("{kind} {}", self.pid.as_raw_pid())
    }

    /// The opposite of [`Self::to_words`].
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
    fn the_guard_understands_what_it_is_told() {
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
