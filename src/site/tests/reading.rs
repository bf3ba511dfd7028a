//! What a reader of a ticket's page finds: whether the answer still holds, attachments, long threads and people.

use super::*;

/// Returns the box with the answer on the page at `path`.
fn answer_on(site: &Site, path: &str) -> String {
    let page = page(site, path);
    let answer = page.split("id=\"answer\"").nth(1).unwrap_or_else(|| panic!("no answer in {page}"));
    answer.split("</section>").next().unwrap_or_default().to_owned()
}

fn reply(at: &str, front: &str, text: &str) -> String {
    format!("---\nauthor: mei\ncreated: {at}\n{front}---\n{text}\n")
}

#[test]
fn an_answer_says_whether_it_is_still_true() {
    // An article based on the ticket was reviewed after the last report of the problem.
    shows(&answer_on(&public(), TICKET), &["Still true", "30 Nov 2026", "Exports that time out</a>"]);

    let article = "---\ntitle: Exports that time out\ntickets: [export-times-out-k7f3qa]\n---\nThey do.\n";
    let unreviewed = source().with("knowledge/exports.md", article);
    let answer = answer_on(&site_of(unreviewed.clone(), Audience::Public), TICKET);
    shows(&answer, &["Back again in", "CSV never arrives</a>,", "23 Nov 2026"]);
    assert!(!answer.contains("Still true"));

    let alone = MemorySource::new()
        .with("casebook.yml", "visibility: public\n")
        .with("tickets/a.md", "---\ntitle: A\ncreated: 2026-11-22T09:00:00Z\n---\nText.\n")
        .with(
            "tickets/a/1.md",
            reply("2026-11-22T10:00:00Z", "status: resolved\nresolution: fixed\n", "## Fix\nRestart it.\n"),
        );
    shows(
        &answer_on(&site_of(alone.clone(), Audience::Public), "tickets/a/index.html"),
        &["Not confirmed since", "22 Nov 2026"],
    );

    let used = alone.with("tickets/b.md", "---\ntitle: B\ncreated: 2026-12-01T09:00:00Z\n---\nText.\n").with(
        "tickets/b/1.md",
        reply(
            "2026-12-01T10:00:00Z",
            "status: resolved\nresolution: answered\nanswered_by: [a]\n",
            "As in a.",
        ),
    );
    let answer = answer_on(&site_of(used, Audience::Public), "tickets/a/index.html");
    shows(&answer, &["Still true", "1 Dec 2026", "also answered 1 ticket"]);

    shows(&answer_on(&public(), "tickets/door-stuck-d4d5d6/index.html"), &["Reopened", "2 Dec 2026"]);
}

#[test]
fn a_workaround_that_was_used_again_is_not_called_true() {
    let ticket = |id: &str, day: u32, front: &str, of_reply: &str| {
        let text =
            format!("---\ntitle: {id}\ncreated: 2026-11-{day:02}T09:00:00Z\n{front}---\nLockers are grey.\n");
        let end = format!("status: resolved\nresolution: {of_reply}\n");
        (text, reply(&format!("2026-11-{day:02}T10:00:00Z"), &end, "## Fix\nPut the old certificate back.\n"))
    };
    let all = [
        ("first", ticket("first", 1, "", "workaround")),
        ("second", ticket("second", 5, "", "workaround\nanswered_by: [first]")),
        ("third", ticket("third", 9, "related: [first]\n", "fixed")),
    ];
    let source = all.into_iter().fold(
        MemorySource::new().with("casebook.yml", "visibility: public\n"),
        |source, (id, (text, reply))| {
            source.with(format!("tickets/{id}.md"), text).with(format!("tickets/{id}/1.md"), reply)
        },
    );
    let answer = |source: &MemorySource, id: &str| {
        answer_on(&site_of(source.clone(), Audience::Public), &format!("tickets/{id}/index.html"))
    };
    let first = answer(&source, "first");
    in_order(&first, &["Back again in", ">second</a>,", "5 Nov 2026", "also answered 1 ticket"]);
    assert!(!first.contains("Still true"));
    shows(&answer(&source, "second"), &["Not confirmed since", "5 Nov 2026"]);

    // An article is about all of them, and its review says nothing about what was done before the fix.
    let article =
        "---\ntitle: Grey\ntickets: [first, second, third]\nconfirmed: 2026-11-20\n---\n## Fix\nRestart.\n";
    let source = source.with("knowledge/grey.md", article);
    for id in ["first", "second"] {
        shows(&answer(&source, id), &["Back again in", ">third</a>,", "9 Nov 2026"]);
    }
    shows(&answer(&source, "third"), &["Still true", "20 Nov 2026"]);
}

#[test]
fn a_later_ticket_that_refers_to_an_answer_is_named() {
    let later =
        "---\ntitle: Later\ncreated: 2026-12-20T09:00:00Z\nrelated: [export-times-out-k7f3qa]\n---\nAgain?\n";
    let resolved =
        reply("2026-12-20T10:00:00Z", "status: resolved\nresolution: answered\n", "No, that is new.");
    let source = source().with("tickets/later.md", later).with("tickets/later/1.md", resolved);
    let answer = answer_on(&site_of(source, Audience::Public), TICKET);
    in_order(&answer, &["Still true", "30 Nov 2026", "Linked from a later ticket:", ">Later</a>"]);
}

