//! Reads, as SQL.

use std::borrow::Cow;

use app::{Item, Key, MAX_PAGE, Query, QueryPage, StoreError, Table};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

/// The most bytes of bodies in one page of a query, as DynamoDB has it.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// The columns of an item, in the order that [`item`] reads them.
const COLUMNS: &str = "item.pk, item.sk, item.kind, item.version, item.body, item.expires_at";

const GET: &str = "SELECT pk, sk, kind, version, body, expires_at FROM item WHERE tbl = ?1 AND pk = ?2 AND sk = ?3";

/// The item at a key.
pub(crate) fn get(connection: &Connection, table: Table, key: &Key) -> Result<Option<Item>, StoreError> {
    get_named(connection, table.name, key)
}

/// The same, by the table's name.
pub(crate) fn get_named(connection: &Connection, table: &str, key: &Key) -> Result<Option<Item>, StoreError> {
    let mut statement = connection.prepare_cached(GET).map_err(failed)?;
    statement.query_row(params![table, key.pk, key.sk], item).optional().map_err(failed)
}

/// The items at these keys, in one snapshot: the file is locked and unlocked once, not for each.
pub(crate) fn get_many(connection: &Connection, table: Table, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
    let _snapshot = connection.unchecked_transaction().map_err(failed)?;
    keys.iter().filter_map(|key| get(connection, table, key).transpose()).collect()
}

/// A page of a partition. An index may be read as of an earlier time; what it points to is shown as it is now, or left
/// out where it is gone: what acts on an index reads the item anyway.
pub(crate) fn query(
    connection: &Connection,
    table: Table,
    query: &Query,
    seen_at: Option<u64>,
) -> Result<QueryPage, StoreError> {
    let limit = query.limit.clamp(1, MAX_PAGE);
    let fetch = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let from = query.range.from.as_deref().unwrap_or_default();
    let to = query.range.to.as_deref();
    let sql = query_sql(query, seen_at);
    let mut values: Vec<&dyn ToSql> = vec![&table.name, &query.pk, &from, &to, &query.after, &fetch];
    let index = query.index.map(|index| index.0);
    let seen_at = seen_at.map(|at| i64::try_from(at).unwrap_or(i64::MAX));
    values.extend(index.as_ref().map(|index| index as &dyn ToSql));
    values.extend(seen_at.as_ref().filter(|_| index.is_some()).map(|at| at as &dyn ToSql));
    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
    let mut rows = statement.query(values.as_slice()).map_err(failed)?;
    let mut page = QueryPage::default();
    let mut bytes = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        if page.items.len() == limit || bytes > MAX_PAGE_BYTES {
            page.next = page.sort_keys.last().cloned();
            break;
        }
        let item = item(row).map_err(failed)?;
        bytes += item.body.len();
        page.sort_keys.push(row.get(6).map_err(failed)?);
        page.items.push(item);
    }
    Ok(page)
}

/// Items of a table after a key, in order of the key.
pub(crate) fn scan(
    connection: &Connection,
    table: Table,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<Item>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM item WHERE tbl = ?1 AND (pk, sk) > (?2, ?3) ORDER BY pk, sk LIMIT ?4");
    let (pk, sk) = after.map_or(("", ""), |key| (&*key.pk, &*key.sk));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
    let items = statement.query_map(params![table.name, pk, sk, limit], item).map_err(failed)?;
    items.collect::<Result<_, _>>().map_err(failed)
}

/// Some of what had expired by this Unix second, with its table.
pub(crate) fn expired(connection: &Connection, now_s: i64, limit: usize) -> Result<Vec<(String, Key)>, StoreError> {
    let sql = "SELECT tbl, pk, sk FROM item WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let key = |row: &Row<'_>| Ok((row.get(0)?, Key { pk: row.get(1)?, sk: row.get(2)? }));
    let keys = statement.query_map(params![now_s, limit], key).map_err(failed)?;
    keys.collect::<Result<_, _>>().map_err(failed)
}

/// `?1` table, `?2` partition, `?3` from, `?4` to, `?5` after, `?6` limit, `?7` index, `?8` the time as of which it is read.
fn query_sql(query: &Query, seen_at: Option<u64>) -> String {
    let (order, beyond) = if query.descending { ("DESC", "<") } else { ("ASC", ">") };
    let (source, join, index) = match query.index {
        None => ("item", "", ""),
        Some(_) => ("entry", "JOIN item ON item.id = entry.item", "AND entry.idx = ?7"),
    };
    let seen = match (query.index, seen_at) {
        (Some(_), Some(_)) => "AND entry.since <= ?8 AND (entry.gone IS NULL OR entry.gone > ?8)",
        (None, _) | (_, None) => "",
    };
    let to = if query.range.to.is_some() { format!("AND {source}.sk < ?4") } else { String::new() };
    let after = if query.after.is_some() { format!("AND {source}.sk {beyond} ?5") } else { String::new() };
    format!(
        "SELECT {COLUMNS}, {source}.sk FROM {source} {join}
         WHERE {source}.tbl = ?1 AND {source}.pk = ?2 AND {source}.sk >= ?3 {to} {after} {index} {seen}
         ORDER BY {source}.sk {order} LIMIT ?6"
    )
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        key: Key { pk: row.get(0)?, sk: row.get(1)? },
        kind: Cow::Owned(row.get(2)?),
        version: row.get::<_, i64>(3)?.cast_unsigned(),
        body: row.get(4)?,
        expires_at: row.get(5)?,
        indexed: Vec::new(),
    })
}

pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
