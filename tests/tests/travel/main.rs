//! Time travel of machines whose processes run in wasm.

mod snapshots;
mod world;
