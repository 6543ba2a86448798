//! What a sandbox may use, tried by programs that ask for more, in the real guest under the real engine.

mod abuse;
mod backstop;
mod capacity;
mod guests;
mod sandbox;
