//! Tests of terms and of the external term format against what Erlang/OTP gives.

mod etf;
mod hostile;
mod order;
mod samples;
mod wire;
