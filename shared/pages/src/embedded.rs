//! The files that the program holds, as the build script made them.

use axum::body::Bytes;

use crate::{
    addresses::THEATRE,
    file::{File, Keep, content_type},
};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A file as the build script embeds it.
struct Embedded {
    path: &'static str,
    hash: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// The paths of those that are served where there is no demo city, sorted.
pub fn paths() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|file| file.path).filter(|path| *path != THEATRE.file)
}

/// The file of this path.
pub(crate) fn find(path: &str) -> Option<File> {
    let index = EMBEDDED.binary_search_by_key(&path, |file| file.path).ok()?;
    let Embedded { path, hash, bytes, brotli, gzip } = EMBEDDED[index];
    Some(File {
        content_type: content_type(path),
        keep: Keep::of(path),
        hash: hash.into(),
        bytes: Bytes::from_static(bytes),
        brotli: brotli.map(Bytes::from_static),
        gzip: gzip.map(Bytes::from_static),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list;

    #[test]
    fn every_file_is_found_by_its_path() {
        assert!(EMBEDDED.is_sorted_by_key(|file| file.path));
        for embedded in EMBEDDED {
            let file = find(embedded.path).unwrap();
            assert_eq!(file.bytes, embedded.bytes);
            assert_eq!(file.hash, embedded.hash);
        }
        assert!(find("js/none.js").is_none());
    }

    #[test]
    fn pages_scripts_and_styles_are_compressed_twice_and_pictures_never() {
        let mut seen = 0;
        for Embedded { path, bytes, brotli, gzip, .. } in EMBEDDED {
            let is_picture = Keep::of(path) == Keep::ADay;
            assert!(!is_picture || (brotli.is_none() && gzip.is_none()), "{path}");
            if bytes.len() > 1000 && !is_picture {
                let brotli = brotli.unwrap().len();
                let gzip = gzip.unwrap().len();
                assert!(brotli < gzip && gzip < bytes.len(), "{path}: {brotli}, {gzip}, {}", bytes.len());
                seen += 1;
            }
        }
        assert!(seen > 0);
    }

    #[test]
    fn our_scripts_and_style_sheets_are_understood_and_lose_their_comments() {
        let ours = EMBEDDED.iter().filter(|file| ["css", "js"].contains(&list::ending(file.path)));
        for Embedded { path, bytes, .. } in ours.filter(|file| !file.path.starts_with("vendor/")) {
            let mut lines = std::str::from_utf8(bytes).unwrap().lines();
            assert_eq!(lines.find(|line| line.starts_with("/*") || line.starts_with("// ")), None, "{path}");
        }
    }

    #[test]
    fn the_service_worker_knows_its_build_and_only_files_that_are_there() {
        let worker = find(list::SERVICE_WORKER).unwrap();
        let text = std::str::from_utf8(&worker.bytes).unwrap();
        assert!(text.contains(&format!("'{BUILD}'")) && !text.contains("__BUILD__") && !text.contains("__FILES__"));
        let (_, rest) = text.split_once("JSON.parse('").unwrap();
        let files: Vec<String> = serde_json::from_str(rest.split_once('\'').unwrap().0).unwrap();
        for path in files {
            assert!(find(path.strip_prefix('/').unwrap()).is_some(), "{path}");
        }
    }
}
