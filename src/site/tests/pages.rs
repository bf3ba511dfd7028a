//! The content of each kind of page.

use super::*;

#[test]
fn a_ticket_shows_its_answer_before_the_problem_and_the_thread() {
    let page = page(&public(), TICKET);
    in_order(
        &page,
        &[
            "<h1 dir=\"auto\">Export &lt;times&gt; out</h1>",
            "resolved after 2 hours",
            "Asked by Lena Ode",
            "id=\"answer\"",
            "Mei Lin",
            "Fix</h3>",
            "<strong>3.4.1</strong> has it",
            "Cause</h3>",
            "Report</h2>",
            "Problem</h2>",
            "It ends after 30 s",
            "504 Gateway Timeout",
            "Thread",
            "self-assigned this",
            "resolved this as fixed",
        ],
    );
    assert!(!page.contains("What happened?"), "hints are hidden");
}

#[test]
fn a_ticket_has_its_facts_relations_and_links_to_the_forge() {
    let page = page(&public(), TICKET);
    shows(
        &page,
        &[
            "href=\"../../services/export/index.html\" dir=\"auto\">Export</a>",
            "href=\"../../tags/csv/index.html\" dir=\"auto\">csv</a>",
            "datetime=\"2026-11-22T09:14:00Z\" title=\"2026-11-22 17:14 +08:00\">22 Nov 2026</time>",
            "Duplicates</h2>",
            "CSV never arrives</a>",
            "Related article</h2>",
            "https://github.com/acme/oncall-tickets/edit/main/tickets/2026/11/export-times-out-k7f3qa.md",
            "../../reply/index.html?file=tickets%2F2026%2F11%2Fexport-times-out-k7f3qa.md&amp;template=incident&amp;after=2026-11-22T11%3A14%3A00Z",
            "../../new/incident/index.html?like=export-times-out-k7f3qa&amp;service=export",
            "<link rel=\"canonical\" href=\"https://oncall.acme.example/cases/tickets/export-times-out-k7f3qa/\">",
        ],
    );
}

#[test]
fn a_duplicate_links_to_its_original() {
    let page = page(&public(), "tickets/csv-never-arrives-p9p8p7/index.html");
    shows(
        &page,
        &["Duplicate of <a href=\"../../tickets/export-times-out-k7f3qa/index.html\" dir=\"auto\">"],
    );
    shows(&page, &["marked as a duplicate of <a href="]);
}

#[test]
fn a_reopened_ticket_stays_published_with_a_banner() {
    let page = page(&public(), "tickets/door-stuck-d4d5d6/index.html");
    shows(&page, &["This ticket was reopened", "Push it firmly", "reopened this", "badge open"]);
}

#[test]
fn a_service_includes_its_modules() {
    let site = public();
    let billing = page(&site, "services/billing/index.html");
    shows(
        &billing,
        &[
            "<h1 dir=\"auto\">Billing</h1>",
            "payments",
            "Export</a>",
            "Export &lt;times&gt; out",
            "Exports that time out",
        ],
    );
    assert!(!billing.contains(">Oncall</span>"), "the people oncall are internal");
    in_order(&page(&internal(), "services/billing/index.html"), &[">Oncall</span>", "<bdi>Mei Lin</bdi>"]);
    assert!(!site.has("services/secret-service/index.html"));
    shows(&page(&site, "services/export/index.html"), &["Billing</a>"]);
    shows(&page(&site, "services/index.html"), &["Billing"]);
}

#[test]
fn a_tag_lists_its_tickets_and_articles() {
    let site = public();
    shows(
        &page(&site, "tags/csv/index.html"),
        &["Export &lt;times&gt; out", "CSV never arrives", "Exports that time out"],
    );
    shows(&page(&site, "tags/index.html"), &["csv", "timeout"]);
}

