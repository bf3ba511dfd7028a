//! Builds with an unusual output folder or with files that cannot be published.

use std::{fs, os::unix::fs::symlink, path::Path};

use serde_json::Value as Json;
use walkdir::WalkDir;

use crate::{sandbox::Sandbox, served::repository};

const TICKET: &str = "tickets/invoice-export-times-out-k7f3qa";
const FILES: &str = "team/tickets/2026/11/invoice-export-times-out-k7f3qa";

/// Creates a repository that comes with a folder of built files, next to a folder that no build may change.
fn built() -> Sandbox {
    let sandbox = repository();
    sandbox.casebook("team", "build").ok();
    sandbox.write("victim/precious", "precious");
    sandbox
}

#[track_caller]
fn assert_unharmed(sandbox: &Sandbox) {
    assert_eq!(fs::read_dir(sandbox.path("victim")).unwrap().count(), 1, "no file was written there");
    assert_eq!(sandbox.read("victim/precious"), "precious");
}

/// Replaces the file at `path` with a link.
fn link(sandbox: &Sandbox, target: impl AsRef<Path>, path: &str) {
    let path = sandbox.path(path);
    if path.is_dir() && !path.is_symlink() {
        fs::remove_dir_all(&path).unwrap();
    } else {
        let _ = fs::remove_file(&path);
    }
    symlink(target, path).unwrap();
}

/// Returns the files of the site that a build could not write, each with the reason.
#[track_caller]
fn problems(sandbox: &Sandbox, line: &str) -> Vec<(String, String)> {
    let output = sandbox.casebook("team", &format!("{line} --format json")).fails(1).json();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let problems = output["problems"].as_array().unwrap().iter();
    problems.map(|problem| (text(&problem["path"]), text(&problem["reason"]))).collect()
}

