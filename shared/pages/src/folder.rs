//! The pages as a folder, for servers that are not ours.

use std::{fs, io, path::Path};

use crate::{
    Config,
    addresses::{CONFIG, PAGES, Page},
    build_id, embedded,
    list::SERVICE_WORKER,
    policy,
};

/// What leads from the host's name to where the pages begin, where only files are served.
const INDEX: &str = include_str!("../../../frontend/index.html");
/// What a folder's own address leads to.
const INDEX_FILE: &str = "index.html";
/// What a page's markup begins with: after the first of these, it can say more of itself; within the second, too.
const CHARSET: &str = "<meta charset=\"utf-8\">\n";
const ROOT: &str = "<html ";
/// How a page knows that what lies below its address has to be asked for in its query (`frontend/js/router.js`).
const ADDRESSES: &str = "<html data-addresses=\"query\" ";

/// What serves the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// It knows files and nothing else: it sends none of our headers, and finds no page below its address.
    Plain,
    /// It sends the pages' headers, and leads their addresses to their files, as a CDN can be told to.
    Told,
}

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOfFolder {
    /// Where it lies, from the folder.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// The pages and all that they load, with a `config.json` that says this.
///
/// # Errors
/// Where the configuration can't be written as JSON.
pub fn folder(config: Config, server: Server) -> serde_json::Result<Vec<FileOfFolder>> {
    let mut files: Vec<_> = embedded::paths().filter_map(of_program).collect();
    let build = if server == Server::Plain { make_plain(&mut files, &config) } else { embedded::BUILD.to_owned() };
    let config = Config { build: Some(build), ..config };
    let config = serde_json::to_vec_pretty(&config)?;
    files.push(FileOfFolder { path: CONFIG.to_owned(), bytes: config });
    Ok(files)
}

/// Writes the files; what lies there beside them stays.
///
/// # Errors
/// Where one can't be written; the error names it.
pub fn write(files: &[FileOfFolder], folder: &Path) -> io::Result<()> {
    for FileOfFolder { path, bytes } in files {
        let path = folder.join(path);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes)).map_err(named)?;
    }
    Ok(())
}

fn of_program(path: &str) -> Option<FileOfFolder> {
    embedded::find(path).map(|file| FileOfFolder { path: path.to_owned(), bytes: file.bytes.into() })
}

/// Lets the pages say themselves what no header says, and lie where their addresses lead. They are another build then, which is
/// returned.
fn make_plain(files: &mut Vec<FileOfFolder>, config: &Config) -> String {
    let policy = policy::within_page(&config.content_security());
    let said = format!("{CHARSET}<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n");
    let mut pages = Vec::new();
    for Page { address, file } in PAGES {
        let Some(page) = files.iter_mut().find(|one| one.path == file) else { continue };
        let markup = String::from_utf8_lossy(&page.bytes);
        page.bytes = markup.replacen(CHARSET, &said, 1).replacen(ROOT, ADDRESSES, 1).into_bytes();
        let path = format!("{}/{INDEX_FILE}", address.trim_start_matches('/'));
        pages.push(FileOfFolder { path, bytes: page.bytes.clone() });
    }
    let build = build_id::of(files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())));
    if let Some(worker) = files.iter_mut().find(|file| file.path == SERVICE_WORKER) {
        let source = String::from_utf8_lossy(&worker.bytes);
        worker.bytes = source.replace(embedded::BUILD, &build).into_bytes();
    }
    files.extend(pages);
    files.push(FileOfFolder { path: INDEX_FILE.to_owned(), bytes: INDEX.into() });
    build
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const CONFIG_JSON: &str = r#"{
        "api": {"base": ""},
        "operations": {"get-menu": "https://menu.example/"},
        "area": {"name": "Riga", "country": "LV", "centre": {"lat": 56.95, "lon": 24.1}, "radius_m": 5000},
        "payment_methods": [],
        "payments_simulated": true
    }"#;

    fn made(config: &str, server: Server) -> BTreeMap<String, String> {
        let files = folder(Config::parse(config).unwrap(), server).unwrap().into_iter();
        files.map(|file| (file.path, String::from_utf8_lossy(&file.bytes).into_owned())).collect()
    }

    fn build(files: &BTreeMap<String, String>) -> String {
        let build = serde_json::from_str::<Config>(&files[CONFIG]).unwrap().build.unwrap();
        assert!(files[SERVICE_WORKER].contains(&format!("'{build}'")), "the worker is of another build");
        build
    }

    #[test]
    fn pages_say_themselves_what_a_plain_server_does_not() {
        let files = made(CONFIG_JSON, Server::Plain);
        for Page { address, file } in PAGES {
            let page = &files[file];
            assert_eq!(files[&format!("{}/index.html", &address[1..])], *page);
            assert!(page.contains("<html data-addresses=\"query\" lang="), "{page}");
            let before_policy = page.split_once("<meta http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
            let policy = before_policy.1.split_once('"').unwrap().0;
            assert!(!["src=", "href="].iter().any(|loads| before_policy.0.contains(loads)), "{page}");
            assert!(policy.contains("connect-src 'self' https://menu.example;"), "{policy}");
            assert!(!policy.contains("frame-ancestors"), "{policy}");
        }
        assert!(files[INDEX_FILE].contains("/eat"));
        assert!(!files.contains_key("demo.html"));
    }

    #[test]
    fn pages_that_ask_others_are_another_build() {
        let plain = build(&made(CONFIG_JSON, Server::Plain));
        assert_eq!(plain, build(&made(CONFIG_JSON, Server::Plain)));
        assert_ne!(plain, build(&made(&CONFIG_JSON.replace("menu.example", "other.example"), Server::Plain)));
        assert_ne!(plain, build(&made(CONFIG_JSON, Server::Told)));
    }

    #[test]
    fn a_server_that_is_told_gets_the_files_that_programs_serve() {
        let files = made(CONFIG_JSON, Server::Told);
        for (path, text) in &files {
            if path == CONFIG {
                continue;
            }
            assert_eq!(text.as_bytes(), String::from_utf8_lossy(&embedded::find(path).unwrap().bytes).as_bytes());
        }
        assert_eq!(files.len(), embedded::paths().count() + 1, "and the configuration");
        assert_eq!(build(&files), embedded::BUILD);
    }

    #[test]
    fn files_are_written_into_folders_and_what_can_t_be_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let files = folder(Config::parse(CONFIG_JSON).unwrap(), Server::Plain).unwrap();
        let out = directory.path().join("out");
        write(&files, &out).unwrap();
        for file in &files {
            assert_eq!(fs::read(out.join(&file.path)).unwrap(), file.bytes);
        }
        let refused = write(&files, &out.join("config.json")).unwrap_err().to_string();
        assert!(refused.contains("config.json/"), "{refused}");
    }
}
