//! The direction of operations, and of the values that their requests and responses carry.

/// A direction, as the service of the contract sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Towards the service: an operation that it serves, a value that it receives.
    Inbound,
    /// Away from the service: an operation of another service that it calls, a value that it sends.
    Outbound,
}

impl Direction {
    /// Returns the other direction.
    pub fn opposite(self) -> Direction {
        match self {
            Direction::Inbound => Direction::Outbound,
            Direction::Outbound => Direction::Inbound,
        }
    }
}
