// What tests order and whom they name: dishes, money of 0, 2 and 3 decimals, and names that break careless pages.

/** How many decimals currencies have, where it is not two. */
const DECIMALS = { JPY: 0, KWD: 3 };

/** The currencies that every page of prices is tried with. */
export const CURRENCIES = ['JPY', 'EUR', 'RON', 'KWD'];

/** Money in minor units, from major ones: `money('KWD', 1.25)` is 1250 fils. */
export function money(currency, major) {
  return { amount: Math.round(major * 10 ** (DECIMALS[currency] ?? 2)), currency };
}

/** The most characters that a name has. */
const NAME_CHARS = 100;
const RIGHT_TO_LEFT = 'مطعم البيت الدافئ';

/** Names that the API takes and a page has to bear. */
export const NAMES = {
  emoji: 'Ana 👩🏽‍🍳🍜 & Söhne',
  rightToLeft: RIGHT_TO_LEFT,
  long: 'Pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(3).slice(0, NAME_CHARS),
  longWords: 'Grandmother’s slow-cooked sour soup with beans '.repeat(3).slice(0, NAME_CHARS).trim(),
  script: '<script>alert(1)</script><img src=x onerror=alert(2)>',
  entities: 'Tom &amp; "Jerry" \'s {{x}} ${y}',
};

/** A dish without options; `price` in major units. */
export function dish({ price = 12.5, ...rest } = {}) {
  return { section: 'Soups', name: 'Sour soup', allergens: ['celery'], dietary: ['lactose_free'], price, ...rest };
}

/** A dish with a group of which one must be chosen, and one of which up to two may be. */
export function dishWithOptions({ price = 9, ...rest } = {}) {
  return {
    section: 'Pizza',
    name: 'Margherita',
    description: 'Tomatoes, mozzarella, basil',
    allergens: ['gluten', 'milk'],
    dietary: ['vegetarian'],
    price,
    option_groups: [
      { name: 'Size', min: 1, max: 1, options: [option('Small', 0), option('Large', 3)] },
      { name: 'Extras', min: 0, max: 2, options: [option('Olives', 1), option('Basil', 1), option('Chilli', 0)] },
    ],
    ...rest,
  };
}

/** One choice of a group; `price` in major units. */
export function option(name, price = 0) {
  return { name, price };
}

/** The dish as the API takes it, its prices in this currency. */
export function newItem({ price, option_groups: groups = [], ...rest }, currency) {
  const priced = (thing) => ({ ...thing, price: money(currency, thing.price) });
  return {
    ...rest,
    price: money(currency, price),
    option_groups: groups.map((group) => ({ ...group, options: group.options.map(priced) })),
  };
}

/** What a restaurant is made from, standing at this place. */
export function newRestaurant({ place, currency, ...rest }) {
  return {
    name: 'La Mama',
    description: 'Home cooking',
    phone: '+40 21 000 0000',
    cuisines: ['romanian'],
    place,
    address: address('Piața Unirii 1'),
    time_zone: 'Europe/Bucharest',
    currency,
    prep_minutes: 15,
    delivery_radius_m: 5000,
    delivery_fee: { base: money(currency, 1.5), per_km: money(currency, 0.4) },
    min_order: money(currency, 10),
    ...rest,
  };
}

/** An address; where it lies does not matter to anybody but people. */
export function address(street) {
  return { street, city: 'București', postcode: '030101', country: 'RO' };
}
