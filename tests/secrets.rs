//! Random repositories in which public tickets name internal tickets in every possible place. The names must not appear in
//! any output for the public.

use std::collections::BTreeMap;

use crate::trials::Random;

/// Names of internal tickets that are not words. They must not appear anywhere. No ticket is called `DUSK-4000`, but the
/// name looks like one of the same tracker.
pub(crate) const NAMES: &[&str] = &[
    "merger-plans-m2m3m4",
    "m2m3m4",
    "old-merger-7k",
    "https://tracker.acme.example/browse/NIGHT-41",
    "NIGHT-41",
    "DUSK-115",
    "DUSK-4000",
    "proj_77123",
    "proj-77123",
    "raise-the-limits",
];

/// Names of internal tickets that can also be ordinary words. They must not appear as references.
pub(crate) const WORDS: &[&str] = &["moonlight", "a-1", "quiet"];

/// Words of internal tickets that no public text contains.
pub(crate) const INTERNAL: &[&str] = &[
    "nightfall",
    "quendolin",
    "zeppelin",
    "codename",
    "nachtigall",
    "projekt-x",
    "security-only",
    "rosebud",
];

/// The random choices for a repository.
struct Choices(Random);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        self.0.one(of)
    }

    /// Returns `name` with upper-case and lower-case letters at random.
    fn in_some_case(&mut self, name: &str) -> String {
        name.chars()
            .map(|c| if self.below(2) == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect()
    }

    /// Returns a name that must not appear in any text.
    fn name(&mut self) -> String {
        let name = self.one(NAMES);
        self.in_some_case(name)
    }

    /// Returns the name of an internal ticket. A public ticket could be called `DUSK-4000`, so this name is not used.
    fn alias(&mut self) -> String {
        let name = self.one(&[NAMES[0], NAMES[2], NAMES[4], NAMES[5], WORDS[0], WORDS[1]]);
        self.in_some_case(name)
    }

    /// Returns a name for a place that refers to a ticket.
    fn reference(&mut self) -> String {
        let name = if self.below(2) == 0 { self.one(NAMES) } else { self.one(WORDS) };
        self.in_some_case(name)
    }

    /// Returns a name, mostly in a different form that a browser or a reader understands.
    fn disguised(&mut self) -> String {
        let name = self.name();
        let at = 1 + self.below(name.len() - 2);
        let (start, end) = name.split_at(at);
        let (first, rest) = end.split_at(1);
        let code = u32::from(first.as_bytes()[0]);
        match self.below(10) {
            0 => format!("{start}%{code:02x}{rest}"),
            1 => format!("{start}&#{code};{rest}"),
            2 => format!("{start}&#x{code:X};{rest}"),
            3 => format!("{start}\u{ad}{end}"),
            4 => format!("{start}\u{200b}{end}"),
            5 => name.replace('-', "\u{2011}"),
            6 => name.replace('-', "\\-"),
            7 => format!("**{start}**{end}"),
            8 => format!("<b>{start}</b>{end}"),
            _ => name,
        }
    }
}

