//! `svar build`: a folder of articles to a folder to deploy.
//!
//! ```text
//! DIR/svar.js                   the loader that the script tag names
//! DIR/svar/widget-HASH.{js,wasm,css}, words/LANG-HASH.txt
//! DIR/svar/index/               the index of what everyone may read
//! DIR/svar/index/AUDIENCE/      an index for each other audience
//! DIR/svar/help/LANG.html       the articles as plain pages, of a large help centre with LANG-1.html and so on
//! DIR/svar/media/               pictures
//! DIR/index.html                a page for trying the widget; not for deployment
//! ```
//!
//! All of it is written beside DIR as it comes, and takes DIR's place at the end. Little is in memory at a time.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use svar_index::{Policy, Scratch, Storage, Synonyms};
use svar_indexer::{
    Articles, Collected, Deployment, SourceOptions, TemporaryFile, collect_telling, compress, plain_pages,
};
use svar_search::prepare;

use super::{count, size};
use crate::folder::{BELOW_DEPLOYED, is_audience_name};
use crate::progress::Progress;
use crate::synonyms::Leads;
use crate::try_page::OWN_COLLECTOR;
use crate::widget::{FOLDER, LOADER, ScriptTag, Widget};
use crate::{notes, try_page};

/// The arguments.
#[derive(clap::Args)]
pub struct Options {
    /// Folder of help articles: HTML pages, Markdown, or both
    source: PathBuf,
    /// Folder to write. What svar wrote there before is replaced as a whole, in one step
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What on a page is the article, for pages without a main element: a CSS selector, such as `#content .article`
    #[arg(long, value_name = "SELECTOR")]
    content_selector: Option<String>,
    /// Language of articles that do not state theirs: sv, en, pt-BR
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Where the source is published; articles then link to their own pages
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Words of customers that mean what articles say, in lines such as `bill, invoice` and `cell => mobile phone`;
    /// otherwise the file synonyms.txt in SOURCE, if there is one
    #[arg(long, value_name = "FILE")]
    synonyms: Option<PathBuf>,
    /// Where customers reach a person: a mailto:, tel: or https: address. For the script tag
    #[arg(long, value_name = "ADDRESS", value_parser = contact)]
    contact: Option<String>,
    /// Where outcomes are sent, such as /svar/v1/attempts; without it none leave the browser. For the script tag
    #[arg(long, value_name = "URL", value_parser = collector)]
    collector: Option<String>,
    /// A built widget instead of the one inside this command
    #[arg(long, value_name = "FOLDER")]
    widget: Option<PathBuf>,
    /// Write compressed copies, .br and .gz, beside the files, for servers that hand them out. Copies of files that did not
    /// change are taken over from the folder that is replaced
    #[arg(long)]
    compress: bool,
    /// No notes on the source and no summary
    #[arg(long, short)]
    quiet: bool,
    /// What was built as JSON on stdout, with every note, instead of the script tag
    #[arg(long)]
    json: bool,
}

fn contact(given: &str) -> Result<String, String> {
    let known = ["mailto:", "tel:", "http://", "https://"];
    let fits =
        known.iter().any(|k| given.get(..k.len()).is_some_and(|g| g.eq_ignore_ascii_case(k)) && given.len() > k.len());
    if fits {
        return Ok(given.to_owned());
    }
    let hint =
        if given.contains('@') && !given.contains(':') { format!("; write mailto:{given}") } else { String::new() };
    Err(format!("expected an address that begins with mailto:, tel:, https:// or http://{hint}"))
}

fn collector(given: &str) -> Result<String, String> {
    let scheme =
        given.split(['/', '?', '#']).next().unwrap_or_default().split_once(':').map(|(s, _)| s.to_ascii_lowercase());
    match scheme.as_deref() {
        None if !given.is_empty() => Ok(given.to_owned()),
        Some("http" | "https") => Ok(given.to_owned()),
        _ => Err("expected an http or https address, or a path such as /svar/v1/attempts".into()),
    }
}

