//! A repository to check, the changes to it, and the results of a check.

use std::fs;

use crate::sandbox::{CommandOutput, Sandbox};

pub(crate) const TICKET: &str = "---
title: Totals of credit notes show -0.00
template: question
service: billing-api
requester: lena
created: 2026-11-10T09:14:00Z
---
## Question
Why do the totals of credit notes show -0.00 in the PDF?
## What I tried
The web view, which shows 0.00 for the same invoice.
";

/// A valid reply that resolves the ticket.
pub(crate) const RESOLVED: &str = "---
author: mei
created: 2026-11-11T10:00:00Z
status: resolved
resolution: answered
---
## Answer
The PDF rounds after the sign is set; version 2.14.1 does not.
";

pub(crate) const BROKEN: &str = "---
title: Please help!
template: question
servce: billing-api
requester: lena
created: 2026-11-10T09:14:00Z
priority: hihg
---
## Question
n/a
";

/// Creates a repository with a ticket by Lena that has no problems.
pub(crate) fn with_ticket() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/tickets/good.md", TICKET).commit_by("lena");
    sandbox
}

/// Changes to files, as chained calls.
pub(crate) trait FileChanges {
    fn then(&self, dir: &str, line: &str) -> &Self;
    fn replace(&self, path: &str, old: &str, new: &str) -> &Self;
    fn remove(&self, path: &str) -> &Self;
    fn commit_by(&self, id: &str) -> &Self;
    fn refuses(&self, line: &str) -> String;
}

impl FileChanges for Sandbox {
    /// Runs git.
    #[track_caller]
    fn then(&self, dir: &str, line: &str) -> &Self {
        self.git(dir, line);
        self
    }

    #[track_caller]
    fn replace(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.read(path);
        assert!(text.contains(old), "{old:?} is not in {path}:\n{text}");
        self.write(path, text.replace(old, new))
    }

    #[track_caller]
    fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.path(path)).unwrap();
        self
    }

    /// Commits everything as another user than Mei.
    #[track_caller]
    fn commit_by(&self, id: &str) -> &Self {
        self.git("team", "add -A");
        self.git_run("team", "commit -q -m something").by(id).ok();
        self
    }

    /// Runs git, which must fail, and returns its error output.
    #[track_caller]
    fn refuses(&self, line: &str) -> String {
        self.git_run("team", line).fails(1).err
    }
}

/// The results of a check.
pub(crate) trait CheckOutput {
    fn findings(&self) -> Vec<String>;
    fn prints_nothing(self) -> Self;
    fn hides(self, texts: &[&str]) -> Self;
}

impl CheckOutput for CommandOutput {
    /// Returns the files and codes of the findings, from `--format short`.
    #[track_caller]
    fn findings(&self) -> Vec<String> {
        let one = |line: &str| {
            let (place, rest) = line.split_once(": ")?;
            let code = rest.split_once('[')?.1.split_once(']')?.0;
            Some(format!("{} {code}", place.split(':').next()?))
        };
        let lines = self.out.lines();
        lines
            .map(|line| one(line).unwrap_or_else(|| panic!("{line:?} is not a finding: {self:#?}")))
            .collect()
    }

    #[track_caller]
    fn prints_nothing(self) -> Self {
        assert_eq!(self.out, "", "the output of {}", self.line);
        self
    }

    /// Asserts that neither output has any of `texts`.
    #[track_caller]
    fn hides(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(!self.out.contains(text) && !self.err.contains(text), "{text:?} is in {self:#?}");
        }
        self
    }
}
