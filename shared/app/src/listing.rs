//! Lists, a page at a time, of what is the caller's.

use domain::{Page, Position, UserId};

use crate::{
    Context, Item, Key, MAX_PAGE, PageQuery, Pointer, Policy, Problem, Query, StoreError, Stored, User, Versioned,
    pointers_of,
};

/// How many pages of the store are read for one page of a list: where a filter lets little through, the page is short.
const MAX_READS: usize = 10;

/// A list: where its entries are found, and which of them are wanted.
#[must_use]
pub struct Listing<'a, T> {
    query: Query,
    limit: usize,
    is_sharded: bool,
    found: Found,
    wanted: Option<Filter<'a, T>>,
}

/// What a query finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// The entries.
    Entries,
    /// Entries as they were a moment ago: each is read again.
    Hints,
    /// Pointers to the entries.
    Pointers,
}

type Filter<'a, T> = Box<dyn Fn(&T) -> bool + Send + Sync + 'a>;

impl<'a, T: Stored> Listing<'a, T> {
    /// A page of what a query finds.
    pub fn of(query: Query, page: &PageQuery) -> Self {
        let limit = page.limit();
        Self {
            query: query.after(page.after()).limit(limit),
            limit,
            is_sharded: false,
            found: Found::Entries,
            wanted: None,
        }
    }

    /// A page of what somebody is a party to, newest first.
    pub fn of_party(person: UserId, page: &PageQuery) -> Self {
        let query = pointers_of(person).beginning(&format!("{}#", T::ITEM)).descending();
        Self { found: Found::Pointers, ..Self::of(query, page) }
    }

    /// Its partition is spread over shards.
    pub fn sharded(mut self) -> Self {
        self.is_sharded = true;
        self
    }

    /// Its index is but a hint, so each entry is read again.
    pub fn read_again(mut self) -> Self {
        self.found = Found::Hints;
        self
    }

    /// Only those that are wanted, where anything is.
    pub fn only(mut self, wanted: Option<impl Fn(&T) -> bool + Send + Sync + 'a>) -> Self {
        if let Some(wanted) = wanted {
            self.wanted = Some(Box::new(wanted));
            self.query.limit = MAX_PAGE;
        }
        self
    }

    /// The entries that are this user's.
    pub async fn shown_to(
        self,
        context: &Context,
        user: &User,
        purpose: T::Purpose,
    ) -> Result<Page<Versioned<T>>, Problem>
    where
        T: Policy<Purpose: Send + Sync>,
    {
        self.filled(context, |entry| entry.permits(user, purpose)).await
    }

    /// All entries, where whoever may see what they belong to may see them too.
    pub async fn all(self, context: &Context) -> Result<Page<Versioned<T>>, Problem> {
        self.filled(context, |_| true).await
    }

    async fn filled(
        mut self,
        context: &Context,
        permitted: impl Fn(&T) -> bool + Send + Sync,
    ) -> Result<Page<Versioned<T>>, Problem> {
        if self.query.range.is_empty() {
            return Ok(Page::default());
        }
        let mut items = Vec::new();
        for _ in 0..MAX_READS {
            let page = if self.is_sharded {
                context.query_shards(T::TABLE, &self.query).await?
            } else {
                context.query(T::TABLE, &self.query).await?
            };
            let last = page.sort_keys.len();
            let found = match self.found {
                Found::Entries => versioned(page.items)?,
                Found::Hints => read_at(context, page.items.into_iter().map(|item| item.key)).await?,
                Found::Pointers => {
                    let keys: Result<Vec<Key>, StoreError> =
                        page.items.iter().map(|item| Ok(Pointer::read(item)?.key())).collect();
                    read_at(context, keys?).await?
                }
            };
            for (number, (sort_key, found)) in page.sort_keys.into_iter().zip(found).enumerate() {
                let wanted =
                    |entry: &Versioned<T>| permitted(entry) && self.wanted.as_ref().is_none_or(|wanted| wanted(entry));
                items.extend(found.filter(wanted));
                if items.len() == self.limit {
                    let more = number + 1 < last || page.next.is_some();
                    return Ok(Page { items, next_cursor: more.then(|| Position::new(sort_key)) });
                }
            }
            let Some(next) = page.next else { return Ok(Page { items, next_cursor: None }) };
            self.query.after = Some(next);
        }
        Ok(Page { items, next_cursor: self.query.after.map(Position::new) })
    }
}

fn versioned<T: Stored>(items: Vec<Item>) -> Result<Vec<Option<Versioned<T>>>, StoreError> {
    items.into_iter().map(Versioned::read).collect()
}

/// What lies now at these keys, in their order.
async fn read_at<T: Stored>(
    context: &Context,
    keys: impl IntoIterator<Item = Key>,
) -> Result<Vec<Option<Versioned<T>>>, StoreError> {
    context.find_at(&keys.into_iter().collect::<Vec<_>>()).await
}
