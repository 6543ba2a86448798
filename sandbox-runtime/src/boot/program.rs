//! What a sandbox is to run.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::BootError;
use crate::kernel::Kernel;
use crate::kernel::fs::FileError;
use crate::kernel::fs::base::BaseFiles;

/// A program and its surroundings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The arguments that the program `elixir` would be given.
    pub arguments: Vec<String>,
    /// Files, by absolute path.
    pub files: Vec<(String, Arc<[u8]>)>,
    /// The current directory, as an absolute path.
    pub directory: String,
    /// The directory of the user.
    pub home: String,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Whether the console understands ANSI escapes, for colours.
    pub is_ansi: bool,
}

impl Default for Program {
    fn default() -> Self {
        Program {
            arguments: Vec::new(),
            files: Vec::new(),
            directory: "/home".into(),
            home: "/home".into(),
            environment: Vec::new(),
            is_ansi: false,
        }
    }
}

impl Program {
    /// Puts files, directories and variables where the program will look for them.
    pub(crate) fn place(&self, kernel: &mut Kernel, library: Arc<dyn BaseFiles>) -> Result<(), BootError> {
        kernel.set_base_files(library);
        for directory in [&self.directory, &self.home, "/tmp"] {
            make_directories(kernel, directory)?;
        }
        for (path, content) in &self.files {
            let failed = |error| BootError::File { path: path.clone(), error };
            make_directories(kernel, path.rsplit_once('/').map_or("", |(folder, _)| folder))?;
            kernel.file_write(None, path, content).map_err(failed)?;
        }
        kernel.settings_mut().set_directory(self.directory.clone());
        kernel.put_variable("HOME".into(), self.home.clone())?;
        for (name, value) in &self.environment {
            kernel.put_variable(name.clone(), value.clone())?;
        }
        Ok(())
    }
}

/// Makes a directory and those above it, as far as they are missing.
fn make_directories(kernel: &mut Kernel, path: &str) -> Result<(), BootError> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    for end in ends {
        match kernel.file_make_dir(None, &path[..end]) {
            Ok(()) | Err(FileError::Eexist) => {}
            Err(error) => return Err(BootError::File { path: path.to_owned(), error }),
        }
    }
    Ok(())
}
