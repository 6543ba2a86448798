//! How an instruction or a native ends without a value.

use crate::term::Term;

/// Class of an exception (OTP: Erlang Reference Manual, Errors and Error Handling).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Run-time error, with a stack trace.
    Error,
    /// `exit/1`.
    Exit,
    /// `throw/1`.
    Throw,
}

/// What a native gives instead of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fail {
    /// An error with this reason. The native's own call stands on top of the stack trace with its arguments.
    Error(Term),
    /// As `Error`, with a cause for the module that explains errors of natives (`error_info`).
    ErrorCause(Term, Term),
    /// `erlang:error/1,2,3`: an error of the caller. `args` is a list or NONE; `info` the error_info map or NONE.
    CallerError {
        /// Reason of the error.
        reason: Term,
        /// Arguments that replace the arity in the top stack item, or NONE.
        args: Term,
        /// The `error_info` map, or NONE.
        info: Term,
    },
    /// `exit/1`
    Exit(Term),
    /// `throw/1`
    Throw(Term),
    /// `raise/3`: class, reason and stack trace as given.
    Raise(Class, Term, Term),
    /// Continue with a call of `module:function(args...)`; `args` is a list. The native's value is that call's value.
    Call {
        /// Module to call.
        module: Term,
        /// Function to call.
        function: Term,
        /// List of arguments.
        args: Term,
    },
    /// Continue with the function without arguments that begins at an address. The native's value is that function's value.
    Enter(*const u64),
    /// The process is over the hard limit of its memory: it ends with reason `killed`-like, uncatchable.
    OutOfMemory,
    /// `erlang:hibernate/3`: drop the stack, wait for a message, then call.
    Hibernate {
        /// Module to call.
        module: Term,
        /// Function to call.
        function: Term,
        /// List of arguments.
        args: Term,
    },
}

impl Fail {
    /// The error `badarg`.
    pub const BADARG: Fail = Fail::Error(crate::atoms::BADARG);
    /// The error `badarith`.
    pub const BADARITH: Fail = Fail::Error(crate::atoms::BADARITH);
    /// The error `system_limit`.
    pub const SYSTEM_LIMIT: Fail = Fail::Error(crate::atoms::SYSTEM_LIMIT);
}

/// Value of a native, or why there is none.
pub type Outcome = Result<Term, Fail>;