#[test]
fn an_article_shows_its_fix_first_and_whether_it_holds() {
    let text = "---\ntitle: Grey lockers\ntickets: [export-times-out-k7f3qa]\nconfirmed: 2026-12-05\n---\n\
                ## Problem\nLockers are grey on the map. There is [a fix](#fix).\n\n## Cause\nThe clock.\n\n\
                ## Fix\nSet it.\n\n## Prevention\nNone.\n";
    let source = source().with("knowledge/grey.md", text);
    let html = page(&site_of(source.clone(), Audience::Public), "knowledge/grey/index.html");
    in_order(
        &html,
        &[
            "class=\"lead\" dir=\"auto\">Lockers are grey on the map.",
            "id=\"answer\"",
            "id=\"user-content-fix\">Fix</h3>",
            "Set it.",
            "Cause</h3>",
            "Last reviewed 5 Dec 2026",
            "data-due=\"2027-06-03T00:00:00Z\" hidden",
            "Something wrong here?",
            "https://github.com/acme/oncall-tickets/edit/main/knowledge/grey.md",
            "?like=grey\"",
            "Problem</h2>",
            "<a href=\"#user-content-fix\">a fix</a>",
            "Prevention</h2>",
            "Based on",
        ],
    );
    assert_eq!(html.matches("<p>Set it.</p>").count(), 1);

    // The problem was reported again after the review, and a ticket was answered with the article.
    let duplicate = "---\ntitle: Grey again\ncreated: 2026-12-20T09:00:00Z\n---\nGrey.\n";
    let of = reply(
        "2026-12-20T10:00:00Z",
        "status: resolved\nresolution: duplicate\nduplicate_of: export-times-out-k7f3qa\n",
        "Duplicate.",
    );
    let used = reply(
        "2026-12-21T10:00:00Z",
        "status: resolved\nresolution: answered\nanswered_by: [grey]\n",
        "See the article.",
    );
    let source = source
        .with("casebook.yml", SETTINGS.replace("repository: https://github.com/acme/oncall-tickets\n", ""))
        .with("tickets/again.md", duplicate)
        .with("tickets/again/1.md", of)
        .with("tickets/asked.md", duplicate.replace("Grey again", "Why grey"))
        .with("tickets/asked/1.md", used);
    let html = page(&site_of(source, Audience::Public), "knowledge/grey/index.html");
    in_order(
        &html,
        &[
            "Back again in",
            ">Grey again</a>",
            "also answered 1 ticket",
            "Edit and commit the file <code>knowledge/grey.md</code>",
            "Also answered</h2>",
            ">Why grey</a>",
        ],
    );
}

#[test]
fn an_article_whose_parts_have_equal_headings_stays_whole() {
    let text = "---\ntitle: Two\n---\n## Problem\nA.\n### Steps\n1.\n## Fix\nB.\n### Steps\n2.\n";
    let html =
        page(&site_of(source().with("knowledge/two.md", text), Audience::Public), "knowledge/two/index.html");
    assert!(!html.contains("id=\"answer\""), "{html}");
    in_order(
        &html,
        &["Problem</h2>", "id=\"user-content-steps\"", "Fix</h2>", "id=\"user-content-steps-1\""],
    );
}

#[test]
fn a_duplicate_shows_the_original_answer_with_its_health() {
    let answer = answer_on(&public(), "tickets/csv-never-arrives-p9p8p7/index.html");
    shows(
        &answer,
        &["Duplicate of", "Export &lt;times&gt; out</a>", "<strong>3.4.1</strong> has it", "Still true"],
    );
}

#[test]
fn attachments_are_on_the_page() {
    let dot = b"GIF89a\x07\x00\x05\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    let log: String = (0..500).map(|n| format!("line {n} <b>\n")).collect();
    let source = source()
        .with("tickets/2026/12/door-stuck-d4d5d6/door.gif", dot.to_vec())
        .with("tickets/2026/12/door-stuck-d4d5d6/shown.gif", dot.to_vec())
        .with("tickets/2026/12/door-stuck-d4d5d6/door.log", log)
        .with(
            "tickets/2026/12/door-stuck-d4d5d6/3.md",
            reply("2026-12-03T10:00:00Z", "", "See ![the door](shown.gif)."),
        );
    let html = page(&site_of(source, Audience::Internal), "tickets/door-stuck-d4d5d6/index.html");
    let figure =
        "<img src=\"../../tickets/door-stuck-d4d5d6/door.gif\" alt=\"door.gif\" width=\"7\" height=\"5\"";
    let inline =
        "<img src=\"../../tickets/door-stuck-d4d5d6/shown.gif\" alt=\"the door\" width=\"7\" height=\"5\"";
    shows(
        &html,
        &[figure, inline, "500 lines", "line 199 &lt;b&gt;</code>", "This is the beginning of the file."],
    );
    assert_eq!(html.matches("shown.gif\" alt").count(), 1, "a picture in a text is not shown twice: {html}");
    assert!(!html.contains("line 200"));
}

