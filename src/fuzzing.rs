//! Functions for the fuzz targets in `fuzz/`. They take and return plain bytes and texts, so that no other module has
//! to be public. The fuzz targets check the results.

mod index;

use std::{
    ops::ControlFlow,
    path::Path,
    sync::{Arc, LazyLock},
};

use jiff::tz::TimeZone;

use crate::{
    api::{CheckReport, FindingDetail, Review, ReviewedTicket, Suggestion},
    check::{Authors, CheckContext, CommitAuthor, RULES, check_all, plan_fixes},
    cli::review_comment,
    detectors::{personal, secrets::Secrets, substance},
    diagnostic::Finding,
    export::EXPORTERS,
    import::IMPORTERS,
    intake::{IdMaker, files_of_import, read_tickets},
    query::{FieldKey, KEYS, Query, ValueKind, Vocabulary},
    repo::{CacheSlot, MemorySource},
    settings::{Publish, Settings, parse_settings},
    site::{
        Forge,
        markdown::{self, MarkdownStyle, MarkdownWords, NoLinks},
    },
    store::{Store, load},
    template::{parse_canned, parse_template},
    text::{self, RepoPath, Span, Time},
    ticket::{
        Document, Reply, Resolution, Status, TicketState, Visibility, fold, parse_article, parse_reply,
        parse_ticket,
    },
    view::{Audience, View},
};

pub use index::{INDEX_FIELDS, build_index, find_in_index, read_index, terms_of};

fn time(seconds: i64) -> Time {
    Time::from_seconds(seconds).unwrap_or_else(|| panic!("{seconds} seconds are not a valid time"))
}

/// The path and the text of a file.
pub type TextFile = (String, String);

/// Returns the files in the examples of all rules: valid and invalid tickets, replies, templates and settings.
pub fn cases_of_rules() -> impl Iterator<Item = &'static [(&'static str, &'static str)]> {
    RULES.iter().flat_map(|rule| rule.cases).map(|case| case.files)
}

/// Parses `data` as each kind of file. Returns the text, and each span of a finding with the code of its rule.
pub fn spans_of_readers(data: &[u8]) -> (String, Vec<(&'static str, Span)>) {
    let document = Document::parse(&RepoPath::new("tickets/2026/11/a-k7f3qa.md"), data);
    let findings = [
        parse_ticket(&document, &TimeZone::UTC).1,
        parse_reply(&document, &TimeZone::UTC).1,
        parse_article(&document).1,
        parse_template(&document).1,
        parse_canned(&document).1,
        parse_settings(&document.text).1,
    ];
    let findings = findings.iter().flatten().chain(&document.problems);
    let spans = findings.flat_map(spans).collect();
    (document.text, spans)
}

/// Returns each span of a finding with the code of its rule.
fn spans(finding: &Finding) -> impl Iterator<Item = (&'static str, Span)> {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|(span, _)| span);
    let others = finding.also.iter().map(|(span, _)| span);
    finding.span.iter().chain(others).chain(edits).map(|span| (finding.code, span.clone()))
}

/// Returns an example of each query key.
pub fn examples_of_queries() -> Vec<&'static str> {
    KEYS.iter().map(|row| row.example).collect()
}

