//! Questions to the person at the terminal. Without one nothing is asked, and commands say what is missing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use inquire::{Confirm, CustomUserError, InquireError, Select, Text, validator::Validation};

use super::{
    CliError, Context,
    editor::{Editor, EditorFailure},
};

/// A text, written in the person's editor, that starts from `outline`. `None` without a terminal, and when nothing was
/// written. `keep` is called with what is there of the text when the editor fails.
pub(super) fn text(
    what: &str,
    outline: &str,
    context: &Context,
    keep: impl FnOnce(CliError, &str) -> CliError,
) -> Result<Option<String>, CliError> {
    if !context.process.can_ask {
        return Ok(None);
    }
    let editor = Editor::of(context);
    let options = vec![format!("open {}", editor.name()), "use the draft as it is".to_owned()];
    let text = match place(&format!("{what}:"), options, context)? {
        Some(0) => {
            editor.edit(outline, context).map_err(|EditorFailure { error, text }| keep(error, &text))?
        }
        _ => outline.to_owned(),
    };
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// One line; `None` without a terminal.
pub(super) fn line(
    question: &str,
    default: Option<&str>,
    help: Option<&str>,
    context: &Context,
) -> Result<Option<String>, CliError> {
    if !context.process.can_ask {
        return Ok(None);
    }
    let mut prompt = Text::new(question);
    prompt.default = default;
    prompt.help_message = help;
    Ok(given(|| prompt.prompt())?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// One line, asked for until there is one; `None` without a terminal.
pub(super) fn needed(question: &str, help: &str, context: &Context) -> Result<Option<String>, CliError> {
    if !context.process.can_ask {
        return Ok(None);
    }
    let says_something = |text: &str| -> Result<Validation, CustomUserError> {
        Ok(match text.trim().is_empty() {
            true => Validation::Invalid("this is required".into()),
            false => Validation::Valid,
        })
    };
    let prompt = Text::new(question).with_help_message(help).with_validator(says_something);
    Ok(given(|| prompt.prompt())?.map(|text| text.trim().to_owned()))
}

/// One of several; `None` without a terminal.
pub(super) fn choice(
    question: &str,
    options: Vec<String>,
    first: usize,
    context: &Context,
) -> Result<Option<String>, CliError> {
    if !context.process.can_ask || options.is_empty() {
        return Ok(None);
    }
    let first = first.min(options.len() - 1);
    given(|| Select::new(question, options).with_starting_cursor(first).prompt())
}

/// The place of one of several that may read alike; `None` without a terminal.
pub(super) fn place(
    question: &str,
    options: Vec<String>,
    context: &Context,
) -> Result<Option<usize>, CliError> {
    if !context.process.can_ask || options.is_empty() {
        return Ok(None);
    }
    Ok(given(|| Select::new(question, options).raw_prompt())?.map(|chosen| chosen.index))
}

/// Yes or no; `no` without a terminal.
pub(super) fn confirm(question: &str, default: bool, context: &Context) -> Result<bool, CliError> {
    if !context.process.can_ask {
        return Ok(false);
    }
    Ok(given(|| Confirm::new(question).with_default(default).prompt())?.unwrap_or(false))
}

/// How long it takes to notice that the terminal is gone.
const NOTICE: rustix::event::Timespec = rustix::event::Timespec { tv_sec: 0, tv_nsec: 250_000_000 };

/// Ends the process if the terminal goes away while a question is open. Mostly a signal does that; where none comes (a
/// container whose client left), the library that reads keys would turn in a circle for ever.
fn leave_with_the_terminal(is_open: Arc<AtomicBool>) {
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

/// Escape and Ctrl-C end the command, with nothing written.
fn given<T>(ask: impl FnOnce() -> Result<T, InquireError>) -> Result<Option<T>, CliError> {
    let is_open = Arc::new(AtomicBool::new(true));
    leave_with_the_terminal(Arc::clone(&is_open));
    let answer = ask();
    is_open.store(false, Ordering::Relaxed);
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            Err(CliError::usage("cancelled"))
        }
        Err(InquireError::NotTTY) => Ok(None),
        Err(error) => Err(CliError::environment(error).caused("cannot ask on this terminal")),
    }
}
