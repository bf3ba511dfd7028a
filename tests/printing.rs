//! Standard output or standard error that does not accept data.

use std::{
    fs::OpenOptions,
    io::pipe,
    process::{Output, Stdio},
};

use crate::sandbox::Sandbox;

/// Creates a team with an open ticket, an answered ticket, a broken ticket and an article. Returns the id of the open
/// ticket.
fn team(sandbox: &Sandbox) -> String {
    let id = sandbox.open("team", "Export hangs");
    let other = sandbox.open("team", "Export hangs again");
    let resolve =
        format!("resolve {other} --as answered --section 'Fix=Restart the export with a smaller page.'");
    sandbox.casebook("team", &resolve).ok();
    sandbox.write("team/tickets/2026/11/broken.md", "---\ntitle: [\n---\n").commit("team", "a broken ticket");
    id
}

/// Returns commands of all kinds that print something.
fn commands(id: &str) -> Vec<String> {
    let plain = [
        "--help",
        "--version",
        "help list",
        "list --help",
        "list",
        "list --format json",
        "list --format short",
        "search export",
        "search export --format json",
        "check",
        "check --format short",
        "check --format json",
        "check --format github",
        "review --since HEAD~1 --format markdown",
        "completions bash",
        "man",
        "explain",
        "explain secret",
        "eval --format json",
        "export jsonl",
        "build",
        "build --explain --format json",
        "demo --no-serve ../demo",
        "init ../another",
    ];
    let mut lines: Vec<String> = plain.map(str::to_owned).into();
    lines.extend([
        format!("show {id}"),
        format!("similar {id} --format short"),
        format!("reply {id} --message 'Which browser?' --format json"),
    ]);
    lines
}

/// Returns an output on a full disk.
fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

/// Returns a pipe whose reading end is closed.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

fn run(sandbox: &Sandbox, line: &str, out: Stdio, err: Stdio) -> (Option<i32>, String) {
    let mut command = sandbox.casebook("team", line).into_command();
    let Output { status, stderr, .. } = command.stdout(out).stderr(err).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_behind_standard_output_is_an_error_of_every_command() {
    let sandbox = Sandbox::with_team();
    let id = team(&sandbox);
    for line in commands(&id) {
        let (status, err) = run(&sandbox, &line, full(), Stdio::piped());
        assert_eq!(status, Some(2), "{line}: {err}");
        let lines: Vec<&str> = err.lines().filter(|line| line.contains("standard output")).collect();
        assert_eq!(lines, ["error: cannot write to standard output"], "{line}: {err}");
        assert!(err.contains("\n  caused by: No space left on device"), "{line}: {err}");
    }
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_status_or_the_messages() {
    let sandbox = Sandbox::with_team();
    let id = team(&sandbox);
    for line in commands(&id) {
        // These commands can run only once.
        if ["demo", "init", "reply"].iter().any(|name| line.starts_with(name)) {
            let (status, err) = run(&sandbox, &line, closed(), Stdio::piped());
            assert_eq!((status, err.contains("error:")), (Some(0), false), "{line}: {err}");
            continue;
        }
        let expected = run(&sandbox, &line, Stdio::null(), Stdio::piped());
        if line.starts_with("build") {
            assert_eq!(run(&sandbox, &line, closed(), Stdio::piped()).0, expected.0, "{line}");
        } else {
            assert_eq!(run(&sandbox, &line, closed(), Stdio::piped()), expected, "{line}");
        }
    }
}

#[test]
fn a_closed_pipe_does_not_stop_the_work() {
    let sandbox = Sandbox::with_team();
    let id = team(&sandbox);
    let (status, _) = run(
        &sandbox,
        "new incident --title 'Import hangs' --set environment=staging",
        closed(),
        Stdio::piped(),
    );
    assert_eq!(status, Some(1));
    let new = "new --resume --set service=billing-export --section 'Problem=The import of the invoices of last week never ends, and nothing of it is there.' \
               --section 'Impact=All accountants in Europe cannot close the month.'";
    assert_eq!(run(&sandbox, new, closed(), Stdio::piped()).0, Some(0));
    sandbox.casebook("team", "new --resume").fails(2);
    let line = format!("reply {id} --message 'Which browser?' --format json");
    assert_eq!(run(&sandbox, &line, closed(), Stdio::piped()).0, Some(0));
    assert_eq!(sandbox.show("team", &id)["reply_count"], 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_behind_standard_error_changes_nothing() {
    let sandbox = Sandbox::with_team();
    let id = team(&sandbox);
    for line in [
        "list",
        "list nothing-like-this",
        "check",
        "show nothing-like-this",
        "list --fromat json",
        "frobnicate",
        "",
    ] {
        let expected = run(&sandbox, line, Stdio::null(), Stdio::piped()).0;
        assert_eq!(run(&sandbox, line, Stdio::null(), full()).0, expected, "{line}");
        assert_eq!(run(&sandbox, line, Stdio::null(), closed()).0, expected, "{line}");
        let script = format!("\"$CASEBOOK\" {line} >/dev/null 2>&-");
        assert_eq!(sandbox.sh("team", &script).run().status, expected, "{line}");
    }
    let line = format!("reply {id} --message 'Which browser?'");
    assert_eq!(run(&sandbox, &line, full(), full()).0, Some(2));
    assert_eq!(sandbox.show("team", &id)["reply_count"], 1, "the reply is saved even if its output fails");
}
