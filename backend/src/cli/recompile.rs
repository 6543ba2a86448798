//! `recompile` in a session of `orrery repl`: what changed in the files since they were read is brought into the sandbox, and
//! compiled there. IEx itself asks Mix to do that, which sandboxes do not have.

use std::path::PathBuf;
use std::sync::Arc;

use super::files::{self, Files};

/// The files of a session, as its sandbox has them.
pub(super) struct Recompile {
    given: Vec<PathBuf>,
    known: Files,
}

impl Recompile {
    /// Of the session that was begun with these files, and was given what lies beside them.
    pub(super) fn new(given: Vec<PathBuf>, known: impl Iterator<Item = (String, Arc<[u8]>)>) -> Recompile {
        Recompile { given, known: known.collect() }
    }

    /// What is typed, with each line that says `recompile` replaced by the expression that does it.
    pub(super) fn typed(&mut self, piece: Vec<u8>) -> Vec<u8> {
        let is_meant = |line: &[u8]| matches!(line.trim_ascii(), b"recompile" | b"recompile()");
        let lines = || piece.split_inclusive(|byte| *byte == b'\n');
        if !lines().any(is_meant) {
            return piece;
        }
        let mut typed = Vec::new();
        for line in lines() {
            match is_meant(line) {
                true => typed.extend(self.expression().into_bytes()),
                false => typed.extend(line),
            }
        }
        typed
    }

    /// The call of `orrery_exec:recompile/1` with the files that changed.
    fn expression(&mut self) -> String {
        let mut expression = ":orrery_exec.recompile([".to_owned();
        // One that cannot be read now is left as it was.
        let found = files::beside(&self.given).unwrap_or_default();
        let changed: Files = found.into_iter().filter(|(path, text)| self.known.get(path) != Some(text)).collect();
        for (at, (path, text)) in changed.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            expression.push_str(&format!("{separator}{{{}, {}}}", bytes(path.as_bytes()), bytes(text)));
        }
        self.known.extend(changed);
        expression + "])\n"
    }
}

/// Bytes as Elixir writes them.
fn bytes(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
    format!("<<{}>>", bytes.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_compiled_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.ex");
        std::fs::write(&file, "1").unwrap();
        let given = vec![file.clone()];
        let mut session = Recompile::new(given.clone(), files::beside(&given).unwrap().into_iter());
        assert_eq!(session.typed(b"recompile_me()\n".to_vec()), b"recompile_me()\n");
        assert_eq!(session.typed(b"recompile()\n".to_vec()), b":orrery_exec.recompile([])\n");
        std::fs::write(&file, "23").unwrap();
        let typed = String::from_utf8(session.typed(b"x = 1\n recompile \nx\n".to_vec())).unwrap();
        let path = bytes(file.to_str().unwrap().as_bytes());
        assert_eq!(typed, format!("x = 1\n:orrery_exec.recompile([{{{path}, <<50,51>>}}])\nx\n"));
        assert_eq!(session.typed(b"recompile\n".to_vec()), b":orrery_exec.recompile([])\n");
    }
}
