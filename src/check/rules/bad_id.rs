//! `bad-id`: a file name that is not a valid id.

use crate::{
    check::{Case, CheckContext, CheckedContent, File, Rule, rule::NOTE},
    diagnostic::{Finding, Level},
    store::Role,
    text::{is_id, shell_word, slugify_at_most},
    ticket::OTHER_TOOL,
};

pub(super) const RULE: Rule = Rule {
    code: "bad-id",
    level: Level::Deny,
    requirement: "The file name of a ticket or article, and the key of a service or person, is an id: \
          lower-case letters, digits and hyphens, at most 80 characters.",
    why: "Ids appear in URLs, branch names and chat. On many file systems `A.md` and `a.md` are the \
          same file.",
    cases: &[
        Case::fails(&[
            NOTE,
            ("tickets/Exports time out.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
        Case::fails(&[("casebook.yml", "services: { Billing API: {} }\n")]),
        Case::passes(&[
            NOTE,
            ("tickets/exports-time-out-k7f3qa.md", "---\ntitle: Exports time out\ntemplate: note\n---\n"),
        ]),
    ],
    warns_on_imports: false,
    check: Some(check),
};

fn check(file: &File<'_>, _: &CheckContext<'_>, findings: &mut Vec<Finding>) {
    let name_is_id = match file.content {
        CheckedContent::Ticket(..) | CheckedContent::Article(_) => true,
        _ => matches!(file.role, Role::Article),
    };
    let stem = file.path().stem();
    if !name_is_id || is_id(stem) {
        return;
    }
    let slug = slugify_at_most(stem, 80);
    let to = file.path().folder();
    let help = if slug.is_empty() {
        "rename the file: use lower-case letters, digits and hyphens, at most 80; rename its folder of replies to match".to_owned()
    } else {
        // Users paste this command into a shell, and the file name may contain any character.
        let (from, to) = (shell_word(file.path().as_str()), shell_word(&format!("{to}/{slug}.md")));
        format!("rename the file: `git mv {from} {to}`; rename its folder of replies to match")
    };
    findings
        .push(RULE.finding(file.path(), format!("`{stem}` is not a valid id")).help(help).help(OTHER_TOOL));
}
