//! Which files the service worker keeps, for the build script.

use crate::list::{ENTRIES, ending};

/// Whether a page needs the file to show itself where nothing answers: the service worker keeps these. The theatre is left
/// out, since it is nothing without its process.
pub fn is_needed(path: &str) -> bool {
    let is_of_others = path.starts_with("js/demo/") || ["css/demo.css", "css/docs.css", "demo.html"].contains(&path);
    let is_of_pages = match path.split_once('/') {
        Some(("css" | "i18n" | "js", _)) => true,
        Some(("img", _)) => ending(path) == "svg",
        Some(("vendor", _)) => ending(path) == "js",
        _ => ENTRIES.contains(&path),
    };
    is_of_pages && !is_of_others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_is_what_pages_cannot_be_shown_without() {
        for path in ["eat.html", "js/api.js", "js/ride/main.js", "css/kit.css", "i18n/lv.json", "vendor/ui.js"] {
            assert!(is_needed(path), "{path}");
        }
        for path in [
            "demo.html",
            "js/demo/main.js",
            "css/demo.css",
            "css/docs.css",
            "sw.js",
            "vendor/LICENSES",
            "img/food/a.webp",
        ] {
            assert!(!is_needed(path), "{path}");
        }
    }
}
