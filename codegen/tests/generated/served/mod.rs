//! Services against small contracts, compiled, run, and asked over HTTP.

mod limits;
mod mounted;
mod own;
mod shop;
mod table;
mod tables;
mod unwritten;
mod wire;
