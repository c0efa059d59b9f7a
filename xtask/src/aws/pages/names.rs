//! What the template calls things.

/// The parameter that says where the API is.
pub(crate) const API_DOMAIN: &str = "ApiDomain";
/// The bucket that the pages' files lie in.
pub(super) const BUCKET: &str = "Bucket";
/// How the CDN shows the bucket who it is.
pub(super) const ACCESS: &str = "Access";
pub(super) const CDN: &str = "Cdn";
/// The function that leads addresses to files.
pub(super) const ADDRESSES: &str = "Addresses";
/// The headers of pages and workers, and those of the files that they load.
pub(super) const PAGE_HEADERS: &str = "PageHeaders";
pub(super) const FILE_HEADERS: &str = "FileHeaders";
