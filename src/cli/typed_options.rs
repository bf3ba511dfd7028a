//! The command line as it was typed, for hints that repeat it with other options.

use clap::{Arg, ArgAction};

use crate::text::shell_word;

/// Removes from `words`, a command line, the options that `more` gives again: a program takes `--message` only once, and
/// of `--section NAME=TEXT` and `--set KEY=VALUE` those with the same name are replaced. `more` are options such as
/// `--message '…'`.
pub(super) fn without(words: Vec<String>, more: &[String]) -> Vec<String> {
    let cli = super::command();
    let Some(command) = words.iter().find_map(|word| cli.find_subcommand(word)) else { return words };
    let replaced: Vec<(&Arg, Option<&str>)> =
        more.iter().filter_map(|option| replaced(option, command)).collect();
    let mut kept = Vec::new();
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        if word == "--" {
            kept.push(word);
            kept.extend(rest);
            break;
        }
        // An option has its value in the same word, as in `--title=x` and `-tx`, or in the next one.
        let Some((argument, inline)) =
            command.get_arguments().find_map(|argument| option_in(&word, argument))
        else {
            kept.push(word);
            continue;
        };
        let next = if takes_value(argument) && inline.is_none() { rest.next() } else { None };
        let value = inline.as_deref().or(next.as_deref()).unwrap_or_default();
        let is_replaced = replaced.iter().any(|(other, name)| {
            other.get_id() == argument.get_id() && name.is_none_or(|name| name_of(value) == name)
        });
        if !is_replaced {
            kept.push(word);
            kept.extend(next);
        }
    }
    kept
}

/// Returns the option that `more` gives, with the name in its value if the option may be given several times. An option
/// that only adds to earlier ones replaces nothing.
fn replaced<'c, 'm>(more: &'m str, command: &'c clap::Command) -> Option<(&'c Arg, Option<&'m str>)> {
    let (option, value) = more.split_once(' ').unwrap_or((more, ""));
    let long = option.strip_prefix("--")?;
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(long))?;
    match argument.get_action() {
        ArgAction::Append => {
            value.contains('=').then(|| (argument, Some(name_of(value.trim_start_matches('\'')))))
        }
        _ => Some((argument, None)),
    }
}

/// Returns the part of `NAME=TEXT` before the first `=`.
fn name_of(pair: &str) -> &str {
    pair.split('=').next().unwrap_or(pair).trim()
}

/// Returns the argument if `word` gives it as an option, with the value in the same word.
fn option_in<'c>(word: &str, argument: &'c Arg) -> Option<(&'c Arg, Option<String>)> {
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        return (argument.get_long() == Some(name)).then(|| (argument, value.map(str::to_owned)));
    }
    let rest = word.strip_prefix('-')?.strip_prefix(argument.get_short()?)?;
    let value = rest.strip_prefix('=').unwrap_or(rest);
    Some((argument, Some(value).filter(|value| !value.is_empty()).map(str::to_owned)))
}

fn takes_value(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Set | ArgAction::Append)
        && argument.get_num_args().is_none_or(|count| count.min_values() > 0)
}

/// Quotes a word of a command line for a shell, but not the name of an option.
pub(super) fn quoted(word: &str) -> String {
    let name = word.trim_start_matches('-');
    let is_option = word.starts_with('-') && !name.is_empty() && shell_word(name) == name;
    if is_option { word.to_owned() } else { shell_word(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_is_given_again_replaces_the_typed_one() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        for (typed, more, expected) in [
            (
                &["reply", "k7f3qa", "-m", " ", "--internal"][..],
                "--message '…'",
                &["reply", "k7f3qa", "--internal"][..],
            ),
            (
                &["reply", "k7f3qa", "--message=", "--set", "a=b"],
                "--message '…'",
                &["reply", "k7f3qa", "--set", "a=b"],
            ),
            (&["new", "-t ", "-t", "", "question"], "--title '…'", &["new", "question"]),
            (
                &["resolve", "x", "--section", "Fix=no", "--section=Cause=a", "--set", "root_cause=b"],
                "--section Fix=…",
                &["resolve", "x", "--section=Cause=a", "--set", "root_cause=b"],
            ),
            (&["new", "--section", "What I tried=no"], "--section 'What I tried=…'", &["new"]),
            (
                &["resolve", "x", "--set", "root_cause=b", "--set", "c=d"],
                "--set root_cause=…",
                &["resolve", "x", "--set", "c=d"],
            ),
            (&["reply", "x", "--", "-m", "y"], "--message '…'", &["reply", "x", "--", "-m", "y"]),
        ] {
            assert_eq!(without(words(typed), &words(&[more])), words(expected), "{typed:?}");
        }
        assert_eq!(
            [quoted("-m"), quoted("--as"), quoted("a b"), quoted("-x y")],
            ["-m", "--as", "'a b'", "'-x y'"]
        );
    }
}
