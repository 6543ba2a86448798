//! Which values the API takes: what the server checks, and beside it the patterns with which its description ([`super::described`])
//! says the same. A test of the API holds them together.

/// Longest name of a person or a token, in characters.
pub const NAME_MAX: usize = 64;

/// Longest name of a sandbox, in characters.
pub const SANDBOX_NAME_MAX: usize = 100;

/// Shortest and longest login, in characters.
pub const LOGIN: (usize, usize) = (3, 64);

/// Shortest and longest password, in characters.
pub const PASSWORD: (usize, usize) = (8, 256);

/// Longest message of the chat, in characters.
pub const CHAT_MAX: usize = 4_000;

/// Longest that `POST /api/runs` may take, in milliseconds. It ends before the request would.
pub const RUN_MILLIS_MAX: u64 = 20_000;

/// How long it may take when nothing is said, in milliseconds.
pub const RUN_MILLIS: u64 = 10_000;

/// Most arguments of a program.
pub const ARGUMENTS_MAX: usize = 100;

/// Longest `Idempotency-Key`, in characters.
pub const KEY_MAX: usize = 200;

/// What a name matches besides its length: nothing that controls, and something that shows.
pub const NAME_PATTERN: &str = "^[^\\x00-\\x1f\\x7f-\\x9f]*\
    [^\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]\
    [^\\x00-\\x1f\\x7f-\\x9f]*$";

/// What a message matches besides its length: something that is not blank.
pub const TEXT_PATTERN: &str = "[^\\x09-\\x0d\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/// What a login matches besides its length.
pub const LOGIN_PATTERN: &str = "^[\\p{L}\\p{N}.@_+-]*$";

/// What an `Idempotency-Key` matches besides its length.
pub const KEY_PATTERN: &str = "^[\\x21-\\x7e]*$";

/// What the path of a file matches: see [`super::sandboxes::check_path`]. Each part has something besides dots, and begins and ends
/// with no space.
pub const PATH_PATTERN: &str = "^(?:\\.+ +)*\\.*[\\p{L}\\p{N}_+@-][\\p{L}\\p{N}._+@-]*(?: +[\\p{L}\\p{N}._+@-]+)*\
    (?:/(?:\\.+ +)*\\.*[\\p{L}\\p{N}_+@-][\\p{L}\\p{N}._+@-]*(?: +[\\p{L}\\p{N}._+@-]+)*)*$";

/// Whether a text is a name of at most so many characters.
#[must_use]
pub fn is_name(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control) && !text.trim().is_empty()
}

/// Whether a text can be a login.
#[must_use]
pub fn is_login(text: &str) -> bool {
    let (least, most) = LOGIN;
    (least..=most).contains(&text.chars().count()) && text.chars().all(|c| c.is_alphanumeric() || ".@_+-".contains(c))
}

/// Whether a text can be a password.
#[must_use]
pub fn is_password(text: &str) -> bool {
    let (least, most) = PASSWORD;
    (least..=most).contains(&text.chars().count())
}

/// Whether a text can be said in the chat.
#[must_use]
pub fn is_message(text: &str) -> bool {
    text.chars().count() <= CHAT_MAX && !text.trim().is_empty()
}

/// Whether a text can be an `Idempotency-Key`.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
