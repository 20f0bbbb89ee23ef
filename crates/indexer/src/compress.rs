//! Compressed copies beside the files (`NAME.br`, `NAME.gz`), for servers that hand them out to browsers that take them.
//!
//! Brotli at quality 11 with a window of 4 MiB, gzip (RFC 1952) at level 9 without a time: the same bytes give the same
//! copies. A copy that is not smaller than its file is not written. Brotli of this quality takes some two seconds a
//! megabyte, so the work is shared among the machine's cores, and a copy that the folder of an earlier build has of the
//! same bytes is taken over once it was unpacked and compared.

use std::fs;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};

use crate::DeployFile;

/// What copies are called: the file's name and one of these.
pub(crate) const ENDINGS: [&str; 2] = [".br", ".gz"];

/// Endings of files that become smaller. Pictures and fonts are compressed in themselves.
const KINDS: [&str; 8] = ["bin", "css", "html", "js", "json", "svg", "txt", "wasm"];

const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW: u32 = 22;
const BROTLI_BUFFER: usize = 1 << 16;

/// Copies, and how they came about.
#[derive(Debug, Default)]
pub struct Copies {
    /// The copies, two for each file at most, in the order of their names.
    pub files: Vec<DeployFile>,
    /// How many of them were taken over from `out`.
    pub reused: usize,
    /// Bytes of the files that have copies of this ending, before and after, for `.br` and for `.gz`.
    pub bytes: [(u64, u64); 2],
}

/// Makes the copies of `files`. `out` is the folder that will be replaced, if it is there; `progress` is told how many of
/// how many bytes are done, from several threads, one at a time.
///
/// # Errors
/// None is known: compressing into memory does not fail.
pub fn compress(files: &[DeployFile], out: &Path, progress: &(dyn Fn(u64, u64) + Sync)) -> io::Result<Copies> {
    let kind = |file: &DeployFile| file.name.rsplit_once('.').is_some_and(|(_, kind)| KINDS.contains(&kind));
    let files: Vec<&DeployFile> = files.iter().filter(|f| kind(f)).collect();
    let total: u64 = files.iter().map(|f| f.bytes.len() as u64).sum();
    let (next, done) = (AtomicUsize::new(0), Mutex::new((0, Copies::default())));
    let work = || -> io::Result<()> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let former = fs::read(out.join(&file.name)).is_ok_and(|bytes| bytes == file.bytes);
            let made = ENDINGS.map(|ending| copy(file, ending, former.then_some(out)));
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            for (at, (ending, made)) in ENDINGS.iter().zip(made).enumerate() {
                let (bytes, reused) = made?;
                if bytes.len() < file.bytes.len() {
                    done.1.reused += usize::from(reused);
                    if let Some((before, after)) = done.1.bytes.get_mut(at) {
                        *before += file.bytes.len() as u64;
                        *after += bytes.len() as u64;
                    }
                    done.1.files.push(DeployFile { name: format!("{}{ending}", file.name), bytes });
                }
            }
            done.0 += file.bytes.len() as u64;
            progress(done.0, total);
        }
        Ok(())
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let (_, mut copies) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    copies.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(copies)
}

/// The copy of a file, and whether it is that of the `former` folder.
fn copy(file: &DeployFile, ending: &str, former: Option<&Path>) -> io::Result<(Vec<u8>, bool)> {
    let former = former.and_then(|out| fs::read(out.join(format!("{}{ending}", file.name))).ok());
    if let Some(former) = former.filter(|copy| unpacked(copy, ending).is_ok_and(|bytes| bytes == file.bytes)) {
        return Ok((former, true));
    }
    let mut bytes = Vec::new();
    if ending == ".br" {
        let mut writer = brotli::CompressorWriter::new(&mut bytes, BROTLI_BUFFER, BROTLI_QUALITY, BROTLI_WINDOW);
        writer.write_all(&file.bytes)?;
    } else {
        let mut writer = GzBuilder::new().write(&mut bytes, Compression::best());
        writer.write_all(&file.bytes)?;
        writer.finish()?;
    }
    Ok((bytes, false))
}

fn unpacked(copy: &[u8], ending: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match ending {
        ".br" => brotli::Decompressor::new(copy, BROTLI_BUFFER).read_to_end(&mut bytes)?,
        _ => GzDecoder::new(copy).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> DeployFile {
        DeployFile { name: name.into(), bytes: bytes.to_vec() }
    }

    fn names(copies: &Copies) -> String {
        copies.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn copies_unpack_to_their_files() {
        let text = "Du kan flytta fakturans förfallodag. ".repeat(50);
        let out = tempfile::tempdir().unwrap();
        let files = [file("svar/a.txt", text.as_bytes()), file("b.png", text.as_bytes()), file("c.bin", &[7])];
        let told = AtomicUsize::new(0);
        let copies = compress(&files, out.path(), &|done, total| {
            assert!(done <= total);
            told.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
        // Pictures are left as they are, and what would grow gets no copy.
        assert_eq!(names(&copies), "svar/a.txt.br svar/a.txt.gz");
        assert_eq!((copies.reused, told.into_inner()), (0, 2));
        for copy in &copies.files {
            let ending = &copy.name[copy.name.len() - 3..];
            assert_eq!(unpacked(&copy.bytes, ending).unwrap(), text.as_bytes());
        }
        assert_eq!(copies.bytes[0], (text.len() as u64, copies.files[0].bytes.len() as u64));
    }

    #[test]
    fn copies_of_the_same_bytes_are_taken_over_and_others_are_not() {
        let out = tempfile::tempdir().unwrap();
        let (a, b) = ("faktura ".repeat(90), "router ".repeat(90));
        let files = [file("a.txt", a.as_bytes()), file("b.txt", b.as_bytes())];
        let first = compress(&files, out.path(), &|_, _| {}).unwrap();
        for written in files.iter().chain(&first.files) {
            fs::write(out.path().join(&written.name), &written.bytes).unwrap();
        }
        // One file is another now, and one copy was damaged.
        fs::write(out.path().join("a.txt.gz"), b"broken").unwrap();
        let files = [file("a.txt", a.as_bytes()), file("b.txt", a.as_bytes())];
        let second = compress(&files, out.path(), &|_, _| {}).unwrap();
        assert_eq!(second.reused, 1);
        assert_eq!(second.files[0], first.files[0]);
        assert_eq!(second.files[1], first.files[1]);
        assert_eq!(second.files[2].bytes, first.files[0].bytes);
    }

    #[test]
    fn nothing_gives_nothing() {
        let copies = compress(&[], Path::new("nowhere"), &|_, _| {}).unwrap();
        assert!(copies.files.is_empty() && copies.bytes == [(0, 0); 2]);
    }
}
