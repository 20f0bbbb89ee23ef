//! The container that every file of an index is.
//!
//! ```text
//! file     := "svar" · kind u8 · format u8 · analysis u16 · section* · checksum u64
//! section  := kind u8 · number u32 · length u32 · payload
//! checksum := XXH64 (seed 0) of all bytes before it
//! ```
//!
//! Numbers are little-endian. A file's name is `KIND-HASH.bin`, where the hash is the low 40 bits of the checksum as 10
//! hexadecimal digits, so name and content vouch for each other. Two of 10,000 files share one once in 20,000 builds, which
//! building notices; more bits would be a fifth of what a question of a large help centre loads. XXH64: xxHash specification 0.2.0 (github.com/Cyan4973/xxHash); it guards against accidents, not against an attacker, who could
//! change the manifest as well.
//!
//! `open` checks every byte before anything is read from a file. That matters: of 3,000 one-byte changes to an fst,
//! `fst` 0.4.7 itself refused 138; 812 panicked later and 1,686 answered wrongly.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use std::sync::Arc;
use xxhash_rust::xxh64::xxh64;

/// Version of the format that is written.
pub const FORMAT: u8 = 7;

const MAGIC: &[u8; 4] = b"svar";
const HEADER: usize = 8;
const CHECKSUM: usize = 8;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// Names the cores. Never cached.
    Manifest,
    /// What every question in a language needs.
    Core,
    /// Terms and where they occur.
    Terms,
    /// Article bodies.
    Text,
    /// Titles and addresses.
    Entries,
    /// Answers to the shortest questions.
    Prepared,
    /// Which texts there are.
    Directory,
}

impl FileKind {
    const ALL: [FileKind; 7] = [
        FileKind::Manifest,
        FileKind::Core,
        FileKind::Terms,
        FileKind::Text,
        FileKind::Entries,
        FileKind::Prepared,
        FileKind::Directory,
    ];

    fn code(self) -> u8 {
        match self {
            FileKind::Manifest => 0,
            FileKind::Core => 1,
            FileKind::Terms => 2,
            FileKind::Text => 3,
            FileKind::Entries => 4,
            FileKind::Prepared => 5,
            FileKind::Directory => 6,
        }
    }

    fn of_code(code: u8) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|k| k.code() == code)
    }

    fn word(self) -> &'static str {
        match self {
            FileKind::Manifest => "manifest",
            FileKind::Core => "core",
            FileKind::Terms => "terms",
            FileKind::Text => "text",
            FileKind::Entries => "entries",
            FileKind::Prepared => "short",
            FileKind::Directory => "directory",
        }
    }
}

/// A file named by another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileRef {
    /// What it is for.
    pub kind: FileKind,
    /// The low 40 bits of its checksum.
    pub hash: u64,
}

/// Bytes of the hash that a name has.
const NAMED: usize = 5;

fn named(checksum: u64) -> u64 {
    checksum & ((1 << (8 * NAMED)) - 1)
}

impl FileRef {
    /// Its name in the index folder: `core-0123456789.bin`.
    pub fn name(&self) -> String {
        [self.kind.word(), "-", &hex(self.hash).split_off(16 - 2 * NAMED), ".bin"].concat()
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.0.extend(self.hash.to_le_bytes().iter().take(NAMED));
    }

    pub(crate) fn read(kind: FileKind, r: &mut Reader<'_>) -> Result<FileRef, IndexError> {
        let bytes = r.take(NAMED)?;
        Ok(FileRef { kind, hash: bytes.iter().rev().fold(0, |hash, byte| hash << 8 | u64::from(*byte)) })
    }
}

/// `value` as 16 hexadecimal digits. (The formatting of the standard library is kept out of the browser.)
pub fn hex(value: u64) -> String {
    (0..16).rev().filter_map(|i| char::from_digit((value >> (4 * i)) as u32 & 15, 16)).collect()
}

/// Kinds of section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Manifest,
    Core,
    Terms,
    Text,
    Entries,
    Prepared,
    Directory,
}

impl SectionKind {
    fn code(self) -> u8 {
        match self {
            SectionKind::Manifest => 0,
            SectionKind::Core => 1,
            SectionKind::Terms => 2,
            SectionKind::Text => 3,
            SectionKind::Entries => 4,
            SectionKind::Prepared => 5,
            SectionKind::Directory => 6,
        }
    }
}

/// A section on its way into a file.
pub(crate) struct Section {
    pub kind: SectionKind,
    pub number: u32,
    pub payload: Vec<u8>,
}

/// Sections to a file's bytes and the reference to it.
pub(crate) fn seal(kind: FileKind, sections: &[Section]) -> Result<(FileRef, Vec<u8>), IndexError> {
    let mut w = Writer::default();
    w.0.extend(MAGIC);
    w.u8(kind.code());
    w.u8(FORMAT);
    w.u16(svar_analysis::REVISION as u16);
    for section in sections {
        w.u8(section.kind.code());
        w.u32(section.number);
        w.u32(u32::try_from(section.payload.len()).map_err(|_| IndexError::TooLarge { what: "a section over 4 GiB" })?);
        w.0.extend(&section.payload);
    }
    let hash = xxh64(&w.0, 0);
    w.u64(hash);
    Ok((FileRef { kind, hash: named(hash) }, w.0))
}

