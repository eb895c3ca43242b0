//! The files of the page: named by their content, compressed, and referring to each other by those names.
//!
//! What is served under `/assets/` never changes under its name, so browsers may keep it for ever; `index.html` alone
//! is asked for again. A page, script or style names another file as `{{NAME}}`, which becomes `/assets/NAME-HASH.EXT`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;

const PAGE: &str = "index.html";

/// How hard to compress.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    Quick,
    Thorough,
}

/// The files by their plain names, and where those already published lie.
#[derive(Default)]
pub struct Assets {
    sources: BTreeMap<String, Vec<u8>>,
    /// Plain name to path below `assets/`.
    names: BTreeMap<String, String>,
    /// Path below `assets/` to content.
    files: BTreeMap<String, Vec<u8>>,
}

impl Assets {
    /// A file that the build made.
    pub fn add(&mut self, name: &str, content: Vec<u8>) {
        self.sources.insert(name.to_owned(), content);
    }

    /// The files of the app, which name each other by relative paths: they keep their names, in a folder named by
    /// what is in all of them.
    pub fn add_bound(&mut self, folder: &Path) -> Result<()> {
        let files = files_below(folder)?;
        let content: Vec<u8> =
            files.iter().flat_map(|(path, content)| [path.as_bytes(), content]).flatten().copied().collect();
        let folder = format!("app-{}", short_hash(&content));
        for (path, content) in files {
            let placed = format!("{folder}/{path}");
            self.names.insert(format!("app/{path}"), placed.clone());
            self.files.insert(placed, content);
        }
        Ok(())
    }

    /// All style sheets become one, in the order of their names.
    pub fn add_styles(&mut self, folder: &Path) -> Result<()> {
        let sheets = files_below(folder)?.into_iter().filter(|(path, _)| path.ends_with(".css"));
        let sheet = sheets.flat_map(|(_, content)| content.into_iter().chain(*b"\n")).collect();
        self.sources.insert("style.css".into(), sheet);
        Ok(())
    }

    /// The page and every other file of `public/`.
    pub fn add_public(&mut self, folder: &Path) -> Result<()> {
        for (path, content) in files_below(folder)? {
            if self.sources.insert(path.clone(), content).is_some() {
                bail!("public/{path} has the name of a file made by the build");
            }
        }
        Ok(())
    }

    /// Writes everything to `folder`: new files first and the page last, so that a page served meanwhile always finds
    /// the files it names; then removes what no page names any more.
    pub fn publish(mut self, folder: &Path, effort: Effort) -> Result<()> {
        let plain: Vec<String> = self.sources.keys().filter(|name| *name != PAGE).cloned().collect();
        for name in plain {
            self.place(&name, &mut Vec::new())?;
        }
        let page = self.sources.remove(PAGE).context("there is no public/index.html")?;
        let page = String::from_utf8(self.resolve(PAGE, page, &mut Vec::new())?)?;
        if let Some(name) = references(&page).first() {
            bail!("public/index.html names {{{{{name}}}}}, and there is no such file");
        }
        let page = page + &format!("<!-- {} -->\n", effort.label());
        let folder_is_current = fs::read_to_string(folder.join(PAGE)).is_ok_and(|found| found == page);
        if folder_is_current && self.files.keys().all(|path| folder.join("assets").join(path).exists()) {
            return Ok(());
        }
        process::say("Writing app/dist");
        self.write(folder, effort)?;
        replace(&folder.join(PAGE), page.as_bytes())?;
        self.sweep(&folder.join("assets"))
    }

    /// Gives a file its final name, after the files it refers to have theirs.
    fn place(&mut self, name: &str, path: &mut Vec<String>) -> Result<String> {
        if let Some(placed) = self.names.get(name) {
            return Ok(placed.clone());
        }
        if path.iter().any(|visited| visited == name) {
            bail!("{} refer to each other in a circle", path.join(", "));
        }
        path.push(name.to_owned());
        let content = self.sources.get(name).cloned().with_context(|| format!("there is no file {name}"))?;
        let content = self.resolve(name, content, path)?;
        path.pop();
        let placed = hashed_name(name, &content);
        self.files.insert(placed.clone(), content);
        self.names.insert(name.to_owned(), placed.clone());
        Ok(placed)
    }

    /// Replaces each `{{NAME}}` of a known file; other text in double braces is none of ours.
    fn resolve(&mut self, name: &str, content: Vec<u8>, path: &mut Vec<String>) -> Result<Vec<u8>> {
        let speaks = [".html", ".js", ".css", ".webmanifest"].iter().any(|end| name.ends_with(end));
        if !speaks {
            return Ok(content);
        }
        let mut text = String::from_utf8(content).with_context(|| format!("{name} is not UTF-8"))?;
        for reference in references(&text) {
            let known = self.sources.contains_key(&reference) || self.names.contains_key(&reference);
            if known && reference != PAGE {
                let placed = self.place(&reference, path)?;
                text = text.replace(&format!("{{{{{reference}}}}}"), &format!("/assets/{placed}"));
            }
        }
        Ok(text.into_bytes())
    }

