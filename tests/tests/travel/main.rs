//! Time travel of machines whose processes run in wasm.

mod inner;
mod parked;
mod pipe;
mod snapshots;
mod timelines;