/// Parses and prints a query.
///
/// # Errors
/// Returns the message if the query is invalid.
pub fn print_query(text: &str) -> Result<String, String> {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
        let field = |name: &str, kind| FieldKey { name: name.to_owned(), kind };
        let fields = vec![
            field("version", ValueKind::Text),
            field("rows", ValueKind::Number),
            field("seen", ValueKind::Time),
        ];
        Vocabulary { fields, me: true, ..Vocabulary::default() }
    });
    match Query::parse(text, &VOCABULARY) {
        Ok(query) => Ok(query.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The prefix of each `id` in rendered Markdown.
pub const ID_PREFIX: &str = markdown::ID_PREFIX;

/// Renders Markdown as HTML for a page.
pub fn render_markdown(text: &str) -> String {
    static WORDS: LazyLock<MarkdownWords> = LazyLock::new(MarkdownWords::default);
    let style = MarkdownStyle {
        key: "r1~",
        elsewhere: None,
        title: None,
        has_contents: false,
        heading_shift: 2,
        has_colors: true,
        words: &WORDS,
        resolve: &NoLinks,
    };
    markdown::render(text, &style).html
}

/// Returns the first `most` graphemes of the prose in Markdown.
pub fn excerpt_of_markdown(text: &str, most: usize) -> String {
    markdown::excerpt(text, most)
}

fn store_of(files: &[TextFile], cache: &CacheSlot) -> Store {
    let mut source = MemorySource::new();
    for (path, text) in files {
        source.insert(RepoPath::new(path.as_str()), text.as_str());
    }
    load(Arc::new(source), cache).unwrap_or_else(|error| panic!("cannot load files in memory: {error}"))
}

/// Loads a few files with the help of the cache in the file `cache`. Returns a description of everything that was
/// loaded.
pub fn load_with_cache(cache: &Path) -> String {
    static FILES: LazyLock<Vec<TextFile>> = LazyLock::new(|| {
        let files = [
            ("casebook.yml", "version: 1\nservices: { billing: {} }\n"),
            (
                "tickets/a.md",
                "---\ntitle: A\ntemplate: bug\nrequester: lena\ncreated: 2026-01-01T00:00:00Z\n---\nText.\n",
            ),
            (
                "tickets/a/1.md",
                "---\nauthor: mei\ncreated: 2026-01-02T00:00:00Z\nstatus: resolved\n---\nDone.\n",
            ),
            ("tickets/b.md", "---\ntitle: B\ntemplate: bug\nversion: '2'\n---\nMore.\n"),
            ("knowledge/c.md", "---\ntitle: C\n---\n## Fix\nRestart.\n"),
        ];
        files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec()
    });
    let store = store_of(&FILES, &CacheSlot::at(cache));
    let threads: Vec<String> = store.threads.iter().map(|thread| format!("{thread:?}")).collect();
    format!("{threads:?} {:?}", store.articles)
}

/// The state of a ticket after all its replies.
#[derive(Debug, PartialEq)]
pub struct Folded {
    state: TicketState,
    replies: Vec<Reply>,
}

/// Applies replies to a ticket, after reading the replies in this order.
pub fn fold_replies(ticket: &str, replies: &[TextFile]) -> Folded {
    let read = |path: &str, text: &str| Document::parse(&RepoPath::new(path), text.as_bytes());
    let ticket = parse_ticket(&read("tickets/t.md", ticket), &TimeZone::UTC).0;
    let replies =
        replies.iter().map(|(path, text)| parse_reply(&read(path, text), &TimeZone::UTC).0).collect();
    let thread = fold(ticket, replies, Visibility::Public);
    Folded { state: thread.state, replies: thread.replies }
}

/// Creates the ticket ids for the source ids of an import, in this order. Returns each ticket id with the id that a
/// reference to the same source id resolves to afterwards.
pub fn ids_of_sources(sources: &[String]) -> Vec<(String, String)> {
    let mut maker = IdMaker::default();
    let ids: Vec<String> = sources.iter().map(|source| maker.id_of(source)).collect();
    ids.into_iter().zip(sources).map(|(id, source)| (id, maker.reference(source))).collect()
}

/// Returns whether `text` can be the id of a ticket.
pub fn is_id(text: &str) -> bool {
    text::is_id(text)
}

/// Returns the slug of a text, and the slug that is cut to at most `most` bytes.
pub fn slugs_of(text: &str, most: usize) -> (String, String) {
    (text::slugify(text), text::slugify_at_most(text, most))
}

/// The spans that detectors find in a text.
pub struct DetectedSpans {
    /// Secrets, in order.
    pub secrets: Vec<Span>,
    /// Personal data, in order.
    pub personal: Vec<Span>,
}

/// Runs all detectors.
pub fn detect(text: &str) -> DetectedSpans {
    let _ = substance::weakness(text, "Which version is deployed?");
    let _ = (substance::has_list(text), substance::has_code(text));
    DetectedSpans {
        secrets: Secrets::builtin().find(text).into_iter().map(|found| found.span).collect(),
        personal: personal::find(text, |_| false).into_iter().map(|found| found.span).collect(),
    }
}

/// The findings of `check` in some files, and the files after one round of safe fixes.
pub struct CheckedFiles {
    /// The rule, the file and the message of each finding.
    pub findings: Vec<(&'static str, String, String)>,
    /// Each span of a finding, with its file.
    pub spans: Vec<(String, Span)>,
    /// The files that fixes changed.
    pub fixed: Vec<TextFile>,
}

/// A git history in which the same person committed every file.
struct OneCommitter;

impl Authors for OneCommitter {
    fn of_change(&self, _: &RepoPath) -> Option<CommitAuthor> {
        Some(CommitAuthor {
            name: "Mei Lin".into(),
            email: "mei@acme.example".into(),
            time: time(1_795_342_500),
        })
    }

    fn of_file(&self, path: &RepoPath) -> Option<CommitAuthor> {
        self.of_change(path)
    }
}

/// Checks `files` and applies the safe fixes in memory.
pub fn check_and_fix(files: &[TextFile]) -> CheckedFiles {
    let store = store_of(files, &CacheSlot::nowhere());
    let context = CheckContext::with_authors(&store, time(1_796_083_200), &OneCommitter);
    let findings = check_all(&context, &|| ());
    let fixed = plan_fixes(&context, &findings).files;
    let path = |path: &RepoPath| path.as_str().to_owned();
    CheckedFiles {
        spans: findings
            .iter()
            .flat_map(|finding| spans(finding).map(move |(_, span)| (path(&finding.path), span)))
            .collect(),
        fixed: fixed.into_iter().map(|(place, text)| (path(&place), text)).collect(),
        findings: findings.into_iter().map(|one| (one.code, path(&one.path), one.message)).collect(),
    }
}

/// The plan for the import of a JSON Lines file.
pub struct ImportedFiles {
    /// The files to write.
    pub files: Vec<TextFile>,
    /// Notes about data that is left out or changed.
    pub notes: Vec<String>,
    /// The number of lines that are not valid tickets.
    pub broken: usize,
}

/// Plans the import of `lines` into a repository with these files.
pub fn import_jsonl(lines: &[u8], files: &[TextFile]) -> ImportedFiles {
    let (records, broken) = read_tickets(IMPORTERS[0], lines).unwrap_or_default();
    let (files, notes) = files_of_import(&records, &store_of(files, &CacheSlot::nowhere()));
    let files = files.into_iter().map(|(path, text)| (path.as_str().to_owned(), text)).collect();
    ImportedFiles { files, notes, broken: broken.len() }
}

/// Exports the tickets in some files as JSON Lines.
pub fn export_jsonl(files: &[TextFile]) -> String {
    let store = store_of(files, &CacheSlot::nowhere());
    let mut lines = String::new();
    let written = EXPORTERS[0].export(&store, &mut |text| {
        lines.push_str(text);
        ControlFlow::Continue(())
    });
    written.unwrap_or_else(|error| panic!("cannot export files in memory: {error}"));
    lines
}

/// Untrusted texts in the comment on a pull request.
#[derive(Default)]
pub struct ReviewTexts {
    /// The file of a finding.
    pub path: String,
    /// The message of the finding.
    pub message: String,
    /// Instructions for fixing the problem.
    pub help: String,
    /// The title of a ticket in the change.
    pub title: String,
    /// The id of a similar ticket.
    pub similar: String,
    /// The title of the similar ticket.
    pub similar_title: String,
    /// The answer of the similar ticket.
    pub answer: String,
}

/// Writes the comment on a pull request with these texts; `repository` is the address that files are linked to.
pub fn comment_on_review(texts: &ReviewTexts, repository: Option<&str>) -> String {
    let finding =
        Finding::deny("secret", &RepoPath::new(texts.path.as_str()), &*texts.message).help(&*texts.help);
    let similar = Suggestion {
        id: texts.similar.clone(),
        file: Some(RepoPath::new(format!("tickets/{}.md", texts.similar))),
        title: texts.similar_title.clone(),
        status: Some(Status::Resolved),
        resolution: Some(Resolution::Fixed),
        service: None,
        created: None,
        resolved: None,
        score: 1,
        why: Vec::new(),
        answer: texts.answer.clone(),
    };
    let ticket = ReviewedTicket {
        id: String::new(),
        file: None,
        title: texts.title.clone(),
        new: true,
        similar: vec![similar],
    };
    let check =
        CheckReport { findings: vec![FindingDetail::of(&finding, None)], errors: 1, warnings: 0, files: 1 };
    let review = Review {
        check,
        base: String::new(),
        head: None,
        audience: None,
        tickets: vec![ticket],
        more_tickets: 0,
    };
    let settings = Settings { repository: repository.map(str::to_owned), ..Settings::default() };
    let forge = Forge::of(&settings, "main");
    review_comment(&review, |path| {
        Some(forge.as_ref()?.file(path, "0123456789abcdef0123456789abcdef01234567"))
    })
}

/// Returns everything in some files that the public may read.
pub fn public_texts(files: &[TextFile]) -> Vec<String> {
    let store = Arc::new(store_of(files, &CacheSlot::nowhere()));
    let view = store.seen_by(View { audience: Audience::Public, publish: Publish::All });
    let store = view.store();
    let mut texts = vec![format!("{:?}", store.settings), format!("{:?}", store.articles)];
    for thread in store.threads.iter() {
        texts.push(format!("{:?}", **thread));
        let paths = [thread.ticket.path.as_ref()]
            .into_iter()
            .chain(thread.replies.iter().map(|reply| reply.path.as_ref()));
        texts.extend(paths.map(|path| store.body(path)));
    }
    texts.extend(store.attachments.iter().map(|attachment| attachment.path.as_str().to_owned()));
    texts
}
