//! Imports: tickets of another tracker become files, and later changes by people are not overwritten.
//!
//! A format is an [`Importer`]. Its tickets are planned ([`plan`]), compared with the files and the locks ([`decide`])
//! and written ([`run`]).

mod decide;
mod ids;
mod import_plan;
mod lock;
mod locks;
mod plan;
mod planned;
mod planned_article;
mod planned_reply;
mod planned_ticket;
mod replies;
mod run;
mod secrets;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use thiserror::Error;

pub(crate) use decide::{SkipReason, SkippedFile};
pub(crate) use ids::IdMaker;
pub(crate) use plan::{ImportTarget, files_of_import};
pub(crate) use run::{Import, ImportOptions, ImportReport};
pub(crate) use secrets::ImportedSecret;

use crate::ticket::TicketRecord;

/// The size limit of an import's input, unpacked, in bytes.
const MAX_INPUT: u64 = 4 << 30;
/// The limit on the number of tickets.
const MAX_TICKETS: usize = 1_000_000;

/// A format of another tracker.
pub(crate) trait Importer: Sync {
    /// Returns the name of the format, as in `casebook import NAME`.
    fn name(&self) -> &'static str;

    /// Returns the description for the help: one line without a full stop.
    fn about(&self) -> &'static str;

    /// Reads the unpacked `input` and passes each ticket, or its error, to `take` in the order of the input.
    ///
    /// # Errors
    /// The input cannot be read, or `take` returned an error.
    fn read(&self, input: &mut dyn BufRead, take: &mut TakeTicket<'_>) -> io::Result<()>;
}

/// A callback for each ticket or its error. An error does not stop the import of the other tickets.
pub(crate) type TakeTicket<'a> = dyn FnMut(Result<TicketRecord, ImportError>) -> io::Result<()> + 'a;

/// The reason why a ticket could not be read.
#[derive(Debug, Error)]
#[error("line {line}: {message}")]
pub(crate) struct ImportError {
    /// From 1.
    pub line: usize,
    /// The problem and its place in the line.
    pub message: String,
}

/// Reads all tickets of `input`, plain or gzip. Invalid tickets are returned separately.
///
/// # Errors
/// The input cannot be read (including a damaged gzip stream), or it is over the size limit.
pub(crate) fn read_tickets(
    importer: &dyn Importer,
    input: impl Read,
) -> io::Result<(Vec<TicketRecord>, Vec<ImportError>)> {
    let mut input = BufReader::new(input);
    let is_gzip = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let unpacked: Box<dyn Read> =
        if is_gzip { Box::new(MultiGzDecoder::new(input)) } else { Box::new(input) };
    let mut bounded = BufReader::new(BoundedReader { input: unpacked, left: MAX_INPUT });
    let (mut records, mut broken) = (Vec::new(), Vec::new());
    importer.read(&mut bounded, &mut |record| {
        if records.len() + broken.len() == MAX_TICKETS {
            return Err(too_large(format!("the input has more than {MAX_TICKETS} tickets")));
        }
        match record {
            Ok(record) => records.push(record),
            Err(error) => broken.push(ImportError { message: secrets::cover(error.message), ..error }),
        }
        Ok(())
    })?;
    Ok((records, broken))
}

/// Returns an error about input that is over a limit.
pub(crate) fn too_large(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

/// A reader that returns an error when the input is over the size limit: a gzip file of a few kilobytes can unpack to
/// any size.
struct BoundedReader<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for BoundedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| too_large(format!("the input is larger than {} GiB", MAX_INPUT >> 30)))?;
        Ok(count)
    }
}
