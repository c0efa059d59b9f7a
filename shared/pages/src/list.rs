//! What is served of `frontend/`: the build script embeds by this list, and a directory is read by it.

/// The pages. Each is a file, and the address without its ending.
pub const ENTRIES: [&str; 4] = ["demo.html", "eat.html", "kitchen.html", "ride.html"];
/// The other files at the top.
pub const FILES: [&str; 3] = ["NOTICE", "favicon.svg", SERVICE_WORKER];
/// The service worker, whose placeholders are filled in.
pub const SERVICE_WORKER: &str = "sw.js";

/// The folders with the endings that files in them may have; none is that of licences.
pub const FOLDERS: [(&str, &[&str]); 5] = [
    ("css", &["css"]),
    ("i18n", &["json"]),
    ("img", &["avif", "jpg", "png", "svg", "webp"]),
    ("js", &["js"]),
    ("vendor", &["", "js", "lock", "txt"]),
];
/// Folders that nothing is served from, at any depth.
const NEVER: [&str; 3] = ["node_modules", "tests", "types"];

/// Whether the file of this path, relative to `frontend/`, is served.
pub fn is_served(path: &str) -> bool {
    if ENTRIES.contains(&path) || FILES.contains(&path) {
        return true;
    }
    let Some((folder, below)) = path.split_once('/') else { return false };
    let Some((_, endings)) = FOLDERS.iter().find(|(name, _)| *name == folder) else { return false };
    below.split('/').all(is_plain) && endings.contains(&ending(path))
}

/// Whether a segment of a path is a plain name: no dot file, nothing that has to be encoded, no folder of the tools'.
fn is_plain(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(plain) && !NEVER.contains(&segment)
}

/// The ending of a file's name; empty where it has none.
pub fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_what_they_load_are_served() {
        for path in [
            "eat.html",
            "sw.js",
            "NOTICE",
            "js/eat/main.js",
            "js/api.js",
            "css/kit.css",
            "img/food/pizza-2.webp",
            "img/icons.svg",
            "i18n/ar.json",
            "vendor/ui.js",
            "vendor/LICENSES",
            "vendor/vendor.lock",
        ] {
            assert!(is_served(path), "{path}");
        }
    }

    #[test]
    fn tools_types_tests_and_whatever_else_lies_there_are_not() {
        for path in [
            "",
            "js",
            "js/",
            "/eat.html",
            "ops.html",
            "index.html",
            "config.json",
            "package.json",
            "package-lock.json",
            "tsconfig.json",
            ".npmrc",
            "node_modules/preact/dist/preact.js",
            "js/node_modules/x.js",
            "types/api.d.ts",
            "js/types/api.js",
            "tests/walk.js",
            "js/tests/router.js",
            "tools/vendor.mjs",
            "js/.hidden.js",
            "js/.git/x.js",
            "js/../package.js",
            "js/..",
            "js//api.js",
            "js/api.ts",
            "js/api.js.map",
            "js/api js.js",
            "js/%61pi.js",
            "js\\api.js",
            "js/a\0.js",
            "vendor/ui.d.ts",
            "vendor/package.json",
            "i18n/en.js",
        ] {
            assert!(!is_served(path), "{path}");
        }
    }
}
