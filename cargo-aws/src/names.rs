//! What tables, topic, queues and functions are called.

use app::Table;

/// What the names of everything begin with that `cargo aws up` makes, and that `local.env` names.
pub const PREFIX: &str = "tiffin";
/// What every variable of ours begins with.
const OURS: &str = "TIFFIN_";

/// A table: `tiffin-orders`.
pub fn table(prefix: &str, table: Table) -> String {
    format!("{prefix}-{}", table.name)
}

/// The topic: `tiffin-events`.
pub fn topic(prefix: &str) -> String {
    format!("{prefix}-events")
}

/// The queue of a consumer: `tiffin-notify`.
pub fn queue(prefix: &str, consumer: &str) -> String {
    format!("{prefix}-{consumer}")
}

/// The queue of its dead letters: `tiffin-notify-dead`.
pub fn dead_letters(prefix: &str, consumer: &str) -> String {
    format!("{prefix}-{consumer}-dead")
}

/// What a template calls a function, or the parameter for a variable: `place-order` is `PlaceOrder`, and `TIFFIN_QUOTE_KEY`
/// is `QuoteKey`.
pub fn logical_id(name: &str) -> String {
    let words = name.strip_prefix(OURS).unwrap_or(name).split(['-', '_']);
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters.map(|letter| letter.to_ascii_lowercase())).collect::<String>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logical_id_is_made_of_words() {
        assert_eq!(logical_id("place-order"), "PlaceOrder");
        assert_eq!(logical_id("TIFFIN_ACCESS_TOKEN_KEY"), "AccessTokenKey");
    }
}
