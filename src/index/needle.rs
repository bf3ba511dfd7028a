//! Translates the texts of a query to terms of the index.

use super::expand::SHORTEST_CORRECTED;
use super::tokens::{self, TokenKind};

/// A text to search for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextPattern {
    /// A word as written, such as `timeout` or `com.foo.BarException`.
    Word(String),
    /// Consecutive words.
    Phrase(String),
    /// The beginning of a word.
    Prefix(String),
}

/// A lookup in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Needle {
    Term(String),
    /// The term of a plain word of letters. If no document has it, it could be a typing error.
    Word {
        /// The folded word as written.
        word: String,
        term: String,
    },
    /// Terms that begin with this text, and terms of words that begin with this text.
    Prefix(String),
    /// Terms at fixed distances; `wholes` are the identifiers that they can form, which increase the score.
    Sequence {
        /// Terms with their positions, counted from 0.
        terms: Vec<(String, u32)>,
        /// Terms of identifiers.
        wholes: Vec<String>,
    },
    /// Different spellings of the same word. A document with several of them has the score of the best one.
    AnyOf(Vec<Self>),
}

/// A token of the text.
struct NeedleToken {
    kind: TokenKind,
    surface: String,
    term: String,
    span: crate::text::Span,
    position: u32,
}

impl NeedleToken {
    /// Returns true for a plain word that can be corrected. Numbers and short words are similar to too many others.
    fn is_correctable(&self) -> bool {
        self.kind == TokenKind::Word
            && self.surface.chars().all(char::is_alphabetic)
            && self.surface.chars().count() >= SHORTEST_CORRECTED
    }

    /// Returns true if this token is inside `other` and different from it.
    fn is_part_of(&self, other: &Self) -> bool {
        other.span.start <= self.span.start
            && self.span.end <= other.span.end
            && (self.kind, &self.span) != (other.kind, &other.span)
    }
}

/// Returns the lookups for `text`, all of which a document must match. The list is empty if `text` has no letter
/// or digit.
pub(crate) fn needles(text: &TextPattern) -> Vec<Needle> {
    match text {
        TextPattern::Word(word) => word_needles(word),
        TextPattern::Phrase(words) => phrase_needles(words),
        TextPattern::Prefix(stem) => prefix_needles(stem),
    }
}

fn needle_tokens(text: &str) -> Vec<NeedleToken> {
    let mut found = Vec::new();
    tokens::scan(text, |token| {
        if token.kind != TokenKind::Part {
            found.push(NeedleToken {
                kind: token.kind,
                surface: token.surface.to_owned(),
                term: token.term().into_owned(),
                span: token.span.clone(),
                position: token.position,
            });
        }
    });
    // A single character adds no information to the pairs that contain it.
    let pairs: Vec<u32> =
        found.iter().filter(|piece| piece.kind == TokenKind::Pair).map(|piece| piece.position).collect();
    found.retain(|piece| {
        let in_pair = |position: u32| pairs.binary_search(&position).is_ok();
        piece.kind != TokenKind::Char
            || !(in_pair(piece.position) || piece.position.checked_sub(1).is_some_and(in_pair))
    });
    found
}

/// Returns the lookups for a word. Joined words must occur together; other words can occur anywhere in the
/// document.
fn word_needles(word: &str) -> Vec<Needle> {
    let (joined, pieces): (Vec<NeedleToken>, Vec<NeedleToken>) =
        needle_tokens(word).into_iter().partition(|piece| piece.kind == TokenKind::Joined);
    let (wholes, others): (Vec<&NeedleToken>, Vec<&NeedleToken>) =
        pieces.iter().partition(|piece| piece.kind == TokenKind::Whole);
    let mut found = Vec::new();
    let outer = wholes.iter().filter(|whole| !wholes.iter().any(|other| whole.is_part_of(other)));
    for whole in outer.clone() {
        let inside: Vec<&&NeedleToken> = others.iter().filter(|piece| piece.is_part_of(whole)).collect();
        if let [letter] = inside[..]
            && letter.surface.chars().nth(1).is_none()
            && whole.span.start == letter.span.start
        {
            // The letter of `C++` is no useful word.
            found.push(Needle::Term(whole.term.clone()));
            continue;
        }
        let terms =
            inside.iter().map(|piece| (piece.term.clone(), piece.position - whole.position)).collect();
        let parts = wholes.iter().filter(|other| other.is_part_of(whole)).chain([whole]);
        let sequence = Needle::Sequence { terms, wholes: parts.map(|whole| whole.term.clone()).collect() };
        let same = joined.iter().find(|joined| joined.span == whole.span);
        found.push(either(sequence, same.map(|joined| Needle::Term(joined.term.clone()))));
    }
    for piece in others.iter().filter(|piece| !outer.clone().any(|whole| piece.is_part_of(whole))) {
        let needle = match piece.is_correctable() {
            true => Needle::Word { word: piece.surface.clone(), term: piece.term.clone() },
            false => Needle::Term(piece.term.clone()),
        };
        let needle = either(needle, long_name(piece, &joined));
        if !found.contains(&needle) {
            found.push(needle);
        }
    }
    found
}

