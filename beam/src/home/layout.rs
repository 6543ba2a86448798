// Where the parts of a guest's memory begin: the build script has the linker put them there, so it includes this file.

/// Bytes that become a process' own together.
pub(crate) const PAGE: usize = 4096;
/// The first bytes that the guest itself places. The native stack ends within their first page, so that a turn writes to few pages.
pub(crate) const HOME: usize = (1 << 20) - PAGE;
/// Bytes of the native stack in that page: more than most turns need.
pub(crate) const STACK_IN_HOME: usize = 1536;
/// Where the linker begins to place what no process writes to from its first turn on. All in front of it are pages of its own of every process;
/// large pages, which are shared as a whole, can hold all behind it.
pub(crate) const STATICS: usize = 2 << 20;
