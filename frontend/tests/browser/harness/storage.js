// What a browser keeps for the pages, put there and looked at: sessions, addresses, bags (js/session.js and js/store.js say how).

/** The version of what the pages keep today. */
const VERSION = 1;
/** Whose things are when nobody is signed in. */
export const GUEST = 'guest';

/**
 * Signs somebody in, in this tab, without the form; new tabs of the same browser begin with them, too. Before the page is
 * loaded, or loaded anew.
 * @param {import('@playwright/test').Page} page
 * @param {import('./api.js').Api} api
 * @param {import('./api.js').Person} who
 * @param {string} url of the server that the page is loaded from
 * @returns {Promise<{access_token: string, refresh_token: string}>} their session, for tests that end it elsewhere
 */
export async function signIn(page, api, who, url) {
  const { email, password } = who;
  const session = await api.post('/v1/sessions', { email, password });
  const stored = JSON.stringify({ name: who.name, email, refresh_token: session.refresh_token });
  const local = { [`tiffin:last:${who.role}`]: who.id, [`tiffin:session:${who.id}`]: stored };
  await place(page, url, { local, tab: { [`tiffin:plays:${who.role}`]: who.id } });
  return session;
}

/**
 * Keeps things for somebody as the pages would: `{ address: town.home, bag: bagOf(…) }`; a text is put there as it stands,
 * however broken. Before the page is loaded, or loaded anew.
 * @param {import('@playwright/test').Page} page
 * @param {string} url of the server that the page is loaded from
 * @param {Record<string, any>} things
 * @param {{id: string} | null} [who] a guest by default
 */
export function keep(page, url, things, who = null) {
  const texts = Object.entries(things).map(([name, thing]) => {
    const text = typeof thing === 'string' ? thing : JSON.stringify({ v: VERSION, data: thing });
    return [`tiffin:${name}:${who?.id ?? GUEST}`, text];
  });
  return place(page, url, { local: Object.fromEntries(texts), tab: {} });
}

/**
 * A bag, as the pages keep it.
 * @param {object} restaurant as `Town.restaurant` gives it
 * @param {{dish?: number, quantity?: number, options?: string[]}[]} [entries] dishes by their place on the menu, options by name
 */
export function bagOf(restaurant, entries = [{ quantity: 2 }]) {
  const { id, name } = restaurant;
  return {
    restaurant: { id, name },
    entries: entries.map(({ dish = 0, quantity = 1, options = [] }) => {
      const item = restaurant.items[dish];
      const all = item.option_groups.flatMap((group) => group.options);
      const chosen = options.map((wanted) => all.find((one) => one.name === wanted));
      return { item_id: item.id, name: item.name, quantity, options: chosen.map((one) => ({ id: one.id, name: one.name })) };
    }),
  };
}

/**
 * Everything that a browser keeps for the origin of a page, as one text: to look for what must not be there.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<string>}
 */
export function everythingKept(page) {
  return page.evaluate(async () => {
    const kept = [...Object.entries({ ...localStorage }), ...Object.entries({ ...sessionStorage }), document.cookie];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) kept.push(`${name} ${request.url}`);
    }
    for (const { name } of await indexedDB.databases()) kept.push(`database ${name}`);
    return kept.join('\n');
  });
}

async function place(page, url, { local, tab }) {
  const { origin } = new URL(url);
  await page.addInitScript(putOnce, { origin, local, tab, mark: `test:${crypto.randomUUID()}` });
}

/** Runs in the page before its own scripts; once, for what the page makes of it later is its own. */
function putOnce({ origin, local, tab, mark }) {
  if (location.origin !== origin || sessionStorage.getItem(mark)) return;
  sessionStorage.setItem(mark, 'done');
  for (const [key, text] of Object.entries(local)) localStorage.setItem(key, text);
  for (const [key, text] of Object.entries(tab)) sessionStorage.setItem(key, text);
}