/// A file whose bytes have been checked.
pub(crate) struct File {
    pub reference: FileRef,
    sections: Vec<(u8, u32, Slice)>,
}

impl File {
    /// The sections of a kind with their numbers.
    pub fn sections(&self, kind: SectionKind) -> impl Iterator<Item = (u32, &Slice)> {
        self.sections.iter().filter(move |s| s.0 == kind.code()).map(|s| (s.1, &s.2))
    }

    /// The first section of a kind.
    pub fn section(&self, kind: SectionKind) -> Result<&Slice, IndexError> {
        self.sections(kind).map(|(_, s)| s).next().ok_or(damaged("a section is missing"))
    }
}

/// Checks all of `bytes` and finds its sections.
///
/// # Errors
/// [`IndexError::NotAnIndex`], [`IndexError::Format`] and [`IndexError::Analysis`] for files of others, told apart before
/// the checksum so that an old widget can say so; [`IndexError::Damaged`] for everything else.
pub(crate) fn open(bytes: Arc<[u8]>) -> Result<File, IndexError> {
    if !bytes.starts_with(MAGIC) {
        // What a server says instead of a file is text, mostly a page.
        let found = bytes.iter().take(12).map(|b| if b.is_ascii_graphic() { *b as char } else { '·' }).collect();
        return Err(IndexError::NotAnIndex { found });
    }
    let body_end =
        bytes.len().checked_sub(CHECKSUM).filter(|end| *end >= HEADER).ok_or(damaged("the file is cut off"))?;
    let mut r = Reader::new(&bytes);
    r.take(MAGIC.len())?;
    let (kind, format, analysis) = (r.u8()?, r.u8()?, r.u16()?);
    let hash = xxh64(bytes.get(..body_end).unwrap_or_default(), 0);
    let stated = Reader::new(bytes.get(body_end..).unwrap_or_default()).u64()?;
    let whole = hash == stated;
    // A damaged header must not pass for another version: an unknown version with a wrong checksum is damage, unless the
    // container itself has changed, which a later format announces by keeping the checksum at the end.
    if !whole {
        return Err(damaged("the content does not match its checksum"));
    }
    if format != FORMAT {
        return Err(IndexError::Format { found: format, supported: FORMAT });
    }
    if u32::from(analysis) != svar_analysis::REVISION {
        return Err(IndexError::Analysis { found: analysis, supported: svar_analysis::REVISION as u16 });
    }
    let kind = FileKind::of_code(kind).ok_or(damaged("an unknown kind of file"))?;
    let mut sections = Vec::new();
    let mut at = HEADER;
    while at < body_end {
        let mut r = Reader::new(bytes.get(at..body_end).unwrap_or_default());
        let (kind, number, length) = (r.u8()?, r.u32()?, r.u32()? as usize);
        r.take(length)?;
        let start = at + 9;
        sections.push((kind, number, Slice::new(Arc::clone(&bytes), start..start + length)));
        at = start + length;
    }
    Ok(File { reference: FileRef { kind, hash: named(hash) }, sections })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (FileRef, Vec<u8>) {
        let section = |number, text: &str| Section { kind: SectionKind::Text, number, payload: text.into() };
        seal(FileKind::Text, &[section(0, "hej"), section(1, "")]).unwrap()
    }

    #[test]
    fn sections_read_back() {
        let (reference, bytes) = sample();
        let file = open(bytes.into()).unwrap();
        assert_eq!(file.reference, reference);
        let got: Vec<_> = file.sections(SectionKind::Text).map(|(n, s)| (n, s.as_ref().to_vec())).collect();
        assert_eq!(got, [(0, b"hej".to_vec()), (1, vec![])]);
        assert!(file.section(SectionKind::Core).is_err());
        assert_eq!(hex(0x0123_4567_89ab_cdef), "0123456789abcdef");
        assert!(reference.name().starts_with("text-") && reference.name().len() == "text-0123456789.bin".len());
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        let (_, bytes) = sample();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                assert!(open(bad.into()).is_err(), "byte {at} bit {bit}");
            }
            assert!(open(bytes[..at].into()).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn other_versions_are_told_apart_from_damage() {
        let (_, mut bytes) = sample();
        bytes[5] = 9;
        let end = bytes.len() - CHECKSUM;
        let hash = xxh64(&bytes[..end], 0);
        bytes[end..].copy_from_slice(&hash.to_le_bytes());
        assert_eq!(open(bytes.into()).err(), Some(IndexError::Format { found: 9, supported: FORMAT }));
        assert!(matches!(open(b"<!doctype html>"[..].into()), Err(IndexError::NotAnIndex { .. })));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = open(bytes.into());
        }
    }
}
