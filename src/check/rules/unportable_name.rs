//! `unportable-name`: a file name that some operating systems cannot store.

use crate::{
    check::{Case, CheckContext, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    text::{RepoPath, name_problem, portable_name, shell_word},
};

pub(super) const RULE: Rule = Rule {
    code: "unportable-name",
    level: Level::Deny,
    requirement: "Windows and macOS can store each file: its name is not reserved (`con`, `nul`, `aux.log`), has none of \
          the characters `<>:\"|?*\\` and no dot or space at its end, and differs from other names by more than case.",
    why: "Git cannot check the file out on such a computer, so nobody there can clone the repository.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/Screenshot 10:15:00.png", "x"),
        ]),
        Case::fails(&[NOTE, ("tickets/con.md", "---\ntitle: Exports time out\ntemplate: note\n---\n")]),
        Case::fails(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/Log.txt", "x\n"),
            ("tickets/a/log.txt", "y\n"),
        ]),
        Case::passes(&[
            NOTE,
            ("tickets/a.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
            ("tickets/a/Screenshot 10-15-00.png", "x"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, context: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let path = file.path();
    // `aux.md` and `aux/log` have the same problem; the file or folder that comes first is enough.
    let mut names = path.as_str().split('/').enumerate();
    if let Some((at, problem)) = names.find_map(|(at, name)| Some((at, name_problem(name)?))) {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let old = parts[..=at].join("/");
        let new = RepoPath::new(parts[..at].join("/")).join(&portable_name(parts[at]));
        findings.push(
            RULE.finding(path, format!("Windows cannot store `{}`: {problem}", parts[at])).help(format!(
                "rename it: `git mv {} {}`",
                shell_word(&old),
                shell_word(new.as_str())
            )),
        );
    }
    if let Some(other) = context.same_path(path).iter().find(|other| **other != path) {
        findings.push(
            RULE.finding(path, format!("Windows and macOS cannot tell this file from `{other}`"))
                .help("rename one of the two files, and correct the links to it"),
        );
    }
}