#[test]
fn a_long_thread_is_folded_without_its_beginning_and_its_end() {
    let replies = |count: usize| {
        (0..count).fold(source(), |source, n| {
            let at = format!("2026-12-03T10:{n:02}:00Z");
            source
                .with(format!("tickets/2026/12/door-stuck-d4d5d6/n{n:02}.md"), reply(&at, "", "Still stuck."))
        })
    };
    let on = |count| page(&site_of(replies(count), Audience::Public), "tickets/door-stuck-d4d5d6/index.html");
    assert!(!on(17).contains("class=\"fold\""), "19 replies are not folded");
    let html = on(18);
    in_order(
        &html,
        &[
            "id=\"reply-1\"",
            "id=\"reply-2\"",
            "Show 13 replies",
            "id=\"reply-n12\"",
            "</details>",
            "id=\"reply-n13\"",
            "id=\"reply-n17\"",
        ],
    );
    assert_eq!(html.matches("class=\"entry").count(), 20);
}

#[test]
fn only_the_internal_site_has_pages_of_people() {
    let team = page(&internal(), "people/lena/index.html");
    in_order(&team, &["Lena Ode</bdi></h1>", "Asked", "CSV never arrives</a>"]);
    in_order(
        &page(&internal(), "people/mei/index.html"),
        &["Resolved for others", "Export &lt;times&gt; out</a>"],
    );
    shows(&page(&internal(), TICKET), &["href=\"../../people/mei/index.html\""]);
    let site = public();
    assert!(site.paths().iter().all(|path| !path.starts_with("people/")));
    assert!(!page(&site, TICKET).contains("people/"));
}

#[test]
fn a_new_ticket_changes_only_the_newest_part_of_a_list() {
    let tickets = |count: usize| {
        let settings = format!("{SETTINGS}publish: all\n");
        (0..count).fold(MemorySource::new().with("casebook.yml", settings), |source, n| {
            let at = format!("2026-01-{:02}T{:02}:00:00Z", n / 24 + 1, n % 24);
            let text = format!("---\ntitle: T{n}\ncreated: {at}\nservice: export\ntags: [many]\n---\nx\n");
            source.with(format!("tickets/t-{n:03}.md"), text)
        })
    };
    let [before, after] =
        [130, 131].map(|count| site_of(tickets(count), Audience::Public).render_all().unwrap());
    for list in ["tickets/part~", "services/export/tickets/", "services/billing/tickets/", "tags/many/"] {
        for part in [1, 2] {
            let path = format!("{list}{part}/index.html");
            assert!(before.contains_key(&path) && before[&path] == after[&path], "{path}");
        }
        let newest = format!("{}index.html", list.trim_end_matches("part~"));
        assert_ne!(before[&newest], after[&newest], "{newest}");
    }
}

#[test]
fn the_first_answer_of_an_old_ticket_changes_only_the_newest_part_of_a_list() {
    let tickets = |unanswered: Option<usize>| {
        let source = MemorySource::new().with("casebook.yml", SETTINGS);
        (0..150).fold(source, |source, n| {
            let at = |month: u32| format!("2026-{month:02}-{:02}T{:02}:00:00Z", n / 24 + 1, n % 24);
            let text =
                format!("---\ntitle: T{n}\ncreated: {}\nservice: export\ntags: [many]\n---\nx\n", at(1));
            let source = source.with(format!("tickets/t-{n:03}.md"), text);
            let month = if n == 3 { 9 } else { 2 };
            let answer = format!(
                "---\nauthor: mei\ncreated: {}\nstatus: resolved\nresolution: fixed\n---\nDone.\n",
                at(month)
            );
            if unanswered != Some(n) { source.with(format!("tickets/t-{n:03}/r.md"), answer) } else { source }
        })
    };
    let [before, after] = [Some(3), None]
        .map(|unanswered| site_of(tickets(unanswered), Audience::Public).render_all().unwrap());
    for list in ["tickets/part~", "services/export/tickets/", "tags/many/"] {
        for part in [1, 2] {
            let path = format!("{list}{part}/index.html");
            assert!(before.contains_key(&path) && before[&path] == after[&path], "{path}");
        }
        let newest =
            String::from_utf8_lossy(&after[&format!("{}index.html", list.trim_end_matches("part~"))])
                .into_owned();
        in_order(&newest, &["T3</a>", "T149</a>"]);
    }
}

#[test]
fn a_page_has_the_symbols_of_its_icons_and_no_others() {
    let used = regex::Regex::new("<use href=\"#i-([a-z-]+)\"").unwrap();
    let symbol = regex::Regex::new("<symbol id=\"i-([a-z-]+)\"").unwrap();
    let names = |pattern: &regex::Regex, html: &str| -> BTreeSet<String> {
        pattern.captures_iter(html).map(|found| found[1].to_owned()).collect()
    };
    for (path, bytes) in internal().render_all().unwrap().iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        assert_eq!(names(&used, &html), names(&symbol, &html), "{path}");
    }
}
