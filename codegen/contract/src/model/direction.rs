//! The direction of operations, and of the values in their requests and responses.

/// The direction of an operation or value, from the view of the service that the contract describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The direction towards the service: operations that it serves, and values that it receives.
    Inbound,
    /// The direction away from the service: operations that it calls, and values that it sends.
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
