//! `sam build` after a change of a line in another package: the program has it.

use std::{fs, path::PathBuf, time::Instant};

use cargo_aws::{
    say,
    tool::{root, succeed, tool},
};

/// The function that is built, and where.
const FUNCTION: &str = "PlaceOrder";
const FOLDER: &str = ".aws-sam/rebuilt";
/// What it says in a file of another package, and what it is made to say there.
const FILE: &str = "functions/orders/src/place_order.rs";
const SAID: &str = "The quote was not made here";
const SAYS: &str = "The quote was made elsewhere";

pub(crate) async fn run() {
    let source = Source::of(FILE);
    let begun = Instant::now();
    build().await;
    say(&format!("`sam build {FUNCTION}` of what is built took {:.1} s.", begun.elapsed().as_secs_f64()));
    assert!(says(SAID) && !says(SAYS), "the program does not say what {FILE} does");
    source.change(SAID, SAYS);
    let begun = Instant::now();
    build().await;
    say(&format!("After a change of a line in {FILE} it took {:.1} s.", begun.elapsed().as_secs_f64()));
    assert!(says(SAYS) && !says(SAID), "`sam build` missed a change in {FILE}");
    say("The program has the change.");
}

/// A file that is as it was once this is gone.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn of(path: &str) -> Self {
        let path = root().join(path);
        let text = fs::read_to_string(&path).expect("it can be read");
        Self { path, text }
    }

    fn change(&self, from: &str, to: &str) {
        assert!(self.text.contains(from), "{} has no {from}", self.path.display());
        fs::write(&self.path, self.text.replacen(from, to, 1)).expect("it can be written");
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        fs::write(&self.path, &self.text).expect("it can be written");
    }
}

async fn build() {
    let mut sam = tool("sam").expect("it is installed");
    sam.args(["build", FUNCTION, "--build-dir", FOLDER]);
    succeed(sam).await.expect("it builds");
}

fn says(words: &str) -> bool {
    let program = root().join(FOLDER).join(FUNCTION).join("bootstrap");
    let program = fs::read(program).expect("it is built");
    program.windows(words.len()).any(|window| window == words.as_bytes())
}
