// @ts-check
/** Style sheets that come with a module rather than with the page. */

/** Sees to it that css/<name>.css is there; where it does not come, the page works all the same. @param {string} name */
export async function styled(name) {
  if (typeof document === 'undefined' || document.querySelector(`link[href$="/css/${name}.css"]`)) return;
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = new URL(`../css/${name}.css`, import.meta.url).href;
  await new Promise((done) => {
    sheet.onload = sheet.onerror = done;
    document.head.append(sheet);
  });
}
