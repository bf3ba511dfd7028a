//! New tickets on the branches of pull requests: `list`, `show`, the internal site and `serve` show them as in review.

use serde_json::{Value as Json, json};

use crate::{
    sandbox::{COMPLETE, SETTINGS, Sandbox},
    served::Server,
    waiting::wait_until,
};

/// Creates a repository `team` whose remote has the branch of a new ticket, which somebody opened in the clone `lena`.
/// Returns the ticket's id.
fn waiting() -> (Sandbox, String) {
    let sandbox = Sandbox::with_team();
    sandbox.open("team", "Invoices are empty");
    sandbox.remote("team", "team.git").git(".", "clone -q team.git lena");
    let new = format!("new incident --title 'Export hangs' {COMPLETE} --intake branch");
    let id = sandbox.casebook("lena", &new).by("lena").ok().line().to_owned();
    sandbox.git("team", "fetch -q");
    (sandbox, id)
}

fn listed(sandbox: &Sandbox, query: &str) -> Vec<Json> {
    let list = sandbox.casebook("team", &format!("list {query} --format json")).ok().json();
    assert_eq!(list["total"], list["tickets"].as_array().unwrap().len());
    list["tickets"].as_array().unwrap().clone()
}

fn titles(sandbox: &Sandbox, query: &str) -> Vec<String> {
    let titles =
        listed(sandbox, query).into_iter().map(|ticket| ticket["title"].as_str().unwrap().to_owned());
    titles.collect()
}

/// Commits `files` to the branch `branch` of the remote, starting from its main branch, and fetches it into `team`.
fn push_branch(sandbox: &Sandbox, branch: &str, files: &[(&str, &str)]) {
    sandbox.git("lena", &format!("checkout -q -B {branch} origin/main"));
    for (path, text) in files {
        sandbox.write(format!("lena/{path}"), text);
    }
    sandbox.commit("lena", "more").git("lena", &format!("push -q -f origin {branch}"));
    sandbox.git("lena", "checkout -q main");
    sandbox.git("team", "fetch -q");
}

const TICKET: &str = "---\ntitle: The door stays shut\ntemplate: incident\nrequester: lena\npriority: urgent\n\
    created: 2026-11-22T09:00:00Z\n---\nThe door of the locker stays shut.\n";

#[test]
fn a_ticket_on_a_branch_of_the_remote_is_listed_and_shown_as_in_review() {
    let (sandbox, id) = waiting();
    let [merged, waiting] = &listed(&sandbox, "sort:created")[..] else { panic!("two tickets") };
    assert_eq!((&merged["title"], &merged["in_review"]), (&json!("Invoices are empty"), &Json::Null));
    assert_eq!((&waiting["id"], &waiting["in_review"]), (&json!(id), &json!(format!("ticket/{id}"))));
    for (query, found) in [
        ("is:in-review", "Export hangs"),
        ("-is:in-review", "Invoices are empty"),
        ("service:billing-api is:in-review", "Export hangs"),
        ("hangs", "Export hangs"),
        ("\"exporting the invoices\" title:hangs", "Export hangs"),
        ("zebra", ""),
        ("is:resolved", ""),
    ] {
        assert_eq!(titles(&sandbox, query).join(" "), found, "{query}");
    }
    assert_eq!(titles(&sandbox, "sort:-title").join(", "), "Invoices are empty, Export hangs");
    sandbox.casebook("team", "list is:in-review").ok().prints(&["in review", "Export hangs"]);
    let end = id.rsplit('-').next().unwrap();
    let place = format!("{id} is on branch ticket/{id}, which is not merged yet");
    let shown = sandbox.casebook("team", &format!("show {end} --format json")).ok().says(&[&place]).json();
    assert_eq!((&shown["id"], &shown["in_review"]), (&json!(id), &json!(format!("ticket/{id}"))));
    assert!(shown["body"].as_str().unwrap().contains("timeout of the gateway"));
    // Nothing was checked out.
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
    assert_eq!(sandbox.git("team", "branch --format=%(refname:short)"), "main");
}

#[test]
fn tickets_in_review_are_not_in_searches_similar_tickets_and_public_pages() {
    let (sandbox, id) = waiting();
    for line in ["search gateway", "similar - --limit 5"] {
        let run =
            sandbox.casebook("team", &format!("{line} --format json")).input("Export hangs at the gateway");
        assert!(!run.ok().out.contains(&id), "{line}");
    }
    sandbox.casebook("team", "build --out ../internal").ok();
    sandbox
        .casebook("team", "build --out ../public --audience public --in-review")
        .fails(2)
        .says(&["--in-review"]);
    assert!(!sandbox.sh(".", "grep -rl 'Export hangs' internal || true").ok().out.contains("html"));
    sandbox.casebook("team", "build --out ../waiting --in-review").ok();
    let page = sandbox.read(format!("waiting/in-review/{id}/index.html"));
    assert!(page.contains("Export hangs") && page.contains("timeout of the gateway"), "{page}");
    assert!(sandbox.read("waiting/index.html").contains(&format!("in-review/{id}/")));
    // Everything else is as without tickets in review.
    let found = sandbox.sh(".", "grep -rl 'Export hangs' waiting | sort").ok().out;
    assert_eq!(found.trim(), format!("waiting/in-review/{id}/index.html\nwaiting/index.html"));
}

