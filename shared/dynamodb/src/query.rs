//! Queries: a range of sort keys as the one key condition that `DynamoDB` takes.

use app::{MAX_PAGE, Query, QueryPage, StoreError};
use aws_sdk_dynamodb::operation::query::{QueryOutput, builders::QueryFluentBuilder};

use crate::attributes::{Attributes, PK, SK, index_pk, index_sk, text, to_item};

/// The most items that BETWEEN gives and that are not in the range: its two ends.
const ENDS: usize = 2;

/// The range of sort keys that a query is about, its position counted in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bounds {
    low: Option<String>,
    /// Whether `low` itself is in it.
    low_included: bool,
    /// Never in it.
    high: Option<String>,
}

impl Bounds {
    fn of(query: &Query) -> Self {
        let mut low = query.range.from.clone();
        let mut low_included = true;
        let mut high = query.range.to.clone();
        match &query.after {
            Some(after) if query.descending && high.as_ref().is_none_or(|high| after < high) => {
                high = Some(after.clone());
            }
            Some(after) if !query.descending && low.as_ref().is_none_or(|low| after >= low) => {
                low = Some(after.clone());
                low_included = false;
            }
            _ => {}
        }
        // No sort key is empty, so that this is no bound; and DynamoDB takes no empty one.
        Self { low: low.filter(|low| !low.is_empty()), low_included, high }
    }

    fn are_empty(&self) -> bool {
        match (&self.low, &self.high) {
            (_, None) => false,
            (None, Some(high)) => high.is_empty(),
            (Some(low), Some(high)) => low >= high,
        }
    }

    fn hold(&self, sort_key: &str) -> bool {
        self.high.as_deref() != Some(sort_key) && (self.low_included || self.low.as_deref() != Some(sort_key))
    }

    /// As the end of a key condition, with its values.
    fn condition(self) -> (&'static str, Vec<(&'static str, String)>) {
        match (self.low, self.high) {
            (None, None) => ("", Vec::new()),
            (Some(low), None) if self.low_included => (" AND #s >= :low", vec![(":low", low)]),
            (Some(low), None) => (" AND #s > :low", vec![(":low", low)]),
            (None, Some(high)) => (" AND #s < :high", vec![(":high", high)]),
            // Both ends are in it; where they should not be, they are left out of the page.
            (Some(low), Some(high)) => (" AND #s BETWEEN :low AND :high", vec![(":low", low), (":high", high)]),
        }
    }
}

/// Completes a request for a page; `None` where nothing can be in it.
pub(crate) fn request(request: QueryFluentBuilder, query: &Query) -> Option<QueryFluentBuilder> {
    let bounds = Bounds::of(query);
    if bounds.are_empty() || query.pk.is_empty() {
        return None;
    }
    // One more than a page shows whether there is another: DynamoDB itself gives a position after a last page that is full.
    let limit = limit(query) + 1 + if bounds.low.is_some() && bounds.high.is_some() { ENDS } else { 0 };
    let (pk, sk) = attributes(query);
    let (range, ends) = bounds.condition();
    let names = [("#p", pk), ("#s", sk)].into_iter().take(if range.is_empty() { 1 } else { 2 });
    let values = ends.into_iter().chain([(":p", query.pk.clone())]);
    let request = request
        .set_index_name(query.index.map(|index| index.0.to_owned()))
        .key_condition_expression(format!("#p = :p{range}"))
        .set_expression_attribute_names(Some(names.map(|(short, name)| (short.to_owned(), name)).collect()))
        .set_expression_attribute_values(Some(values.map(|(name, value)| (name.to_owned(), text(value))).collect()))
        .scan_index_forward(!query.descending)
        .consistent_read(query.index.is_none());
    Some(request.limit(i32::try_from(limit).unwrap_or(i32::MAX)))
}

/// Reads a page.
pub(crate) fn page(query: &Query, output: QueryOutput) -> Result<QueryPage, StoreError> {
    let bounds = Bounds::of(query);
    let (_, sk) = attributes(query);
    let mut page = QueryPage::default();
    for attributes in output.items.unwrap_or_default() {
        let Some(sort_key) = sort_key(&attributes, &sk).filter(|sort_key| bounds.hold(sort_key)) else { continue };
        if page.items.len() == limit(query) {
            page.next = page.sort_keys.last().cloned();
            return Ok(page);
        }
        page.items.push(to_item(attributes)?);
        page.sort_keys.push(sort_key);
    }
    // A page of a megabyte ends before its limit.
    page.next = output.last_evaluated_key.and_then(|key| sort_key(&key, &sk)).filter(|last| bounds.hold(last));
    Ok(page)
}

fn limit(query: &Query) -> usize {
    query.limit.clamp(1, MAX_PAGE)
}

fn attributes(query: &Query) -> (String, String) {
    query.index.map_or_else(|| (PK.to_owned(), SK.to_owned()), |index| (index_pk(index), index_sk(index)))
}

fn sort_key(attributes: &Attributes, name: &str) -> Option<String> {
    attributes.get(name).and_then(|value| value.as_s().ok()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(query: Query) -> Option<String> {
        let bounds = Bounds::of(&query);
        if bounds.are_empty() {
            return None;
        }
        let (text, values) = bounds.condition();
        Some(values.into_iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, &value)))
    }

    #[test]
    fn a_range_and_a_position_are_one_condition() {
        let all = || Query::partition("p");
        let after = |query: Query, position: &str| query.after(Some(position));
        let cases = [
            (all(), Some("")),
            (all().from("b"), Some(" AND #s >= b")),
            (all().before("d"), Some(" AND #s < d")),
            (all().from("b").before("d"), Some(" AND #s BETWEEN b AND d")),
            (all().from("d").before("d"), None),
            (all().from("e").before("d"), None),
            (after(all(), "c"), Some(" AND #s > c")),
            (after(all().from("b"), "a"), Some(" AND #s >= b")),
            (after(all().from("b"), "b"), Some(" AND #s > b")),
            (after(all().before("d"), "c"), Some(" AND #s BETWEEN c AND d")),
            (after(all().before("d"), "d"), None),
            (after(all().descending(), "c"), Some(" AND #s < c")),
            (after(all().before("d").descending(), "e"), Some(" AND #s < d")),
            (after(all().from("b").descending(), "c"), Some(" AND #s BETWEEN b AND c")),
            (after(all().from("b").descending(), "b"), None),
            (all().from(""), Some("")),
            (after(all(), ""), Some("")),
            (all().before(""), None),
        ];
        for (query, expected) in cases {
            assert_eq!(condition(query.clone()).as_deref(), expected, "{query:?}");
        }
    }
}
