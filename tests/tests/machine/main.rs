//! Programs of several processes in the machine, compared with Erlang/OTP: they write to the console, and the two texts must
//! be the same.

mod programs;
mod table;
