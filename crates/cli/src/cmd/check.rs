//! `svar check`: whether a folder holds every file that it names, undamaged.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use svar_index::{FileRef, Index, MANIFEST_NAME, Manifest};
use svar_indexer::read_synonyms;

use super::{count, size};
use crate::folder::{self, audiences, find, read};
use crate::synonyms::Leads;
use crate::widget::{self, LOADER};

/// The arguments.
#[derive(clap::Args)]
pub struct Options {
    /// Folder that `svar build` wrote, or an index folder
    dir: PathBuf,
    /// Also tell which lines of this file of synonyms lead to no article. They are no damage
    #[arg(long, value_name = "FILE")]
    synonyms: Option<PathBuf>,
}

/// Runs the command. What is missing or damaged is named, all of it, and makes an error.
pub fn run(options: &Options) -> Result<()> {
    let mut out = io::stdout().lock();
    let synonyms = options.synonyms.as_deref().map(read_synonyms).transpose()?.map(|(file, _)| file);
    let pairs = synonyms.as_ref().map(|file| file.synonyms()).unwrap_or_default();
    let mut checked = Checked { files: BTreeSet::new(), bytes: 0, bad: 0, leads: Leads::new(&pairs) };
    match find(&options.dir) {
        Ok(index) => {
            checked.index(&index, "everyone", &mut out)?;
            for audience in audiences(&index)? {
                checked.index(&index.join(&audience), &audience, &mut out)?;
            }
        }
        // A deployed folder whose manifest is gone is a damaged one, not a wrong one.
        Err(_) if options.dir.join(LOADER).is_file() => {
            checked.bad(&options.dir.join(folder::BELOW_DEPLOYED).join(MANIFEST_NAME), "missing", &mut out)?;
        }
        Err(error) => return Err(error),
    }
    if options.dir.join(LOADER).is_file() {
        checked.widget(&options.dir, &mut out)?;
    }
    let summary = format!("{}, {}", count(checked.files.len(), "file"), size(checked.bytes));
    if checked.bad > 0 {
        out.flush()?;
        bail!(
            "{} missing or damaged in {}: build and deploy the folder again",
            count(checked.bad, "file"),
            options.dir.display()
        );
    }
    for note in synonyms.iter().flat_map(|file| file.nowhere(checked.leads.all())) {
        writeln!(out, "note: {}: {}", note.file, note.reason)?;
    }
    writeln!(out, "whole: {summary}")?;
    Ok(out.flush()?)
}

/// What has been looked at so far.
struct Checked<'a> {
    files: BTreeSet<PathBuf>,
    bytes: u64,
    bad: usize,
    leads: Leads<'a>,
}

impl Checked<'_> {
    /// Every file that a manifest names.
    fn index(&mut self, folder: &Path, whom: &str, out: &mut impl Write) -> Result<()> {
        let path = folder.join(MANIFEST_NAME);
        let manifest = match self.read(&path).and_then(|bytes| Ok(Manifest::open(bytes)?)) {
            Ok(manifest) => manifest,
            Err(error) => return self.bad(&path, &format!("{error:#}"), out),
        };
        writeln!(out, "{}: index for {whom}, revision {:016x}", folder.display(), manifest.revision)?;
        if manifest.languages.is_empty() {
            writeln!(out, "  no articles")?;
        }
        for language in &manifest.languages {
            let own = language.inside.is_none();
            let path = if own { folder.join(language.core.name()) } else { path.clone() };
            let mut bytes = language.inside.as_ref().map_or(0, |inside| inside.len() as u64);
            let opened = language.open(|_| self.read(&path).inspect(|core| bytes = core.len() as u64));
            let mut index = match opened {
                Ok(index) => index,
                Err(error) => {
                    self.bad(&path, &format!("{error:#}"), out)?;
                    continue;
                }
            };
            let bad = self.bad;
            let mut shards: BTreeSet<FileRef> = BTreeSet::new();
            // Texts are known once their directory was read.
            loop {
                let more: Vec<FileRef> = index.files().filter(|file| !shards.contains(file)).collect();
                if more.is_empty() {
                    break;
                }
                for file in &more {
                    let path = folder.join(file.name());
                    match self.shard(&path, *file, &mut index) {
                        Ok(length) => bytes += length,
                        Err(error) => self.bad(&path, &format!("{error:#}"), out)?,
                    }
                }
                shards.extend(more);
            }
            if self.bad == bad {
                self.leads.add(&mut index, |file| read(&folder.join(file.name())))?;
            }
            if index.len() != language.articles {
                let what = format!("holds {} articles, the manifest says {}", index.len(), language.articles);
                self.bad(&path, &what, out)?;
            }
            writeln!(
                out,
                "  {}: {}, {}, {}",
                language.lang,
                count(language.articles as usize, "article"),
                count(shards.len() + usize::from(own), "file"),
                size(bytes)
            )?;
        }
        Ok(())
    }

    /// Attaches a file; how many bytes it has.
    fn shard(&mut self, path: &Path, file: FileRef, index: &mut Index) -> Result<u64> {
        let bytes = self.read(path)?;
        let length = bytes.len() as u64;
        index.attach(bytes, file)?;
        Ok(length)
    }

    /// Every file that the loader names.
    fn widget(&mut self, dir: &Path, out: &mut impl Write) -> Result<()> {
        let path = dir.join(LOADER);
        let loader = String::from_utf8_lossy(&self.read(&path)?).into_owned();
        let Some(files) = widget::files_of(&loader) else {
            return self.bad(&path, "does not say which files it fetches", out);
        };
        let names: Vec<&String> =
            [&files.glue, &files.wasm, &files.css].into_iter().chain(files.words.values()).collect();
        for name in &names {
            let path = dir.join(&files.folder).join(name);
            match self.read(&path) {
                Ok(bytes) if !widget::name_fits(name, &bytes) => {
                    self.bad(&path, "damaged: the content does not fit the hash in its name", out)?;
                }
                Ok(_) => {}
                Err(error) => self.bad(&path, &format!("{error:#}"), out)?,
            }
        }
        let words: Vec<&str> = files.words.keys().map(String::as_str).collect();
        writeln!(
            out,
            "{}: widget {}, words in {}, {}",
            path.display(),
            files.version,
            words.join(", "),
            count(names.len() + 1, "file")
        )?;
        Ok(())
    }

    fn read(&mut self, path: &Path) -> Result<std::sync::Arc<[u8]>> {
        if !path.exists() {
            bail!("missing");
        }
        let bytes = read(path).context("cannot be read")?;
        if self.files.insert(path.to_owned()) {
            self.bytes += bytes.len() as u64;
        }
        Ok(bytes)
    }

    fn bad(&mut self, path: &Path, what: &str, out: &mut impl Write) -> Result<()> {
        self.bad += 1;
        writeln!(out, "BAD {}: {what}", path.display())?;
        Ok(())
    }
}
