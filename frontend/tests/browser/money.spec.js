// Amounts of no, two and three decimals, from the menu to the door; and tips as people type them.

import { expect, test } from './fixtures.js';
import { QUOTES, expectOneOrder } from './harness/checkout.js';
import { EatPage } from './harness/eat-page.js';
import { CURRENCIES, dish, dishWithOptions, money, option } from './harness/samples.js';
import { bagOf } from './harness/storage.js';
import { tier } from './harness/tiers.js';
import { LOCALES, speak, wordsOf } from './harness/words.js';

/** Of each currency: prices in major units, and how they read in English. */
const PRICES = {
  JPY: { soup: 1250, pizza: 900, olives: 50, read: ['¥1,250', '¥950', '¥3,450'], tip: ['¥200', 200] },
  EUR: { soup: 12.5, pizza: 9, olives: 0.75, read: ['€12.50', '€9.75', '€34.75'], tip: ['€1', 100] },
  RON: { soup: 1250, pizza: 9.05, olives: 0.7, read: ['RON 1,250.00', 'RON 9.75', 'RON 2,509.75'], tip: ['RON 5', 500] },
  KWD: { soup: 1.25, pizza: 0.9, olives: 0.075, read: ['KWD 1.250', 'KWD 0.975', 'KWD 3.475'], tip: ['KWD 0.25', 250] },
};
/** Amounts of no, two and three decimals; in RON they are as in EUR. */
const TELLING_CURRENCIES = ['JPY', 'EUR', 'KWD'];
const DIGITS = { JPY: 0, KWD: 3 };

/** An amount as English reads it, with its currency or without. */
function words({ amount, currency }, style = 'currency') {
  const digits = DIGITS[currency] ?? 2;
  const format = { ...(style === 'currency' && { style, currency }), minimumFractionDigits: digits, maximumFractionDigits: digits };
  return plainSpaces(new Intl.NumberFormat('en', format).format(amount / 10 ** digits));
}

const plainSpaces = (text) => text.replace(/[\u00a0\u202f]/g, ' ');

for (const currency of CURRENCIES) {
  const { soup, pizza, olives, read, tip: [chip, tip] } = PRICES[currency];
  test(`what costs ${currency} reads the same on every page, and adds up`, tier(TELLING_CURRENCIES.includes(currency)), async ({ page, town, signIn, api }) => {
    const groups = [{ name: 'Extras', min: 0, max: 1, options: [option('Olives', olives)] }];
    const menu = [dish({ price: soup }), dishWithOptions({ price: pizza, option_groups: groups })];
    const free = { delivery_fee: { base: money(currency, soup / 10), per_km: money(currency, 0) }, min_order: money(currency, soup) };
    const restaurant = await town.restaurant({ currency, menu, ...free });
    const customer = await town.customer();
    await signIn(page, customer, { address: town.home });
    const eat = new EatPage(page);
    await page.goto('/eat');
    const card = page.getByRole('link', { name: /La Mama/ });
    await expect(card).toContainText(words(restaurant.delivery_fee.base));
    await expect(card).toContainText(`minimum ${words(restaurant.min_order)}`);
    await card.click();
    await expect(eat.dish('Sour soup')).toContainText(read[0]);
    await eat.dish('Margherita').click();
    await eat.sheet('Margherita').getByText('Olives').click();
    await expect(eat.sheet('Margherita')).toContainText(`+${words(money(currency, olives))}`);
    await expect(eat.sheet('Margherita').getByRole('button', { name: /^Add/ })).toContainText(read[1]);
    await eat.sheet('Margherita').getByRole('button', { name: /^Add/ }).click();
    await eat.add('Sour soup', { quantity: 2 });
    await expect(eat.toCheckout).toContainText(read[2]);
    await eat.toCheckout.click();
    await eat.priced();
    const quoted = page.waitForResponse((reply) => QUOTES.test(new URL(reply.url()).pathname) && reply.ok());
    await eat.choose(chip);
    const quote = await (await quoted).json();
    await eat.priced();
    expect(quote.tip).toEqual({ amount: tip, currency });
    const sums = await eat.sums();
    expect(plainSpaces(sums.Total)).toBe(words(quote.total));
    expect(sums.Dishes).toBe(words(quote.subtotal, 'plain'));
    expect(read[2]).toBe(words(quote.subtotal));
    expect(sums.Delivery).toBe(words(quote.delivery_fee, 'plain'));
    expect(sums['Tip for the courier']).toBe(words(quote.tip, 'plain'));
    await eat.place.click();
    const order = await expectOneOrder({ api, customer, eat });
    expect(order.total).toEqual(quote.total);
    await expect(eat.journey).toContainText(`Paid ${words(order.total)}`);
    await expect(eat.total).toHaveText(words(order.total));
    await expect(page.getByRole('region', { name: 'Bill' }).getByRole('listitem')).toContainText([words(order.lines[0].total, 'plain'), words(order.lines[1].total, 'plain')]);
  });
}

