//! The primitives that all sections are written with.
//!
//! ```text
//! varint  := unsigned LEB128, at most 10 bytes
//! str     := length varint · UTF-8 bytes
//! u8, u16, u32, u64: little-endian
//! ```

use crate::error::{IndexError, damaged};
use std::ops::Range;
use std::sync::Arc;

/// Appends primitives to bytes.
#[derive(Default)]
pub(crate) struct Writer(pub Vec<u8>);

impl Writer {
    pub fn u8(&mut self, v: u8) {
        self.0.push(v);
    }
    pub fn u16(&mut self, v: u16) {
        self.0.extend(v.to_le_bytes());
    }
    pub fn u32(&mut self, v: u32) {
        self.0.extend(v.to_le_bytes());
    }
    pub fn u64(&mut self, v: u64) {
        self.0.extend(v.to_le_bytes());
    }
    pub fn varint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.0.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.0.push(v as u8);
    }
    pub fn str(&mut self, s: &str) {
        self.varint(s.len() as u64);
        self.0.extend(s.as_bytes());
    }
}

/// Takes primitives from bytes; every read is checked.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }
    pub fn at(&self) -> usize {
        self.at
    }
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], IndexError> {
        let end = self.at.checked_add(n).ok_or(damaged("a length beyond the file"))?;
        let slice = self.bytes.get(self.at..end).ok_or(damaged("a length beyond the file"))?;
        self.at = end;
        Ok(slice)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], IndexError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }
    pub fn u8(&mut self) -> Result<u8, IndexError> {
        Ok(self.array::<1>()?[0])
    }
    pub fn u16(&mut self) -> Result<u16, IndexError> {
        Ok(u16::from_le_bytes(self.array()?))
    }
    pub fn u32(&mut self) -> Result<u32, IndexError> {
        Ok(u32::from_le_bytes(self.array()?))
    }
    pub fn u64(&mut self) -> Result<u64, IndexError> {
        Ok(u64::from_le_bytes(self.array()?))
    }
    pub fn varint(&mut self) -> Result<u64, IndexError> {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let byte = self.u8()?;
            if shift == 63 && byte > 1 {
                return Err(damaged("a number over 64 bits"));
            }
            v |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(v);
            }
            shift += 7;
            if shift > 63 {
                return Err(damaged("a number over 64 bits"));
            }
        }
    }
    pub fn varint_u32(&mut self) -> Result<u32, IndexError> {
        u32::try_from(self.varint()?).map_err(|_| damaged("a number over 32 bits"))
    }
    /// A count of things that take at least one byte each, so that a damaged count cannot ask for endless memory.
    pub fn count(&mut self) -> Result<usize, IndexError> {
        let n = self.varint()? as usize;
        if n > self.bytes.len().saturating_sub(self.at) { Err(damaged("a count beyond the file")) } else { Ok(n) }
    }
    pub fn str(&mut self) -> Result<&'a str, IndexError> {
        let n = self.varint()? as usize;
        std::str::from_utf8(self.take(n)?).map_err(|_| damaged("text that is not UTF-8"))
    }
    pub fn string(&mut self) -> Result<String, IndexError> {
        self.str().map(str::to_owned)
    }
}

/// A part of a file's bytes, shared and not copied.
#[derive(Debug, Clone)]
pub struct Slice {
    bytes: Arc<[u8]>,
    range: Range<usize>,
}

impl Slice {
    pub(crate) fn new(bytes: Arc<[u8]>, range: Range<usize>) -> Slice {
        Slice { bytes, range }
    }
    /// A part of this part. Empty where `range` reaches beyond it.
    pub(crate) fn part(&self, range: Range<usize>) -> Slice {
        let start = self.range.start.saturating_add(range.start).min(self.range.end);
        let end = self.range.start.saturating_add(range.end).clamp(start, self.range.end);
        Slice { bytes: Arc::clone(&self.bytes), range: start..end }
    }
}

impl From<Vec<u8>> for Slice {
    fn from(bytes: Vec<u8>) -> Slice {
        let length = bytes.len();
        Slice::new(bytes.into(), 0..length)
    }
}

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn varints_read_back(v: u64) {
            let mut w = Writer::default();
            w.varint(v);
            proptest::prop_assert_eq!(Reader::new(&w.0).varint().unwrap(), v);
        }
        #[test]
        fn reading_anything_never_panics(bytes: Vec<u8>) {
            let mut r = Reader::new(&bytes);
            while r.varint().and_then(|_| r.str()).is_ok() {}
        }
    }
}
