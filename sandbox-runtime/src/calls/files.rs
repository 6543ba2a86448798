//! Files: the natives of `prim_file`, on the files in memory of the sandbox.
//!
//! Names come as bytes that end with a zero. Errors are those of POSIX, as values. There are no links, owners and
//! permissions: what asks to change them is answered as a file system does that has none.

use shared::{Ref, Term};

use super::answer::{Answer, Failure, Value};
use super::arguments::Arguments;
use crate::host::Host;
use crate::kernel::fs::{FileError, FileInfo, Times};
use crate::kernel::open_files::OpenFile;

/// Most bytes that one call reads. A program that wants more gets what there is.
const MAX_READ: u64 = 64 << 20;

fn ok() -> Answer {
    super::answer::atom("ok")
}

fn with_ok(value: Term) -> Answer {
    Ok(Term::tuple([Term::atom("ok"), value]).into())
}

fn error(reason: &str) -> Answer {
    Ok(Term::tuple([Term::atom("error"), Term::atom(reason)]).into())
}

/// The value of a call that an error of POSIX ended, too.
fn answer(outcome: Result<Value, FileError>) -> Answer {
    outcome.or_else(|reason| error(reason.name()))
}

fn done(outcome: Result<(), FileError>) -> Answer {
    answer(outcome.map(|()| Value::Term(Term::atom("ok"))))
}

/// A file name as an absolute path, or why no file of ours can be there.
fn path(host: &Host, arguments: &Arguments<'_>, i: usize) -> Result<Result<String, FileError>, Failure> {
    let name = arguments.term(i)?;
    let name = name.as_binary().and_then(|name| name.strip_suffix(&[0])).ok_or(Failure::badarg())?;
    let Ok(name) = str::from_utf8(name) else { return Ok(Err(FileError::Einval)) };
    let settings = host.kernel().settings();
    let path = settings.absolute(name);
    // What stands before a `..` has to be a directory, and so does what stands before a last slash if it is there.
    let climbs = name.match_indices("/..").filter(|(at, _)| matches!(name.as_bytes().get(at + 3), None | Some(b'/')));
    for (at, _) in climbs.filter(|(at, _)| *at > 0) {
        match info(host, &settings.absolute(&name[..at])) {
            Ok(found) if found.is_directory => {}
            Ok(_) => return Ok(Err(FileError::Enotdir)),
            Err(reason) => return Ok(Err(reason)),
        }
    }
    if name.ends_with('/') && info(host, &path).is_ok_and(|found| !found.is_directory) {
        return Ok(Err(FileError::Enotdir));
    }
    Ok(Ok(path))
}

macro_rules! path {
    ($host:expr, $arguments:expr, $i:expr) => {
        match path($host, $arguments, $i)? {
            Ok(path) => path,
            Err(reason) => return error(reason.name()),
        }
    };
}

/// What is at a path. A path through something that is no directory leads nowhere in another way.
fn info(host: &Host, path: &str) -> Result<FileInfo, FileError> {
    host.files().info(path).map_err(|error| {
        let is_through_file =
            path.match_indices('/').any(|(at, _)| host.files().info(&path[..at]).is_ok_and(|info| !info.is_directory));
        if error == FileError::Enoent && is_through_file { FileError::Enotdir } else { error }
    })
}

/// The record `file_info`, with times in seconds since 1970.
fn file_info(host: &Host, info: FileInfo) -> Term {
    /// The bits that tell what it is (POSIX: `S_IFMT`).
    const DIRECTORY: i64 = 0o40_000;
    const REGULAR: i64 = 0o100_000;
    let epoch = host.system_time_nanos() - host.now().nanos();
    let changed = ((epoch + info.modified.nanos()) / 1_000_000_000) as i64;
    let times = info.told.unwrap_or(Times { accessed: changed, modified: changed });
    let (kind, bits) = if info.is_directory { ("directory", DIRECTORY) } else { ("regular", REGULAR) };
    Term::tuple([
        Term::atom("file_info"),
        Term::from(info.size),
        Term::atom(kind),
        Term::atom("read_write"),
        Term::Int(times.accessed),
        Term::Int(times.modified),
        Term::Int(changed),
        Term::Int(bits | i64::from(info.mode)),
        Term::Int(1),
        Term::Int(0),
        Term::Int(0),
        Term::Int(0),
        Term::Int(0),
        Term::Int(0),
    ])
}

/// `open_nif(Name, Modes)`
pub(super) fn open(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    let modes = arguments.list(1)?;
    let has = |mode: &str| modes.iter().any(|term| term.is_atom(mode));
    let (can_write, appends, is_exclusive) = (has("write") || has("append"), has("append"), has("exclusive"));
    let can_read = has("read") || !can_write;
    let found = info(host, &path);
    let file = OpenFile { owner: host.self_pid(), path, position: 0, can_read, can_write, appends };
    match found {
        Ok(info) if info.is_directory => return error(if has("directory") { "enotsup" } else { "eisdir" }),
        Ok(_) if can_write && is_exclusive => return error("eexist"),
        // Written without being read or appended to, a file begins empty.
        Ok(_) if can_write && !can_read && !appends => {
            if let Err(reason) = host.file_write(&file.path, &[]) {
                return error(reason.name());
            }
        }
        Ok(_) => {}
        Err(FileError::Enoent) if can_write => {
            if let Err(reason) = host.file_write(&file.path, &[]) {
                return error(reason.name());
            }
        }
        Err(reason) => return error(reason.name()),
    }
    with_ok(Term::reference(host.kernel_mut().open_file(file)))
}

