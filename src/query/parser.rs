//! Parses words and signs into a query.

use super::lexer::{Lexeme, Lexer, TOO_MUCH_HELP};
use super::{DEEPEST_GROUP, Expr, FieldTest, LONGEST_QUERY, Query, QueryError, SortBy, Vocabulary};
use crate::{index::TextPattern, text::Span};

pub(super) fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Query, QueryError> {
    if text.len() > LONGEST_QUERY {
        let message = format!("query has {} bytes; the limit is {LONGEST_QUERY}", text.len());
        return Err(QueryError::new(text, LONGEST_QUERY..text.len(), message, TOO_MUCH_HELP));
    }
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text, vocabulary),
        next: None,
        sort: Vec::new(),
        required: Vec::new(),
        depth: 0,
    };
    parser.advance()?;
    let expr = parser.any()?;
    // In a group or beside an `OR`, words are a condition anyway.
    let top = match &expr {
        Some(Expr::And(all)) => &all[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = top.iter().filter_map(|one| match one {
        Expr::Text(text) => Some(text.clone()),
        _ => None,
    });
    let required: Vec<TextPattern> = texts.filter(|text| parser.required.contains(text)).collect();
    match parser.next.take() {
        None => Ok(Query { expr, required, text: None, sort: parser.sort, renamed: parser.lexer.renamed }),
        Some((_, span)) => Err(parser.error(
            span,
            "unmatched closing parenthesis",
            "remove it, or add an opening parenthesis; to search for the character, quote the word",
        )),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    next: Option<(Lexeme, Span)>,
    sort: Vec<SortBy>,
    required: Vec<TextPattern>,
    depth: usize,
}

impl Parser<'_> {
    fn error(&self, span: Span, message: impl Into<String>, help: impl Into<String>) -> QueryError {
        QueryError::new(self.text, span, message, help)
    }

    fn advance(&mut self) -> Result<Option<(Lexeme, Span)>, QueryError> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn peek(&self) -> Option<&Lexeme> {
        self.next.as_ref().map(|(lexeme, _)| lexeme)
    }

    /// Parses alternatives; `None` if there is no term. A `sort:` is not a term.
    fn any(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut found = Vec::new();
        let mut operator: Option<Span> = None;
        loop {
            let one = self.all()?;
            let or = match self.peek() {
                Some(Lexeme::Or) => self.advance()?.map(|(_, span)| span),
                _ => None,
            };
            match (one, &or, &operator) {
                (Some(expr), _, _) => found.push(expr),
                (None, None, None) => return Ok(None),
                (None, Some(span), _) | (None, None, Some(span)) => return Err(self.lone(span.clone(), "OR")),
            }
            if or.is_none() {
                return Ok(Some(joined(found, Expr::Or)));
            }
            operator = or;
        }
    }

    /// Parses consecutive terms.
    fn all(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut found = Vec::new();
        let mut operator: Option<Span> = None;
        loop {
            match self.peek() {
                None | Some(Lexeme::Or | Lexeme::Close) => break,
                Some(Lexeme::And) => {
                    let span = self.advance()?.map(|(_, span)| span).unwrap_or_default();
                    if found.is_empty() || operator.is_some() {
                        return Err(self.lone(span, "AND"));
                    }
                    found.last().into_iter().for_each(|expr| self.require(expr));
                    operator = Some(span);
                }
                Some(Lexeme::Sort(_)) => self.take_sort()?,
                Some(_) => {
                    let term = self.term()?;
                    if operator.take().is_some() {
                        self.require(&term);
                    }
                    found.push(term);
                }
            }
        }
        match operator {
            Some(span) => Err(self.lone(span, "AND")),
            None if found.is_empty() => Ok(None),
            None => Ok(Some(joined(found, Expr::And))),
        }
    }

    /// Records that every result must have the words of `expr`.
    fn require(&mut self, expr: &Expr) {
        if let Expr::Text(text @ (TextPattern::Word(_) | TextPattern::Prefix(_))) = expr
            && !self.required.contains(text)
        {
            self.required.push(text.clone());
        }
    }

    fn term(&mut self) -> Result<Expr, QueryError> {
        let Some((lexeme, span)) = self.advance()? else {
            return Err(self.error(
                self.text.len()..self.text.len(),
                "the query is incomplete",
                "add a word",
            ));
        };
        Ok(match lexeme {
            Lexeme::Word(word) => Expr::Text(TextPattern::Word(word)),
            Lexeme::Phrase(words) => Expr::Text(TextPattern::Phrase(words)),
            Lexeme::Prefix(stem) if stem.is_empty() => {
                return Err(self.error(
                    span,
                    "missing beginning of a word before `*`",
                    "write the beginning of a word, as in `expor*`, or remove the star; an empty query finds everything",
                ));
            }
            Lexeme::Prefix(stem) => Expr::Text(TextPattern::Prefix(stem)),
            Lexeme::Field(key, any_of) => Expr::Field(FieldTest { key, any_of }),
            Lexeme::Not => self.negated(span)?,
            Lexeme::Required => {
                let term = self.term()?;
                self.require(&term);
                term
            }
            Lexeme::Open => self.group(span)?,
            // The callers handle these before they call this function.
            Lexeme::Close | Lexeme::And | Lexeme::Or | Lexeme::Sort(_) => {
                return Err(self.error(span, "missing word", "add a word"));
            }
        })
    }

    /// Parses the term after a `-` or `NOT` at `sign`.
    fn negated(&mut self, sign: Span) -> Result<Expr, QueryError> {
        let written = &self.text[sign.clone()];
        let touches = written == "NOT" || self.next.as_ref().is_some_and(|(_, span)| span.start == sign.end);
        match self.peek() {
            Some(Lexeme::Sort(_)) => {
                Err(self.error(sign, "`sort:` cannot be negated", "reverse the order with `sort:-created`"))
            }
            None | Some(Lexeme::Or | Lexeme::And | Lexeme::Close) => Err(self.lone(sign, written)),
            Some(_) if !touches => Err(self.lone(sign, written)),
            Some(_) => {
                self.deeper(&sign)?;
                let inner = self.term()?;
                self.depth -= 1;
                Ok(Expr::Not(Box::new(inner)))
            }
        }
    }

    /// Parses the group that begins with the parenthesis at `open`.
    fn group(&mut self, open: Span) -> Result<Expr, QueryError> {
        self.deeper(&open)?;
        let inner = self.any()?;
        self.depth -= 1;
        match self.advance()? {
            Some((Lexeme::Close, close)) => inner.ok_or_else(|| {
                self.error(
                    open.start..close.end,
                    "the parentheses are empty",
                    "write a word between the parentheses, or remove them",
                )
            }),
            _ => Err(self.error(
                open.clone(),
                "missing closing parenthesis",
                format!(
                    "close the group: `{})`",
                    super::value::shortened(self.text[open.start..].trim_end())
                ),
            )),
        }
    }

    fn deeper(&mut self, at: &Span) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST_GROUP {
            let message = format!("groups are nested too deep: the limit is {DEEPEST_GROUP} levels");
            return Err(self.error(at.clone(), message, "remove parentheses that do not change the meaning"));
        }
        Ok(())
    }

    fn take_sort(&mut self) -> Result<(), QueryError> {
        let Some((Lexeme::Sort(keys), span)) = self.advance()? else { return Ok(()) };
        if self.depth > 0 {
            return Err(self.error(
                span,
                "`sort:` applies to the whole query",
                "write `sort:` outside of the parentheses",
            ));
        }
        if !self.sort.is_empty() {
            return Err(self.error(
                span,
                "duplicate `sort:`",
                "write all keys in one `sort:`, as in `sort:-priority,created`",
            ));
        }
        self.sort = keys.into_iter().map(|(key, descending)| SortBy { key, descending }).collect();
        Ok(())
    }

    fn lone(&self, span: Span, sign: &str) -> QueryError {
        let help = match sign {
            "-" => "write it directly before the term to exclude, as in `-word`, or remove it".to_owned(),
            "NOT" => {
                "write the term to exclude after it, as in `-word`; to search for the word, quote it: `\"NOT\"`"
                    .to_owned()
            }
            sign => format!("write `one {sign} other`; to search for the word, quote it: `\"{sign}\"`"),
        };
        let sides =
            if matches!(sign, "-" | "NOT") { "needs a term after it" } else { "needs a term on both sides" };
        self.error(span, format!("`{sign}` {sides}"), help)
    }
}

/// Joins several expressions with `group`, without nested groups of the same kind and without duplicates.
fn joined(found: Vec<Expr>, group: fn(Vec<Expr>) -> Expr) -> Expr {
    let is_and = matches!(group(Vec::new()), Expr::And(_));
    let flat = found.into_iter().flat_map(|expr| match expr {
        Expr::And(inner) if is_and => inner,
        Expr::Or(inner) if !is_and => inner,
        other => vec![other],
    });
    let mut different: Vec<Expr> = Vec::new();
    for expr in flat {
        if !different.contains(&expr) {
            different.push(expr);
        }
    }
    match different.pop() {
        Some(only) if different.is_empty() => only,
        last => group(different.into_iter().chain(last).collect()),
    }
}
