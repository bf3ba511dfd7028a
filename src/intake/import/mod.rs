//! Imports: the tickets of another tracker become files, and what people changed since then stays.
//!
//! A format is an [`Importer`]; what it reads is planned ([`plan`]), compared with the files and the locks ([`decide`]) and
//! written ([`run`]).

mod decide;
mod ids;
mod lock;
mod locks;
mod plan;
mod replies;
mod run;
mod secrets;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use thiserror::Error;

pub use decide::{LeftAlone, LeftReason};
pub(crate) use ids::IdMaker;
pub(crate) use plan::files_of_import;
pub use run::{Import, ImportOptions, ImportReport};
pub use secrets::ImportedSecret;

use crate::ticket::Record;

/// How much an import reads, unpacked, in bytes.
const MAX_INPUT: u64 = 4 << 30;
/// How many tickets an import reads.
const MAX_TICKETS: usize = 1_000_000;

/// A foreign format.
pub trait Importer: Sync {
    /// The name of the format: `casebook import NAME`.
    fn name(&self) -> &'static str;

    /// What the format is, for the help: one line without a full stop.
    fn about(&self) -> &'static str;

    /// Reads `input`, which is unpacked already, and hands on each ticket, or what is wrong with it, in the order of the input.
    ///
    /// # Errors
    /// When the input cannot be read, or `take` wants no more.
    fn read(&self, input: &mut dyn BufRead, take: &mut TakeTicket<'_>) -> io::Result<()>;
}

/// Takes a ticket that was read, or why it could not be; the others are still imported.
pub type TakeTicket<'a> = dyn FnMut(Result<Record, ImportError>) -> io::Result<()> + 'a;

/// Why a ticket could not be read.
#[derive(Debug, Error)]
#[error("line {line}: {message}")]
pub struct ImportError {
    /// From 1.
    pub line: usize,
    /// What is wrong, and where in the line.
    pub message: String,
}

/// Reads all tickets of `input`, plain or gzip. Those that are broken are told apart.
///
/// # Errors
/// When the input cannot be read (a broken gzip stream included), or is larger than any tracker's.
pub fn read_tickets(
    importer: &dyn Importer,
    input: impl Read,
) -> io::Result<(Vec<Record>, Vec<ImportError>)> {
    let mut input = BufReader::new(input);
    let is_gzip = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let unpacked: Box<dyn Read> =
        if is_gzip { Box::new(MultiGzDecoder::new(input)) } else { Box::new(input) };
    let mut bounded = BufReader::new(BoundedReader { input: unpacked, left: MAX_INPUT });
    let (mut records, mut broken) = (Vec::new(), Vec::new());
    importer.read(&mut bounded, &mut |record| {
        if records.len() + broken.len() == MAX_TICKETS {
            return Err(too_large(format!("there are more than {MAX_TICKETS} tickets")));
        }
        match record {
            Ok(record) => records.push(record),
            Err(error) => broken.push(ImportError { message: secrets::cover(error.message), ..error }),
        }
        Ok(())
    })?;
    Ok((records, broken))
}

/// An error about input that is larger than an import reads.
pub fn too_large(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

/// Input that fails, instead of ending, when there is more than an import reads: a gzip file of some kilobytes can unpack to any
/// size.
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
