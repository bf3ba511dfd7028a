//! Limits for theme files that a repository brings. The template engine parses without a limit on the length of a
//! chain (`not not not …`, `a + a + a …`): a long one takes minutes or overflows the stack, which ends the process.

use minijinja::machinery::{Token, tokenize};

use super::syntax;
use crate::site::theme_problem::ThemeProblem;

/// The maximum size of a template or a words file, in bytes: ten times as much as the largest built-in one.
pub(super) const MAX_SIZE: usize = 64 * 1024;
/// The maximum number of tokens in one tag. Nesting cannot be deeper than a tag is long.
const MAX_TOKENS: usize = 500;
/// The maximum number of lists and maps inside each other in one tag.
const MAX_BRACKETS: usize = 8;
/// The maximum number of `elif` in one file. The engine nests each in the one before.
const MAX_BRANCHES: usize = 200;

/// Returns the text of a theme file, if it is not too large.
pub(super) fn text_of(name: &str, bytes: &[u8]) -> Result<String, ThemeProblem> {
    let problem = |reason: String| ThemeProblem::new(name, None, reason);
    if bytes.len() > MAX_SIZE {
        let size = bytes.len().div_ceil(1024);
        return Err(problem(format!("file is {size} kB; the limit is {} kB", MAX_SIZE / 1024)));
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| problem("file is not valid UTF-8".to_owned()))
}

/// Checks that the template engine can compile the template `name` in a reasonable time and depth.
pub(super) fn check_template(name: &str, text: &str) -> Result<(), ThemeProblem> {
    let (mut tokens, mut brackets, mut branches) = (0, 0_usize, 0);
    for token in tokenize(text, false, syntax()) {
        let (token, span) = token.map_err(|error| ThemeProblem::of_template(name, &error))?;
        let at = |reason: String| ThemeProblem::new(name, Some(span.start_line as usize), reason);
        match token {
            Token::VariableStart | Token::BlockStart => (tokens, brackets) = (0, 0),
            Token::BracketOpen | Token::BraceOpen => brackets += 1,
            Token::BracketClose | Token::BraceClose => brackets = brackets.saturating_sub(1),
            Token::Ident("elif") => branches += 1,
            _ => {}
        }
        tokens += 1;
        if tokens > MAX_TOKENS {
            return Err(at(format!("a tag has more than {MAX_TOKENS} words and operators")));
        }
        if brackets > MAX_BRACKETS {
            return Err(at(format!("lists are nested more than {MAX_BRACKETS} levels deep")));
        }
        if branches > MAX_BRANCHES {
            return Err(at(format!("the file has more than {MAX_BRANCHES} `elif`")));
        }
    }
    Ok(())
}
