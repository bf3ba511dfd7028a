//! A repository with a change as a pull request could contain it: it adds a ticket similar to a resolved one. The title
//! and the answer contain all kinds of text that could have an effect in a comment of a forge.

use crate::sandbox::{SETTINGS, Sandbox};

/// A title that mentions people, contains links, and tries to break out of its context.
pub(crate) const HOSTILE_TITLE: &str = "Invoice export stops @acme/team @mei #1 acme/oncall#1 GH-1 !2 [x](javascript:alert(1)) \
    ![x](https://evil.example/x.png) <img src=x onerror=alert(1)> </code> <!-- casebook --> `a` ``b` www.evil.example \
    https://evil.example $x$ :tada: \u{202e}gpj.exe\u{202c} *b* __c__ ~~d~~ | e | \\";

/// The ticket that the change adds.
pub(crate) const NEW: &str = "tickets/2026/11/export-again-n2n3n4.md";

/// Writes the file of a resolved ticket and its answer.
pub(crate) fn resolved(sandbox: &Sandbox, id: &str, keys: &str, title: &str, answer: &str) {
    let title = serde_json::to_string(title).unwrap();
    let folder = format!("team/tickets/2026/10/{id}");
    sandbox.write(
        format!("{folder}.md"),
        format!(
            "---\ntitle: {title}\ntemplate: imported\nrequester: lena\ncreated: 2026-10-01T08:00:00Z\n\
             service: billing-export\n{keys}---\nThe export of invoices stops with ERR_CONN_RESET after 10,000 rows, says \
             com.acme.billing.ExportJob.\n"
        ),
    );
    sandbox.write(
        format!("{folder}/r.md"),
        format!(
            "---\nauthor: omar\ncreated: 2026-10-02T08:00:00Z\nstatus: resolved\nresolution: fixed\n---\n{answer}\n"
        ),
    );
}

/// Creates the repository `team` on the branch `change`, which is pull request 7 of `team.git`.
pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", "init -q team");
    let settings = "visibility: public\nrepository: https://github.com/acme/oncall\n";
    sandbox.write("team/casebook.yml", format!("{SETTINGS}{settings}"));
    let long = "x".repeat(10_000);
    let answer = format!(
        "{HOSTILE_TITLE} in the answer\n{long}\n````\n```\n<!-- casebook -->\n/close\n- [ ] a task\n# a heading\n\
         > @everyone\n"
    );
    resolved(&sandbox, "export-stops-k7f3qa", "", HOSTILE_TITLE, &answer);
    resolved(
        &sandbox,
        "export-stops-s2s3s4",
        "visibility: internal\n",
        "Invoice export stops",
        "Nachtigall had too many rows, so their limit was raised to four gigabytes.",
    );
    for (id, title) in [
        ("a", "The printer is out of paper"),
        ("b", "Doors do not open below zero"),
        ("c", "A map stays blank"),
        ("d", "Drivers are signed out every hour"),
    ] {
        let ticket = format!(
            "---\ntitle: {title}\ntemplate: imported\nrequester: lena\ncreated: 2026-09-01T08:00:00Z\n---\nIt is so since Monday.\n"
        );
        let reply = "---\nauthor: omar\ncreated: 2026-09-02T08:00:00Z\nstatus: resolved\nresolution: answered\n---\nThat is how it was meant to be.\n";
        sandbox.write(format!("team/tickets/2026/09/{id}.md"), ticket);
        sandbox.write(format!("team/tickets/2026/09/{id}/r.md"), reply);
    }
    sandbox.commit("team", "what was there");
    sandbox.git("team", "checkout -q -b change");
    sandbox.write(
        format!("team/{NEW}"),
        "---\ntitle: Invoice export stops @acme/team again\ntemplate: question\nrequester: mei\n\
         created: 2026-11-22T08:00:00Z\nservice: biling-export\n---\n## Question\nThe export of invoices stops with \
         ERR_CONN_RESET after 10,000 rows, says com.acme.billing.ExportJob.\n\n## What I tried\nA smaller month, \
         and the page on exports.\n",
    );
    // The change contains rules, which must be ignored.
    sandbox.write("team/casebook.yml", format!("{SETTINGS}levels: {{ unknown-service: allow }}\n"));
    sandbox.commit("team", "a ticket");
    sandbox.git(".", "clone -q --bare team team.git");
    sandbox.git("team.git", "update-ref refs/pull/7/head change");
    sandbox.git("team.git", "branch -D change");
    sandbox.git("team.git", "symbolic-ref HEAD refs/heads/main");
    sandbox
}
