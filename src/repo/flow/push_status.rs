//! Parses the output of `git push --porcelain`.

use crate::repo::git::program::GitOutput;

/// The outcome that a push's status line reports.
pub(in crate::repo) enum Verdict {
    /// The remote has the commits now, or had them already.
    Arrived,
    /// Others pushed first.
    Raced,
    /// The push was refused, for this reason.
    Refused(String),
    /// The remote could not be reached.
    Unreachable,
}

/// Parses the output of `git push --porcelain`: a flag, the refs, and a summary with the reason in parentheses.
pub(in crate::repo) fn verdict(output: &GitOutput, refspec: &str) -> Verdict {
    let stdout = output.stdout_text();
    let mut fields = stdout.lines().map(|line| line.splitn(3, '\t'));
    let status = fields.find_map(|mut line| {
        let (flag, refs, summary) = (line.next()?, line.next()?, line.next()?);
        (refs == refspec).then(|| (flag.to_owned(), summary.to_owned()))
    });
    let Some((flag, summary)) = status else {
        // Without a status line, git did not reach the remote's answer. A refusing pre-push hook makes it exit with 1.
        return match output.code {
            Some(0) => Verdict::Arrived,
            Some(1) => Verdict::Refused("pre-push hook".to_owned()),
            _ => Verdict::Unreachable,
        };
    };
    if flag != "!" {
        return Verdict::Arrived;
    }
    // Git documents the words in brackets. `[rejected]` means that git itself did not try, since the remote has commits
    // that are missing here.
    if summary.starts_with("[rejected]") {
        return Verdict::Raced;
    }
    if summary.starts_with("[remote failure]") {
        return Verdict::Unreachable;
    }
    // The remote's reason is free text, and there is no other sign that two simultaneous pushes met at the remote's
    // lock.
    let races = [
        "cannot lock ref",
        "failed to update ref",
        "failed to lock",
        "incorrect old value",
        "reference already exists",
    ];
    if races.iter().any(|race| summary.contains(race)) {
        return Verdict::Raced;
    }
    let reason = summary.rsplit_once('(').and_then(|(_, reason)| reason.strip_suffix(')'));
    Verdict::Refused(reason.unwrap_or(&summary).to_owned())
}

/// Returns the messages of the remote's own programs. Git marks them only by the first word of the line.
pub(in crate::repo) fn remote_lines(stderr: &str) -> String {
    let lines = stderr.lines().filter_map(|line| line.strip_prefix("remote:"));
    lines.map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(code: i32, stdout: &str) -> String {
        let output = GitOutput { code: Some(code), stdout: stdout.into(), stderr: String::new() };
        match verdict(&output, "refs/heads/main:refs/heads/main") {
            Verdict::Arrived => "arrived".to_owned(),
            Verdict::Raced => "raced".to_owned(),
            Verdict::Unreachable => "unreachable".to_owned(),
            Verdict::Refused(reason) => reason,
        }
    }

    #[test]
    fn a_lost_race_differs_from_a_refusal() {
        let line = |flag: &str, summary: &str| {
            word(1, &format!("To ../r.git\n{flag}\trefs/heads/main:refs/heads/main\t{summary}\nDone\n"))
        };
        assert_eq!(line("*", "[new branch]"), "arrived");
        assert_eq!(line("=", "[up to date]"), "arrived");
        assert_eq!(line("!", "[rejected] (fetch first)"), "raced");
        assert_eq!(line("!", "[rejected] (in the words of a later git)"), "raced");
        assert_eq!(
            line("!", "[remote rejected] (cannot lock ref 'refs/heads/main': is at a but expected b)"),
            "raced"
        );
        assert_eq!(line("!", "[remote rejected] (pre-receive hook declined)"), "pre-receive hook declined");
        assert_eq!(line("!", "[remote failure] (remote failed to report status)"), "unreachable");
        assert_eq!(
            (word(128, ""), word(1, ""), word(0, "")),
            ("unreachable".into(), "pre-push hook".into(), "arrived".into())
        );
    }
}
