import { expect, test } from '../fixtures.js';
import { CURRENCIES, NAMES, dish, money } from './samples.js';
import { tier } from './tiers.js';

for (const status of ['payment_failed', 'cancelled', 'rejected', 'picked_up', 'delivered']) {
  test(`brings an order to ${status}`, async ({ town }) => {
    const paymentMethod = status === 'payment_failed' ? 'tok_declined' : 'tok_ok';
    const order = await town.order({ status, paymentMethod, tip: 1 });
    expect((await order.now()).status).toBe(status);
  });
}

test('moves an order along step by step, with a courier who is asked', async ({ town }) => {
  const courier = await town.courier({ online: false });
  const order = await town.order({ status: 'accepted', courier });
  await town.onDuty(courier);
  const delivery = await order.offered();
  expect(delivery.deliver_to.address).toBeNull();
  const assigned = await order.bringTo('assigned');
  expect(assigned.status).toBe('ready');
  expect(assigned.courier.name).toBe(courier.name);
});

test('lies so far from others that nothing is shared', async ({ api, town }) => {
  const [here] = await Promise.all([town.restaurant(), town.courier()]);
  const { lat, lon } = town.home.place;
  const { items } = await api.get(`/v1/restaurants?lat=${lat}&lon=${lon}&radius_m=15000`);
  expect(items.map(({ id }) => id)).toEqual([here.id]);
  const away = await api.get(`/v1/restaurants?lat=${town.away.lat}&lon=${town.away.lon}`);
  expect(away.items).toEqual([]);
});

for (const currency of CURRENCIES) {
  test(`has prices in ${currency}`, tier(currency === 'KWD'), async ({ town }) => {
    const restaurant = await town.restaurant({ currency, menu: [dish({ price: 12.25 })] });
    const order = await town.order({ restaurant });
    const { subtotal } = await order.now();
    expect(subtotal).toEqual({ amount: 2 * money(currency, 12.25).amount, currency });
  });
}

for (const [kind, name] of Object.entries(NAMES)) {
  test(`has people, restaurants and dishes with names of the kind ${kind}`, tier(kind === 'script'), async ({ town }) => {
    const customer = await town.customer({ name });
    const restaurant = await town.restaurant({ name, menu: [dish({ name })] });
    const order = await (await town.order({ customer, restaurant })).now();
    expect(order.contact.name).toBe(name);
    expect(order.restaurant.name).toBe(name);
    expect(order.lines[0].name).toBe(name);
  });
}
