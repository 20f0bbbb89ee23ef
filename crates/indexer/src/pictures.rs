//! Pictures that articles show: files below the source become assets with a name made of their contents, so that a
//! browser may keep them for ever and two articles share one file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use svar_index::article::Image;

use crate::links::{Page, Place, Site, normalised, scheme, shortened};

/// A picture below the source that an article refers to.
///
/// Pictures of articles for some only lie in the same folder as the others: nobody finds them without knowing their
/// contents' hash, but a server does not ask who reads them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asset {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name below the widget's folder, with its contents in it: `media/router-lights-1a2b3c4d5e6f7a8b.svg`.
    pub name: String,
}

/// Endings that browsers show in `<img>`.
const PICTURES: [&str; 9] = ["avif", "bmp", "gif", "ico", "jpeg", "jpg", "png", "svg", "webp"];
/// 64 bits of the hash: two pictures of a help centre never meet by chance.
const HASH_BYTES: usize = 8;
const STEM_CHARS: usize = 60;

/// The pictures met so far.
#[derive(Debug)]
pub(crate) struct Pictures<'a> {
    source: &'a Path,
    /// Path below the source to the deploy name; `None` where it cannot be read.
    names: BTreeMap<String, Option<String>>,
}

impl<'a> Pictures<'a> {
    pub fn new(source: &'a Path) -> Self {
        Pictures { source, names: BTreeMap::new() }
    }

    /// The picture with its deployed address; or why it is left out.
    pub fn resolve(&mut self, site: &Site, page: &Page<'_>, mut image: Image) -> Result<Image, String> {
        let src = image.src.trim().to_owned();
        match scheme(&src) {
            None | Some("http" | "https") => {}
            Some("data") => {
                return Err(format!("embedded picture left out (data:, {} bytes); keep pictures as files", src.len()));
            }
            Some(other) => return Err(format!("picture left out: {other}: is not allowed")),
        }
        let missing = || Err(format!("picture not found: {}", shortened(&src)));
        if src.is_empty() {
            return missing();
        }
        match site.place(page, &src) {
            Place::Nowhere => missing(),
            Place::Absolute(url) => {
                image.src = url.into();
                Ok(image)
            }
            Place::Below(paths) => {
                if let Some(name) = paths.iter().find_map(|p| self.name(p)) {
                    image.src = name;
                    return Ok(image);
                }
                // Generators keep pictures in a folder of their own that is published at the root.
                let published = src.starts_with('/') || scheme(&src).is_some();
                match site.base_url.as_ref().filter(|_| published).and_then(|b| b.join(&src).ok()) {
                    Some(url) => {
                        image.src = url.into();
                        Ok(image)
                    }
                    None => missing(),
                }
            }
        }
    }

    /// Sorted by name, each name once.
    pub fn assets(self) -> Vec<Asset> {
        let mut by_name = BTreeMap::new();
        for (path, name) in self.names {
            if let Some(name) = name {
                by_name.entry(name).or_insert_with(|| self.source.join(path));
            }
        }
        by_name.into_iter().map(|(name, path)| Asset { path, name }).collect()
    }

    fn name(&mut self, path: &str) -> Option<String> {
        if let Some(name) = self.names.get(path) {
            return name.clone();
        }
        let name = self.read_name(path);
        self.names.insert(path.to_owned(), name.clone());
        name
    }

    fn read_name(&self, path: &str) -> Option<String> {
        // Names from pages never lead out of the source.
        let path = normalised(path).filter(|p| !p.is_empty() && !p.contains(['\\', '\0', ':']))?;
        let file = path.rsplit('/').next().unwrap_or_default();
        let (stem, ending) = file.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        if !PICTURES.contains(&ending.as_str()) {
            return None;
        }
        let full = self.source.join(&path);
        if !full.is_file() {
            return None;
        }
        let hash = Sha256::digest(fs::read(full).ok()?);
        let hash: String = hash.iter().take(HASH_BYTES).map(|b| format!("{b:02x}")).collect();
        Some(format!("media/{}-{hash}.{ending}", plain_stem(stem)))
    }
}

/// Letters, digits and single hyphens, so that any server and any file system can hold the name.
fn plain_stem(stem: &str) -> String {
    let mut out = String::new();
    for c in stem.chars().flat_map(char::to_lowercase).take(STEM_CHARS) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' => out.push('a'),
            'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ø' => out.push('o'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'ü' | 'ú' | 'ù' | 'û' => out.push('u'),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    let out = out.trim_matches('-');
    if out.is_empty() { "image".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_any_server_can_hold() {
        for (stem, expected) in [
            ("Router Lights", "router-lights"),
            ("mätare_2", "matare-2"),
            ("图", "image"),
            ("--a--", "a"),
            ("", "image"),
        ] {
            assert_eq!(plain_stem(stem), expected);
        }
    }

    #[test]
    fn pictures_are_found_hashed_and_shared() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("img")).unwrap();
        for name in ["img/a.png", "img/copy/a.png", "img/b.svg", "secret.txt"] {
            fs::create_dir_all(dir.path().join(name).parent().unwrap()).unwrap();
            fs::write(dir.path().join(name), if name.ends_with("b.svg") { "b" } else { "a" }).unwrap();
        }
        let site = Site::default();
        let page = Page { name: "sv/x.html", target: 0, base_href: None, address: None };
        let mut pictures = Pictures::new(dir.path());
        let mut get =
            |src: &str| pictures.resolve(&site, &page, Image { src: src.into(), ..Image::default() }).map(|i| i.src);
        let hash = "ca978112ca1bbdca";
        assert_eq!(get("../img/a.png"), Ok(format!("media/a-{hash}.png")));
        assert_eq!(get("/img/copy/a.png?v=2"), Ok(format!("media/a-{hash}.png")));
        assert_eq!(get("https://x.se/i.png"), Ok("https://x.se/i.png".into()));
        assert!(get("../img/b.svg").unwrap().starts_with("media/b-"));
        for bad in ["../secret.txt", "../../etc/x.png", "gone.png", "data:image/png;base64,xx", "file:///x.png", ""] {
            assert!(get(bad).is_err(), "{bad}");
        }
        let assets = pictures.assets();
        assert_eq!(assets.len(), 2);
        assert_eq!(assets[0].path, dir.path().join("img/a.png"));
    }
}
