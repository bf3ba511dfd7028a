//! Variable-length numbers: small numbers take few bytes. The reader does not trust its input.

use super::IndexError;

/// Appends `number` in groups of seven bits, the lowest group first.
pub(crate) fn put(number: u32, out: &mut Vec<u8>) {
    let mut rest = number;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// A reader of bytes from the front of a slice.
pub(crate) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, IndexError> {
        let (first, rest) = self.0.split_first().ok_or(CUT)?;
        self.0 = rest;
        Ok(*first)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<u32, IndexError> {
        // Nearly all numbers have one or two bytes.
        match self.0 {
            [first, rest @ ..] if *first < 0x80 => {
                self.0 = rest;
                Ok(u32::from(*first))
            }
            [first, second, rest @ ..] if *second < 0x80 => {
                self.0 = rest;
                Ok(u32::from(*first & 0x7f) | u32::from(*second) << 7)
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u32, IndexError> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(number).map_err(|_| IndexError::Damaged("a number is too large"));
            }
        }
        Err(IndexError::Damaged("a number is too long"))
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], IndexError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(CUT)?;
        self.0 = rest;
        Ok(taken)
    }
}

const CUT: IndexError = IndexError::Damaged("the data ends too early");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn every_number_is_read_back(numbers: Vec<u32>) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| put(*number, &mut bytes));
            let mut rest = Bytes(&bytes);
            for number in numbers {
                prop_assert_eq!(rest.number().ok(), Some(number));
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn invalid_bytes_are_an_error(bytes: Vec<u8>) {
            let mut rest = Bytes(&bytes);
            while rest.number().is_ok() {}
        }
    }
}
