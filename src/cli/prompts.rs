//! Prompts on the terminal. Without a terminal they ask nothing, and the command reports what is missing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use inquire::{Confirm, CustomUserError, InquireError, Select, Text, validator::Validation};

use super::{CliError, Context};
use crate::text::harmless;

/// Asks for a line. Returns `None` without a terminal, and if the line is empty.
pub(super) fn line(
    question: &str,
    default: Option<&str>,
    help: Option<&str>,
    context: &Context,
) -> Result<Option<String>, CliError> {
    if !context.process.can_ask {
        return Ok(None);
    }
    let (question, help) = (shown(question), help.map(shown));
    let mut prompt = Text::new(&question);
    prompt.default = default;
    prompt.help_message = help.as_deref();
    Ok(answer_to(|| prompt.prompt())?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// Asks for a line that must not be empty, again as long as `problem` finds one; `None` without a terminal.
pub(super) fn required_line(
    question: &str,
    help: &str,
    problem: impl Fn(&str) -> Option<String> + Clone,
    context: &Context,
) -> Result<Option<String>, CliError> {
    if !context.process.can_ask {
        return Ok(None);
    }
    let validate = move |text: &str| -> Result<Validation, CustomUserError> {
        Ok(match text.trim() {
            "" => Validation::Invalid("this is required".into()),
            text => match problem(text) {
                Some(problem) => Validation::Invalid(shown(&problem).into()),
                None => Validation::Valid,
            },
        })
    };
    let prompt = Text::new(question).with_help_message(help).with_validator(validate);
    Ok(answer_to(|| prompt.prompt())?.map(|text| text.trim().to_owned()))
}

/// Asks for one of several options; `None` without a terminal.
pub(super) fn choice(
    question: &str,
    options: Vec<String>,
    first: usize,
    context: &Context,
) -> Result<Option<String>, CliError> {
    let chosen = place(question, options.clone(), first, context)?;
    Ok(chosen.and_then(|place| options.into_iter().nth(place)))
}

/// Asks for one of several options, which may have the same text, and returns its index; `None` without a terminal. The
/// option at `first` is selected.
pub(super) fn place(
    question: &str,
    options: Vec<String>,
    first: usize,
    context: &Context,
) -> Result<Option<usize>, CliError> {
    if !context.process.can_ask || options.is_empty() {
        return Ok(None);
    }
    let first = first.min(options.len() - 1);
    let (question, options) = (&shown(question), options.iter().map(|option| shown(option)).collect());
    let answer = answer_to(|| Select::new(question, options).with_starting_cursor(first).raw_prompt())?;
    Ok(answer.map(|chosen| chosen.index))
}

/// Asks a yes-or-no question; `false` without a terminal.
pub(super) fn confirm(question: &str, default: bool, context: &Context) -> Result<bool, CliError> {
    if !context.process.can_ask {
        return Ok(false);
    }
    Ok(answer_to(|| Confirm::new(&shown(question)).with_default(default).prompt())?.unwrap_or(false))
}

/// Returns `text` as a prompt shows it. Questions and options quote tickets and settings, which must not control the
/// terminal.
fn shown(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// The interval at which the terminal is checked.
const NOTICE: rustix::event::Timespec = rustix::event::Timespec { tv_sec: 0, tv_nsec: 250_000_000 };

/// Ends the process if the terminal is closed while a prompt is open. Usually a signal ends the process. If no signal
/// comes (as in a container whose client disconnected), the library that reads keys would loop forever.
fn exit_when_terminal_closes(is_open: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        use rustix::event::{PollFd, PollFlags, poll};
        while is_open.load(Ordering::Relaxed) {
            let stdin = rustix::stdio::stdin();
            let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
            let is_gone = poll(&mut watched, Some(&NOTICE)).is_ok()
                && watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
            if is_gone && is_open.load(Ordering::Relaxed) {
                std::process::exit(2);
            }
        }
    });
}

/// Runs a prompt and returns the answer; `None` without a terminal. Escape and Ctrl-C return the error `cancelled`.
fn answer_to<T>(ask: impl FnOnce() -> Result<T, InquireError>) -> Result<Option<T>, CliError> {
    let is_open = Arc::new(AtomicBool::new(true));
    exit_when_terminal_closes(Arc::clone(&is_open));
    let answer = ask();
    is_open.store(false, Ordering::Relaxed);
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            Err(CliError::usage("cancelled"))
        }
        Err(InquireError::NotTTY) => Ok(None),
        Err(error) => Err(CliError::environment(error).with_context("cannot show prompts on this terminal")),
    }
}
