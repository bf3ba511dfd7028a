//! Tells formulas from prices and shell variables, by GitHub's rules and a few stricter ones.

use std::borrow::Cow;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options};
use regex::{Captures, Regex};

use super::pieces::parsed;
use super::{code_and_html, options};
use crate::text::Span;

/// The maximum number of passes over a text. A pass changes which dollar signs belong together.
const MAX_PASSES: usize = 8;

/// `\(…\)` and `\[…\]` within a paragraph.
static BRACKETS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\\\(((?:[^\n]|\n[^\n])+?)\\\)|\\\[((?:[^\n]|\n[^\n])+?)\\\]").ok());

/// A dollar sign that is text, for the parser. Unlike `\\$`, it is not in the formulas that people write.
const DOLLAR: &str = "&#36;";

/// A command, a superscript or an equation: what texts between escaped brackets do not contain.
static FORMULA: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\\[A-Za-z]+|\^|=").ok());

/// A word that is not a command.
static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[^\\A-Za-z])[A-Za-z]{3}").ok());

/// A price at the beginning of a text: `5`, `5.00`, `10k`.
static PRICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[0-9][0-9.,]*[kKmMbB]?(?:[/–-]|\s+[A-Za-z(])").ok());

/// Returns the options of the parser for a text without dollar signs that are not formulas.
pub(super) fn options_with_math() -> Options {
    options() | Options::ENABLE_MATH
}

/// Returns `text` so that the parser reads exactly the formulas as formulas: `\(…\)` becomes `$…$`, and dollar signs of
/// prices and variables are escaped.
pub(super) fn with_formulas(text: &str) -> Cow<'_, str> {
    let mut text = bracketed(text);
    if !text.contains('$') {
        return text;
    }
    for _ in 0..MAX_PASSES {
        let wrong = not_formulas(&text);
        if wrong.is_empty() {
            return text;
        }
        text = Cow::Owned(escaped(&text, wrong));
    }
    let all: Vec<usize> = formulas(&text).map(|(_, span)| span.start).collect();
    Cow::Owned(escaped(&text, all))
}

fn formulas(text: &str) -> impl Iterator<Item = (Event<'_>, Span)> {
    let events = parsed(text, options_with_math());
    events.filter(|(event, _)| matches!(event, Event::InlineMath(_) | Event::DisplayMath(_)))
}

/// Returns the position of the dollar sign before each text that the parser reads as a formula and that is none.
fn not_formulas(text: &str) -> Vec<usize> {
    let is_wrong = |(event, span): &(Event<'_>, Span)| match event {
        Event::InlineMath(formula) => !is_formula(formula, text, span),
        Event::DisplayMath(formula) => formula.trim().is_empty(),
        _ => false,
    };
    formulas(text).filter(is_wrong).map(|(_, span)| span.start).collect()
}

fn is_formula(formula: &str, text: &str, span: &Span) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    let joins = |c: char| c.is_ascii_alphanumeric() || c == '$';
    !before.is_some_and(joins)
        // A formula does not contain prices or variables.
        && !formula.contains(DOLLAR)
        && !after.is_some_and(|c| joins(c) || matches!(c, '{' | '(' | '_'))
        && PRICE.as_ref().is_some_and(|price| !price.is_match(formula))
}

fn escaped(text: &str, places: Vec<usize>) -> String {
    let mut escaped = String::with_capacity(text.len() + places.len());
    let mut at = 0;
    for place in places {
        escaped.push_str(&text[at..place]);
        // A second dollar sign would begin another formula.
        let dollars = text[place..].bytes().take_while(|byte| *byte == b'$').count().min(2);
        escaped.push_str(&DOLLAR.repeat(dollars));
        at = place + dollars;
    }
    escaped.push_str(&text[at..]);
    escaped
}

/// Replaces `\(…\)` and `\[…\]` around formulas with dollar signs. Most of them are escaped brackets around words.
fn bracketed(text: &str) -> Cow<'_, str> {
    let Some(brackets) = BRACKETS.as_ref().filter(|_| text.contains("\\(") || text.contains("\\[")) else {
        return Cow::Borrowed(text);
    };
    let code = code_and_html(text);
    // The spans are in order, and the lines of a block of HTML are in the span of the block.
    let is_in_code = |at: usize| {
        let before = code.partition_point(|span| span.start <= at);
        code[..before].iter().rev().take(2).any(|span| span.contains(&at))
    };
    brackets.replace_all(text, |found: &Captures<'_>| {
        let whole = &found[0];
        let start = found.get(0).map_or(0, |whole| whole.start());
        let (content, mark) = match found.get(1) {
            Some(content) => (content.as_str(), "$"),
            None => (found.get(2).map_or("", |content| content.as_str()), "$$"),
        };
        let is_meant = !text[..start].ends_with('\\') && is_bracketed_formula(content) && !is_in_code(start);
        match (is_meant, mark) {
            (false, _) => whole.to_owned(),
            (true, "$") => format!("$`{}`$", content.trim()),
            (true, mark) => format!("{mark}{content}{mark}"),
        }
    })
}

fn is_bracketed_formula(content: &str) -> bool {
    let (Some(formula), Some(word)) = (&*FORMULA, &*WORD) else { return false };
    let is_short = || content.trim().len() == 1 || content.contains(['_', '+', '<', '>']);
    !content.contains(['`', '$']) && (formula.is_match(content) || (is_short() && !word.is_match(content)))
}

/// Returns the LaTeX of a formula that the parser found. GitHub also knows the form `` $`…`$ ``.
pub(crate) fn latex(formula: &str) -> &str {
    let inner = formula.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    inner.unwrap_or(formula).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let text = with_formulas(text);
        let formula = |(event, _)| match event {
            Event::InlineMath(formula) | Event::DisplayMath(formula) => Some(latex(&formula).to_owned()),
            _ => None,
        };
        formulas(&text).filter_map(formula).collect()
    }

    #[test]
    fn formulas_are_found() {
        for (text, formula) in [
            ("$x_1 = a*b*c$", "x_1 = a*b*c"),
            ("so ($x$), and", "x"),
            ("公式$x^2$是", "x^2"),
            ("$$\nx = y\n$$", "x = y"),
            ("$`a_b`$", "a_b"),
            (r"\(x_1 = a*b*c\)", "x_1 = a*b*c"),
            (r"\[ \frac{a}{b} \]", r"\frac{a}{b}"),
            ("it costs $5, and $x$ is 3", "x"),
            ("$5$", "5"),
        ] {
            assert_eq!(found(text), [formula], "{text}");
        }
    }

    #[test]
    fn prices_variables_and_escaped_brackets_are_text() {
        for text in [
            "$5",
            "from $5 to $10",
            "$5/$10, $5-$10",
            "it was $5 (now 6$)",
            "$HOME and $PATH, $HOME:$PATH, $HOME/${X}",
            "$1 and $2",
            "a$b$c",
            "`$x$`",
            "    $x$",
            "$$",
            "$a$b$c$d$e$f$g$h$i$j$k$l$m$n$o$p$q$r",
            r"\(see below\) \[link\] \[foo_bar\]",
            r"`\(x^2\)` \\(x^2\\)",
            "$A=$B. The price is $20 (that is 20$).",
            "$('a') and $('b'). $1,000 and $2,000.50. A 5$ and 6$ thing.",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
