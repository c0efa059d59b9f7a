//! What part of a price is tax.

use domain::int;

int! {
    /// A tax rate, in basis points: 900 are 9 %.
    pub struct TaxRate(u32: 0..=5000);
}