/// Returns the files of a random repository by path.
pub(crate) fn repository(seed: u64) -> BTreeMap<String, String> {
    let mut choices = Choices(Random::of(seed));
    let mut files = BTreeMap::new();
    let mut add = |path: String, text: String| drop(files.insert(path, text));
    let c = &mut choices;
    let publish = c.one(&["answered", "all"]);
    add(
        "casebook.yml".to_owned(),
        format!(
            "version: 1\ntitle: {}\nurl: https://oncall.acme.example/cases/\nrepository: https://github.com/acme/{}\n\
             visibility: public\npublish: {publish}\nservices:\n  billing: {{ name: {}, owner: {}, oncall: [quendolin], paths: [/projekt-x/**] }}\n  \
             nightfall: {{ name: Project Nightfall, part_of: billing }}\n  mixed: {{ name: Mixed, part_of: nightfall-of-all }}\n  nightfall-of-all: {{ name: Nightfall }}\npeople:\n  \
             mei: {{ name: {}, emails: [mei@rosebud.example], logins: [rosebud] }}\n  quendolin: {{ name: Quendolin Nachtigall }}\n",
            quoted(&c.name()),
            c.name().replace([':', '/'], "-"),
            quoted(&c.name()),
            quoted(&c.name()),
            quoted(&c.name())
        )
        .replace("mixed: { name: Mixed, part_of: nightfall-of-all }", "mixed: { name: Mixed }"),
    );
    add(
        "ticket-templates/note.md".to_owned(),
        format!(
            "---\ntitle: {}\nabout: {}\nfields:\n  words: {{ type: text, example: {} }}\n  page: {{ type: url }}\n  \
             other: {{ type: ticket }}\n  who: {{ type: person }}\n  what: {{ type: service }}\n  how: {{ type: choice, options: [a, {}] }}\n  \
             number: {{ type: number }}\n  day: {{ type: date }}\n  codename: {{ type: text }}\nsections:\n  Problem: {{ ask: {} }}\nany_fields: true\n---\n## Problem\nSee {}\n",
            quoted(&c.name()),
            quoted(&c.name()),
            quoted(&c.name()),
            quoted(&c.name()),
            quoted(&c.name()),
            c.name()
        ),
    );
    add(
        "ticket-templates/security.md".to_owned(),
        "---\ntitle: Security\nfields:\n  security-only: { type: text, required: open }\n---\n".to_owned(),
    );
    add("site/words/en.yml".to_owned(), format!("home:\n  question: {}\n", quoted(&c.name())));
    let internal = |front: &str| {
        format!(
            "---\ntitle: Nachtigall leaves\ntemplate: note\nvisibility: internal\nservice: nightfall\nrequester: quendolin\n\
             created: 2026-12-24T09:00:00Z\ntags: [zeppelin]\ncodename: rosebud\n{front}---\nThe plans of Nachtigall.\n"
        )
    };
    for (id, front) in [
        (
            "merger-plans-m2m3m4",
            "aliases: [old-merger-7k]\nsource: https://tracker.acme.example/browse/NIGHT-41\n",
        ),
        ("dusk-115", "source: DUSK-115\n"),
        ("proj-77123", "source: proj_77123\n"),
        ("raise-the-limits", ""),
        ("moonlight", ""),
        ("a-1", "source: A-1\n"),
        ("hidden-by-triage-h2h3h4", "security-only: x\n"),
    ] {
        add(format!("tickets/2026/12/{id}.md"), internal(front));
        add(
            format!("tickets/2026/12/{id}/r.md"),
            "---\nauthor: quendolin\ncreated: 2026-12-24T10:00:00Z\nstatus: resolved\nresolution: fixed\n---\nNachtigall is back, and all of it was a mistake.\n".to_owned(),
        );
        add(format!("tickets/2026/12/{id}/zeppelin.log"), "nachtigall".to_owned());
    }
    add(
        "knowledge/quiet.md".to_owned(),
        "---\ntitle: Nachtigall\nvisibility: internal\ntags: [zeppelin]\n---\nSecret.\n".to_owned(),
    );
    // Public tickets of the same tracker.
    for number in 0..4 {
        let id = format!("dusk-{}", 7 + number);
        add_public_ticket(c, &id, &format!("source: DUSK-{}\n", 7 + number), &mut add);
    }
    let name = plain(&c.alias());
    add_public_ticket(c, &format!("after-{name}"), "", &mut add);
    // A ticket that is similar to one that a test adds later.
    add(
        "tickets/2026/11/printer-jams-a4b5c6.md".to_owned(),
        format!(
            "---\ntitle: The printer of the second floor jams\ntemplate: note\nrequester: mei\n\
             created: 2026-11-23T09:00:00Z\n---\nERR_PAPER_JAM, as in {}\n",
            c.disguised()
        ),
    );
    add(
        "tickets/2026/11/printer-jams-a4b5c6/r.md".to_owned(),
        format!(
            "---\nauthor: mei\ncreated: 2026-11-23T10:00:00Z\nstatus: resolved\nresolution: workaround\n---\n\
             We cleaned the rollers of the tray by hand, as in {}.\n",
            c.disguised()
        ),
    );
    for number in 0..2 {
        let tickets = format!(
            "tickets: [dusk-7, {}]\nsupersedes: [{}]\n",
            quoted(&c.reference()),
            quoted(&c.reference())
        );
        let text = text(c, "../tickets/2026/11/");
        add(
            format!("knowledge/article-{number}.md"),
            format!(
                "---\n# {}\ntitle: {}\ntags: [{}, export]\nservice: billing\nconfirmed: 2026-11-30\n{tickets}---\n## Fix\n{text}",
                c.name(),
                quoted(&c.disguised()),
                quoted(&c.disguised()),
            ),
        );
    }
    files
}

