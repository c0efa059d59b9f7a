// Prices while a bag changes: the total is never another bag's, and what is paid is what is shown.

import { expect, test } from './fixtures.js';
import { ORDER, ORDERS, QUOTES, atCheckout, expectOneOrder } from './harness/checkout.js';
import { money } from './harness/samples.js';

/** One more at a time, as fast as a finger can. */
const PRESSES = 9;
const LAST_TOTAL = '10';

test.use({ via: 'network', comesBack: false });

/** Notes every state that the page is drawn in: how many soups, which total, whether there is something to press. */
async function watchTotals(page) {
  const seen = [];
  await page.exposeBinding('tiffinTestTotals', (_source, state) => void seen.push(state));
  await page.addInitScript(() => {
    let last = '';
    const text = (selector) => document.querySelector(selector)?.textContent ?? null;
    new MutationObserver(() => {
      const button = [...document.querySelectorAll('.checkout-side .bar button')].at(-1);
      const state = {
        quantity: text('.checkout-dishes output'),
        total: text('.sums dd.total'),
        pay: button && button.getAttribute('aria-busy') !== 'true' ? button.textContent : null,
      };
      const now = JSON.stringify(state);
      if (now === last || state.quantity === null) return;
      last = now;
      globalThis.tiffinTestTotals(state);
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  return seen;
}

test('pressing + fast counts each press, asks for few prices, and shows no total but its own', async ({ page, town, signIn, api, network }) => {
  const seen = await watchTotals(page);
  const { eat, customer, restaurant } = await atCheckout({ page, town, signIn }, { entries: [{ quantity: 1 }] });
  const totals = new Map();
  const total = async (quantity) => {
    const basket = { items: [{ item_id: restaurant.items[0].id, quantity, options: [] }], deliver_to: town.home };
    const quote = await api.post(`/v1/restaurants/${restaurant.id}/quotes`, basket, { as: customer });
    return `€${(quote.total.amount / 100).toFixed(2)}`;
  };
  for (let quantity = 1; quantity <= PRESSES + 1; quantity += 1) totals.set(String(quantity), await total(quantity));
  const quoted = network.when('POST', QUOTES, { delay: [3_000, 100, 2_000, 100] });
  const placing = network.when('POST', ORDERS);
  await eat.more('Sour soup').evaluate(async (button, presses) => {
    for (let press = 0; press < presses; press += 1) {
      button.click();
      await new Promise((done) => setTimeout(done, 100));
    }
  }, PRESSES);
  await expect(eat.quantity('Sour soup').locator('output')).toHaveText(LAST_TOTAL);
  await eat.priced();
  expect(quoted.seen.length).toBeLessThanOrEqual(3);
  for (const state of seen.filter((one) => one.total)) expect(state.total, `for ${state.quantity}`).toBe(totals.get(state.quantity));
  for (const state of seen.filter((one) => one.pay)) expect(state.pay, `for ${state.quantity}`).toContain(totals.get(state.quantity));
  const at = seen.findLastIndex(({ quantity }) => quantity !== LAST_TOTAL);
  expect(seen.slice(at + 1).every(({ quantity }) => quantity === LAST_TOTAL)).toBe(true);
  await eat.place.click();
  const order = await expectOneOrder({ api, customer, eat });
  expect(order.lines.map(({ quantity }) => quantity)).toEqual([10]);
  expect(`€${(order.total.amount / 100).toFixed(2)}`).toBe(totals.get(LAST_TOTAL));
  expect(JSON.parse(placing.seen[0].body).quote).toBeTruthy();
});

test('while a price is on its way nothing can be paid, however late an older one comes', async ({ page, town, signIn, network }) => {
  const { eat } = await atCheckout({ page, town, signIn });
  const before = await eat.total.innerText();
  const placing = network.when('POST', ORDERS);
  const held = network.when('POST', QUOTES, { hold: true, times: 1 });
  await eat.more('Sour soup').click();
  await held.came();
  await expect(eat.total).toHaveCount(0);
  await expect(eat.place).toHaveAttribute('aria-busy', 'true');
  await eat.place.click();
  // Back to what it was: the first price is the right one again, and the late one belongs to nothing.
  await eat.quantity('Sour soup').getByRole('button', { name: 'Less', exact: true }).click();
  await eat.priced();
  held.release();
  await expect(eat.total).toHaveText(before);
  const anew = network.when('POST', QUOTES);
  await eat.choose('€1');
  await anew.came();
  await eat.priced();
  await expect(eat.total).not.toHaveText(before);
  expect(placing.seen).toEqual([]);
});

test('what a price changes to is told before it can be paid', async ({ page, town, signIn, network, api, guards }) => {
  guards.allowStatus(409, ORDERS);
  guards.allowStatus(404, ORDER);
  const { eat, customer, restaurant } = await atCheckout({ page, town, signIn });
  const before = await eat.total.innerText();
  const basket = { items: [{ item_id: restaurant.items[0].id, quantity: 2, options: [] }], deliver_to: town.home };
  const quote = await api.post(`/v1/restaurants/${restaurant.id}/quotes`, basket, { as: customer });
  const dearer = { ...quote, delivery_fee: money('EUR', 9), total: { ...quote.total, amount: quote.total.amount + 900 - quote.delivery_fee.amount } };
  const [lapsed, raised] = [
    network.when('POST', ORDERS, { answer: { status: 409, body: { code: 'quote-expired', status: 409, type: '', title: '', detail: '' } }, times: 1 }),
    network.when('POST', QUOTES, { answer: { status: 200, body: dearer }, times: 1 }),
  ];
  await eat.place.click();
  await lapsed.came();
  await raised.came();
  const now = `€${(dearer.total.amount / 100).toFixed(2)}`;
  await expect(page.getByText(`The price has changed from ${before} to ${now}.`)).toBeVisible();
  await expect(page.getByText('The price had lapsed. Here is the one that holds now.')).toBeVisible();
  await expect(eat.place).toContainText(now);
});
