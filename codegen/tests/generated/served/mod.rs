//! Services of small contracts, compiled, started, and called over HTTP.

mod limits;
mod mounted;
mod own;
mod shop;
mod table;
mod tables;
mod unwritten;
mod versions;
pub mod wire;