fn opened(host: &Host, arguments: &Arguments<'_>) -> Result<Option<(Ref, OpenFile)>, Failure> {
    let reference = arguments.reference(0)?;
    Ok(host.kernel().opened_file(reference).map(|file| (reference, file.clone())))
}

macro_rules! opened {
    ($host:expr, $arguments:expr) => {
        match opened($host, $arguments)? {
            Some(file) => file,
            None => return error("einval"),
        }
    };
}

/// `close_nif(File)`
pub(super) fn close(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let reference = arguments.reference(0)?;
    if host.kernel_mut().close_file(reference) { ok() } else { error("einval") }
}

/// `delayed_close_nif(File)`
pub(super) fn delayed_close(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    close(host, arguments)
}

/// The bytes of an open file from a position on, and where they end. `None` at its end.
fn part(host: &Host, file: &OpenFile, from: u64, size: u64) -> Result<Option<(Vec<u8>, u64)>, FileError> {
    let content = host.files().read(&file.path)?;
    let end = from.saturating_add(size.min(MAX_READ)).min(content.len() as u64);
    if from >= end && size > 0 {
        return Ok(None);
    }
    let range = usize::try_from(from).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX);
    let bytes = content.get(range).unwrap_or_default().to_vec();
    Ok(Some((bytes, end.max(from))))
}

/// `read_nif(File, Size)`
pub(super) fn read(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let size = arguments.natural(1)?;
    let (reference, file) = opened!(host, arguments);
    if !file.can_read {
        return error("ebadf");
    }
    match part(host, &file, file.position, size) {
        Ok(Some((bytes, end))) => {
            host.kernel_mut().move_in_file(reference, end);
            with_ok(Term::binary(bytes))
        }
        Ok(None) => super::answer::atom("eof"),
        Err(reason) => error(reason.name()),
    }
}

/// `pread_nif(File, Offset, Size)`
pub(super) fn pread(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (offset, size) = (arguments.natural(1)?, arguments.natural(2)?);
    let (_, file) = opened!(host, arguments);
    if !file.can_read {
        return error("ebadf");
    }
    match part(host, &file, offset, size) {
        Ok(Some((bytes, _))) => with_ok(Term::binary(bytes)),
        Ok(None) => super::answer::atom("eof"),
        Err(reason) => error(reason.name()),
    }
}

/// The bytes of an I/O vector: a list of binaries.
fn vector(arguments: &Arguments<'_>, i: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    for part in arguments.list(i)? {
        bytes.extend_from_slice(part.as_binary().ok_or(Failure::badarg())?);
    }
    Ok(bytes)
}

fn size(host: &Host, file: &OpenFile) -> u64 {
    host.files().info(&file.path).map_or(0, |info| info.size)
}

/// `write_nif(File, Vector)`
pub(super) fn write(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let bytes = vector(arguments, 1)?;
    let (reference, file) = opened!(host, arguments);
    if !file.can_write {
        return error("ebadf");
    }
    let at = if file.appends { size(host, &file) } else { file.position };
    let written = host.file_write_at(&file.path, at, &bytes);
    if written.is_ok() {
        host.kernel_mut().move_in_file(reference, at + bytes.len() as u64);
    }
    done(written)
}

/// `pwrite_nif(File, Offset, Vector)`
pub(super) fn pwrite(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (offset, bytes) = (arguments.natural(1)?, vector(arguments, 2)?);
    let (_, file) = opened!(host, arguments);
    if !file.can_write {
        return error("ebadf");
    }
    let at = if file.appends { size(host, &file) } else { offset };
    done(host.file_write_at(&file.path, at, &bytes))
}

/// `seek_nif(File, Mark, Offset)`
pub(super) fn seek(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let offset = arguments.term(2)?.as_int().ok_or(Failure::badarg())?;
    let (reference, file) = opened!(host, arguments);
    let from = match arguments.atom(1)?.as_str() {
        "bof" => 0,
        "cur" => file.position,
        "eof" => size(host, &file),
        _ => return Err(Failure::badarg()),
    };
    let Some(position) = from.checked_add_signed(offset) else { return error("einval") };
    host.kernel_mut().move_in_file(reference, position);
    with_ok(Term::from(position))
}

/// `truncate_nif(File)`: at its position.
pub(super) fn truncate(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (_, file) = opened!(host, arguments);
    if !file.can_write {
        return error("ebadf");
    }
    let cut = host.files().read(&file.path).and_then(|content| {
        let length = usize::try_from(file.position).unwrap_or(usize::MAX);
        match content.get(..length) {
            Some(kept) => host.file_write(&file.path, kept),
            None => host.file_write_at(&file.path, file.position, &[]),
        }
    });
    done(cut)
}

