// The theatre, as whoever opens it sees it: three real pages in frames, which are pressed with a real mouse.

import { expect } from '@playwright/test';

/** What the theatre's page holds, by role. */
const ROLES = ['customer', 'merchant', 'courier'];

/** The theatre in one tab. */
export class TheatrePage {
  /** @param {import('@playwright/test').Page} page */
  constructor(page) {
    this.page = page;
    this.order = page.getByRole('button', { name: 'Order dinner for me' });
    this.onItsWay = page.getByRole('button', { name: 'Dinner is under way' });
    this.next = page.locator('#dinner-more');
    this.trouble = page.getByRole('alert');
    this.ticker = page.getByRole('region', { name: 'What happens in the city' });
  }

  /** Opens it, and waits until its three pages are there. */
  async goto(url = '') {
    await this.page.goto(`${url}/demo`);
    await this.begun();
  }

  /** Waits until the three have begun; on a phone two of them are out of sight. */
  async begun() {
    for (const role of ROLES) await expect(this.frame(role).locator('h1').first()).toBeAttached();
    await expect(this.frame('merchant').locator('#column-new .count')).toBeAttached();
  }

  /** @param {'customer' | 'merchant' | 'courier'} role */
  frame(role) {
    return this.page.frameLocator(`#frame-${role}`);
  }

  /** What stands above a device, with its switch. */
  caption(role) {
    return this.page.locator(`#device-${role} .caption`);
  }

  switch(role) {
    return this.caption(role).getByRole('switch', { name: 'Play for me' });
  }

  /** Presses something in a device, at the place where it is drawn. */
  async press(role, locator) {
    const frame = this.page.locator(`#frame-${role}`);
    await expect(async () => {
      await locator.scrollIntoViewIfNeeded();
      const inside = await locator.evaluate(middle);
      expect(inside, 'something lies above it').not.toBeNull();
      const outside = await frame.evaluate((element) => {
        const { x, y, width } = element.getBoundingClientRect();
        return { x, y, scale: width / element.offsetWidth };
      });
      await this.page.mouse.click(outside.x + inside.x * outside.scale, outside.y + inside.y * outside.scale);
    }).toPass();
  }

  /** Notes that the theatre and its frames are the same documents still; fails where one was loaded anew. */
  async holdDocuments() {
    const mark = () => (globalThis.tiffinTestSame = true);
    const same = () => globalThis.tiffinTestSame === true;
    const bodies = [this.page.locator('body'), ...ROLES.map((role) => this.frame(role).locator('body'))];
    for (const body of bodies) await body.evaluate(mark);
    return async () => {
      for (const body of bodies) expect(await body.evaluate(same), 'a document was loaded anew').toBe(true);
    };
  }
}

/** What is on, as the server tells it. */
export async function sceneOf({ url }) {
  return (await fetch(`${url}/_tiffin/theatre`)).json();
}

/** Ends what the theatre's customer has ordered, and its courier's working day: a worker's tests share one theatre. */
export async function clearTable({ url }) {
  const call = async (method, path, body, token) => {
    const headers = { origin: url, 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const reply = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  const as = async (who) => (await call('POST', '/_tiffin/sessions', { who })).access_token;
  const [merchant, courier] = [await as('merchant'), await as('courier')];
  const { restaurant, people } = await sceneOf({ url });
  const { items: carried } = await call('GET', '/v1/deliveries', undefined, courier);
  for (const { id, allowed_actions: actions } of carried) {
    if (actions.includes('complete')) await call('POST', `/v1/deliveries/${id}/complete`, {}, courier);
  }
  const { items } = await call('GET', `/v1/orders?restaurant_id=${restaurant.id}`, undefined, merchant);
  for (const { id, allowed_actions: actions } of items) {
    const end = ['reject', 'cancel'].find((action) => actions.includes(action));
    if (end) await call('POST', `/v1/orders/${id}/${end}`, { reason: 'The table is cleared.' }, merchant);
  }
  await call('PUT', `/v1/couriers/${people.courier.user_id}/availability`, { online: false }, courier);
}

/** Runs in the frame: the middle of an element, once it stands still and nothing lies above it. */
async function middle(element) {
  const box = () => element.getBoundingClientRect();
  const before = box();
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const { x, y, width, height } = box();
  const at = { x: x + width / 2, y: y + height / 2 };
  const hit = document.elementFromPoint(at.x, at.y);
  return x === before.x && y === before.y && (element === hit || element.contains(hit)) ? at : null;
}
