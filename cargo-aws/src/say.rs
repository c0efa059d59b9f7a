//! Lines for whoever started this.

/// Prints a line.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub fn say(words: &str) {
    println!("{words}");
}
