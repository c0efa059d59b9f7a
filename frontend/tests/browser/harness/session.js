// Somebody signed in without the form: their session lies where the pages keep one (js/session.js says where).

/**
 * Signs somebody in, in this tab; new tabs of the same browser begin with them, too. Before the page is loaded, or loaded anew.
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
  const { origin } = new URL(url);
  await page.addInitScript(placeSession, { origin, id: who.id, role: who.role, stored, mark: crypto.randomUUID() });
  return session;
}

/** Runs in the page before its own scripts; once, for what the page makes of the session later is its own. */
function placeSession({ origin, id, role, stored, mark }) {
  if (location.origin !== origin || sessionStorage.getItem(mark)) return;
  sessionStorage.setItem(mark, 'done');
  sessionStorage.setItem(`tiffin:plays:${role}`, id);
  localStorage.setItem(`tiffin:last:${role}`, id);
  localStorage.setItem(`tiffin:session:${id}`, stored);
}