/// Runs the command.
pub fn run(options: &Options) -> Result<()> {
    let began = Instant::now();
    // What is wrong with the folders or the widget should not be found out after minutes of reading.
    check_folders(&options.source, &options.out)?;
    let widget = Widget::open(options.widget.as_deref())?;
    try_page::check(&options.out)?;
    let mut deployment = Deployment::begin(&options.out, &[LOADER, FOLDER.trim_end_matches('/'), try_page::NAME])?;
    let temporary = temporary_folder(&deployment);
    let reading = Progress::of("reading", options.quiet);
    let mut collected = collect_telling(
        &options.source,
        &SourceOptions {
            content_selector: options.content_selector.clone(),
            default_lang: options.lang.clone(),
            base_url: options.base_url.clone(),
            synonyms: options.synonyms.clone(),
            temporary: Some(temporary.clone()),
        },
        &|done, total| reading.tell(done, total),
    )?;
    drop(reading);
    let help = collected.articles.of("").languages();
    for file in widget.deployed(help.into_iter().map(str::to_owned).collect())? {
        deployment.put(&file.name, &file.bytes)?;
    }
    let synonyms = collected.synonyms.as_ref().map(|file| file.synonyms()).unwrap_or_default();
    let mut leads = Leads::new(&synonyms);
    let folder = IndexFolder { deployment: &mut deployment, folder: String::new(), temporary };
    let (articles, audiences) = index(&collected.articles, &synonyms, &mut leads, folder, options.quiet)?;
    let used = collected.synonyms.as_ref().map(|file| BuiltSynonyms {
        file: file.name().to_owned(),
        lines: file.lines(),
        used: file.leading(leads.all()),
    });
    collected.add_notes(collected.synonyms.as_ref().map(|file| file.nowhere(leads.all())).unwrap_or_default());
    plain_pages(&collected.articles, &mut deployment)?;
    let tag = ScriptTag { contact: options.contact.as_deref(), collector: options.collector.as_deref() };
    let try_page = !try_page::is_portal(&options.source);
    if try_page {
        deployment.put(try_page::NAME, page(&collected.articles, &tag).as_bytes())?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let compressed = if options.compress { Some(add_copies(&mut deployment, options)?) } else { None };
    collected.assets.iter().try_for_each(|asset| deployment.put_asset(asset))?;
    let files = deployment.files().map(|(name, bytes)| BuiltFile { name: name.to_owned(), bytes }).collect();
    deployment.finish()?;

    let built = Built {
        articles,
        audiences,
        notes: collected
            .notes
            .iter()
            .map(|n| BuiltNote { file: &n.file, kind: notes::word(n.kind), reason: &n.reason })
            .collect(),
        files_seen: collected.files_seen,
        synonyms: used,
        files,
        script_tag: tag.to_string(),
        compressed,
        seconds,
    };
    if !options.quiet {
        tell(&built, &collected, options, try_page);
    }
    let mut out = io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut out, &built).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", built.script_tag)?;
    }
    Ok(out.flush()?)
}

/// Adds compressed copies of what was written.
fn add_copies(deployment: &mut Deployment, options: &Options) -> Result<BuiltCompressed> {
    let began = Instant::now();
    let progress = Progress::of("compressing", options.quiet);
    let copies = compress(deployment, &|done, total| progress.tell(done, total)).context("compressing the files")?;
    drop(progress);
    let [brotli, gzip] = copies.bytes.map(|(before, after)| BuiltCopies { before, after });
    let seconds = began.elapsed().as_secs_f64();
    Ok(BuiltCompressed { brotli, gzip, copies: copies.count, taken_over: copies.reused, seconds })
}

/// Where temporary files lie: in the folder that TMPDIR names, else beside the folder to write, whose disk has to have room
/// anyway. The system's own is memory on many machines.
fn temporary_folder(deployment: &Deployment) -> PathBuf {
    match std::env::var_os("TMPDIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => folder.into(),
        None => deployment.parent().to_owned(),
    }
}

/// The folder written is replaced as a whole: the source must not be in it.
fn check_folders(source: &Path, out: &Path) -> Result<()> {
    if let (Ok(source_real), Ok(out_real)) = (source.canonicalize(), out.canonicalize())
        && source_real.starts_with(&out_real)
    {
        bail!(
            "the source {} lies in {}, which would be replaced; choose another folder with --out",
            source.display(),
            out.display()
        );
    }
    Ok(())
}

