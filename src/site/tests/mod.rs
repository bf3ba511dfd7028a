//! The site of a repository in memory, for both audiences, from a visitor's point of view.

mod discovery;
mod feeds;
mod links;
mod pages;
mod privacy;
mod reading;
mod twins;
mod views;
mod whole;
mod writing;

use rayon::prelude::*;

use super::*;
use crate::repo::{CacheSlot, MemorySource};
use crate::store::load;

impl Site {
    /// Renders all files. Returns their bytes by path.
    fn render_all(&self) -> Result<BTreeMap<String, Vec<u8>>, SiteError> {
        self.index();
        self.model.prepare_report();
        let table: Vec<(&String, &(usize, PageKey))> = self.table.iter().collect();
        let mut files: BTreeMap<String, Vec<u8>> = table
            .par_iter()
            .map(|(path, (kind, key))| Ok(((*path).clone(), PAGE_KINDS[*kind].render(self, path, *key)?)))
            .collect::<Result<_, SiteError>>()?;
        files.extend(self.index().files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())));
        Ok(files)
    }
}

const SETTINGS: &str = "\
version: 1
title: Acme Oncall
url: https://oncall.acme.example/cases/
repository: https://github.com/acme/oncall-tickets
visibility: public
timezone: Asia/Shanghai
services:
  billing: { name: Billing, owner: payments, oncall: [mei] }
  export: { name: Export, part_of: billing }
  secret-service: { name: Project Nightfall }
people:
  mei: { name: Mei Lin, emails: [mei@acme.example] }
  lena: { name: Lena Ode }
  nora: { name: Nora Nacht }
";

/// Returns a repository with every kind of ticket, reply, article and attachment.
fn source() -> MemorySource {
    MemorySource::new()
        .with("casebook.yml", SETTINGS)
        .with(
            "tickets/2026/11/export-times-out-k7f3qa.md",
            "---\ntitle: Export <times> out\ntemplate: incident\nrequester: lena\ncreated: 2026-11-22T09:14:00Z\n\
             service: export\ntags: [timeout, csv]\npriority: high\naliases: [old-name]\n\
             related: [merger-plans-m2m3m4]\n---\n\
             ## Problem\n<!-- What happened? -->\nIt ends after 30 s, see [the log](export-times-out-k7f3qa/trace.log) \
             and merger-plans-m2m3m4.\n\n```\n504 Gateway Timeout\n```\n",
        )
        .with("tickets/2026/11/export-times-out-k7f3qa/trace.log", "504")
        .with("tickets/2026/11/export-times-out-k7f3qa/private.txt", "for the team")
        .with("tickets/2026/11/export-times-out-k7f3qa/evil.html", "<script>alert(1)</script>")
        .with(
            "tickets/2026/11/export-times-out-k7f3qa/1.md",
            "---\nauthor: mei\ncreated: 2026-11-22T10:00:00Z\nassignee: mei\nset: { related: merger-plans-m2m3m4 }\n---\nLooking.\n",
        )
        .with(
            "tickets/2026/11/export-times-out-k7f3qa/2.md",
            "---\nauthor: nora\ncreated: 2026-11-22T10:30:00Z\nvisibility: internal\n---\nThe customer is Nachtigall.\n\
             See [this](private.txt).\n",
        )
        .with(
            "tickets/2026/11/export-times-out-k7f3qa/3.md",
            "---\nauthor: mei\ncreated: 2026-11-22T11:14:00Z\nstatus: resolved\nresolution: fixed\n---\nDone.\n\n\
             ## Cause\nOne query for each row.\n\n## Fix\nA join; **3.4.1** has it.\n",
        )
        .with(
            "tickets/2026/11/csv-never-arrives-p9p8p7.md",
            "---\ntitle: CSV never arrives\ntemplate: incident\nrequester: lena\ncreated: 2026-11-23T09:00:00Z\n\
             service: export\ntags: [csv]\n---\nLike export-times-out-k7f3qa?\n",
        )
        .with(
            "tickets/2026/11/csv-never-arrives-p9p8p7/1.md",
            "---\nauthor: mei\ncreated: 2026-11-23T09:30:00Z\nstatus: resolved\nresolution: duplicate\n\
             duplicate_of: export-times-out-k7f3qa\n---\nThe same: update to 3.4.1 please.\n",
        )
        .with(
            "tickets/2026/12/door-stuck-d4d5d6.md",
            "---\ntitle: Door stuck\ntemplate: incident\nrequester: lena\ncreated: 2026-12-01T09:00:00Z\n---\nIt is stuck.\n",
        )
        .with(
            "tickets/2026/12/door-stuck-d4d5d6/1.md",
            "---\nauthor: mei\ncreated: 2026-12-01T10:00:00Z\nstatus: resolved\nresolution: workaround\n---\n\
             Push it firmly near the upper hinge.\n",
        )
        .with(
            "tickets/2026/12/door-stuck-d4d5d6/2.md",
            "---\nauthor: lena\ncreated: 2026-12-02T10:00:00Z\nstatus: open\n---\nStuck again.\n",
        )
        .with(
            "tickets/2026/12/never-answered-n1n2n3.md",
            "---\ntitle: Never answered\ntemplate: question\nrequester: lena\ncreated: 2026-12-03T09:00:00Z\n---\nHello?\n",
        )
        .with(
            "tickets/2026/12/merger-plans-m2m3m4.md",
            "---\ntitle: Merger plans leak\ntemplate: incident\nrequester: nora\ncreated: 2026-12-24T09:00:00Z\n\
             service: secret-service\ntags: [nightfall]\nvisibility: internal\n---\nThe plans of Nachtigall.\n",
        )
        .with(
            "tickets/2026/12/merger-plans-m2m3m4/1.md",
            "---\nauthor: nora\ncreated: 2026-12-24T10:00:00Z\nstatus: resolved\nresolution: duplicate\n\
             duplicate_of: export-times-out-k7f3qa\n---\nFixed by export-times-out-k7f3qa, quietly.\n",
        )
        .with(
            "knowledge/exports.md",
            "---\ntitle: Exports that time out\nservice: export\ntags: [csv]\n\
             tickets: [export-times-out-k7f3qa, merger-plans-m2m3m4]\nconfirmed: 2026-11-30\n---\n\
             ## Problem\nExports time out. See [the ticket](../tickets/2026/11/export-times-out-k7f3qa.md).\n",
        )
        .with("knowledge/nightfall.md", "---\ntitle: Nightfall runbook\nvisibility: internal\n---\nSecret.\n")
}

fn site_of(source: MemorySource, audience: Audience) -> Site {
    let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
    let view = View::of_site(audience, &store.settings);
    Site::new(Arc::new(store).seen_by(view), BuildOptions::default())
}

fn public() -> Site {
    site_of(source(), Audience::Public)
}

fn internal() -> Site {
    site_of(source(), Audience::Internal)
}

#[track_caller]
fn page(site: &Site, path: &str) -> String {
    String::from_utf8(site.render(path).unwrap()).unwrap()
}

#[track_caller]
fn shows(page: &str, expected: &[&str]) {
    for text in expected {
        assert!(page.contains(text), "`{text}` is not in:\n{page}");
    }
}

#[track_caller]
fn in_order(page: &str, expected: &[&str]) {
    let mut from = 0;
    for text in expected {
        match page[from..].find(text) {
            Some(at) => from += at + text.len(),
            None => panic!("`{text}` is missing or not in this order:\n{page}"),
        }
    }
}

const TICKET: &str = "tickets/export-times-out-k7f3qa/index.html";
