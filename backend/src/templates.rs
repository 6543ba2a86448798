//! What sandboxes can begin as: the folders of `templates`, as they were when the server was built. Each has a file
//! `template.toml` with its title and a summary; all others are its files.

use std::sync::LazyLock;

use serde::Deserialize;
use shared::api::sandboxes::Template;

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The file that says what a template is.
const ABOUT: &str = "template.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    title: String,
    summary: String,
}

static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let template = |(id, files): &(&str, &[(&str, &str)])| {
        let about = files.iter().find(|(path, _)| *path == ABOUT)?;
        let about: About = toml::from_str(about.1).ok()?;
        let files = files.iter().filter(|(path, _)| *path != ABOUT);
        let files = files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Some(Template { id: (*id).to_owned(), title: about.title, summary: about.summary, files })
    };
    TEMPLATES.iter().filter_map(template).collect()
});

/// All of them, in the order of their ids.
pub(crate) fn all() -> &'static [Template] {
    &ALL
}

/// The one with this id.
pub(crate) fn find(id: &str) -> Option<&'static Template> {
    ALL.iter().find(|template| template.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_a_template() {
        assert_eq!(all().len(), TEMPLATES.len());
        assert!(all().len() >= 8);
        for template in all() {
            assert!(!template.files.is_empty() && template.files.keys().all(|path| check(path)), "{}", template.id);
            assert!(template.title.len() > 3 && template.summary.ends_with('.'), "{}", template.id);
        }
        assert!(find("counter").is_some() && find("nothing").is_none());
    }

    fn check(path: &str) -> bool {
        shared::api::sandboxes::check_path(path).is_ok()
    }
}