/// Adds a resolved public ticket with names of internal tickets in every place.
fn add_public_ticket(c: &mut Choices, id: &str, front: &str, add: &mut impl FnMut(String, String)) {
    let folder = format!("tickets/2026/11/{id}");
    let mut attachments = Vec::new();
    for ending in ["log", "png"] {
        let name = plain(&c.name());
        attachments.push(format!("{id}/{name}.{ending}"));
        add(format!("{folder}/{name}.{ending}"), "bytes".to_owned());
    }
    add(format!("{folder}/zeppelin.txt"), "not linked".to_owned());
    let links: String = attachments.iter().map(|path| format!("[x]({path}) ![y]({path})\n")).collect();
    let ticket = format!(
        "---\n# a comment on {}\ntitle: {}\ntemplate: note\nservice: billing\nrequester: mei\ncreated: 2026-11-22T09:14:00Z\n\
         tags: [{}, {}, export]\npath: [{}, {}]\nrelated: [{}, dusk-7, {}]\nwords: {}\npage: {}\nother: {}\n\
         who: {}\nwhat: {}\nhow: {}\nnumber: {}\nday: {}\nx_list: [{}, [{}]]\nx_map: {{ {}: {} }}\n{}: a field\n{front}---\n{}{links}",
        c.name(),
        quoted(&c.disguised()),
        quoted(&c.disguised()),
        quoted(&c.name()),
        quoted(&format!("/console/{}", c.reference())),
        quoted(&c.disguised()),
        quoted(&c.reference()),
        quoted(&c.reference()),
        quoted(&c.disguised()),
        quoted(&format!("https://acme.example/tickets/{}", c.reference())),
        quoted(&c.reference()),
        quoted(&c.name()),
        quoted(&c.name()),
        quoted(&c.name()),
        quoted(&c.name()),
        quoted(&c.name()),
        quoted(&c.disguised()),
        quoted(&c.name()),
        quoted(&c.name()),
        quoted(&c.name()),
        quoted(&c.name()),
        text(c, ""),
    );
    add(format!("{folder}.md"), ticket);
    let name = plain(&c.name());
    add(
        format!("{folder}/{name}.md"),
        format!(
            "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nstatus: pending\nasks: [{}]\nset:\n  words: {}\n  other: {}\n  tags: [+{}, -x]\n  \
             related: [{}]\n  aliases: [{}]\n---\n{}",
            quoted(&c.name()),
            quoted(&c.disguised()),
            quoted(&c.reference()),
            plain(&c.name()),
            quoted(&c.reference()),
            quoted(&c.alias()),
            text(c, "")
        ),
    );
    add(
        format!("{folder}/note.md"),
        "---\nauthor: quendolin\ncreated: 2026-11-22T10:30:00Z\nvisibility: internal\n---\nThe customer is Nachtigall. [z](zeppelin.txt)\n".to_owned(),
    );
    let resolution = c.one(&["fixed", "workaround", "duplicate"]);
    add(
        format!("{folder}/solved.md"),
        format!(
            "---\nauthor: {}\ncreated: 2026-11-22T11:00:00Z\nstatus: resolved\nresolution: {resolution}\nduplicate_of: {}\n\
             answered_by: [{}]\ndraft_from: {}\n---\nIt works again after the limit was raised for all of us.\n\n## Fix\n{}",
            if c.below(2) == 0 { "mei".to_owned() } else { quoted(&c.name()) },
            quoted(&c.reference()),
            quoted(&c.reference()),
            quoted(&c.reference()),
            text(c, "")
        ),
    );
}

/// Returns a text with names in most places. `to` is the relative path to the folder of tickets.
fn text(c: &mut Choices, to: &str) -> String {
    let mut places = vec![
        format!("It fails as in {}, again.", c.disguised()),
        format!("{} at the start, and at the end {}", c.disguised(), c.disguised()),
        format!("## About {}\nSome words.", c.disguised()),
        format!("`{}` and ``{}``", c.name(), c.name()),
        format!("```\n2026-11-22 ERROR {} failed\\n{}\n```", c.name(), c.name()),
        format!("    indented {}", c.name()),
        format!("https://acme.example/browse/{}?id={}", c.disguised(), c.name()),
        format!("<https://acme.example/{}>", c.reference().replace(':', "")),
        format!("[{}](https://acme.example/{})", c.disguised(), c.disguised()),
        format!("[a link]({to}{}.md \"{}\")", plain(&c.reference()), c.name()),
        format!("[a link]({to}{}/x.log)", plain(&c.reference())),
        format!("[a link][r]\n\n[r]: {to}{}.md '{}'", plain(&c.reference()), c.name()),
        format!("![{}]({to}{}.png)", c.disguised(), plain(&c.reference())),
        format!("#{}, see #{}", plain(&c.reference()), plain(&c.reference())),
        format!("| {} | b |\n|---|---|\n| {} | `{}` |", c.name(), c.disguised(), c.name()),
        format!("> {}\n\n- [ ] {}", c.disguised(), c.disguised()),
        format!("<details><summary>{}</summary>\n\n{}\n\n</details>", c.disguised(), c.disguised()),
        format!("<a href=\"https://acme.example/{}\" title=\"{}\">x</a>", c.disguised(), c.disguised()),
        format!("<!-- {} -->", c.name()),
        format!("A note[^{}].\n\n[^{}]: {}", plain(&c.name()), plain(&c.name()), c.disguised()),
        format!("tickets/2026/12/{}.md and knowledge/{}", plain(&c.reference()), plain(&c.reference())),
        format!("java.lang.IllegalStateException: {}\n\tat com.acme.{}(Main.java:7)", c.name(), c.name()),
    ];
    // The order is random, and six places are left out.
    let mut text = String::new();
    while places.len() > 6 {
        text.push_str(&places.swap_remove(c.below(places.len())));
        text.push_str("\n\n");
    }
    text
}

/// Removes characters that are not allowed in a path or an address.
fn plain(name: &str) -> String {
    name.replace("://", "-").replace(['/', '.'], "-")
}

/// Returns `text` as a quoted YAML string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
