//! Restaurants, their menus, and what a basket costs.

mod add_menu_item;
mod basket;
mod bounded;
mod bundled;
mod card;
mod cost;
mod create_restaurant;
mod diet;
mod eta;
mod export_restaurants;
mod follow_merchant;
mod get_menu;
mod get_restaurant;
mod ids;
mod item;
mod list_own_restaurants;
mod menu;
mod menu_view;
mod merchant;
mod merchants;
mod now;
mod paths;
mod picture;
mod price;
mod quote;
mod quote_basket;
mod restaurant;
mod restaurants;
#[cfg(test)]
mod sample;
mod search_entry;
mod search_restaurants;
pub mod settings;
mod sweep_restaurants;
mod tax;
mod tax_rate;
mod update_restaurant;
#[cfg(test)]
mod walks;
mod wrong;

use app::{Audit, Declaration, Service};
use restaurants::PEOPLE;

pub use basket::{BasketLine, MAX_CHOICES, MAX_LINES, OptionFault, PricedLine, Quantity};
pub use bounded::{Bounded, InvalidCount};
pub use bundled::BUNDLED;
pub use card::Card;
pub use cost::{Cost, MAX_AMOUNT};
pub use diet::{Allergen, Dietary};
pub use eta::eta_minutes;
pub use ids::Ids;
pub use item::{
    Item, ItemOption, MAX_GROUPS, MAX_OPTIONS, MenuPosition, NewItem, NewOption, NewOptionGroup, OptionCount,
    OptionGroup,
};
pub use menu::{MAX_BYTES, MAX_ITEMS, Menu, MenuFull};
pub use menu_view::{ItemView, MenuView, OptionGroupView, OptionView, SectionView};
pub use merchant::Merchant;
pub use now::{Now, OpenState};
pub use picture::BundledPicture;
pub use price::{Basket, Rates, Refusal, delivery_fee, price};
pub use quote::Quote;
pub use quote_basket::WantedBasket;
pub use restaurant::{DeliveryFee, DeliveryRadius, NewRestaurant, Profile, Restaurant, RestaurantView, SmallOrder};
pub use restaurants::{BY_MERCHANT, RESTAURANTS, creation};
pub use search_entry::{Near, SearchEntry};
pub use search_restaurants::{Search, SearchRadius};
pub use tax_rate::TaxRate;

pub const SERVICE: Service = Service {
    name: "restaurants",
    about: "Restaurants, their menus, and what a basket costs.",
    table: RESTAURANTS,
    functions: &[
        Declaration::endpoint::<search_restaurants::SearchRestaurants>(),
        Declaration::endpoint::<list_own_restaurants::ListOwnRestaurants>(),
        Declaration::endpoint::<export_restaurants::ExportRestaurants>(),
        Declaration::endpoint::<create_restaurant::CreateRestaurant>(),
        Declaration::endpoint::<get_restaurant::GetRestaurant>(),
        Declaration::endpoint::<update_restaurant::UpdateRestaurant>(),
        Declaration::endpoint::<get_menu::GetMenu>(),
        Declaration::endpoint::<add_menu_item::AddMenuItem>(),
        Declaration::endpoint::<quote_basket::QuoteBasket>(),
        Declaration::subscriber::<follow_merchant::FollowMerchant>(),
        Declaration::sweep::<sweep_restaurants::SweepRestaurants>(),
    ],
    settings: settings::SETTINGS,
    stored: PEOPLE.stored,
    audit: Audit::NONE,
};