#[test]
fn an_article_lists_the_tickets_it_is_based_on() {
    let site = public();
    let article = page(&site, "knowledge/exports/index.html");
    shows(
        &article,
        &[
            "Last reviewed 30 Nov 2026",
            "<a href=\"../../tickets/export-times-out-k7f3qa/index.html\"",
            "Based on",
        ],
    );
    shows(&page(&site, "knowledge/index.html"), &["Exports that time out", "based on 1 ticket"]);
    assert!(!site.has("knowledge/nightfall/index.html"));
}

#[test]
fn the_not_found_page_links_from_the_root() {
    shows(
        &page(&public(), "404.html"),
        &["href=\"/cases/assets/site.", "action=\"/cases/search/index.html\""],
    );
}

#[test]
fn a_former_id_redirects_to_the_ticket() {
    shows(
        &page(&public(), "tickets/old-name/index.html"),
        &["url=../../tickets/export-times-out-k7f3qa/index.html"],
    );
}

#[test]
fn a_ticket_shows_the_last_pages_by_which_its_requester_came() {
    let path = "path: [/console, /console/billing, /cases/tickets/, /cases/services/export/, /cases/search/index.html, /console/billing/exports]";
    let text =
        format!("---\ntitle: Came\ntemplate: incident\ncreated: 2026-12-04T09:00:00Z\n{path}\n---\nLate.\n");
    let source =
        source().with("casebook.yml", format!("{SETTINGS}publish: all\n")).with("tickets/came.md", text);
    let html = page(&site_of(source, Audience::Public), "tickets/came/index.html").replace("<wbr>", "");
    in_order(
        &html,
        &[
            "<code>/console/billing</code>",
            "<code>/cases/services/export/</code>",
            "<code>/console/billing/exports</code>",
        ],
    );
    for left_out in ["<code>/console</code>", "<code>/cases/tickets/", "<code>/cases/search/"] {
        assert!(!html.contains(left_out), "{left_out}");
    }
}

#[test]
fn a_list_is_in_the_order_of_the_dates_that_it_shows() {
    let at = |day: u32| format!("2026-12-{day:02}T09:00:00Z");
    let mut source = source();
    // Each ticket: when it was opened and resolved, and how.
    let tickets = [("one", 1, 20, "fixed"), ("two", 2, 10, "declined"), ("three", 3, 15, "answered")];
    for (id, opened, resolved, resolution) in tickets {
        let text =
            format!("---\ntitle: {id}\nservice: export\ntags: [order]\ncreated: {}\n---\nx\n", at(opened));
        source.insert(RepoPath::new(format!("tickets/{id}-id.md")), text);
        let reply = format!(
            "---\nauthor: mei\ncreated: {}\nstatus: resolved\nresolution: {resolution}\n---\nThis is how it ended for all.\n",
            at(resolved)
        );
        source.insert(RepoPath::new(format!("tickets/{id}-id/1.md")), reply);
    }
    let site = site_of(source, Audience::Internal);
    let service = page(&site, "services/export/index.html");
    let answers = service.split("id=\"answers\"").nth(1).unwrap();
    in_order(
        answers,
        &[">one</a>", "20 Dec", ">three</a>", "15 Dec", ">two</a>", "10 Dec", "times&gt; out</a>"],
    );
    assert!(!answers.contains("CSV never arrives</a>"), "a duplicate is no answer");
    for list in ["tags/order/index.html", "services/export/tickets/index.html", "tickets/index.html"] {
        let list = page(&site, list);
        in_order(&list, &[">one</a>", "20 Dec", ">three</a>", "15 Dec", ">two</a>", "10 Dec"]);
    }
    let person = page(&site, "people/mei/index.html");
    in_order(
        &person,
        &["Resolved for others", ">one</a>", "20 Dec", ">three</a>", "15 Dec", ">two</a>", "10 Dec"],
    );
}

