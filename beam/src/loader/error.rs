//! Why a file cannot be loaded.

use std::fmt;

/// Why a file cannot be loaded. The file is untrusted, so each of these is an ordinary outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It is no BEAM file, or its outer structure is broken.
    Container(&'static str),
    /// It is larger than the limit, or would be once inflated.
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A chunk that every module has is not there.
    MissingChunk(&'static str),
    /// A chunk does not have the form that it should have.
    Chunk {
        /// Name of the chunk.
        chunk: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// The code holds an opcode that is not known here.
    UnknownOpcode {
        /// Its number.
        opcode: u8,
        /// The release of OTP whose compiler emits it.
        release: &'static str,
    },
    /// The code holds an opcode that no compiler since OTP 24 emits. The source has to be compiled again.
    ObsoleteOpcode {
        /// Its number.
        opcode: u8,
        /// Its name.
        name: &'static str,
    },
    /// An instruction asks for what must not be.
    Instruction {
        /// Index of the instruction.
        index: usize,
        /// The function it stands in, as `name/arity`; empty before the first function.
        function: String,
        /// Name of its opcode.
        name: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Container(reason) => write!(f, "not a loadable BEAM file: {reason}"),
            LoadError::TooLarge { what, limit } => write!(f, "{what} is larger than {limit} bytes"),
            LoadError::MissingChunk(chunk) => write!(f, "chunk {chunk} is missing"),
            LoadError::Chunk { chunk, reason } => write!(f, "chunk {chunk}: {reason}"),
            LoadError::UnknownOpcode { opcode, release } => {
                write!(f, "opcode {opcode} is not supported: it needs the runtime system of Erlang/OTP {release}")
            }
            LoadError::ObsoleteOpcode { opcode, name } => write!(
                f,
                "opcode {opcode} ({name}) is from a compiler older than Erlang/OTP 24: please compile the module again"
            ),
            LoadError::Instruction { index, function, name, reason } => {
                write!(f, "function {function}, instruction {index} ({name}): {reason}")
            }
        }
    }
}

impl std::error::Error for LoadError {}
