//! The direction of operations, and of the values in their requests and responses.

/// The direction of an operation or value, from the view of the service that the contract describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Towards the service: an operation that it serves, or a value that it receives.
    Inbound,
    /// Away from the service: an operation that it calls, or a value that it sends.
    Outbound,
}

impl Direction {
    /// Returns the opposite direction: outbound for inbound, and inbound for outbound.
    pub fn opposite(self) -> Direction {
        match self {
            Direction::Inbound => Direction::Outbound,
            Direction::Outbound => Direction::Inbound,
        }
    }
}
