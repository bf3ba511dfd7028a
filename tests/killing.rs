//! Commands are killed at random moments: no file is ever incomplete, and the same command again gives the same result as
//! one that was not interrupted.
//!
//! In half of the trials only Casebook is killed, and its git keeps running; in the other half, git is killed too. The
//! processes on the server keep running in both cases.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Read as _,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use walkdir::WalkDir;

use crate::{
    sandbox::{COMPLETE, Run, Sandbox},
    trials::{Random, at_full_length, seed},
};

fn kills() -> usize {
    if at_full_length() { 100 } else { 8 }
}

/// Returns a random moment in the `n`th part of `total`, and whether git is killed too.
fn moment(seed: u64, n: usize, total: Duration) -> (Duration, bool) {
    let random = u32::try_from(Random::of(seed ^ n as u64).below(1_000)).unwrap();
    let parts = u32::try_from(n).unwrap() * 1_000 + random;
    (total * parts / (u32::try_from(kills()).unwrap() * 1_000), n % 2 == 1)
}

/// A command that was killed, unless it ended before.
#[derive(Debug)]
struct KilledRun {
    out: String,
    /// The moment of the kill, and whether git was killed too; for the messages of failed tests.
    kill: (Duration, bool),
}

/// Runs a command and kills it at the given moment.
#[track_caller]
fn kill(run: Run, (moment, with_git): (Duration, bool)) -> KilledRun {
    let mut command = run.into_command();
    command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().unwrap();
    // The test waits for no condition, because any moment must be safe.
    thread::sleep(moment);
    if with_git {
        let group = format!("kill -9 -{}", child.id());
        let kill = std::process::Command::new("sh").args(["-c", &group]).output().unwrap();
        // If the command has ended, there is no group to kill.
        assert!(kill.status.success() || child.try_wait().unwrap().is_some(), "{kill:?}");
    } else {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    assert!(status.success() || status.signal() == Some(9), "{status} after {moment:?}");
    let mut out = String::new();
    // This does not wait for a git that keeps running, because git does not inherit this output.
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    KilledRun { out, kill: (moment, with_git) }
}

/// Returns how long `run` takes without an interruption: the median of three runs.
fn time_of(run: impl Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let mut times = [time(), time(), time()];
    times.sort();
    times[1]
}

/// Returns all files below a folder by path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Returns the text of a ticket or reply without its time.
fn timeless(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.lines().filter(|line| !line.starts_with("created: ")).collect::<Vec<_>>().join("\n")
}

/// Creates the repository `team` with a remote, and the clone `other` of another user.
fn with_remote() -> Sandbox {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.remote("team", "team.git");
    // On a real server, these processes are not children of the client.
    sandbox.git("team", "config remote.origin.receivepack 'setsid -w git-receive-pack'");
    sandbox.git("team", "config remote.origin.uploadpack 'setsid -w git-upload-pack'");
    sandbox.git(".", "clone -q team.git other");
    sandbox
}

/// Returns whether the journal of `team` has an unfinished write.
fn has_unfinished_write(sandbox: &Sandbox) -> bool {
    fs::read_dir(sandbox.path("team/.git/casebook/pending")).is_ok_and(|entries| entries.count() > 0)
}

/// Kills the command `line` many times and runs it again each time. The command writes one file below `folder` of `team`.
fn kill_writes(sandbox: &Sandbox, line: &str, folder: &str) {
    let count = || files(&sandbox.path("team").join(folder)).len();
    let seed = seed();
    let uninterrupted = time_of(|| drop(sandbox.casebook("team", line).ok()));
    let (path, model) = files(&sandbox.path("team").join(folder)).pop_last().unwrap();
    let model = timeless(&model);
    assert!(model.contains("gateway") && path.ends_with(".md"));
    let mut expected = count();
    let mut interrupted = 0;
    for n in 0..kills() {
        if n % 3 == 0 {
            // Another user pushes first, so the command must fetch and put its commit on top.
            sandbox.write("other/notes.txt", n.to_string()).commit("other", "notes");
            sandbox.git("other", "pull -q --rebase");
            sandbox.git("other", "push -q");
        }
        expected += 1;
        let killed_run = kill(sandbox.casebook("team", line), moment(seed, n, uninterrupted));
        let now = files(&sandbox.path("team").join(folder));
        for (path, text) in &now {
            assert_eq!(timeless(text), model, "{path} after {killed_run:?}");
        }
        if killed_run.kill.1 {
            // If git keeps running, it adds objects during the check, which looks like damage.
            sandbox.git("team", "fsck --strict --no-dangling");
        }
        let is_unfinished = has_unfinished_write(sandbox);
        // A user who saw the result does not run the command again.
        if is_unfinished || killed_run.out.is_empty() {
            interrupted += 1;
            let output = sandbox.casebook("team", line).ok();
            assert!(
                killed_run.out.is_empty() || killed_run.out == output.out,
                "{killed_run:?} and then {output:?}"
            );
        }
        sandbox.git("team", "fsck --strict --no-dangling");
        let status = sandbox.git("team", "status --porcelain");
        assert_eq!((status.as_str(), count()), ("", expected), "after {killed_run:?}");
        assert_eq!(
            sandbox.git("team", "rev-parse HEAD"),
            sandbox.git("team.git", "rev-parse main"),
            "after {killed_run:?}"
        );
        let leftovers = sandbox.git("team", "rev-parse --git-path index.lock");
        assert!(!sandbox.path("team").join(leftovers).exists(), "after {killed_run:?}");
    }
    println!(
        "{} kills within {uninterrupted:?}, {interrupted} of them before the result was printed",
        kills()
    );
    assert!(interrupted * 3 > kills(), "the kills came too late");
    let committed = sandbox.git("team", &format!("ls-files {folder}"));
    assert_eq!(committed.lines().count(), expected);
    sandbox.git("team.git", "fsck --strict --no-dangling");
}

#[test]
fn new_can_be_killed_at_any_moment() {
    let sandbox = with_remote();
    kill_writes(&sandbox, &format!("new incident --title 'Export hangs' {COMPLETE}"), "tickets");
}

#[test]
fn reply_can_be_killed_at_any_moment() {
    let sandbox = with_remote();
    let id = sandbox.open("team", "Export hangs");
    let line = format!("reply {id} --assign omar --message 'It is the timeout of the gateway.'");
    kill_writes(&sandbox, &line, &format!("tickets/2026/11/{id}"));
}

#[test]
fn new_for_a_pull_request_can_be_killed_at_any_moment() {
    let sandbox = with_remote();
    let line = format!("new incident --title 'Export hangs' {COMPLETE} --intake branch");
    let seed = seed();
    let uninterrupted = time_of(|| drop(sandbox.casebook("team", &line).ok()));
    let branches =
        |dir: &str| sandbox.git(dir, "branch --list --format=%(refname:short) ticket/*").lines().count();
    for n in 0..kills() {
        let killed_run = kill(sandbox.casebook("team", &line), moment(seed, n, uninterrupted));
        let is_unfinished = has_unfinished_write(&sandbox);
        if is_unfinished || killed_run.out.is_empty() {
            sandbox.casebook("team", &line).ok();
        }
        assert_eq!((branches("team"), branches("team.git")), (n + 4, n + 4), "after {killed_run:?}");
        assert_eq!(sandbox.git("team", "status --porcelain"), "");
    }
    sandbox.git("team", "fsck --strict --no-dangling");
}

/// Returns an export of another tracker: `count` tickets with two replies each.
fn export_of_another_tracker(count: usize) -> String {
    let mut lines = String::new();
    for n in 0..count {
        let body = format!("Export {n} ends with a timeout.\\n").repeat(20);
        let _ = writeln!(
            lines,
            r#"{{"id":"EXP-{n}","title":"Export {n} hangs","created":"2026-03-{:02}T10:00:00Z","requester":"lena","service":"s{}","body":"{body}","replies":[{{"author":"mei","created":"2026-03-30T10:00:00Z","body":"{body}"}},{{"author":"mei","created":"2026-03-30T11:00:00Z","body":"Done.","status":"resolved","resolution":"fixed"}}]}}"#,
            n % 28 + 1,
            n % 5,
        );
    }
    lines
}

#[test]
fn import_can_be_killed_at_any_moment() {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.write("export.jsonl", export_of_another_tracker(300));
    let import = || sandbox.casebook("team", "import jsonl ../export.jsonl");
    let reset = || {
        sandbox.git("team", "checkout -q casebook.yml");
        for folder in ["team/tickets", "team/imports"] {
            fs::remove_dir_all(sandbox.path(folder)).unwrap_or_default();
        }
    };
    let seed = seed();
    let uninterrupted = time_of(|| {
        reset();
        import().ok();
    });
    let model = files(&sandbox.path("team/tickets"));
    let (settings, lock) = (sandbox.read("team/casebook.yml"), sandbox.read("team/imports/export.lock"));
    assert_eq!(model.len(), 900);
    for n in 0..kills() {
        reset();
        let killed_run = kill(import(), moment(seed, n, uninterrupted));
        for (path, text) in files(&sandbox.path("team/tickets")) {
            assert_eq!(model.get(&path), Some(&text), "{path} after {killed_run:?}");
        }
        import().ok();
        assert_eq!(files(&sandbox.path("team/tickets")), model, "after {killed_run:?}");
        assert_eq!(sandbox.read("team/casebook.yml"), settings, "after {killed_run:?}");
        assert_eq!(sandbox.read("team/imports/export.lock"), lock, "after {killed_run:?}");
    }
    assert_eq!(sandbox.git("team", "status --porcelain"), " M casebook.yml\n?? imports/\n?? tickets/");
    sandbox.git("team", "fsck --strict --no-dangling");
}

#[test]
fn build_can_be_killed_at_any_moment() {
    let sandbox = Sandbox::in_memory();
    sandbox.team("team");
    sandbox.write("export.jsonl", export_of_another_tracker(60));
    sandbox.casebook("team", "import jsonl ../export.jsonl").ok();
    let build = || sandbox.casebook("team", "build --out ../site");
    let reset = || fs::remove_dir_all(sandbox.path("site")).unwrap_or_default();
    let seed = seed();
    let uninterrupted = time_of(|| {
        reset();
        build().ok();
    });
    let model = files(&sandbox.path("site"));
    assert!(model.len() > 60);
    for n in 0..kills() {
        reset();
        let killed_run = kill(build(), moment(seed, n, uninterrupted));
        for (path, text) in files(&sandbox.path("site")) {
            let is_unfinished = path.starts_with(".casebook-unfinished/");
            assert!(is_unfinished || model.get(&path) == Some(&text), "{path} after {killed_run:?}");
        }
        build().ok();
        let now = files(&sandbox.path("site"));
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&now), names(&model), "after {killed_run:?}");
        assert!(now == model, "after {killed_run:?}");
    }
}
