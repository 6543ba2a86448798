//! The library as files, laid out as an installation of Erlang/OTP and one of Elixir.
//!
//! Documentation is packed apart from the code. Here both are one file again; it is unpacked when the first documented module
//! is read, which running a program does not do.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use shared::bundle::{Bundle, BundleError, Entry, Kind, Library};

use super::order::is_preloaded;
use crate::kernel::fs::base::{BaseFiles, Found};

/// Everything lies below this directory, which programs do not use otherwise.
const TOP: &str = "otp";

/// Applications that belong to Elixir; all others are Erlang's.
pub(super) const ELIXIR_APPS: [&str; 6] = ["eex", "elixir", "ex_unit", "iex", "logger", "mix"];

/// Where the two roots are, as absolute paths.
#[derive(Clone, Debug)]
pub struct Layout {
    /// `code:root_dir()`
    pub erlang_root: String,
    /// Folder with the applications of Elixir.
    pub elixir_lib: String,
    /// Whether this Elixir knows the flag `-elixir_root`.
    pub has_elixir_root: bool,
}

/// The first Elixir with `-elixir_root`.
const ELIXIR_ROOT_SINCE: (u32, u32) = (1, 15);

/// The first two numbers of a version.
fn release(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// The files of a library. Read-only, and the same for all sandboxes.
pub struct LibraryTree {
    id: String,
    layout: Layout,
    library: Library,
    nodes: BTreeMap<String, Node>,
    /// Bytes of the documentation of each module.
    documented: BTreeMap<String, u64>,
    /// The packed library.
    bundle: Vec<u8>,
    documentation: OnceLock<Option<Library>>,
}

/// Type and length of an IFF file, which do not count in that length.
const FILE_HEADER: usize = 8;

enum Node {
    Directory,
    /// Place in the library's entries.
    File(usize),
}

impl LibraryTree {
    pub(super) fn new(bundle: &[u8]) -> Result<LibraryTree, BundleError> {
        let parsed = Bundle::parse(bundle)?;
        let (library, versions) = (parsed.library()?, &parsed.header().versions);
        let documented = parsed.entries()?.into_iter().filter(|entry| entry.kind == Kind::Docs);
        let documented = documented.map(|entry| (entry.name, entry.length)).collect();
        let layout = Layout {
            erlang_root: format!("/{TOP}/erlang"),
            elixir_lib: format!("/{TOP}/elixir/lib"),
            has_elixir_root: release(&versions.elixir) >= ELIXIR_ROOT_SINCE,
        };
        let folders = folders(&library);
        let mut nodes = BTreeMap::new();
        for (place, entry) in library.entries().iter().enumerate() {
            let Some(path) = path(entry, &folders) else { continue };
            for (at, _) in path.match_indices('/') {
                nodes.insert(path[..at].to_owned(), Node::Directory);
            }
            nodes.insert(path, Node::File(place));
        }
        let id = format!("elixir-{}-otp-{}", versions.elixir, versions.otp);
        let (bundle, documentation) = (bundle.to_vec(), OnceLock::new());
        Ok(LibraryTree { id, layout, library, nodes, documented, bundle, documentation })
    }

    /// The packed library without its documentation.
    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    /// Where things are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    fn entry(&self, path: &str) -> Option<&Entry> {
        match self.nodes.get(path)? {
            Node::Directory => None,
            Node::File(place) => self.library.entries().get(*place),
        }
    }

    /// Bytes by which its documentation makes the file of a module longer.
    fn documentation_bytes(&self, entry: &Entry) -> u64 {
        let length = if entry.kind == Kind::Module { self.documented.get(&entry.name) } else { None };
        length.copied().unwrap_or(0)
    }

    /// A `.beam` file with the chunks at its end that are read and not run: documentation and debug information.
    fn with_documentation(&self, entry: &Entry) -> Vec<u8> {
        let mut file = self.library.content(entry).to_vec();
        let unpack = || Bundle::parse(&self.bundle).and_then(|bundle| bundle.documentation()).ok();
        let documentation = self.documentation.get_or_init(unpack).as_ref();
        let chunks = documentation.and_then(|library| library.get(Kind::Docs, &entry.name)).unwrap_or_default();
        file.extend_from_slice(chunks);
        let length = (file.len().saturating_sub(FILE_HEADER) as u32).to_be_bytes();
        if let Some(place) = file.get_mut(4..8) {
            place.copy_from_slice(&length);
        }
        file
    }
}

/// The folder of each application, by its name.
fn folders(library: &Library) -> BTreeMap<String, String> {
    let mut folders = BTreeMap::new();
    for entry in library.entries() {
        let app = &entry.app;
        let elixir = ELIXIR_APPS.contains(&app.as_str());
        let place = if elixir { format!("{TOP}/elixir/lib/{app}") } else { format!("{TOP}/erlang/lib/{app}") };
        folders.entry(app.clone()).or_insert(place);
    }
    // Erlang's have their version in their names.
    for entry in library.entries().iter().filter(|entry| entry.kind == Kind::App) {
        let resource = String::from_utf8_lossy(library.content(entry));
        if let (false, Some(version)) = (ELIXIR_APPS.contains(&entry.app.as_str()), version(&resource)) {
            folders.insert(entry.app.clone(), format!("{TOP}/erlang/lib/{}-{version}", entry.app));
        }
    }
    folders
}

/// The value of `{vsn,"…"}` in an application resource file.
fn version(resource: &str) -> Option<&str> {
    let (_, after) = resource.split_once("{vsn,")?;
    after.trim_start().strip_prefix('"')?.split('"').next()
}

fn path(entry: &Entry, folders: &BTreeMap<String, String>) -> Option<String> {
    let folder = folders.get(&entry.app)?;
    Some(match entry.kind {
        Kind::Module => format!("{folder}/ebin/{}.beam", entry.name),
        Kind::App => format!("{folder}/ebin/{}.app", entry.name),
        // Named `application/include/file.hrl`.
        Kind::Header => format!("{folder}/{}", entry.name.split_once('/')?.1),
        Kind::Boot => format!("{TOP}/erlang/bin/{}.boot", entry.name),
        Kind::Docs => return None,
    })
}

impl BaseFiles for LibraryTree {
    fn id(&self) -> &str {
        &self.id
    }

    fn top(&self) -> &str {
        TOP
    }

    fn find(&self, path: &str) -> Option<Found> {
        match self.nodes.get(path)? {
            Node::Directory => Some(Found::Directory),
            Node::File(_) => {
                self.entry(path).map(|entry| Found::File { size: entry.length + self.documentation_bytes(entry) })
            }
        }
    }

    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        let entry = self.entry(path)?;
        Some(match self.documentation_bytes(entry) {
            0 => self.library.content(entry).into(),
            _ => self.with_documentation(entry).into(),
        })
    }

    fn list(&self, path: &str) -> Option<Vec<String>> {
        if !matches!(self.nodes.get(path)?, Node::Directory) {
            return None;
        }
        let prefix = format!("{path}/");
        let below = self.nodes.range(prefix.clone()..).map_while(|(path, _)| path.strip_prefix(&prefix));
        Some(below.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn modules(&self) -> Vec<(String, String)> {
        let entries = self.nodes.keys().filter_map(|path| Some((path, self.entry(path)?)));
        let modules = entries.filter(|(_, entry)| entry.kind == Kind::Module && !is_preloaded(&entry.name));
        modules.map(|(path, entry)| (entry.name.clone(), path.clone())).collect()
    }
}
