// A town square of a test's own: so far from every other that searches and couriers never meet.

import { OrderInTown } from './orders.js';
import { address, dish, dishWithOptions, newItem, newRestaurant } from './samples.js';

/** Squares stand in a grid over the Pacific and the Americas, far from the city that the program builds. */
const FIRST = { lat: -54, lon: -170 };
const BETWEEN_DEGREES = 1;
const ROWS = 108;

/** A degree of latitude, on the sphere that the API reckons with. */
const METRES_A_DEGREE = 111_194.9;
/** Homes are this far north of the restaurant, couriers wait this far south of it. */
const HOME_M = 1_200;
const STAND_M = 150;
/** Farther than any restaurant delivers. */
const AWAY_M = 20_000;

let squares = 0;

/** One square, its people and restaurants. */
export class Town {
  /** @param {import('./api.js').Api} api */
  constructor(api) {
    this.api = api;
    this.centre = nextSquare();
  }

  /** A place so many metres north and east of the middle. */
  place(north = 0, east = 0) {
    const { lat, lon } = this.centre;
    const narrowing = Math.cos((lat * Math.PI) / 180);
    return { lat: degrees(lat + north / METRES_A_DEGREE), lon: degrees(lon + east / (METRES_A_DEGREE * narrowing)) };
  }

  /** Where food is brought. */
  get home() {
    return { place: this.place(HOME_M), address: address('Strada Lungă 7'), notes: 'Second floor' };
  }

  /** Where couriers wait. */
  get stand() {
    return this.place(-STAND_M);
  }

  /** Where nobody delivers. */
  get away() {
    return this.place(AWAY_M);
  }

  customer(person = {}) {
    return this.api.register({ role: 'customer', name: 'Ana Pop', ...person });
  }

  merchant(person = {}) {
    return this.api.register({ role: 'merchant', name: 'Ioana Zamfir', ...person });
  }

  /**
   * A courier, on a bicycle and on duty at the stand.
   * @param {{vehicle?: string | null, online?: boolean, place?: object}} [options] with anything else of a person;
   *   `vehicle: null` leaves a courier who has not said yet
   */
  async courier({ vehicle = 'bicycle', online = vehicle !== null, place = this.stand, ...person } = {}) {
    const courier = await this.api.register({ role: 'courier', name: 'Radu Ilie', ...person });
    if (vehicle !== null) await this.api.put(`/v1/couriers/${courier.id}`, { vehicle }, { as: courier });
    if (online) await this.onDuty(courier, { place });
    return courier;
  }

  /** Brings a courier on duty, or takes one off. */
  onDuty(courier, { online = true, place = this.stand } = {}) {
    const body = online ? { online, place } : { online };
    return this.api.put(`/v1/couriers/${courier.id}/availability`, body, { as: courier });
  }

  /**
   * A restaurant in the middle of the square.
   * @param {{owner?: object, menu?: object[], currency?: string, place?: object}} [options] with anything else that
   *   create-restaurant takes
   * @returns {Promise<object>} the restaurant, with its `owner` and its `items` in the order of `menu`
   */
  async restaurant({ owner, menu = [dish(), dishWithOptions()], currency = 'EUR', place = this.centre, ...rest } = {}) {
    const as = owner ?? (await this.merchant());
    const restaurant = await this.api.post('/v1/restaurants', newRestaurant({ place, currency, ...rest }), { as });
    const items = [];
    for (const one of menu) items.push(await this.addDish({ ...restaurant, owner: as }, one));
    return { ...restaurant, owner: as, items };
  }

  /** Puts a dish on a menu; prices in major units. */
  addDish(restaurant, one) {
    const path = `/v1/restaurants/${restaurant.id}/menu/items`;
    return this.api.post(path, newItem(one, restaurant.currency), { as: restaurant.owner });
  }

  /**
   * An order at the status that is asked for, with those of its people who are not named made for it.
   * @param {{status?: string, customer?: object, restaurant?: object, courier?: object}} [options] with anything else
   *   that `OrderInTown.place` takes
   */
  async order({ status = 'paid', customer, restaurant, courier, ...rest } = {}) {
    const people = {
      customer: customer ?? (await this.customer()),
      restaurant: restaurant ?? (await this.restaurant()),
      courier,
    };
    const order = await OrderInTown.place(this, { ...people, ...rest });
    await order.bringTo(status);
    return order;
  }

  /**
   * An order that a page has placed, to be moved along.
   * @param {string} id
   * @param {{customer: object, restaurant: object, courier?: object}} people
   */
  placedOrder(id, people) {
    return OrderInTown.placed(this, id, people);
  }
}

function nextSquare() {
  const square = squares;
  squares += 1;
  const lat = FIRST.lat + (square % ROWS) * BETWEEN_DEGREES;
  const lon = FIRST.lon + Math.floor(square / ROWS) * BETWEEN_DEGREES;
  return { lat, lon };
}

/** Six decimals are a tenth of a metre. */
function degrees(number) {
  return Number(number.toFixed(6));
}
