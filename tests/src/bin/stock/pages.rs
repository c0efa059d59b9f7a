//! The pages as plain files, from a server that is not ours, against functions across origins: one order in a real Chromium.

use cargo_aws::{
    say,
    tool::{root, with_tools},
};

/// Where the pages and their scenarios are.
const FOLDER: &str = "frontend";

/// Plays it, told by this variable where the functions are; without Chromium it says that it is skipped.
pub(crate) async fn play((variable, value): (&str, &str)) {
    let folder = root().join(FOLDER);
    let is_installed = folder.join("node_modules").is_dir();
    if !is_installed || !cargo_aws::install::is_there("chromium") {
        return say("SKIPPED: the pages in a browser, which need Chromium, and `npm ci` in frontend/");
    }
    let mut npm = with_tools("npm").expect("a path");
    npm.args(["run", "--silent", "test:functions"]).env(variable, value).current_dir(folder);
    let status = npm.status().await.expect("it can be started");
    assert!(status.success(), "the pages don't work across origins, with {variable}={value}");
}