#[test]
fn a_long_list_is_divided_into_pages() {
    let mut source = source();
    for n in 0..120 {
        let text = format!("---\ntitle: T{n}\ncreated: 2026-01-01T00:00:00Z\ntags: [many]\n---\nx\n");
        source.insert(RepoPath::new(format!("tickets/t-{n:03}-many.md")), text);
        let reply = "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nstatus: resolved\nresolution: answered\n---\nLike this.\n";
        source.insert(RepoPath::new(format!("tickets/t-{n:03}-many/r.md")), reply);
    }
    let site = site_of(source, Audience::Public);
    // The pages are numbered from the oldest ticket, so that a new one changes only the newest page.
    let newest = page(&site, "tags/many/index.html");
    in_order(&newest, &["T119</a>", "T50</a>", "href=\"../../tags/many/1/index.html\""]);
    assert!(!newest.contains("T49</a>") && !site.has("tags/many/2/index.html"));
    in_order(&page(&site, "tags/many/1/index.html"), &["T49</a>", "T0</a>", "Page 1"]);
    in_order(&page(&site, "tickets/index.html"), &["CSV never arrives", "T119</a>", "part~1/index.html"]);
}

#[test]
fn the_index_has_the_words_of_answers_and_the_data_of_results() {
    let texts = crate::search::published::reading::everything(&public().render_all().unwrap(), "search/");
    for term in ["join", "3.4.1", "export"] {
        assert!(texts.iter().any(|text| text == term), "the term {term} is missing");
    }
    assert!(texts.iter().any(|text| text.contains("\"title\":\"Export <times> out\"")));
}

#[test]
fn a_service_shows_open_tickets_before_resolved_ones() {
    let source = source()
        .with(
            "tickets/2026/12/late-l1l2l3.md",
            "---\ntitle: Late exports\ntemplate: incident\nservice: export\ncreated: 2026-12-04T09:00:00Z\n---\nLate.\n",
        )
        .with(
            "tickets/2026/12/late-l1l2l3/1.md",
            "---\nauthor: mei\ncreated: 2026-12-04T10:00:00Z\nstatus: resolved\nresolution: answered\n---\n\
             ## Answer\nThe queue is drained at night, wait for it.\n",
        )
        .with(
            "tickets/2026/12/late-l1l2l3/2.md",
            "---\nauthor: lena\ncreated: 2026-12-05T10:00:00Z\nstatus: open\n---\nStill.\n",
        );
    let site = site_of(source, Audience::Public);
    let service = page(&site, "services/export/index.html");
    in_order(
        &service,
        &["Reopened</h2>", "Late exports", "Recently resolved</h2>", "Export &lt;times&gt; out"],
    );
    assert_eq!(service.matches("Late exports</a>").count(), 1, "{service}");
    shows(&page(&site, "index.html"), &["<b>2</b> reopened"]);
    let ticket = page(&site, "tickets/late-l1l2l3/index.html");
    assert!(!ticket.contains("Answer</h3>"), "the box already has this title");
    shows(&ticket, &["The queue is drained at night"]);
}

#[test]
fn an_answer_keeps_the_definitions_of_its_links_and_footnotes() {
    let site = site_of(
        MemorySource::new()
            .with("casebook.yml", "visibility: public\nrepository: https://github.com/acme/x\nbranch: main\n")
            .with("tickets/a.md", "---\ntitle: A\ntemplate: note\ncreated: 2026-11-22T09:14:00Z\n---\nText.\n")
            .with(
                "tickets/a/1.md",
                "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\n\
                 ## Fix\nFollow [the runbook][post], twice[^n].\n## Links\nNone.\n\n[post]: ../../runbook.md\n\
                 [^n]: Once is not enough.\n",
            ),
        Audience::Public,
    );
    let link = "<a href=\"https://github.com/acme/x/blob/main/runbook.md\"";
    let html = page(&site, "tickets/a/index.html");
    in_order(
        &html,
        &["id=\"answer\"", link, ">the runbook</a>", "href=\"#user-content-answer~note~1\"", "Once is"],
    );
    shows(&html, &["content=\"Follow the runbook, twice.\""]);
    let feed = page(&site, "feed.json");
    assert!(feed.contains("the runbook") && !feed.contains("[post]") && !feed.contains("[^n]"), "{feed}");
}

