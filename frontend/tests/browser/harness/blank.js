// A page with nothing on it, under a server's origin: to try instruments on.

export const BLANK = '/blank';

/**
 * @param {import('@playwright/test').BrowserContext} context
 * @param {string} [body] what stands on it all the same
 */
export function serveBlank(context, body = '') {
  const html = `<!doctype html><html lang="en"><title>Blank</title><body>${body}</body></html>`;
  return context.route(`**${BLANK}`, (route) => route.fulfill({ contentType: 'text/html', body: html }));
}
