//! Erlang/OTP and Elixir booted in wasm instances: what must hold of a sandbox, whatever runs in it. That programs print what
//! they print elsewhere is tested with the programs themselves.

mod code;
mod compile;
mod containment;
mod determinism;
mod hostile;
mod preparation;
mod run;
mod running;
mod workbench;