#[test]
fn a_section_that_the_template_names_is_shown_as_the_answer() {
    let site = site_of(
        MemorySource::new()
            .with("casebook.yml", "visibility: public\n")
            .with("ticket-templates/task.md", "---\ntitle: Task\nanswer_sections: [Final Summary]\n---\n")
            .with(
                "tickets/a.md",
                "---\ntitle: A\ntemplate: task\nrequester: lena\ncreated: 2026-11-22T09:14:00Z\n---\n\
                 ## Plan\nWrite it.\n## Final Summary\nThe importer reads [all pages](#plan).\n",
            )
            .with(
                "tickets/a/1.md",
                "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\n",
            ),
        Audience::Public,
    );
    let html = page(&site, "tickets/a/index.html");
    in_order(
        &html,
        &[
            "id=\"answer\"",
            "lena",
            "The importer reads <a href=\"#user-content-plan\">all pages</a>",
            "Plan</h2>",
        ],
    );
    shows(&page(&site, "feed.json"), &["The importer reads all pages.", "\"name\": \"lena\""]);
    shows(&page(&site, "index.html"), &["The importer reads all pages."]);
}

#[test]
fn xml_and_json_files_are_well_formed_with_any_text() {
    let ticket = "---\ntitle: \"Bell \\a and \\uffff \\u202e\"\ntemplate: note\ncreated: 2026-11-22T09:14:00Z\ntags: [\"a\\e\"]\n---\nx\n";
    let site = site_of(
        MemorySource::new()
            .with("casebook.yml", "visibility: public\nurl: https://a.example/\ntitle: \"Acme \\b\"\n")
            .with("tickets/a.md", ticket)
            .with(
                "tickets/a/1.md",
                "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\n\
                 ## Fix\nPress \u{1b}[1mq\u{0} and &#7; now.\n",
            ),
        Audience::Public,
    );
    let files = site.render_all().unwrap();
    let xml: Vec<&String> = files.keys().filter(|path| path.ends_with(".xml")).collect();
    assert!(xml.len() >= 4, "{xml:?}");
    for path in xml {
        let text = String::from_utf8(files[path].clone()).unwrap();
        assert!(
            text.chars().all(|c| !c.is_control() || c == '\n') && !text.contains(['\u{ffff}', '\u{202e}']),
            "{path}: {text:?}"
        );
    }
    for feed in ["feed.xml", "feed.json"] {
        shows(&page(&site, feed), &["Bell \u{fffd} and \u{fffd} \u{fffd}"]);
    }
}

#[test]
fn spellings_of_a_tag_in_other_letter_case_share_a_page() {
    let ticket = |day: u32, tags: &str| {
        format!(
            "---\ntitle: Ticket {day}\ntemplate: note\ncreated: 2026-11-{day:02}T09:14:00Z\ntags: {tags}\n---\nx\n"
        )
    };
    let site = site_of(
        MemorySource::new()
            .with("casebook.yml", "visibility: public\npublish: all\n")
            .with("tickets/a.md", ticket(1, "[Export, EXPORT]"))
            .with("tickets/b.md", ticket(2, "[export]"))
            .with("knowledge/k.md", "---\ntitle: K\ntags: [eXport]\n---\nx\n"),
        Audience::Public,
    );
    let tags = page(&site, "tags/index.html");
    assert_eq!(tags.matches("href=\"../tags/export/index.html\"").count(), 1, "{tags}");
    let tag = page(&site, "tags/export/index.html");
    shows(&tag, &["<h1 dir=\"auto\">Export", "Ticket 1", "Ticket 2", ">K</a>"]);
    let ticket = page(&site, "tickets/a/index.html");
    assert_eq!(ticket.matches("tags/export/index.html\" dir=\"auto\">Export</a>").count(), 1, "{ticket}");
    assert!(!ticket.contains("EXPORT</a>"));
    // In earlier versions, each spelling had a separate page.
    for spelling in ["Export", "EXPORT", "eXport"] {
        let former = page(&site, &format!("tags/{}/index.html", crate::site::urls::folder_of(spelling)));
        shows(&former, &["content=\"0; url=../../tags/export/index.html\"", ">Export</a>"]);
    }
}