fn either(needle: Needle, other: Option<Needle>) -> Needle {
    match other {
        Some(other) => Needle::AnyOf(vec![needle, other]),
        None => needle,
    }
}

/// Returns the lookup that finds the long name `word` inside a longer one. The index joins at most three neighbouring
/// parts of a name, so a name of four parts is found by all of its neighbours at one position.
fn long_name(word: &NeedleToken, joined: &[NeedleToken]) -> Option<Needle> {
    let inside = joined.iter().filter(|joined| joined.is_part_of(word));
    let longest = inside.clone().filter(|joined| !inside.clone().any(|other| joined.is_part_of(other)));
    let terms: Vec<(String, u32)> = longest.map(|joined| (joined.term.clone(), 0)).collect();
    let is_long = inside.clone().any(|joined| inside.clone().any(|other| joined.is_part_of(other)));
    (is_long && terms.len() > 1).then(|| Needle::Sequence { terms, wholes: vec![word.term.clone()] })
}

fn phrase_needles(words: &str) -> Vec<Needle> {
    let pieces = needle_tokens(words).into_iter().filter(|piece| piece.kind != TokenKind::Joined);
    let (wholes, others): (Vec<NeedleToken>, Vec<NeedleToken>) =
        pieces.partition(|piece| piece.kind == TokenKind::Whole);
    let terms: Vec<(String, u32)> = others.into_iter().map(|piece| (piece.term, piece.position)).collect();
    match &terms[..] {
        [] => Vec::new(),
        [(term, _)] => vec![Needle::Term(term.clone())],
        _ => vec![Needle::Sequence { terms, wholes: wholes.into_iter().map(|whole| whole.term).collect() }],
    }
}