#[test]
fn only_new_tickets_of_the_push_remote_are_in_review() {
    let (sandbox, id) = waiting();
    let merged = sandbox.casebook("team", "list title:Invoices --format short").ok();
    let path = sandbox.git("team", "ls-files tickets");
    // A branch that changes a merged ticket, adds a reply, an article, an attachment, a template and settings.
    push_branch(
        &sandbox,
        "ticket/mixed",
        &[
            (&path, TICKET),
            (&format!("{}/r.md", path.trim_end_matches(".md")), "---\nauthor: lena\n---\nHello\n"),
            ("knowledge/door.md", TICKET),
            ("tickets/2026/11/door.md", TICKET),
            (
                "tickets/2026/11/door/r.md",
                "---\nauthor: mei\ncreated: 2026-11-22T09:30:00Z\nstatus: resolved\n---\n",
            ),
            ("tickets/2026/11/door/door.log", "shut"),
            ("casebook.yml", &format!("{SETTINGS}visibility: public\n")),
        ],
    );
    let found = listed(&sandbox, "is:in-review sort:id");
    let ids: Vec<&str> = found.iter().map(|ticket| ticket["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["door", &id]);
    assert_eq!((&found[0]["status"], &found[0]["visibility"]), (&json!("open"), &json!("internal")));
    // Another remote, another branch and a local branch are not in review.
    sandbox.git(".", "clone -q --bare team.git fork.git");
    sandbox.git("team", "remote add fork ../fork.git");
    sandbox.git("team", "fetch -q fork");
    push_branch(&sandbox, "feature/window", &[("tickets/2026/11/window.md", TICKET)]);
    sandbox.git("team", "branch -q ticket/local origin/feature/window");
    assert_eq!(listed(&sandbox, "is:in-review").len(), 2);
    // The main branch wins if it has the id, wherever the file is.
    sandbox.write("team/tickets/door.md", TICKET.replace("shut", "open")).commit("team", "door");
    assert_eq!(titles(&sandbox, "is:in-review"), ["Export hangs"]);
    assert_eq!(titles(&sandbox, "id:door"), ["The door stays open"]);
    // A merged branch is not in review, even if it was not pulled yet.
    sandbox.git("team.git", &format!("update-ref refs/heads/main ticket/{id}"));
    sandbox.git("team", "fetch -q");
    assert_eq!(titles(&sandbox, "is:in-review"), Vec::<String>::new());
    assert_eq!(merged.out, sandbox.casebook("team", "list title:Invoices --format short").ok().out);
}

#[test]
fn hostile_branches_are_bounded() {
    let (sandbox, id) = waiting();
    let huge = format!("{TICKET}{}", "x".repeat(1 << 20));
    push_branch(&sandbox, "ticket/huge", &[("tickets/2026/11/huge.md", &huge)]);
    sandbox.git("lena", "checkout -q -B ticket/link origin/main");
    sandbox.sh("lena", "ln -s /etc/passwd tickets/passwd.md && ln -s . tickets/loop").ok();
    sandbox.commit("lena", "link").git("lena", "push -q origin ticket/link");
    push_branch(&sandbox, "ticket/broken", &[("tickets/2026/11/broken.md", "---\ntitle: [\n")]);
    let ids: Vec<String> = listed(&sandbox, "is:in-review sort:id")
        .iter()
        .map(|ticket| ticket["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["broken", &id]);
    // A branch without common history is compared with the main branch.
    sandbox.git("lena", "checkout -q --orphan ticket/orphan");
    sandbox
        .write("lena/tickets/orphan.md", TICKET)
        .commit("lena", "orphan")
        .git("lena", "push -q origin ticket/orphan");
    sandbox.git("team", "fetch -q");
    assert_eq!(titles(&sandbox, "id:orphan is:in-review"), ["The door stays shut"]);
}

#[test]
fn the_internal_server_shows_tickets_in_review_and_the_public_server_does_not() {
    let (sandbox, id) = waiting();
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}visibility: public\npublish: all\n"));
    sandbox.commit("team", "all is public");
    let internal = Server::start_in(&sandbox, "team", "");
    let waiting = internal.get("/api/v1/tickets?q=is:in-review").is(200);
    assert_eq!(waiting.ids(), [&*id]);
    assert_eq!(waiting.json()["tickets"][0]["in_review"], json!(format!("ticket/{id}")));
    assert_eq!(internal.get("/api/v1/tickets").ids().len(), 2);
    assert_eq!(internal.get(&format!("/api/v1/tickets/{id}")).is(200).json()["title"], "Export hangs");
    assert!(internal.get(&format!("/in-review/{id}/")).is(200).body.contains("timeout of the gateway"));
    assert!(internal.get("/").body.contains("Export hangs"));
    assert_eq!(internal.get("/api/v1/search?q=hangs").is(200).ids(), Vec::<String>::new());
    let public = Server::start_in(&sandbox, "team", "--audience public");
    assert_eq!(public.get("/api/v1/tickets?q=is:in-review").is(200).ids(), Vec::<String>::new());
    assert_eq!(public.get("/api/v1/tickets").ids().len(), 1);
    for path in [format!("/api/v1/tickets/{id}"), format!("/in-review/{id}/")] {
        public.get(&path).is(404);
    }
    assert!(!public.get("/").body.contains("Export hangs"));
    // A fetch brings the next one.
    push_branch(&sandbox, "ticket/door", &[("tickets/2026/11/door.md", TICKET)]);
    wait_until("the fetched ticket is shown", || internal.get("/").body.contains("The door stays shut"));
    assert!(!public.get("/").body.contains("The door stays shut"));
}
