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

use crate::{Deployment, IndexerError};

/// What copies are called: the file's name and one of these.
pub(crate) const ENDINGS: [&str; 2] = [".br", ".gz"];

/// Endings of files that become smaller. Pictures and fonts are compressed in themselves.
const KINDS: [&str; 8] = ["bin", "css", "html", "js", "json", "svg", "txt", "wasm"];

const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW: u32 = 22;
const BROTLI_BUFFER: usize = 1 << 16;

/// How copies came about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// How many there are, two for each file at most.
    pub count: usize,
    /// How many of them were taken over from the folder in place.
    pub reused: usize,
    /// Bytes of the files that have copies of this ending, before and after, for `.br` and for `.gz`.
    pub bytes: [(u64, u64); 2],
}

/// What the threads share.
struct Shared<'a> {
    deployment: &'a mut Deployment,
    copies: Copies,
    /// Bytes of files that are done.
    done: u64,
}

/// Adds copies of all that was written so far. A file and its copies are in memory for each of the machine's cores;
/// `progress` is told how many of how many bytes are done, from several threads, one at a time.
///
/// # Errors
/// Where files cannot be read back or copies not be written.
pub fn compress(deployment: &mut Deployment, progress: &(dyn Fn(u64, u64) + Sync)) -> Result<Copies, IndexerError> {
    let kind = |name: &str| name.rsplit_once('.').is_some_and(|(_, kind)| KINDS.contains(&kind));
    let files: Vec<(String, u64)> =
        deployment.files().filter(|(name, _)| kind(name)).map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    let total: u64 = files.iter().map(|(_, bytes)| bytes).sum();
    let goal = deployment.goal().to_owned();
    let next = AtomicUsize::new(0);
    let shared = Mutex::new(Shared { deployment, copies: Copies::default(), done: 0 });
    let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || -> Result<(), IndexerError> {
        while let Some((name, _)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = lock().deployment.read(name)?;
            let former = fs::read(goal.join(name)).is_ok_and(|former| former == bytes);
            let made = ENDINGS.map(|ending| copy(name, &bytes, ending, former.then_some(goal.as_path())));
            let mut shared = lock();
            for (at, (ending, made)) in ENDINGS.iter().zip(made).enumerate() {
                let (copy, reused) = made.map_err(|e| IndexerError::io("compress", name, e))?;
                if copy.len() < bytes.len() {
                    shared.copies.count += 1;
                    shared.copies.reused += usize::from(reused);
                    if let Some((before, after)) = shared.copies.bytes.get_mut(at) {
                        *before += bytes.len() as u64;
                        *after += copy.len() as u64;
                    }
                    shared.deployment.put(&format!("{name}{ending}"), &copy)?;
                }
            }
            shared.done += bytes.len() as u64;
            progress(shared.done, total);
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
    Ok(shared.into_inner().unwrap_or_else(PoisonError::into_inner).copies)
}

/// The copy of a file, and whether it is that of the `former` folder.
fn copy(name: &str, bytes: &[u8], ending: &str, former: Option<&Path>) -> io::Result<(Vec<u8>, bool)> {
    let former = former.and_then(|out| fs::read(out.join(format!("{name}{ending}"))).ok());
    if let Some(former) = former.filter(|copy| unpacked(copy, ending).is_ok_and(|unpacked| unpacked == bytes)) {
        return Ok((former, true));
    }
    let mut copy = Vec::new();
    if ending == ".br" {
        let mut writer = brotli::CompressorWriter::new(&mut copy, BROTLI_BUFFER, BROTLI_QUALITY, BROTLI_WINDOW);
        writer.write_all(bytes)?;
    } else {
        let mut writer = GzBuilder::new().write(&mut copy, Compression::best());
        writer.write_all(bytes)?;
        writer.finish()?;
    }
    Ok((copy, false))
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
    use std::collections::BTreeMap;

    /// What is in place at `out` afterwards, by name, and how the copies came about.
    fn build(out: &Path, files: &[(&str, &[u8])]) -> (BTreeMap<String, Vec<u8>>, Copies) {
        let mut deployment = Deployment::begin(out, &["svar"]).unwrap();
        files.iter().for_each(|(name, bytes)| deployment.put(&format!("svar/{name}"), bytes).unwrap());
        let told = AtomicUsize::new(0);
        let copies = compress(&mut deployment, &|done, total| {
            assert!(done <= total);
            told.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
        assert_eq!(told.into_inner(), files.iter().filter(|(name, _)| !name.ends_with("png")).count());
        deployment.finish().unwrap();
        let files = fs::read_dir(out.join("svar")).unwrap().map(|entry| entry.unwrap().path());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        (files.map(|path| (name(&path), fs::read(&path).unwrap())).collect(), copies)
    }

    #[test]
    fn copies_unpack_to_their_files() {
        let text = "Du kan flytta fakturans förfallodag. ".repeat(50);
        let dir = tempfile::tempdir().unwrap();
        let files = [("a.txt", text.as_bytes()), ("b.png", text.as_bytes()), ("c.bin", &[7])];
        let (files, copies) = build(&dir.path().join("out"), &files);
        // Pictures are left as they are, and what would grow gets no copy.
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a.txt", "a.txt.br", "a.txt.gz", "b.png", "c.bin"]);
        for ending in ENDINGS {
            assert_eq!(unpacked(&files[&format!("a.txt{ending}")], ending).unwrap(), text.as_bytes());
        }
        let bytes = ENDINGS.map(|ending| (text.len() as u64, files[&format!("a.txt{ending}")].len() as u64));
        assert_eq!(copies, Copies { count: 2, reused: 0, bytes });
    }

    #[test]
    fn copies_of_the_same_bytes_are_taken_over_and_others_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let (a, b) = ("faktura ".repeat(90), "router ".repeat(90));
        let (first, _) = build(&out, &[("a.txt", a.as_bytes()), ("b.txt", b.as_bytes())]);
        // One file is another now, and one copy was damaged.
        fs::write(out.join("svar/a.txt.gz"), b"broken").unwrap();
        let (second, copies) = build(&out, &[("a.txt", a.as_bytes()), ("b.txt", a.as_bytes())]);
        assert_eq!(copies.reused, 1);
        for ending in ENDINGS {
            let copy = &first[&format!("a.txt{ending}")];
            assert_eq!(&second[&format!("a.txt{ending}")], copy);
            assert_eq!(&second[&format!("b.txt{ending}")], copy);
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut deployment = Deployment::begin(&dir.path().join("out"), &[]).unwrap();
        assert_eq!(compress(&mut deployment, &|_, _| {}).unwrap(), Copies::default());
    }
}
