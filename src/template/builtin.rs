//! The built-in templates and canned responses.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "ticket-templates/"]
#[prefix = "ticket-templates/"]
#[include = "*.md"]
struct Shipped;

/// Returns the path in a repository and the text of each built-in file, sorted by path.
pub(crate) fn builtin_files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Shipped::iter()
        .filter_map(|path| {
            let file = Shipped::get(&path)?;
            Some((path.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        template::{CANNED_FOLDER, parse_canned, parse_template},
        text::RepoPath,
        ticket::Document,
    };

    #[test]
    fn built_in_files_have_no_findings() {
        let mut names = Vec::new();
        for (path, text) in builtin_files() {
            let path = RepoPath::new(path);
            let document = Document::parse(&path, text.as_bytes());
            let canned = path.folder() == CANNED_FOLDER;
            let findings = if canned { parse_canned(&document).1 } else { parse_template(&document).1 };
            assert_eq!(findings, [], "{path}");
            names.push(path.stem().to_owned());
        }
        for name in ["incident", "bug", "question", "request", "imported"] {
            assert!(names.contains(&name.to_owned()), "{name}");
        }
        assert!(names.len() >= 11, "{names:?}");
    }
}
