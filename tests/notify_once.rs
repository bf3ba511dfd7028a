//! Each message of `casebook notify` is sent once: with several clones, killed runs, servers that do not answer, and hooks.

use serde_json::json;

use crate::{
    notify::{Office, to},
    waiting::wait_until,
};

#[test]
fn two_clones_that_tell_the_same_range_send_each_message_once() {
    let office = Office::new();
    let before = office.ticket("a0", "");
    for n in 1..4 {
        office.ticket(&format!("a{n}"), "");
    }
    office.sandbox.git("team", "push -q");
    for clone in ["one", "two", "three"] {
        office.sandbox.git(".", &format!("clone -q team.git {clone}"));
    }
    std::thread::scope(|scope| {
        for clone in ["one", "two", "three"] {
            let run = office.notify(clone, &format!("--since {before}"));
            scope.spawn(move || run.ok());
        }
    });
    let mut sent = to(&office.smtp.take());
    assert_eq!(sent.len(), 8, "{sent:#?}");
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), 8);
    office.notify("two", "--retry").ok().says(&["no open messages"]);
    assert_eq!(
        office.sandbox.git("team.git", "ls-tree -r --name-only refs/casebook/notified sent/").lines().count(),
        8
    );
}

#[test]
fn a_killed_run_repeats_nothing_and_leaves_its_messages_open() {
    let office = Office::new();
    let before = office.ticket("a1", "");
    office.sandbox.git("team", "push -q");
    office.sandbox.git(".", "clone -q team.git other");
    office.smtp.hang();
    let mut killed = office.notify("team", &format!("--since {before}")).into_command();
    let mut killed =
        killed.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    wait_until("the first mail arrives", || office.smtp.count() == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    office.smtp.take();
    office.smtp.go_on();
    for dir in ["team", "other"] {
        office.notify(dir, &format!("--since {before}")).ok().says(&["nobody has to be told anything"]);
    }
    assert_eq!(office.smtp.take().len(), 0);
    let open = office.notify("other", "--retry").ok().says(&["perhaps sent"]);
    let lines: Vec<Vec<&str>> = open.out.lines().map(|line| line.split("  ").collect()).collect();
    assert_eq!(
        lines.iter().map(|line| (line[2], line[3])).collect::<Vec<_>>(),
        [("mail:mei", "a1"), ("mail:omar", "a1")]
    );
    assert_eq!(office.smtp.take().len(), 0, "a list sends nothing");
    let json = office.notify("other", "--retry --format json").ok().json();
    assert_eq!(
        (&json["total"], &json["messages"][0]["state"], &json["messages"][0]["id"]),
        (&json!(2), &json!("open"), &json!(lines[0][0]))
    );
    // Somebody knows that Omar got nothing.
    office.notify("other", &format!("--retry {}", lines[1][0])).ok();
    assert_eq!(to(&office.smtp.take()), ["omar@acme.example: [Acme Oncall] New ticket: Export of a1 hangs"]);
    office.notify("other", "--retry 12345678").fails(1).says(&["no open message has the id `12345678`"]);
    office.notify("team", "--retry all").ok();
    assert_eq!(to(&office.smtp.take()).len(), 1);
    office.notify("team", "--retry").ok().says(&["no open messages"]);
}

#[test]
fn a_refused_mail_stays_open_and_the_others_are_sent() {
    let office = Office::new();
    let before = office.ticket("a1", "");
    office.smtp.accepts(|address| !address.starts_with("mei"));
    let failed = office.notify("team", &format!("--since {before}")).fails(2);
    failed
        .says(&["message to mail:mei not sent", "550", "1 message not sent", "casebook notify --retry"])
        .prints(&["mail:omar  a1"]);
    assert_eq!(to(&office.smtp.take()).len(), 1);
    office.smtp.accepts(|_| true);
    office.notify("team", "--retry all").ok().prints(&["mail:mei  a1"]);
    // A server that does not answer is asked once.
    let before = office.ticket("b2", "");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = office
        .notify("team", &format!("--since {before}"))
        .env("CASEBOOK_SMTP_URL", format!("smtp://{free}"))
        .fails(2);
    assert_eq!(down.err.matches("cannot be reached").count(), 1, "{down:#?}");
    office.notify("team", "--retry").ok().prints(&["mail:mei  b2", "mail:omar  b2"]);
    // Without the remote, nothing is recorded, so nothing is sent.
    office.smtp.take();
    office.sandbox.git("team", "remote set-url origin ../missing.git");
    let before = office.ticket("c3", "");
    office.notify("team", &format!("--since {before}")).fails(2).says(&["cannot be reached"]);
    assert_eq!(office.smtp.take().len(), 0);
}

#[test]
fn more_than_twenty_messages_end_with_one_digest() {
    let office = Office::new();
    let before = office.head();
    for n in 0..13 {
        office.ticket(&format!("t{n:02}"), "");
    }
    let mails = office.mails_since(&before);
    assert_eq!(mails.len(), 21);
    let digest = &mails[20];
    assert_eq!(digest.to, ["mei@acme.example", "omar@acme.example"]);
    assert_eq!(digest.header("To"), "", "nobody sees the addresses of the others");
    assert_eq!(digest.header("Subject"), "Acme Oncall: 3 more changes");
    assert!(digest.text.contains("- Export of t12 hangs\n  Lena Weber opened a ticket for Billing export; open, priority normal, billing-export\n  https://oncall.example/tickets/t12/\n"), "{}", digest.text);
    assert_eq!(office.mails_since(&before).len(), 0);
}

#[test]
fn the_hooks_of_a_server_tell_people_after_a_push_was_accepted() {
    let office = Office::new();
    office.sandbox.casebook(".", "init --hook team.git").ok().says(&["pre-receive", "post-receive"]);
    let settings =
        format!("CASEBOOK_SMTP_URL='{}'\nCASEBOOK_MAIL_FROM=oncall@acme.example\n", office.smtp.url);
    office.ticket("a1", "");
    office.sandbox.git("team", "push -q");
    assert_eq!(office.smtp.take().len(), 0, "nothing is set up");
    office.sandbox.write("team.git/casebook/notify.env", settings);
    office.reply("a1", "one", "author: mei\n", "Hello.");
    office.sandbox.git("team", "push -q");
    assert_eq!(to(&office.smtp.take()), ["lena@acme.example: [Acme Oncall] Reply: Export of a1 hangs"]);
    // A branch is not the main branch yet.
    office.sandbox.git("team", "checkout -q -b change");
    office.reply("a1", "two", "author: mei\n", "On a branch.");
    office.sandbox.git("team", "push -q origin change");
    assert_eq!(office.smtp.take().len(), 0);
    // A refused push sends no mail.
    office.sandbox.git("team", "checkout -q main");
    let key = concat!("AKIA", "Q3EGRYB7KMZP2XWN");
    office.reply("a1", "three", "author: mei\n", &format!("The key is {key}."));
    office.sandbox.git_run("team", "push -q").fails(1);
    assert_eq!(office.smtp.take().len(), 0);
    office.sandbox.git("team", "reset -q --hard origin/main");
    // A server without mail accepts the push, and says so.
    office.sandbox.write(
        "team.git/casebook/notify.env",
        "CASEBOOK_SMTP_URL=smtp://127.0.0.1:1\nCASEBOOK_MAIL_FROM=o@acme.example\n",
    );
    office.reply("a1", "four", "author: mei\n", "Hello.");
    office
        .sandbox
        .git_run("team", "push -q")
        .ok()
        .says(&["the push was accepted, but not everybody was told about it"]);
    office.notify("team.git", "--retry").ok().prints(&["mail:lena  a1/four"]);
    // The record of another clone passes the pre-receive hook.
    let head = office.reply("a1", "five", "author: mei\n", "Hello.");
    assert_eq!(office.mails_since(&head).len(), 1);
    // What else the server does after a push gets the same lines.
    office.sandbox.hook("team.git", "post-receive.local", "cat > \"$PWD/local\"");
    office.reply("a1", "six", "author: mei\n", "Hello.");
    office.sandbox.git("team", "push -q");
    let line = format!("{} refs/heads/main\n", office.head());
    assert!(
        office.sandbox.read("team.git/local").ends_with(&line),
        "{}",
        office.sandbox.read("team.git/local")
    );
    // The hook of another program stays.
    office.sandbox.hook("team.git", "post-receive", "exit 0");
    office
        .sandbox
        .casebook(".", "init --hook team.git")
        .ok()
        .says(&["another program's `post-receive` hook exists"]);
    assert_eq!(office.sandbox.read("team.git/hooks/post-receive"), "#!/bin/sh\nexit 0\n");
}