/// Returns the lookups for a prefix. Only the last stretch of the text is a prefix; the words before it are
/// complete.
fn prefix_needles(stem: &str) -> Vec<Needle> {
    let (before, last) = stem.split_at(tokens::last_stretch(stem));
    let mut found = word_needles(before);
    let folded = tokens::fold(last);
    let pieces = needle_tokens(last);
    let Some(first) = pieces.first() else { return found };
    if pieces.iter().any(|piece| matches!(piece.kind, TokenKind::Char | TokenKind::Pair)) {
        // Every part of a text in a script without spaces is found by its pairs.
        found.extend(word_needles(last));
    } else if pieces.iter().any(|piece| piece.kind == TokenKind::Whole) {
        // An identifier begins with its first word, without the `v` of a version or the `/` of a path.
        let start = folded.find(tokens::fold(&last[first.span.clone()]).as_str()).unwrap_or(0);
        let has_all = |piece: &&NeedleToken| piece.span == (first.span.start..last.len());
        let same = pieces.iter().filter(has_all).find(|piece| piece.kind == TokenKind::Joined);
        let same = same.map(|joined| Needle::Prefix(joined.surface.clone()));
        found.push(either(Needle::Prefix(folded[start..].to_owned()), same));
    } else {
        found.push(Needle::Prefix(folded.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str, term: &str) -> Needle {
        Needle::Word { word: word.into(), term: term.into() }
    }

    fn term(term: &str) -> Needle {
        Needle::Term(term.into())
    }

    fn sequence(terms: &[&str], wholes: &[&str]) -> Needle {
        let terms = terms.iter().map(|term| (*term).to_owned()).zip(0..).collect();
        Needle::Sequence { terms, wholes: wholes.iter().map(|whole| (*whole).to_owned()).collect() }
    }

    #[test]
    fn a_word_is_searched_by_its_stem_and_an_identifier_by_its_words() {
        assert_eq!(needles(&TextPattern::Word("Exports".into())), [word("exports", "export")]);
        assert_eq!(needles(&TextPattern::Word("exp".into())), [term("exp")]);
        assert_eq!(needles(&TextPattern::Word("exports2".into())), [term("exports2")]);
        assert_eq!(
            needles(&TextPattern::Word("ERR_CONN_RESET".into())),
            [sequence(&["err", "conn", "reset"], &["err_conn_reset"])]
        );
        assert_eq!(
            needles(&TextPattern::Word("net::err_conn".into())),
            [sequence(&["net", "err", "conn"], &["err_conn", "net::err_conn"])]
        );
        assert_eq!(needles(&TextPattern::Word("a,b".into())), [term("a"), term("b")]);
        assert_eq!(needles(&TextPattern::Word("—".into())), []);
    }

    #[test]
    fn a_hyphenated_word_is_also_searched_as_one_word() {
        let hyphenated = sequence(&["hand", "off"], &["hand-offs"]);
        assert_eq!(
            needles(&TextPattern::Word("hand-offs".into())),
            [Needle::AnyOf(vec![hyphenated, term("handoff")])]
        );
        assert_eq!(
            needles(&TextPattern::Phrase("hand-off".into())),
            [sequence(&["hand", "off"], &["hand-off"])],
            "quotes mean what is written"
        );
        let prefixes = ["hand-of", "handof"].map(|prefix| Needle::Prefix(prefix.into()));
        assert_eq!(needles(&TextPattern::Prefix("Hand-of".into())), [Needle::AnyOf(prefixes.into())]);
    }

    #[test]
    fn a_name_of_four_parts_is_also_searched_inside_longer_names() {
        assert_eq!(
            needles(&TextPattern::Word("NullPointerException".into())),
            [word("nullpointerexception", "nullpointerexcept")]
        );
        let terms = ["diskfullerror", "fullerrorhandl"].map(|term| (term.to_owned(), 0));
        let wholes = vec!["diskfullerrorhandl".to_owned()];
        assert_eq!(
            needles(&TextPattern::Word("DiskFullErrorHandler".into())),
            [Needle::AnyOf(vec![
                word("diskfullerrorhandler", "diskfullerrorhandl"),
                Needle::Sequence { terms: terms.into(), wholes }
            ])]
        );
    }

    #[test]
    fn signs_are_searched_with_their_name() {
        assert_eq!(needles(&TextPattern::Word("C++".into())), [term("c++")]);
        assert_eq!(needles(&TextPattern::Word("c#".into())), [term("c#")]);
        assert_eq!(needles(&TextPattern::Word(".NET".into())), [sequence(&["net"], &[".net"])]);
        assert_eq!(needles(&TextPattern::Word("notepad++".into())), [sequence(&["notepad"], &["notepad++"])]);
        assert_eq!(needles(&TextPattern::Prefix("C++".into())), [term("c++")]);
        assert_eq!(needles(&TextPattern::Prefix(".gitig".into())), [Needle::Prefix("gitig".into())]);
    }

    #[test]
    fn chinese_text_is_searched_by_pairs_or_by_a_single_character() {
        assert_eq!(
            needles(&TextPattern::Word("导出超时".into())),
            [term("导出"), term("出超"), term("超时")]
        );
        assert_eq!(needles(&TextPattern::Word("导".into())), [term("导")]);
        assert_eq!(needles(&TextPattern::Word("导pdf".into())), [term("导"), term("pdf")]);
        assert_eq!(
            needles(&TextPattern::Phrase("导出 超".into())),
            [Needle::Sequence { terms: vec![("导出".into(), 0), ("超".into(), 2)], wholes: Vec::new() }]
        );
    }

    #[test]
    fn the_words_of_a_phrase_are_searched_in_order() {
        assert_eq!(
            needles(&TextPattern::Phrase("out of memory".into())),
            [sequence(&["out", "of", "memori"], &[])]
        );
        assert_eq!(needles(&TextPattern::Phrase("v2.14".into())), [sequence(&["2", "14"], &["2.14"])]);
        assert_eq!(needles(&TextPattern::Phrase("Exports".into())), [term("export")]);
    }

    #[test]
    fn a_prefix_is_folded_and_not_stemmed() {
        let prefix = |text: &str| Needle::Prefix(text.into());
        assert_eq!(needles(&TextPattern::Prefix("Exporti".into())), [prefix("exporti")]);
        assert_eq!(needles(&TextPattern::Prefix("/var/lo".into())), [prefix("var/lo")]);
        assert_eq!(needles(&TextPattern::Prefix("v2.1".into())), [prefix("2.1")]);
        assert_eq!(needles(&TextPattern::Prefix("err_conn_".into())), [prefix("err_conn_")]);
        assert_eq!(needles(&TextPattern::Prefix("导出".into())), [term("导出")]);
        assert_eq!(needles(&TextPattern::Prefix("a,b".into())), [term("a"), prefix("b")]);
    }
}
