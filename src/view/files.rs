//! The public files: their paths and texts do not contain names of internal tickets.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, PoisonError, RwLock},
};

use rayon::prelude::*;

use super::{folder_of, links::linked_files, names::InternalNames};
use crate::{
    repo::{DiskFile, FileEntry, FileType, Listing, RepoError, Source, Stamp},
    store::{Layout, Role, Store},
    text::RepoPath,
    ticket::{Article, Thread},
};

/// The folder of the theme. Its files are part of every site.
const THEME: &str = "site";

/// Files by public path.
pub(super) struct ViewFiles {
    /// Each file with its role and its original path.
    shown: Vec<(FileEntry, Role, RepoPath)>,
    /// Original paths with their public paths, if they differ.
    renamed: HashMap<RepoPath, RepoPath>,
}

impl ViewFiles {
    /// Collects the files of `threads` and `articles`, the attachments that public texts link to, and the theme.
    pub(super) fn of(
        store: &Store,
        threads: &[&Arc<Thread>],
        articles: &[&Article],
        names: &InternalNames,
    ) -> Self {
        let mut renames = Renames { names, taken: HashSet::new(), renamed: HashMap::new() };
        let linked = linked(store, threads, articles);
        let mut shown = Vec::new();
        let mut add = |path: &RepoPath, public: RepoPath, role: Role| {
            let Some((entry, _)) = store.layout.entry(path) else { return };
            let stamp = stamp_for(entry.stamp, names.digest(), is_text(path));
            shown.push((FileEntry { path: public, stamp, ..entry.clone() }, role, path.clone()));
        };
        for thread in threads {
            let (Some(path), Some(folder)) = (&thread.ticket.path, folder_of(thread)) else { continue };
            let public = renames.of(path);
            add(path, public.clone(), Role::Ticket);
            let replies = thread.replies.iter().filter(|reply| thread.is_public(reply));
            for reply in replies.filter_map(|reply| reply.path.as_ref()) {
                let file = renames.of_file(reply, folder, &public);
                add(reply, file, Role::Reply(public.clone()));
            }
            for attachment in store.attachments_of(thread.id()) {
                let is_own = attachment.path.is_below(folder) && !attachment.symlink;
                if is_own && linked.contains(&attachment.path) {
                    let file = renames.of_file(&attachment.path, folder, &public);
                    add(&attachment.path, file, Role::Attachment(public.clone()));
                }
            }
        }
        for path in articles.iter().filter_map(|article| article.path.as_ref()) {
            add(path, renames.of(path), Role::Article);
        }
        for (entry, role) in store.layout.files() {
            if *role == Role::Other && entry.path.is_below(THEME) && entry.kind == FileType::File {
                add(&entry.path, renames.of(&entry.path), Role::Other);
            }
        }
        let renamed = renames.renamed;
        shown.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        Self { shown, renamed }
    }

    /// Returns the public path of the file at `path`.
    pub(super) fn path(&self, path: &RepoPath) -> RepoPath {
        self.renamed.get(path).unwrap_or(path).clone()
    }

    /// Returns the layout of the public files.
    pub(super) fn layout(&self) -> Layout {
        Layout::of_files(self.shown.iter().map(|(entry, role, _)| (entry.clone(), role.clone())).collect())
    }

    /// Creates a source that reads these files from `source`.
    pub(super) fn into_source(self, source: &Arc<dyn Source>, names: &Arc<InternalNames>) -> PublicSource {
        let files = self.shown.into_iter().map(|(entry, _, own)| (entry.path, own)).collect();
        PublicSource {
            source: Arc::clone(source),
            names: Arc::clone(names),
            files,
            redacted: RwLock::default(),
            hasher: RandomState::new(),
        }
    }
}

/// Returns the files that public texts link to.
fn linked(store: &Store, threads: &[&Arc<Thread>], articles: &[&Article]) -> HashSet<RepoPath> {
    if store.attachments.is_empty() {
        return HashSet::new();
    }
    let tickets = threads.iter().flat_map(|thread| {
        let replies = thread.replies.iter().filter(|reply| thread.is_public(reply));
        thread.ticket.path.iter().chain(replies.filter_map(|reply| reply.path.as_ref()))
    });
    let texts: Vec<&RepoPath> =
        tickets.chain(articles.iter().filter_map(|article| article.path.as_ref())).collect();
    let links = |path: &&RepoPath| linked_files(&store.body(Some(path)), path.folder());
    let files: HashSet<RepoPath> = texts.par_iter().flat_map_iter(links).collect();
    let alike = |path: &RepoPath| store.layout.entry_alike(path).map(|(entry, _)| entry.path.clone());
    files.iter().filter_map(alike).collect()
}

/// The public paths that were assigned so far. They are unique.
struct Renames<'a> {
    names: &'a InternalNames,
    taken: HashSet<RepoPath>,
    renamed: HashMap<RepoPath, RepoPath>,
}