    fn write(&self, folder: &Path, effort: Effort) -> Result<()> {
        let folder_effort = fs::read_to_string(folder.join(PAGE)).unwrap_or_default();
        let same_effort = folder_effort.ends_with(&format!("<!-- {} -->\n", effort.label()));
        for (path, content) in &self.files {
            let file = folder.join("assets").join(path);
            if same_effort && file.exists() {
                continue;
            }
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            // The plain file comes last: where it is, its siblings are.
            if is_worth_compressing(path) {
                replace(&file.with_added_extension("br"), &brotli(content, effort)?)?;
                replace(&file.with_added_extension("gz"), &gzip(content, effort)?)?;
            }
            replace(&file, content)?;
        }
        Ok(())
    }

    fn sweep(&self, folder: &Path) -> Result<()> {
        let compressed = |path: &String| [format!("{path}.br"), format!("{path}.gz")];
        let kept: BTreeSet<String> =
            self.files.keys().cloned().chain(self.files.keys().flat_map(compressed)).collect();
        for path in files_below(folder)?.into_keys().filter(|path| !kept.contains(path)) {
            let file = folder.join(path);
            fs::remove_file(&file)?;
            // Its folder goes with the last file of it.
            if let Some(around) = file.parent().filter(|around| *around != folder) {
                let _holds_others = fs::remove_dir(around);
            }
        }
        Ok(())
    }
}

impl Effort {
    fn label(self) -> &'static str {
        match self {
            Self::Quick => "Built for development",
            Self::Thorough => "Built for distribution",
        }
    }
}

/// `loader.js` with its content becomes `loader-0123456789ab.js`.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let flat = name.replace('/', "-");
    let hash = short_hash(content);
    match flat.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{flat}-{hash}"),
    }
}

fn short_hash(content: &[u8]) -> String {
    blake3::hash(content).to_hex()[..12].to_owned()
}

/// The names in double braces, each once.
fn references(text: &str) -> Vec<String> {
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter))
    };
    let inside = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name);
    inside.filter(is_name).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Every file below a folder, by its path with `/`; none where there is no folder.
fn files_below(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            let below = files_below(&entry.path())?;
            files.extend(below.into_iter().map(|(path, content)| (format!("{name}/{path}"), content)));
        } else if !name.starts_with('.') {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// A reader sees the old file or the new one, never half of it.
fn replace(file: &Path, content: &[u8]) -> Result<()> {
    let part = file.with_added_extension("part");
    fs::write(&part, content).with_context(|| format!("cannot write {}", part.display()))?;
    Ok(fs::rename(part, file)?)
}

fn is_worth_compressing(path: &str) -> bool {
    ["wasm", "js", "css", "svg", "json", "webmanifest"]
        .iter()
        .any(|extension| path.ends_with(&format!(".{extension}")))
}

fn brotli(content: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let quality = match effort {
        Effort::Quick => 4,
        Effort::Thorough => 11,
    };
    let settings = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &settings)?;
    Ok(compressed)
}

fn gzip(content: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = match effort {
        Effort::Quick => flate2::Compression::fast(),
        Effort::Thorough => flate2::Compression::best(),
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(files: &[(&str, &str)]) -> Assets {
        let sources = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        Assets { sources: sources.collect(), ..Assets::default() }
    }

    #[test]
    fn a_name_follows_the_content_of_what_it_refers_to() {
        let name = |icon: &str| {
            let mut assets = assets(&[("loader.js", "load('{{icon.svg}}', {{other}})"), ("icon.svg", icon)]);
            assets.place("loader.js", &mut Vec::new()).unwrap()
        };
        assert!(name("a").starts_with("loader-"));
        assert_ne!(name("a"), name("b"));
    }

    #[test]
    fn a_circle_is_an_error() {
        let mut assets = assets(&[("a.js", "{{b.js}}"), ("b.js", "{{a.js}}")]);
        let error = assets.place("a.js", &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "a.js, b.js refer to each other in a circle");
    }

    #[test]
    fn the_page_must_find_what_it_names() {
        let folder = std::env::temp_dir().join(format!("xtask-assets-{}", std::process::id()));
        let error =
            assets(&[(PAGE, "<link href={{absent.css}}>")]).publish(&folder, Effort::Quick).unwrap_err();
        assert_eq!(error.to_string(), "public/index.html names {{absent.css}}, and there is no such file");
    }

    #[test]
    fn publishing_writes_siblings_and_removes_what_is_old() {
        let folder = std::env::temp_dir().join(format!("xtask-publish-{}", std::process::id()));
        let publish = |style: &str| {
            fs::create_dir_all(folder.join("assets")).unwrap();
            let files = [(PAGE, "<link href=\"{{style.css}}\">\n"), ("style.css", style)];
            assets(&files).publish(&folder, Effort::Quick).unwrap();
            files_below(&folder).unwrap().into_keys().collect::<Vec<_>>()
        };
        let first = publish("a {}");
        let style = format!("assets/style-{}.css", short_hash(b"a {}"));
        assert_eq!(first, [style.clone(), format!("{style}.br"), format!("{style}.gz"), PAGE.into()]);
        let page = fs::read_to_string(folder.join(PAGE)).unwrap();
        assert_eq!(page, format!("<link href=\"/{style}\">\n<!-- Built for development -->\n"));
        let second = publish("b {}");
        assert_eq!(second.len(), 4);
        assert!(!second.contains(&style));
        fs::remove_dir_all(folder).unwrap();
    }
}
