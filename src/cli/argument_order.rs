//! Support for query words that begin with a hyphen (`casebook list -tag:noise --format json`).
//!
//! clap parses `-tag:noise` as options, or can be told to parse everything after the first word as words. This module
//! reorders the arguments before clap sees them: options first, then `--`, then the words of the query.

use std::ffi::OsString;

use clap::{Arg, Command};

/// Moves the options to the front if the command takes a query. Other command lines stay as they are.
pub(super) fn options_first(arguments: Vec<OsString>, cli: &Command) -> Vec<OsString> {
    let Some((at, command)) = subcommand(&arguments, cli) else { return arguments };
    if !command.get_positionals().any(|argument| argument.get_id() == "query") {
        return arguments;
    }
    let (mut ordered, mut words) = (arguments[..=at].to_vec(), Vec::new());
    let mut rest = arguments[at + 1..].iter();
    while let Some(argument) = rest.next() {
        match ArgumentKind::of(argument, &[command, cli]) {
            ArgumentKind::End => {
                words.extend(rest.by_ref().cloned());
            }
            ArgumentKind::Word => words.push(argument.clone()),
            ArgumentKind::Option => ordered.push(argument.clone()),
            ArgumentKind::OptionWithValue => {
                ordered.push(argument.clone());
                ordered.extend(rest.next().cloned());
            }
        }
    }
    if !words.is_empty() {
        ordered.push("--".into());
        ordered.append(&mut words);
    }
    ordered
}

/// Returns the index of the subcommand's name, and the subcommand.
fn subcommand<'a>(arguments: &[OsString], cli: &'a Command) -> Option<(usize, &'a Command)> {
    let mut at = 1;
    while let Some(argument) = arguments.get(at) {
        match ArgumentKind::of(argument, &[cli]) {
            ArgumentKind::End => return None,
            ArgumentKind::Option => at += 1,
            ArgumentKind::OptionWithValue => at += 2,
            ArgumentKind::Word => return Some((at, cli.find_subcommand(argument)?)),
        }
    }
    None
}

enum ArgumentKind {
    /// `--`, after which no argument is an option.
    End,
    Word,
    Option,
    /// An option whose value is the next argument.
    OptionWithValue,
}

impl ArgumentKind {
    fn of(argument: &OsString, commands: &[&Command]) -> Self {
        let Some(text) = argument.to_str() else { return Self::Word };
        let known = |is: &dyn Fn(&Arg) -> bool| {
            let mut all = commands.iter().flat_map(|command| command.get_arguments());
            all.find(|argument| !argument.is_positional() && is(argument))
        };
        let by_value = |option: &Arg| match option.get_action().takes_values() {
            true => Self::OptionWithValue,
            false => Self::Option,
        };
        if text == "--" {
            return Self::End;
        }
        if let Some(name) = text.strip_prefix("--") {
            // clap reports unknown options.
            let option = known(&|argument| {
                argument.get_long() == Some(name)
                    || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
            });
            return option.map_or(Self::Option, by_value);
        }
        let mut letters = text.strip_prefix('-').unwrap_or_default().chars();
        let Some(letter) = letters.next() else { return Self::Word };
        let rest = letters.as_str();
        match known(&|argument| argument.get_short() == Some(letter)) {
            Some(option) if rest.is_empty() => by_value(option),
            Some(option)
                if option.get_action().takes_values() && rest.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Self::Option
            }
            _ if rest.is_empty() && matches!(letter, 'h' | 'V') => Self::Option,
            _ => Self::Word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(line: &str) -> String {
        let arguments = line.split_whitespace().map(OsString::from).collect();
        let ordered = options_first(arguments, &crate::cli::command());
        ordered.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_are_found_anywhere_and_query_words_may_begin_with_a_hyphen() {
        for (line, expected) in [
            ("c list is:any --format json", "c list --format json -- is:any"),
            ("c list -tag:noise -n 5 x --repo=a -q", "c list -n 5 --repo=a -q -- -tag:noise x"),
            ("c -q --repo a search -n5 -noise", "c -q --repo a search -n5 -- -noise"),
            ("c list --fromat json", "c list --fromat -- json"),
            ("c list --limit 3", "c list --limit 3"),
            ("c list -- --format", "c list -- --format"),
            ("c list -h", "c list -h"),
            ("c show x --format json", "c show x --format json"),
            ("c", "c"),
        ] {
            assert_eq!(ordered(line), expected);
        }
    }
}
