// An order on its way, moved along over the API by its own people.

import { randomUUID } from 'node:crypto';

import { eventually } from './api.js';
import { money } from './samples.js';

const PREP_MINUTES = 10;

/** The way to each status from the one before it; `assigned` is `ready` with a courier on the way. */
const STEPS = {
  placed: [],
  paid: ['paid'],
  payment_failed: ['payment_failed'],
  cancelled: ['paid', 'cancel'],
  rejected: ['paid', 'reject'],
  accepted: ['paid', 'accept'],
  ready: ['paid', 'accept', 'ready'],
  assigned: ['paid', 'accept', 'ready', 'assign'],
  picked_up: ['paid', 'accept', 'ready', 'assign', 'pickUp'],
  delivered: ['paid', 'accept', 'ready', 'assign', 'pickUp', 'complete'],
};

/** An order, and whoever has to do with it. */
export class OrderInTown {
  #steps = new Set();

  constructor(town, { id, number, customer, restaurant, courier }) {
    this.town = town;
    this.api = town.api;
    this.id = id;
    this.number = number;
    this.customer = customer;
    this.restaurant = restaurant;
    this.courier = courier;
  }

  /**
   * Quotes and places one.
   * @param {import('./town.js').Town} town
   * @param {object} options
   * @param {object} options.customer
   * @param {object} options.restaurant as `Town.restaurant` gives it
   * @param {object} [options.courier] who is to bring it; one is made where it comes to that
   * @param {{item_id: string, quantity: number, options: string[]}[]} [options.items] two of the first dish by default
   * @param {number} [options.tip] in major units
   * @param {string} [options.notes] for the kitchen
   * @param {object} [options.deliverTo]
   * @param {{name?: string, phone?: string}} [options.contact] whom the courier asks for; the customer by default
   * @param {string} [options.paymentMethod]
   */
  static async place(town, { customer, restaurant, courier, items, tip, notes, deliverTo, contact, paymentMethod }) {
    const basket = {
      items: items ?? [{ item_id: restaurant.items[0].id, quantity: 2, options: [] }],
      deliver_to: deliverTo ?? town.home,
      ...(tip === undefined ? {} : { tip: money(restaurant.currency, tip) }),
    };
    const { quote } = await town.api.post(`/v1/restaurants/${restaurant.id}/quotes`, basket, { as: customer });
    const body = { quote, payment_method: paymentMethod ?? 'tok_ok', ...(notes ? { notes } : {}), ...(contact ? { contact } : {}) };
    const { id, number } = await town.api.post('/v1/orders', body, { as: customer, key: randomUUID() });
    return new OrderInTown(town, { id, number, customer, restaurant, courier });
  }

  /** One that a page has placed. */
  static async placed(town, id, people) {
    const { number } = await town.api.get(`/v1/orders/${id}`, { as: people.customer });
    return new OrderInTown(town, { id, number, ...people });
  }

  get deliveryId() {
    return this.id.replace('ord_', 'dlv_');
  }

  get paymentId() {
    return this.id.replace('ord_', 'pay_');
  }

  /** The order, as its customer sees it now. */
  now() {
    return this.api.get(`/v1/orders/${this.id}`, { as: this.customer });
  }

  /** Waits for a status. */
  until(status) {
    return eventually(`order ${this.number} that is ${status}`, async () => {
      const order = await this.now();
      return order.status === status && order;
    });
  }

  /** Takes the steps that are missing up to a status; returns the order. */
  async bringTo(status) {
    const steps = STEPS[status];
    if (!steps) throw new Error(`no test knows how to bring an order to ${status}`);
    for (const step of steps.filter((name) => !this.#steps.has(name))) {
      if (step === 'paid' || step === 'payment_failed') await this.until(step);
      else await this[step]();
      this.#steps.add(step);
    }
    return this.now();
  }

  accept(prepMinutes = PREP_MINUTES) {
    return this.#merchant('accept', { prep_minutes: prepMinutes });
  }

  reject(reason = 'Out of dough') {
    return this.#merchant('reject', { reason });
  }

  ready() {
    return this.#merchant('ready', {});
  }

  cancel(reason = 'Changed my mind', as = this.customer) {
    return this.api.post(`/v1/orders/${this.id}/cancel`, { reason }, { as });
  }

  /** The restaurant gives so much back, in major units; all that is left where nothing is said. */
  refund(amount, reason = 'Something was missing.') {
    const body = { ...(amount === undefined ? {} : { amount: money(this.restaurant.currency, amount) }), reason };
    return this.api.post(`/v1/payments/${this.paymentId}/refunds`, body, { as: this.restaurant.owner, key: randomUUID() });
  }

  /** The payment, as the restaurant sees it now. */
  payment() {
    return this.api.get(`/v1/payments/${this.paymentId}`, { as: this.restaurant.owner });
  }

  /** Waits until the payment has this status. */
  untilPayment(status) {
    return eventually(`payment of order ${this.number} that is ${status}`, async () => {
      const payment = await this.payment();
      return payment.status === status && payment;
    });
  }

  /** Waits until the courier is offered it; returns the delivery. */
  async offered() {
    this.courier ??= await this.town.courier();
    return eventually(`offer of order ${this.number}`, () => this.#offer());
  }

  /** The courier is offered it and accepts; the order knows. */
  async assign() {
    this.courier ??= await this.town.courier();
    // An offer lives 30 s: where a test took longer to come here, the courier comes on duty anew and is offered it again.
    if (!(await this.#offer())) await this.town.onDuty(this.courier);
    await this.offered();
    await this.#courier('accept');
    await this.assigned();
  }

  /** Waits until the order knows who carries it. */
  assigned() {
    return eventually(`courier of order ${this.number}`, async () => (await this.now()).courier_id);
  }

  async pickUp() {
    await this.#courier('pick-up');
    await this.until('picked_up');
  }

  async complete() {
    await this.#courier('complete');
    await this.until('delivered');
  }

  decline() {
    return this.#courier('decline');
  }

  async #offer() {
    const { items } = await this.api.get('/v1/deliveries?limit=100', { as: this.courier });
    return items.find((delivery) => delivery.id === this.deliveryId && delivery.state === 'offered');
  }

  #merchant(action, body) {
    return this.api.post(`/v1/orders/${this.id}/${action}`, body, { as: this.restaurant.owner });
  }

  #courier(action) {
    return this.api.post(`/v1/deliveries/${this.deliveryId}/${action}`, {}, { as: this.courier });
  }
}
