//! Lists of deliveries, a page at a time, of what is the caller's.

use app::{
    Caller, Context, Guarded, Item, Key, MAX_PAGE, Policy as _, Problem, Query, QueryPage, StoreError, Versioned,
};
use domain::{Page, Position, Timestamp};

use crate::{
    ALL, BY_COURIER, CourierAction, DELIVERIES, Delivery, Purpose, State, StoredDelivery,
    couriers::Couriers,
    deliveries::{ALL_PARTITION, delivery_key, delivery_of, list_key},
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
    /// An administrator's list is of all deliveries; a courier's of theirs and those offered to them. Newest first.
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
        if !caller.is_admin() && selection.state.is_some_and(|state| !state.is_final()) {
            return in_hand(self, caller, &selection).await;
        }
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

/// The query for a selection; nothing where no delivery can match it.
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
        Query::index(BY_COURIER, format!("COURIER#{}", caller.signed_in()?.id))
    };
    let limit = if selection.state.is_none() { selection.limit } else { MAX_PAGE };
    Ok(Some(query.descending().after(selection.after).limit(limit)))
}

/// Those in a state of the few deliveries that a courier has in hand or is asked to take. The courier's own item names them,
/// so no list of all that they ever did is read.
async fn in_hand(
    context: &Context,
    caller: &Caller,
    selection: &Selection<'_>,
) -> Result<Page<Versioned<Delivery>>, Problem> {
    let courier = context.courier(caller.signed_in()?.id).await?;
    let courier = Guarded::permitted(vec![courier], caller, CourierAction::Read).pop();
    let named = courier.iter().flat_map(|courier| courier.active.iter().chain(&courier.open_offer));
    let keys: Vec<_> = named.map(|id| delivery_key(*id)).collect();
    let mut found: Vec<_> = current(context, caller, &keys).await?.into_iter().flatten().collect();
    found.retain(|delivery| selection.state == Some(delivery.state));
    found.retain(|delivery| selection.after.is_none_or(|after| *list_key(delivery) < *after.as_str()));
    found.sort_by_key(|delivery| std::cmp::Reverse(list_key(delivery)));
    let more = found.len() > selection.limit;
    found.truncate(selection.limit);
    let next_cursor = found.last().filter(|_| more).map(|last| Position::new(list_key(last)));
    Ok(Page { items: found, next_cursor })
}

/// The deliveries of an index page, read again: each sort key, with the delivery where it is still there and the caller's.
async fn read(
    context: &Context,
    caller: &Caller,
    page: &QueryPage,
) -> Result<Vec<(String, Option<Versioned<Delivery>>)>, StoreError> {
    let keys: Vec<_> = page.items.iter().map(|item| item.key.clone()).collect();
    Ok(page.sort_keys.iter().cloned().zip(current(context, caller, &keys).await?).collect())
}

/// The deliveries at these keys, in their order, where they are the caller's.
async fn current(
    context: &Context,
    caller: &Caller,
    keys: &[Key],
) -> Result<Vec<Option<Versioned<Delivery>>>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let items = context.store().get_many(DELIVERIES, keys).await?;
    let purpose = Purpose::Show(context.now());
    let mut read = Vec::with_capacity(keys.len());
    for key in keys {
        let item: Option<&Item> = items.iter().find(|item| item.key == *key);
        let stored: Option<StoredDelivery> = item.map(Item::read).transpose()?;
        let found = item.zip(stored).map(|(item, value)| Versioned { value, version: item.version });
        read.push(found.and_then(delivery_of).filter(|delivery| delivery.permits(caller, purpose)));
    }
    Ok(read)
}