impl Renames<'_> {
    fn of(&mut self, path: &RepoPath) -> RepoPath {
        let public = self.parts(path.as_str());
        self.take(path, public)
    }

    /// Returns the public path of the file at `path` in the folder of a ticket. `ticket` is the public path of the
    /// ticket's file.
    fn of_file(&mut self, path: &RepoPath, folder: &str, ticket: &RepoPath) -> RepoPath {
        let rest = path.as_str().strip_prefix(folder).unwrap_or_default();
        let public = format!("{}{}", ticket.without_extension(), self.parts(rest));
        self.take(path, public)
    }

    /// Redacts a path part by part. Each part is a reference, so short names are redacted too.
    fn parts(&self, path: &str) -> String {
        let part = |part: &str| {
            let (stem, ending) = match part.rfind('.').filter(|dot| *dot > 0) {
                Some(dot) => part.split_at(dot),
                None => (part, ""),
            };
            match self.names.reference(stem) {
                Some(stem) => self.names.text(&format!("{stem}{ending}")).into_owned(),
                None => format!("{}{ending}", super::names::REPLACEMENT),
            }
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    fn take(&mut self, path: &RepoPath, public: String) -> RepoPath {
        let mut public = RepoPath::new(public);
        let (stem, ending) = {
            let stem = public.without_extension().to_owned();
            let ending = public.as_str()[stem.len()..].to_owned();
            (stem, ending)
        };
        let mut number = 2;
        while !self.taken.insert(public.clone()) {
            public = RepoPath::new(format!("{stem}-{number}{ending}"));
            number += 1;
        }
        if public != *path {
            self.renamed.insert(path.clone(), public.clone());
        }
        public
    }
}

/// Returns true if names are redacted in the file at `path`. Attachments keep their bytes.
fn is_text(path: &RepoPath) -> bool {
    path.is_markdown() || path.is_below(THEME)
}

/// Returns a stamp that changes if other names are redacted in the same text.
fn stamp_for(stamp: Stamp, digest: u64, is_text: bool) -> Stamp {
    match stamp {
        Stamp::Stat { mtime_ns, ctime_ns, size, inode } if is_text => {
            Stamp::Stat { mtime_ns, ctime_ns, size, inode: inode ^ digest }
        }
        Stamp::Blob(id) if is_text && digest != 0 => {
            let hash = blake3::hash(&[&id[..], &digest.to_le_bytes()].concat());
            let mut id = [0; 20];
            id.copy_from_slice(&hash.as_bytes()[..20]);
            Stamp::Blob(id)
        }
        stamp => stamp,
    }
}

/// A source that reads the public files and redacts their texts.
pub(super) struct PublicSource {
    source: Arc<dyn Source>,
    names: Arc<InternalNames>,
    /// Public paths with the original path of each file.
    files: HashMap<RepoPath, RepoPath>,
    redacted: RwLock<HashMap<RepoPath, RedactedText>>,
    hasher: RandomState,
}

/// A redacted text, cached so that each text is searched only once.
struct RedactedText {
    /// The hash of the original text.
    of: u64,
    /// The redacted text; `None` if it is equal to the original.
    text: Option<Arc<str>>,
}

impl PublicSource {
    fn original(&self, path: &RepoPath) -> Result<&RepoPath, RepoError> {
        self.files.get(path).ok_or_else(|| RepoError::Path {
            path: path.as_str().to_owned(),
            problem: "does not exist".into(),
        })
    }
}

/// Creates an error that does not reveal the original path of the file at `path`.
fn unreadable(path: &RepoPath) -> RepoError {
    RepoError::Path { path: path.as_str().to_owned(), problem: "cannot be read".into() }
}

impl Source for PublicSource {
    /// Returns an empty list, because the store has the layout already.
    fn list(&self) -> Result<Listing, RepoError> {
        Ok(Listing::default())
    }

    fn read(&self, path: &RepoPath) -> Result<Vec<u8>, RepoError> {
        let original = self.original(path)?;
        let bytes = self
            .source
            .read(original)
            .map_err(|error| if original == path { error } else { unreadable(path) })?;
        if !is_text(path) || self.names.is_empty() {
            return Ok(bytes);
        }
        let of = self.hasher.hash_one(&bytes);
        let known = self.redacted.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(path).filter(|known| known.of == of) {
            return Ok(known.text.as_ref().map_or(bytes, |text| text.as_bytes().to_vec()));
        }
        drop(known);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // Pictures of the theme are not text.
            Err(error) if !path.is_markdown() => return Ok(error.into_bytes()),
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let redacted = match self.names.text(&text) {
            std::borrow::Cow::Borrowed(_) => None,
            std::borrow::Cow::Owned(redacted) => Some(redacted),
        };
        let shared = redacted.as_deref().map(Arc::from);
        let mut known = self.redacted.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(path.clone(), RedactedText { of, text: shared });
        Ok(redacted.unwrap_or(text).into_bytes())
    }

    /// Attachments keep their bytes, so the original is opened.
    fn open_on_disk(&self, path: &RepoPath) -> Result<DiskFile, RepoError> {
        if is_text(path) {
            return DiskFile::copy_of(&self.read(path)?);
        }
        let original = self.original(path)?;
        let opened = self.source.open_on_disk(original);
        opened.map_err(|error| if original == path { error } else { unreadable(path) })
    }

    fn size(&self, path: &RepoPath) -> Result<u64, RepoError> {
        self.source.size(self.original(path)?).map_err(|_| unreadable(path))
    }
}
