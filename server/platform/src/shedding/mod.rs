//! Load shedding: requests are refused with 503 while their operations take much longer than usual, so that those that
//! are admitted still complete.
//!
//! Reads and writes are two classes with a limit each, because they usually wait for different resources. A class has
//! no limit until an overload is measured. The limit then follows the latency: it falls by a tenth as long as most
//! requests are slow, and rises as long as they are not (additive increase, multiplicative decrease).

mod baseline;
mod limit;
mod policy;
#[cfg(test)]
mod tests;

pub(crate) use policy::LoadShedding;