/** What is typed, and what it comes to in minor units; a list is a question, a word what is wrong with it. */
const TYPED = {
  EUR: [['12,50', 1250], ['12.50', 1250], ['1 250,00', 125000], ['1.250', [125, 125000]], ['١٢٫٥٠', 1250], ['1,5', 150], ['3', 300], ['a', 'not-a-number'], ['1,2345', 'decimals']],
  JPY: [['12,50', 'decimals'], ['1250', 1250], ['1.250', 1250]],
  KWD: [['1,250', 1250], ['0,5', 500]],
};

/** Both systems of digits, and both signs of decimals. */
const TELLING_TIPS = ['EUR in ro', 'EUR in ar'];

for (const locale of LOCALES) {
  for (const [currency, cases] of Object.entries(TYPED)) {
    test(`a tip in ${currency} is read as it is meant, typed in ${locale}`, tier(TELLING_TIPS.includes(`${currency} in ${locale}`)), async ({ page, town, signIn, api }) => {
      const t = wordsOf(locale);
      const restaurant = await town.restaurant({ currency, menu: [dish({ price: 40 })] });
      const customer = await town.customer();
      await speak(page, locale);
      await signIn(page, customer, { address: town.home, bag: bagOf(restaurant) });
      await page.goto('/eat/checkout');
      const place = page.getByRole('button', { name: new RegExp(`^${t('eat.place-order')}`) });
      const quotes = [];
      // What was asked for: a reply's body is gone once the next one is asked for.
      page.on('response', (reply) => {
        if (QUOTES.test(new URL(reply.url()).pathname) && reply.ok()) quotes.push(reply.request().postDataJSON().tip?.amount ?? 0);
      });
      await page.locator('label').filter({ hasText: t('eat.tip-other') }).click();
      const field = page.locator('input[name=tip]');
      const settled = (amount) => expect.poll(() => quotes.at(-1)).toBe(amount);
      const ready = () => expect(place).not.toHaveAttribute('aria-busy', 'true');
      await settled(0);
      for (const [typed, meant] of cases) {
        await field.fill(typed);
        if (typeof meant === 'number') {
          await settled(meant);
          await expect(field).not.toHaveAttribute('aria-invalid');
        } else if (Array.isArray(meant)) {
          const choices = page.locator('.checkout-tip button.chip');
          await expect(choices).toHaveCount(meant.length);
          await expect(page.getByText(t('eat.tip-which'))).toBeVisible();
          await choices.first().click();
          await settled(meant[0]);
          await expect(choices).toHaveCount(0);
        } else {
          await expect(page.locator('.checkout-tip .field-error')).toBeVisible();
          await ready();
          await place.click();
          await expect(field).toBeFocused();
        }
        await expect(field).toHaveValue(Array.isArray(meant) ? /.+/ : typed);
      }
      // The same again asks nobody, and a wheel over the field changes nothing.
      const [typed, meant] = cases.find(([, amount]) => typeof amount === 'number');
      await field.fill(typed);
      await settled(meant);
      await ready();
      const asked = quotes.length;
      await field.fill(typed);
      await field.hover();
      await page.mouse.wheel(0, 100);
      await page.mouse.wheel(0, -100);
      await expect(field).toHaveValue(typed);
      await place.click();
      await expect(page).toHaveURL(/\/eat\/orders\/ord_/);
      const { items: [order] } = await api.get('/v1/orders', { as: customer });
      expect(order.tip).toEqual({ amount: meant, currency });
      expect(quotes.length).toBe(asked);
    });
  }
}
