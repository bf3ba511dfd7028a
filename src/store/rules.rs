//! The rules for tickets: settings, templates and the baseline of secrets.

use std::sync::Arc;

use super::{layout::Layout, role::Role};
use crate::{
    repo::Source,
    settings::{BASELINE_PATH, SETTINGS_PATH, SecretBaseline, Settings, parse_settings},
    template::{
        CANNED_FOLDER, Canned, Template, builtin_files, limit_all_patterns, parse_canned, parse_template,
    },
    text::RepoPath,
    ticket::Document,
};

/// Settings, templates and canned responses, and the number of their files with format problems.
pub(super) struct RepositoryRules {
    pub settings: Settings,
    pub templates: Vec<Template>,
    pub canned: Vec<Canned>,
    pub baseline: Arc<SecretBaseline>,
    pub problems: usize,
}

impl RepositoryRules {
    /// Loads the rules of `source`, which has the files of `layout`.
    pub(super) fn load(source: &dyn Source, layout: &Layout) -> Self {
        let mut problems = 0;
        let settings = load_settings(source, &mut problems);
        let (templates, canned) = load_templates(source, layout, &mut problems);
        let baseline = Arc::new(load_baseline(source, layout));
        Self { settings, templates, canned, baseline, problems }
    }
}

/// Loads `casebook.yml`. Uses the defaults if it cannot be read.
fn load_settings(source: &dyn Source, problems: &mut usize) -> Settings {
    let Ok(bytes) = source.read(&RepoPath::new(SETTINGS_PATH)) else {
        *problems += 1;
        return Settings::default();
    };
    let (settings, findings) = parse_settings(&String::from_utf8_lossy(&bytes));
    *problems += usize::from(!findings.is_empty());
    settings
}

/// Loads the baseline of secrets. Without a readable file it is empty, and the rule `secret` denies every secret.
fn load_baseline(source: &dyn Source, layout: &Layout) -> SecretBaseline {
    let path = RepoPath::new(BASELINE_PATH);
    let bytes = layout.role(&path).and_then(|_| source.read(&path).ok()).unwrap_or_default();
    SecretBaseline::parse(&String::from_utf8_lossy(&bytes))
}

/// Loads the templates and canned responses of the repository, or the built-in ones if it has none. `imported` is
/// always included.
fn load_templates(
    source: &dyn Source,
    layout: &Layout,
    problems: &mut usize,
) -> (Vec<Template>, Vec<Canned>) {
    let (mut templates, mut canned) = (Vec::new(), Vec::new());
    for (entry, role) in layout.files() {
        if !matches!(role, Role::Template | Role::Canned) {
            continue;
        }
        let Ok(bytes) = source.read(&entry.path) else {
            *problems += 1;
            continue;
        };
        let document = Document::parse(&entry.path, &bytes);
        let findings = if *role == Role::Template {
            let (template, findings) = parse_template(&document);
            templates.push(template);
            findings
        } else {
            let (response, findings) = parse_canned(&document);
            canned.push(response);
            findings
        };
        *problems += usize::from(!findings.is_empty());
    }
    let bare = templates.is_empty();
    for (path, text) in builtin_files() {
        let path = RepoPath::new(path);
        let document = Document::parse(&path, text.as_bytes());
        let in_replies = path.folder() == CANNED_FOLDER;
        if in_replies && bare && canned.iter().all(|known| known.name != path.stem()) {
            canned.push(parse_canned(&document).0);
        } else if !in_replies
            && (bare || path.stem() == "imported")
            && templates.iter().all(|known| known.name != path.stem())
        {
            templates.push(parse_template(&document).0);
        }
    }
    templates.sort_by(|a, b| a.name.cmp(&b.name));
    limit_all_patterns(&mut templates);
    canned.sort_by(|a, b| a.name.cmp(&b.name));
    (templates, canned)
}
