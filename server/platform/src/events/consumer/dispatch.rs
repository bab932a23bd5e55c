//! The order of work of a consumer: events of one aggregate one after the other, those of different ones concurrently.

use std::collections::{BTreeMap, HashMap, VecDeque};

use redis::streams::StreamId;
use tokio::time::Instant;

use crate::events::lease::Lease;
use crate::events::message::{Aggregate, Message};

/// The number of entries of a partition that wait or are being handled, above which none of the partition are read. So an
/// aggregate whose events take long cannot stop the other partitions.
pub(super) const MAX_ENTRIES: usize = 32;

/// The id before that of every entry.
const START: &str = "0-0";

/// An entry of a stream, as this process has received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) partition: i16,
    /// The token of the lease under which the entry was received.
    pub(super) token: i64,
    pub(super) id: String,
    pub(super) message: Message,
}

/// The streams to read next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// True if the entries are those that were received before and not acknowledged.
    pub(super) recovers: bool,
    /// True if a partition is left out because enough of its entries wait. The read should then end soon.
    pub(super) is_partial: bool,
    /// The partitions, and the id after which to read.
    pub(super) after: Vec<(i16, String)>,
}

/// The partitions of a consumer in one process, and the entries that wait or are being handled.
///
/// An entry that is kept, because of an unavailable store for example, pauses its partition: the later entries of its
/// aggregate must not overtake it. When all work of the partition has ended, Redis is asked again for the entries that
/// are not acknowledged, in their order.
#[derive(Debug, Default)]
pub(super) struct Dispatcher {
    partitions: BTreeMap<i16, Partition>,
    /// The entries that wait behind one of their aggregate that is being handled.
    waiting: HashMap<Aggregate, VecDeque<Entry>>,
}

#[derive(Debug)]
struct Partition {
    token: i64,
    phase: Phase,
    /// The number of entries that wait or are being handled.
    entries: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    /// The entries that were received and not acknowledged are read, after this id.
    Recovering(String),
    /// New entries are read.
    Reading,
    /// Nothing is read before this time.
    Paused(Instant),
}

impl Dispatcher {
    /// Adopts the leases that this process holds.
    pub(super) fn adopt(&mut self, leases: &[Lease]) {
        self.partitions.retain(|number, partition| {
            leases.iter().any(|lease| lease.partition == *number && lease.token == partition.token)
        });
        for lease in leases {
            let phase = Phase::Recovering(START.to_owned());
            let new = Partition { token: lease.token, phase, entries: 0 };
            self.partitions.entry(lease.partition).or_insert(new);
        }
    }

    /// Returns the partitions of this process and the tokens of their leases.
    pub(super) fn leases(&self) -> Vec<(i16, i64)> {
        self.partitions.iter().map(|(number, partition)| (*number, partition.token)).collect()
    }

    /// Returns the streams to read next. Returns `None` if there is nothing to read, or enough to handle.
    pub(super) fn request(&mut self, now: Instant) -> Option<Request> {
        for partition in self.partitions.values_mut() {
            if matches!(partition.phase, Phase::Paused(until) if until <= now) && partition.entries == 0 {
                partition.phase = Phase::Recovering(START.to_owned());
            }
        }
        let (mut recovering, mut reading, mut is_partial) = (Vec::new(), Vec::new(), false);
        for (number, partition) in &self.partitions {
            if partition.entries >= MAX_ENTRIES {
                is_partial = true;
                continue;
            }
            match &partition.phase {
                Phase::Recovering(after) => recovering.push((*number, after.clone())),
                Phase::Reading => reading.push((*number, ">".to_owned())),
                Phase::Paused(_) => {}
            }
        }
        let recovers = !recovering.is_empty();
        let after = if recovers { recovering } else { reading };
        (!after.is_empty()).then_some(Request { recovers, is_partial, after })
    }

    /// Takes the entries of a read. Returns those to handle at once, and the places of those that are no events.
    ///
    /// `recovers` is that of the request. A partition that was paused or lost in the meantime ignores the entries: they are
    /// not acknowledged, so they are read again.
    pub(super) fn accept(
        &mut self,
        read: Vec<(i16, Vec<StreamId>)>,
        recovers: bool,
    ) -> (Vec<Entry>, Vec<(i16, String)>) {
        let (mut started, mut unreadable) = (Vec::new(), Vec::new());
        for (number, entries) in read {
            let Some(partition) = self.partitions.get_mut(&number) else { continue };
            match (&mut partition.phase, recovers) {
                (Phase::Recovering(after), true) => match entries.last() {
                    Some(last) => after.clone_from(&last.id),
                    None => partition.phase = Phase::Reading,
                },
                (Phase::Reading, false) => {}
                _ => continue,
            }
            for entry in entries {
                let Some(message) = Message::from_entry(&entry) else {
                    if !entry.map.is_empty() {
                        tracing::error!(partition = number, entry = entry.id, "an entry of a stream is no event");
                    }
                    unreadable.push((number, entry.id));
                    continue;
                };
                partition.entries += 1;
                let entry = Entry { partition: number, token: partition.token, id: entry.id, message };
                match self.waiting.get_mut(&entry.message.aggregate()) {
                    Some(waiting) => waiting.push_back(entry),
                    None => {
                        self.waiting.insert(entry.message.aggregate(), VecDeque::new());
                        started.push(entry);
                    }
                }
            }
        }
        (started, unreadable)
    }

    /// Ends the work on an entry, and returns the next one of its aggregate. `pause` is set if the entry is kept, and is
    /// then the end of the pause of its partition.
    pub(super) fn finish(&mut self, entry: &Entry, pause: Option<Instant>) -> Option<Entry> {
        if let (Some(until), Some(partition)) = (pause, self.current(entry)) {
            partition.phase = Phase::Paused(until);
        }
        self.leave(entry);
        let aggregate = entry.message.aggregate();
        while let Some(next) = self.waiting.get_mut(&aggregate).and_then(VecDeque::pop_front) {
            let is_paused = self.current(&next).is_none_or(|partition| matches!(partition.phase, Phase::Paused(_)));
            if !is_paused {
                return Some(next);
            }
            self.leave(&next);
        }
        self.waiting.remove(&aggregate);
        None
    }

    /// Pauses all partitions, because Redis is unavailable or has lost the group.
    pub(super) fn pause_all(&mut self, until: Instant) {
        for partition in self.partitions.values_mut() {
            partition.phase = Phase::Paused(until);
        }
    }

    /// Returns the partition of an entry, if this process still holds its lease.
    fn current(&mut self, entry: &Entry) -> Option<&mut Partition> {
        self.partitions.get_mut(&entry.partition).filter(|partition| partition.token == entry.token)
    }

    fn leave(&mut self, entry: &Entry) {
        if let Some(partition) = self.current(entry) {
            partition.entries = partition.entries.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests;
