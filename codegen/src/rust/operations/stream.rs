//! The Rust type of a body that is a stream of items, and the runtime's methods that read or write it.

use writ_contract::model::stream::Framing;

use crate::rust::plan::ty::Ty;

/// Returns the Rust type of a stream of items in a framing.
pub fn stream_type(framing: Framing, item: Ty) -> Ty {
    match framing {
        Framing::Lines => Ty::JsonLines(Box::new(item)),
        Framing::EventData | Framing::Events => Ty::EventStream(Box::new(item)),
    }
}

/// Returns the name of the method that reads or writes a stream in a framing. Server and client have equal names.
pub fn stream_method(framing: Framing) -> &'static str {
    match framing {
        Framing::Lines => "lines",
        Framing::EventData => "events",
        Framing::Events => "described_events",
    }
}
