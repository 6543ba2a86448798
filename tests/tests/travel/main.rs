//! Time travel of machines whose processes run in wasm.

mod pipe;
mod snapshots;
mod timelines;