/// `sync_nif(File, DataOnly)`: nothing is ever anywhere but in memory.
pub(super) fn sync(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    opened!(host, arguments);
    ok()
}

/// `advise_nif(File, Offset, Length, Advice)`
pub(super) fn advise(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    sync(host, arguments)
}

/// `allocate_nif(File, Offset, Length)`
pub(super) fn allocate(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    opened!(host, arguments);
    error("enotsup")
}

/// `get_handle_nif(File)`: the number by which an operating system would know it.
pub(super) fn get_handle(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    opened!(host, arguments);
    error("enotsup")
}

/// `file_desc_to_ref_nif(Number)`: no file has a number.
pub(super) fn file_desc_to_ref(_: &mut Host, _: &Arguments<'_>) -> Answer {
    error("ebadf")
}

/// `read_handle_info_nif(File)`
pub(super) fn read_handle_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (_, file) = opened!(host, arguments);
    let found = info(host, &file.path);
    answer(found.map(|info| file_info(host, info).into()))
}

/// `read_info_nif(Name, FollowLinks)`
pub(super) fn read_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    let found = info(host, &path);
    answer(found.map(|info| file_info(host, info).into()))
}

/// `read_file_nif(Name)`
pub(super) fn read_file(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    match info(host, &path).and_then(|_| host.files().read(&path)) {
        Ok(content) => with_ok(Term::binary(content)),
        Err(reason) => error(reason.name()),
    }
}

/// `list_dir_nif(Name)`
pub(super) fn list_dir(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    match info(host, &path).and_then(|_| host.files().list(&path)) {
        Ok(names) => with_ok(Term::list(names.iter().map(|name| Term::binary(name.as_bytes())))),
        Err(reason) => error(reason.name()),
    }
}

/// `rename_nif(From, To)`
pub(super) fn rename(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (from, to) = (path!(host, arguments, 0), path!(host, arguments, 1));
    done(host.file_rename(&from, &to))
}

/// `make_dir_nif(Name)`
pub(super) fn make_dir(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    done(host.file_make_dir(&path))
}

/// `del_file_nif(Name)`
pub(super) fn del_file(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    match info(host, &path) {
        // Only the super-user may try that with a directory (POSIX: unlink).
        Ok(info) if info.is_directory => error("eperm"),
        Ok(_) => done(host.file_delete(&path)),
        Err(reason) => error(reason.name()),
    }
}

/// `del_dir_nif(Name)`
pub(super) fn del_dir(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    done(info(host, &path).and_then(|_| host.file_delete_dir(&path)))
}

/// `get_cwd_nif()`
pub(super) fn get_cwd(host: &mut Host, _: &Arguments<'_>) -> Answer {
    with_ok(Term::binary(host.kernel().settings().directory().as_bytes()))
}

/// `get_device_cwd_nif(Number)`: only file systems with drives have more than one.
pub(super) fn get_device_cwd(_: &mut Host, _: &Arguments<'_>) -> Answer {
    error("enotsup")
}

/// `set_cwd_nif(Name)`
pub(super) fn set_cwd(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    match info(host, &path) {
        Ok(info) if info.is_directory => {
            host.kernel_mut().settings_mut().set_directory(path);
            ok()
        }
        Ok(_) => error("enotdir"),
        Err(reason) => error(reason.name()),
    }
}

/// `read_link_nif(Name)`: nothing is a link.
pub(super) fn read_link(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    error(info(host, &path).map_or_else(FileError::name, |_| "einval"))
}

/// `make_hard_link_nif(Old, New)`
pub(super) fn make_hard_link(_: &mut Host, _: &Arguments<'_>) -> Answer {
    error("enotsup")
}

/// `make_soft_link_nif(Old, New)`
pub(super) fn make_soft_link(_: &mut Host, _: &Arguments<'_>) -> Answer {
    error("enotsup")
}

/// `altname_nif(Name)`
pub(super) fn altname(_: &mut Host, _: &Arguments<'_>) -> Answer {
    error("enotsup")
}

/// `set_permissions_nif(Name, Permissions)`
pub(super) fn set_permissions(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    // The number has others in front of those that can be set.
    let mode = arguments.natural(1)? as u16;
    done(info(host, &path).and_then(|_| host.file_set_mode(&path, mode)))
}

/// `set_owner_nif(Name, User, Group)`: everything belongs to the one user.
pub(super) fn set_owner(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    done(info(host, &path).map(drop))
}

/// `set_time_nif(Name, Accessed, Modified, Created)`
pub(super) fn set_time(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let path = path!(host, arguments, 0);
    let seconds = |i| arguments.term(i)?.as_int().ok_or(Failure::badarg());
    let times = Times { accessed: seconds(1)?, modified: seconds(2)? };
    done(info(host, &path).and_then(|_| host.file_set_times(&path, times)))
}