/// The index folder of an audience in the folder to deploy.
struct IndexFolder<'a> {
    deployment: &'a mut Deployment,
    folder: String,
    temporary: PathBuf,
}

impl Storage for IndexFolder<'_> {
    fn put(&mut self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        self.deployment.put(&format!("{}/{name}", self.folder), &bytes).map_err(io::Error::other)
    }

    fn get(&mut self, name: &str) -> io::Result<Vec<u8>> {
        self.deployment.read(&format!("{}/{name}", self.folder)).map_err(io::Error::other)
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(TemporaryFile::new(&self.temporary)?))
    }
}

/// Writes an index for each audience and adds what it does with the synonyms to `leads`; says how many articles are in
/// which.
fn index(
    articles: &Articles,
    synonyms: &Synonyms,
    leads: &mut Leads<'_>,
    mut folder: IndexFolder<'_>,
    quiet: bool,
) -> Result<(Vec<Count>, Vec<String>)> {
    // Everyone's is written even where it is empty: the widget asks for it.
    let audiences: BTreeSet<&str> = std::iter::once("").chain(articles.keys().map(|key| key.audience)).collect();
    let mut counts = Vec::new();
    for audience in &audiences {
        let articles = articles.of(audience);
        folder.folder = match *audience {
            "" => BELOW_DEPLOYED.to_owned(),
            name if is_audience_name(name) => format!("{BELOW_DEPLOYED}/{name}"),
            name => bail!(
                "expected an audience that can name a folder, made of a-z, 0-9, - and _, found `{name}` (article {}); change it in the front matter or in _svar.yaml",
                articles.keys().next().map_or("", |key| key.id)
            ),
        };
        let whom = if audience.is_empty() { "everyone" } else { audience };
        let failed = || format!("the index for {whom}");
        let indexing = Progress::of("indexing", quiet);
        let tell = |done, total| indexing.tell(done, total);
        svar_index::write_to(&mut folder, &articles, synonyms, &Policy::default(), &prepare, &tell)
            .with_context(failed)?;
        drop(indexing);
        leads.add_audience(|name| Ok(folder.get(name)?.into())).with_context(failed)?;
        counts.extend(articles.languages().into_iter().map(|lang| Count {
            audience: (*audience).to_owned(),
            lang: lang.to_owned(),
            articles: articles.in_language(lang).len(),
        }));
    }
    Ok((counts, audiences.into_iter().map(str::to_owned).collect()))
}

fn page(articles: &Articles, tag: &ScriptTag<'_>) -> String {
    let helps: Vec<&str> = articles.of("").languages().into_iter().collect();
    let any = articles.keys().map(|key| key.lang).min();
    let lang = helps.first().copied().or(any).unwrap_or("en");
    try_page::page(lang, &helps, tag)
}

/// What `--json` prints.
#[derive(Serialize)]
struct Built<'a> {
    articles: Vec<Count>,
    /// All of them; everyone is "".
    audiences: Vec<String>,
    notes: Vec<BuiltNote<'a>>,
    /// Files with an article's ending.
    files_seen: usize,
    /// Null without a file of synonyms.
    synonyms: Option<BuiltSynonyms>,
    files: Vec<BuiltFile>,
    script_tag: String,
    /// Null without `--compress`.
    compressed: Option<BuiltCompressed>,
    /// To here from the start, compressing and waiting for the disk apart.
    seconds: f64,
}

#[derive(Serialize)]
struct BuiltCompressed {
    brotli: BuiltCopies,
    gzip: BuiltCopies,
    copies: usize,
    /// Of files that did not change since the build before.
    taken_over: usize,
    seconds: f64,
}

/// Bytes of the files that have a copy, and of the copies.
#[derive(Serialize)]
struct BuiltCopies {
    before: u64,
    after: u64,
}

#[derive(Serialize)]
struct Count {
    /// Empty: everyone.
    audience: String,
    lang: String,
    articles: usize,
}

#[derive(Serialize)]
struct BuiltSynonyms {
    file: String,
    /// Those that were understood.
    lines: usize,
    /// Those that lead to an article.
    used: usize,
}

