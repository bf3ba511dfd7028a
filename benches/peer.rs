//! Indexes and searches the same documents with tantivy.

use std::{collections::BTreeSet, path::Path};

use casebook::internals::{
    index::IndexField,
    search::{Question, Texts},
};
use tantivy::{
    Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::{Count, TopDocs},
    query::{BooleanQuery, BoostQuery, MoreLikeThisQuery, Occur, Query, TermQuery},
    schema::{self, IndexRecordOption, OwnedValue, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TextAnalyzer,
};

/// The fields with their weights, which are the same as in `src/index/weight.rs`.
const FIELDS: [(IndexField, &str, f32); 5] = [
    (IndexField::Title, "title", 5.0),
    (IndexField::Answer, "answer", 1.5),
    (IndexField::Body, "body", 1.0),
    (IndexField::Replies, "replies", 0.4),
    (IndexField::Facts, "facts", 2.0),
];

/// The fields that a whole ticket is compared with.
const COMPARED: [IndexField; 3] = [IndexField::Title, IndexField::Body, IndexField::Answer];

/// The memory that one thread may use before it writes a segment. It is large, so that there is little to merge.
const BUDGET: usize = 200_000_000;

pub(crate) struct Tantivy {
    searcher: Searcher,
    fields: [schema::Field; FIELDS.len()],
    analyzer: TextAnalyzer,
}

impl Tantivy {
    /// Indexes documents, each with its id, in `folder` with one thread and tantivy's default merge policy.
    pub(crate) fn index(
        folder: &Path,
        documents: impl Iterator<Item = (String, Texts)>,
    ) -> tantivy::Result<Self> {
        // Stems and positions are stored, as in Casebook's index.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(indexing);
        let mut schema = Schema::builder();
        let id = schema.add_text_field("id", STRING | STORED);
        let fields = FIELDS.map(|(_, name, _)| schema.add_text_field(name, text.clone()));
        let index = Index::create_in_dir(folder, schema.build())?;
        let mut writer: IndexWriter = index.writer_with_num_threads(1, BUDGET)?;
        for (key, texts) in documents {
            let mut document = TantivyDocument::default();
            document.add_text(id, key);
            for (field, text) in texts.iter() {
                document.add_text(fields[place(field)], text);
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let analyzer = index.tokenizer_for_field(fields[0])?;
        Ok(Self { searcher: reader.searcher(), fields, analyzer })
    }

    /// Returns the number of segments.
    pub(crate) fn segments(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    /// Creates a query for documents that have all `words`, each in any field.
    pub(crate) fn all_of(&self, words: &str) -> BooleanQuery {
        let any_field = |word: &str| {
            let fields = FIELDS.iter().map(|(field, _, weight)| {
                let query: Box<dyn Query> = Box::new(BoostQuery::new(self.term(*field, word), *weight));
                (Occur::Should, query)
            });
            let query: Box<dyn Query> = Box::new(BooleanQuery::new(fields.collect()));
            (Occur::Must, query)
        };
        BooleanQuery::new(self.terms(words).iter().map(|word| any_field(word)).collect())
    }

    /// Creates a query for documents that have any word of the whole ticket, ranked by BM25.
    pub(crate) fn like(&self, ticket: &Question) -> BooleanQuery {
        let words = self.terms(&format!("{}\n{}", ticket.title, ticket.body));
        let terms = words.iter().flat_map(|word| COMPARED.map(|field| self.term(field, word)));
        BooleanQuery::new(terms.map(|query| (Occur::Should, query)).collect())
    }

    /// Creates a query for documents similar to the ticket by its 25 most significant words.
    pub(crate) fn more_like(&self, ticket: &Question) -> MoreLikeThisQuery {
        let texts = [(IndexField::Title, &ticket.title), (IndexField::Body, &ticket.body)];
        let fields = texts.map(|(field, text)| (self.field(field), vec![OwnedValue::from(text.clone())]));
        MoreLikeThisQuery::builder().with_min_term_frequency(1).with_document_fields(fields.into())
    }

    /// Returns the number of the best documents found, at most `limit`.
    pub(crate) fn best(&self, query: &dyn Query, limit: usize) -> tantivy::Result<usize> {
        Ok(self.searcher.search(query, &TopDocs::with_limit(limit).order_by_score())?.len())
    }

    /// Returns the number of all matching documents, and also finds the best `limit`.
    pub(crate) fn count_and_best(&self, query: &dyn Query, limit: usize) -> tantivy::Result<usize> {
        let (count, _) =
            self.searcher.search(query, &(Count, TopDocs::with_limit(limit).order_by_score()))?;
        Ok(count)
    }

    fn field(&self, field: IndexField) -> schema::Field {
        self.fields[place(field)]
    }

    fn term(&self, field: IndexField, word: &str) -> Box<dyn Query> {
        let term = Term::from_field_text(self.field(field), word);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    /// Returns the different terms of a text.
    fn terms(&self, text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.analyzer.clone().token_stream(text).process(&mut |token| {
            found.insert(token.text.clone());
        });
        found
    }
}

fn place(field: IndexField) -> usize {
    FIELDS.iter().position(|(known, ..)| *known == field).expect("all fields are listed")
}
