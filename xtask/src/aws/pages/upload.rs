//! How the pages' files are put into their bucket: a command for each kind of file, for docs/aws.md.

use std::collections::BTreeMap;

use pages::{Keep, addresses::CONFIG, content_type, list::ending};

/// The ending of what is uploaded after all that it loads.
const PAGE: &str = "*.html";

/// Lines of a shell in which `upload` takes patterns and metadata. What leads to other files comes last.
pub(crate) fn commands() -> String {
    let mut kinds: BTreeMap<(bool, &str, &str), Vec<String>> = BTreeMap::new();
    for path in pages::paths() {
        // What has no ending has no kind that a pattern could tell.
        let pattern = match ending(path) {
            "" => path.to_owned(),
            ending => format!("*.{ending}"),
        };
        let patterns = kinds.entry((pattern == PAGE, content_type(path), cache_control(path))).or_default();
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    let lines = kinds.into_iter().map(|((_, kind, keep), patterns)| line(&patterns, kind, keep));
    lines.chain([line(&[CONFIG.to_owned()], content_type(CONFIG), cache_control(CONFIG))]).collect()
}

fn cache_control(path: &str) -> &'static str {
    Keep::of(path).cache_control()
}

fn line(patterns: &[String], kind: &str, keep: &str) -> String {
    let patterns: String = patterns.iter().map(|pattern| format!("--include '{pattern}' ")).collect();
    // Of the same kind as others, and the last of all.
    let without = if patterns.contains("*.json") { format!("--exclude {CONFIG} ") } else { String::new() };
    format!("upload {patterns}{without}--content-type '{kind}' --cache-control '{keep}'\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_uploaded_once_as_the_local_process_sends_it() {
        let commands = commands();
        for path in pages::paths().chain([CONFIG]) {
            let name = path.rsplit_once('.').map_or_else(|| path.to_owned(), |(_, ending)| format!("*.{ending}"));
            let name = if path == CONFIG { CONFIG.to_owned() } else { name };
            let lines: Vec<&str> =
                commands.lines().filter(|line| line.contains(&format!("--include '{name}'"))).collect();
            let sent = format!("--content-type '{}' --cache-control '{}'", content_type(path), cache_control(path));
            assert!(matches!(lines[..], [line] if line.ends_with(&sent)), "{path}: {lines:?}");
        }
    }

    #[test]
    fn pages_come_after_what_they_load_and_the_configuration_last() {
        let commands = commands();
        let mut last = commands.lines().rev();
        assert!(last.next().is_some_and(|line| line.starts_with("upload --include 'config.json' ")), "{commands}");
        assert!(last.next().is_some_and(|line| line.starts_with("upload --include '*.html' ")), "{commands}");
    }
}