fn paths(problems: &[(String, String)]) -> Vec<&str> {
    problems.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn an_output_folder_that_is_a_link_in_the_clone_is_not_followed() {
    let sandbox = built();
    let is_link = "is a symbolic link, which Casebook does not follow";
    link(&sandbox, sandbox.path("victim"), "team/public");
    for line in ["build", "build --out public/site", "build --audience public --out ./x/../public"] {
        sandbox.casebook("team", line).fails(2).says(&["`public`", is_link]);
    }
    sandbox.casebook("team", "build --out /proc/self/cwd/public").fails(2).says(&[is_link]);
    link(&sandbox, sandbox.path("team"), "alias");
    let alias = format!("build --out {}", sandbox.path("alias/public").display());
    sandbox.casebook("team", &alias).fails(2).says(&["`public`", is_link]);
    // A link of the user leads to the link in the clone.
    link(&sandbox, "alias/public", "chained");
    for out in ["../chained", "../chained/site"] {
        sandbox.casebook("team", &format!("build --out {out}")).fails(2).says(&["`public`", is_link]);
    }
    assert_unharmed(&sandbox);
    for own in [".git/hooks", "tickets", ".git/new", "ticket-templates"] {
        link(&sandbox, own, "team/public");
        sandbox.casebook("team", "build").fails(2);
    }
    link(&sandbox, sandbox.path("team/.git/hooks"), "hooks");
    sandbox.casebook("team", "build --out ../hooks").fails(2).says(&["cannot build the site into"]);
    sandbox.casebook("team", "build --out .GIT/hooks").fails(2).says(&["cannot build the site into"]);
    assert!(!sandbox.path("team/.git/hooks/index.html").exists());
    assert!(!sandbox.path("team/.git/new").exists());
}

#[test]
fn an_output_folder_outside_of_the_repository_can_be_a_link() {
    let sandbox = repository();
    fs::create_dir(sandbox.path("disk")).unwrap();
    link(&sandbox, sandbox.path("disk"), "www");
    sandbox.casebook("team", "build --out ../www/answers").ok();
    assert!(sandbox.path("disk/answers/index.html").is_file());
    link(&sandbox, sandbox.path("disk/answers"), "answers");
    let again = sandbox.casebook("team", "build --out ../answers --format json").ok().json();
    assert_eq!(again["written"], Json::from(Vec::<Json>::new()));
}

#[test]
fn a_casebook_in_a_subfolder_does_not_follow_links_of_the_whole_clone() {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q mono");
    sandbox
        .write("mono/cases/casebook.yml", "version: 1\ntitle: Cases\n")
        .write("victim/precious", "precious");
    link(&sandbox, sandbox.path("victim"), "mono/public");
    sandbox.casebook("mono/cases", "build --out ../public").fails(2).says(&["is a symbolic link"]);
    assert_unharmed(&sandbox);
}

#[test]
fn links_inside_the_output_folder_are_not_followed_and_the_rest_is_built() {
    let sandbox = built();
    link(&sandbox, "/dev/zero", "team/public/index.html");
    link(&sandbox, sandbox.path("victim/precious"), "team/public/feed.xml");
    link(&sandbox, sandbox.path("victim"), &format!("team/public/{TICKET}"));
    fs::remove_file(sandbox.path("team/public/robots.txt")).unwrap();
    let found = problems(&sandbox, "build");
    let of_ticket = |name: &str| format!("{TICKET}/{name}");
    let linked = ["evil.html.bin", "index.html", "index.md", "trace.log"].map(of_ticket);
    assert_eq!(paths(&found), ["feed.xml", "index.html", &linked[0], &linked[1], &linked[2], &linked[3]]);
    assert!(found.iter().all(|(_, reason)| reason.contains("is a symbolic link")), "{found:?}");
    assert!(sandbox.path("team/public/robots.txt").is_file(), "the rest is built");
    sandbox.casebook("team", "build").fails(1).says(&[
        "error: `feed.xml`: ",
        "a symbolic link",
        "trace.log`",
    ]);
    assert_unharmed(&sandbox);
    // Stale files are not removed through a link either.
    link(&sandbox, sandbox.path("victim"), "team/public/tickets");
    sandbox.write("victim/merger-plans-m2m3m4/index.html", "precious");
    sandbox.casebook("team", "build --audience public").fails(1).says(&["`tickets` is a symbolic link"]);
    assert_eq!(sandbox.read("victim/merger-plans-m2m3m4/index.html"), "precious");
    for path in ["index.html", "feed.xml", "tickets"] {
        fs::remove_file(sandbox.path("team/public").join(path)).unwrap();
    }
    sandbox.casebook("team", "build --audience public").ok();
}

#[test]
fn links_instead_of_the_manifest_or_the_temporary_folder_are_not_followed() {
    for name in [".casebook-site", ".casebook-site-index", ".casebook-unfinished"] {
        let sandbox = built();
        for target in ["/dev/zero", "../../victim", "../../victim/precious"] {
            link(&sandbox, target, &format!("team/public/{name}"));
            sandbox.casebook("team", "build").fails(2).says(&[name, "is a symbolic link"]);
        }
        fs::remove_file(sandbox.path("team/public").join(name)).unwrap();
        sandbox.sh("team/public", &format!("mkfifo {name}")).ok();
        sandbox.casebook("team", "build").fails(2).says(&[name]);
        assert_unharmed(&sandbox);
    }
}

#[test]
fn pipes_folders_and_files_in_the_way_are_reported_and_kept() {
    let sandbox = built();
    let script = "rm index.html feed.xml && mkfifo index.html && mkdir -p feed.xml/mine && rm -r tags && echo x > tags";
    sandbox.sh("team/public", script).ok();
    let found = problems(&sandbox, "build");
    let reason = |path: &str| &found.iter().find(|(known, _)| known == path).unwrap().1;
    assert!(reason("index.html").contains("neither a file nor a folder"), "{found:?}");
    assert!(reason("feed.xml").contains("`feed.xml` is a folder"), "{found:?}");
    assert!(reason("tags/index.html").contains("`tags` is a file"), "{found:?}");
    assert!(found.iter().all(|(path, _)| ["index.html", "feed.xml"].contains(&path.as_str()) || path.starts_with("tags/")));
    assert!(sandbox.path("team/public/feed.xml/mine").is_dir());
    sandbox.sh("team/public", "rm -r index.html feed.xml tags").ok();
    sandbox.casebook("team", "build").ok();
    assert!(sandbox.read("team/public/index.html").contains("<h1"));
}

#[test]
fn the_other_name_of_a_hard_link_keeps_its_contents() {
    let sandbox = built();
    for name in ["index.html", ".casebook-site", ".casebook-site-index"] {
        let path = sandbox.path("team/public").join(name);
        fs::remove_file(&path).unwrap();
        fs::hard_link(sandbox.path("victim/precious"), &path).unwrap();
        sandbox.casebook("team", "build").ok();
        assert_unharmed(&sandbox);
    }
}

#[test]
fn a_changed_demo_is_not_built_through_a_link() {
    let sandbox = Sandbox::new();
    sandbox.casebook(".", "demo --no-serve").ok();
    sandbox.write("victim/precious", "precious");
    link(&sandbox, sandbox.path("victim"), "casebook-demo/public");
    sandbox.casebook(".", "demo --no-serve").fails(2).says(&["`public` is a symbolic link"]);
    assert_unharmed(&sandbox);
}

#[test]
fn attachments_that_cannot_be_published_do_not_stop_the_build() {
    let sandbox = repository();
    let long = "n".repeat(255);
    sandbox
        .write(format!("{FILES}/index.html/a.log"), "a")
        .write(format!("{FILES}/{long}"), "b")
        .write(format!("{FILES}/Log.txt"), "upper")
        .write(format!("{FILES}/log.txt"), "lower")
        .write(format!("{FILES}/huge.log"), "");
    fs::File::options()
        .write(true)
        .open(sandbox.path(FILES).join("huge.log"))
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    for _ in 0..2 {
        let found = problems(&sandbox, "build --out ../built");
        let reason =
            |name: &str| &found.iter().find(|(path, _)| *path == format!("{TICKET}/{name}")).unwrap().1;
        assert!(
            reason("index.html/a.log")
                .contains("`tickets/invoice-export-times-out-k7f3qa/index.html` is a file")
        );
        assert!(reason(&format!("{long}.bin")).contains("the name is too long"), "{found:?}");
        assert!(reason("log.txt").contains("differs from"), "{found:?}");
        assert!(reason("huge.log").contains("is larger than 64 MiB"), "{found:?}");
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(sandbox.read(format!("built/{TICKET}/Log.txt")), "upper");
    }
    let output = sandbox.casebook("team", "build --out ../built").fails(1);
    output.says(&["huge.log` (a copy of `tickets/2026/11/", "error: "]);
    let files = WalkDir::new(sandbox.path("built")).into_iter().map(Result::unwrap);
    let unfinished = files.filter(|file| file.path().to_string_lossy().contains("unfinished"));
    assert_eq!(unfinished.count(), 0, "no temporary files are left");
    // After the files are fixed, the next build completes the site.
    let script = format!("rm -r huge.log log.txt index.html {long}; echo c > late.log");
    sandbox.sh(FILES, &script).ok();
    let written =
        sandbox.casebook("team", "build --out ../built --format json").ok().json()["written"].clone();
    let expected = ["index.html", "index.md", "late.log"].map(|name| format!("{TICKET}/{name}"));
    assert_eq!(written, Json::from(expected.to_vec()));
}

#[test]
fn a_theme_file_that_cannot_be_read_does_not_stop_the_build() {
    let sandbox = repository();
    sandbox.write("team/site/assets/film.js", "");
    let film = fs::File::options().write(true).open(sandbox.path("team/site/assets/film.js")).unwrap();
    film.set_len((64 << 20) + 1).unwrap();
    sandbox
        .casebook("team", "build --out ../built")
        .fails(1)
        .says(&["`site/assets/film.js` is larger than 64 MiB"]);
    assert!(sandbox.read("built/index.html").contains("<h1"));
}

#[test]
fn a_second_build_waits_for_the_first() {
    let sandbox = repository();
    let build = "$CASEBOOK build --out ../built";
    sandbox
        .sh("team", &format!("{build} & one=$!; {build} & two=$!; {build} && wait $one && wait $two"))
        .ok();
    let again = sandbox.casebook("team", "build --out ../built --format json").ok().json();
    assert_eq!(again["written"], Json::from(Vec::<Json>::new()));
    assert!(!sandbox.path("built/.casebook-unfinished").exists());
}

#[test]
fn an_attachment_can_become_a_folder_and_a_file_again() {
    let sandbox = repository();
    let log = format!("{FILES}/old.log");
    sandbox.write(&log, "a file");
    sandbox.casebook("team", "build --out ../built").ok();
    fs::remove_file(sandbox.path(&log)).unwrap();
    sandbox.write(format!("{log}/part.log"), "a folder");
    sandbox.casebook("team", "build --out ../built").ok();
    assert_eq!(sandbox.read(format!("built/{TICKET}/old.log/part.log")), "a folder");
    fs::remove_dir_all(sandbox.path(&log)).unwrap();
    sandbox.write(&log, "a file");
    sandbox.casebook("team", "build --out ../built").ok();
    assert_eq!(sandbox.read(format!("built/{TICKET}/old.log")), "a file");
}

#[test]
fn an_edited_or_deleted_page_is_written_again() {
    let sandbox = repository();
    sandbox.casebook("team", "build --out ../built").ok();
    let page = sandbox.read("built/index.html");
    // The edited page has the same length and time as before.
    let edited = page.replacen("<h1", "<h2", 1);
    let path = sandbox.path("built/index.html");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    sandbox.write("built/index.html", &edited);
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    fs::remove_file(sandbox.path("built/404.html")).unwrap();
    let output = sandbox.casebook("team", "build --out ../built --format json").ok().json();
    assert_eq!(output["written"], Json::from(vec!["404.html", "index.html"]));
    assert_eq!(sandbox.read("built/index.html"), page);
}

#[test]
fn a_broken_theme_file_is_reported_and_the_rest_of_the_site_is_built() {
    let sandbox = crate::checked::with_ticket();
    sandbox.write("team/tickets/good/r.md", crate::checked::RESOLVED);
    sandbox.write("team/site/home.html", "<p>\n{{ nothing.here }}");
    sandbox.write("team/site/ticket.html", format!("{{{{ {}true }}}}", "not ".repeat(50_000)));
    sandbox.write("team/site/words/en.yml", "[".repeat(200_000));
    std::os::unix::fs::symlink("/etc/hostname", sandbox.path("team/site/tag.html")).unwrap();
    let run = sandbox.casebook("team", "build --audience internal").fails(1);
    run.says(&[
        "site/home.html:2",
        "site/ticket.html",
        "site/words/en.yml",
        "`site/tag.html`: cannot read the file: it is a symbolic link",
        "the built-in file is used instead",
        "correct the file and build again",
    ]);
    assert!(sandbox.read("team/public/index.html").contains("site/home.html:2"));
    assert!(sandbox.read("team/public/tickets/good/index.html").contains("credit notes"));
    let json = sandbox.casebook("team", "build --format json").fails(1).out;
    assert!(json.contains("\"path\": \"site/home.html:2\""), "{json}");
}
