//! Lists of deliveries, a page at a time, of what is the caller's.

use app::{Caller, Context, Item, MAX_PAGE, Policy as _, Problem, Query, QueryPage, StoreError, Versioned};
use domain::{Page, Position, Timestamp};

use crate::{
    ALL, BY_COURIER, DELIVERIES, Delivery, Purpose, Standing, State,
    deliveries::{ALL_PARTITION, ENDED, OPEN, delivery_of},
};

/// How many pages of the store are read for one page of a list: where a filter lets little through, the page is short.
const MAX_READS: usize = 10;

/// Which deliveries, from where on, and how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection<'a> {
    /// Only those in this state.
    pub(crate) state: Option<State>,
    /// Only those made from then on.
    pub(crate) from: Option<Timestamp>,
    /// Only those made before then.
    pub(crate) to: Option<Timestamp>,
    /// Where the page before ended.
    pub(crate) after: Option<&'a Position>,
    /// The most entries of the page.
    pub(crate) limit: usize,
}

/// Reads lists of deliveries.
pub(crate) trait Lists {
    /// An administrator's list is of all deliveries, newest first; a courier's of theirs and those offered to them, open
    /// ones first, then newest first.
    async fn deliveries_shown_to(
        &self,
        caller: &Caller,
        selection: Selection<'_>,
    ) -> Result<Page<Versioned<Delivery>>, Problem>;
}

impl Lists for Context {
    async fn deliveries_shown_to(
        &self,
        caller: &Caller,
        selection: Selection<'_>,
    ) -> Result<Page<Versioned<Delivery>>, Problem> {
        let Some(mut query) = query(caller, &selection)? else { return Ok(Page::default()) };
        let mut items = Vec::new();
        for _ in 0..MAX_READS {
            let page = if caller.is_admin() {
                self.query_shards(DELIVERIES, &query).await?
            } else {
                self.query(DELIVERIES, &query).await?
            };
            let last = page.sort_keys.len();
            for (number, (sort_key, found)) in read(self, caller, &page).await?.into_iter().enumerate() {
                let wanted = |found: &Versioned<Delivery>| selection.state.is_none_or(|state| state == found.state);
                items.extend(found.filter(wanted));
                if items.len() == selection.limit {
                    let more = number + 1 < last || page.next.is_some();
                    return Ok(Page { items, next_cursor: more.then(|| Position::new(sort_key)) });
                }
            }
            let Some(next) = page.next else { return Ok(Page { items, next_cursor: None }) };
            query.after = Some(next);
        }
        Ok(Page { items, next_cursor: query.after.map(Position::new) })
    }
}

/// What to read; nothing where nothing can be found.
fn query(caller: &Caller, selection: &Selection<'_>) -> Result<Option<Query>, Problem> {
    let query = if caller.is_admin() {
        let mut query = Query::index(ALL, ALL_PARTITION);
        query.range.from = selection.from.map(Timestamp::sort_key);
        query.range.to = selection.to.map(Timestamp::sort_key);
        if query.range.from.is_some() && query.range.to.is_some() && query.range.from >= query.range.to {
            return Ok(None);
        }
        query
    } else {
        let query = Query::index(BY_COURIER, format!("COURIER#{}", caller.signed_in()?.id));
        match selection.state {
            None => query,
            Some(State::Offered | State::Assigned | State::PickedUp) => query.beginning(&format!("{OPEN}#")),
            Some(State::Delivered | State::Failed | State::Cancelled) => query.beginning(&format!("{ENDED}#")),
            // Nobody's yet.
            Some(State::Searching) => return Ok(None),
        }
    };
    let limit = if selection.state.is_none() { selection.limit } else { MAX_PAGE };
    Ok(Some(query.descending().after(selection.after).limit(limit)))
}

/// What an index page says, read anew: each sort key, with the delivery where it still is there and the caller's.
async fn read(
    context: &Context,
    caller: &Caller,
    page: &QueryPage,
) -> Result<Vec<(String, Option<Versioned<Delivery>>)>, StoreError> {
    let keys: Vec<_> = page.items.iter().map(|item| item.key.clone()).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let current = context.store().get_many(DELIVERIES, &keys).await?;
    let purpose = Purpose::Show(context.now());
    let mut read = Vec::with_capacity(keys.len());
    for (sort_key, key) in page.sort_keys.iter().zip(&keys) {
        let item: Option<&Item> = current.iter().find(|item| item.key == *key);
        let standing: Option<Standing> = item.map(Item::read).transpose()?;
        let found = item.zip(standing).map(|(item, value)| Versioned { value, version: item.version });
        let found = found.and_then(delivery_of).filter(|delivery| delivery.permits(caller, purpose));
        read.push((sort_key.clone(), found));
    }
    Ok(read)
}