#[derive(Serialize)]
struct BuiltNote<'a> {
    file: &'a str,
    /// `skipped` or `mended`.
    kind: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
struct BuiltFile {
    name: String,
    bytes: u64,
}

/// Notes, the summary and what to do next, for a person.
fn tell(built: &Built<'_>, collected: &Collected, options: &Options, try_page: bool) {
    for line in notes::lines(&collected.notes) {
        eprintln!("{line}");
    }
    let skipped = built.notes.iter().filter(|n| n.kind == "skipped").count();
    let bytes: u64 = built.files.iter().map(|f| f.bytes).sum();
    for audience in &built.audiences {
        let counts: Vec<String> = built
            .articles
            .iter()
            .filter(|c| c.audience == *audience)
            .map(|c| format!("{} {}", c.lang, c.articles))
            .collect();
        let whom = if audience.is_empty() { "everyone" } else { audience };
        eprintln!("articles for {whom}: {}", if counts.is_empty() { "none".into() } else { counts.join(", ") });
    }
    eprintln!(
        "read {}, {} articles, {} ({skipped} skipped)",
        count(built.files_seen, "page"),
        collected.articles.len(),
        count(built.notes.len(), "note")
    );
    if let Some(BuiltSynonyms { file, lines, used }) = &built.synonyms {
        eprintln!("synonyms: {used} of {} in {file} used", count(*lines, "line"));
    }
    eprintln!("wrote {}, {}, to {}", count(built.files.len(), "file"), size(bytes), options.out.display());
    eprintln!("took {:.2} s, {:.0} pages/s", built.seconds, built.files_seen as f64 / built.seconds.max(1e-3));
    if let Some(made) = &built.compressed {
        eprintln!(
            "compressed {} to {} (brotli), {} to {} (gzip) in {:.1} s; {} of {} copies taken over",
            size(made.brotli.before),
            size(made.brotli.after),
            size(made.gzip.before),
            size(made.gzip.after),
            made.seconds,
            made.taken_over,
            made.copies
        );
    }
    if options.collector.as_ref().is_some_and(|c| !c.ends_with(OWN_COLLECTOR)) {
        eprintln!("note: svar serve takes outcomes at {OWN_COLLECTOR}; --collector names another address");
    }
    if try_page {
        eprintln!("\nTo try it: svar serve --site {} --store sqlite:svar.sqlite", options.out.display());
    }
    eprintln!(
        "\nTo deploy it: copy svar.js and svar/ to your web server and put this tag on your pages, with the address of svar.js"
    );
    if options.json {
        eprintln!("{}", built.script_tag);
    }
    let more = [
        (options.contact.is_none(), "data-contact    where a person is reached (--contact mailto:help@example.com)"),
        (
            options.collector.is_none(),
            "data-collector  where outcomes go, else nowhere (--collector /svar/v1/attempts for svar serve)",
        ),
        (
            true,
            "data-lang, data-label, data-audience, data-privacy (full, no_text, counts, off), data-variant, data-internal",
        ),
    ];
    eprintln!("It also takes");
    more.iter().filter(|(unset, _)| *unset).for_each(|(_, what)| eprintln!("  {what}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_lead_to_a_person() {
        for good in ["mailto:a@b.se", "tel:+46", "https://a.se", "HTTP://a.se"] {
            assert!(contact(good).is_ok(), "{good}");
        }
        for bad in ["", "mailto:", "javascript:alert(1)", "/contact", "å", "a@b.se"] {
            assert!(contact(bad).is_err(), "{bad}");
        }
        assert!(contact("a@b.se").unwrap_err().ends_with("; write mailto:a@b.se"));
    }

    #[test]
    fn collectors_are_addresses_or_paths() {
        for good in ["/svar/v1/attempts", "https://a.se/svar/v1/attempts", "//a.se/x", "x?a=b:c"] {
            assert!(collector(good).is_ok(), "{good}");
        }
        for bad in ["", "javascript:alert(1)", "ftp://a.se"] {
            assert!(collector(bad).is_err(), "{bad}");
        }
    }
}
