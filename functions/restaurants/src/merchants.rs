//! The repository of what is known of merchants, and the walk over their restaurants.

use app::{Changes, Context, Draft, Item, Key, StoreError, Stored, Table, Versioned, due_key};
use domain::{RestaurantId, UserId};

use crate::{
    Merchant, Now, RESTAURANTS, Restaurant,
    restaurants::{DUE, merchants, of_merchant},
};

/// The most restaurants of one step of a walk.
pub(crate) const STEP: usize = 25;

impl Stored for Merchant {
    const TABLE: Table = RESTAURANTS;
    const ITEM: &'static str = "merchant";
    type Id = UserId;

    fn key(id: &UserId) -> Key {
        Key::new(merchants(*id), "ACCOUNT")
    }

    fn enter(&self, item: Item) -> Item {
        due_key(item, DUE, self.due())
    }

    /// Nobody's: an id, and whether what is theirs may be open. It outlives the account, so that nothing opens again.
    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

/// Takes the next step of a merchant's walk, where one is due: of the restaurants that it comes to, those that differ follow the
/// account. What it changes is saved together with the merchant.
pub(crate) async fn step(context: &Context, merchant: &mut Merchant) -> Result<Changes, StoreError> {
    let now = context.now();
    let Some(walk) = merchant.due_walk(now) else { return Ok(Changes::none()) };
    let query = of_merchant(merchant.id).after(walk.after.as_ref()).limit(STEP);
    let page = context.query(RESTAURANTS, &query).await?;
    let restaurants: Vec<Restaurant> = page.items.iter().map(Item::read).collect::<Result<_, _>>()?;
    let keys: Vec<Key> = restaurants.iter().map(|restaurant| Now::key(&restaurant.id)).collect();
    let found = context.find_at::<Now>(&keys).await?;
    let followed = restaurants.iter().zip(found).map(|(restaurant, now)| follow(restaurant.id, now, merchant));
    let changes = followed.fold(Changes::none(), Changes::and);
    merchant.has_come_to(page.next, now);
    Ok(changes)
}

fn follow(id: RestaurantId, found: Option<Versioned<Now>>, merchant: &Merchant) -> Changes {
    let merchant_active = merchant.is_active();
    match found {
        Some(now) if now.merchant_active != merchant_active => {
            let mut now = Draft::of(now);
            now.step().merchant_active = merchant_active;
            now.into()
        }
        None if !merchant_active => Draft::new(&id, Now { merchant_active }).into(),
        _ => Changes::none(),
    }
}
