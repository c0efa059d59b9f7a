//! Where the pages are.

/// A page: the address at which it begins and below which all is its own, and its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub address: &'static str,
    pub file: &'static str,
}

/// The pages that every host has.
pub const PAGES: [Page; 3] = [
    Page { address: "/eat", file: "eat.html" },
    Page { address: "/kitchen", file: "kitchen.html" },
    Page { address: "/ride", file: "ride.html" },
];
/// The page that is there in a demo city only.
pub const THEATRE: Page = Page { address: "/demo", file: "demo.html" };
/// Where somebody goes who only knows the host's name.
pub const HOME: Page = PAGES[0];
/// The file that tells the pages where they are.
pub const CONFIG: &str = "config.json";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list;

    #[test]
    fn every_entry_has_its_address() {
        let mut files = PAGES.iter().chain([&THEATRE]).map(|page| page.file).collect::<Vec<_>>();
        files.sort_unstable();
        assert_eq!(files, list::ENTRIES);
    }
}
