import { expect, test } from '../fixtures.js';
import { eventually } from './api.js';
import { BLANK, serveBlank } from './blank.js';
import { GEOLOCATION, freeze, hideable, locate, playGeolocation, shiftClock, translate } from './circumstances.js';
import { LOOKS, NARROW, expectAccessible, expectCalmMotion, expectFits, holdPlace, waitForStable, wear } from './screen.js';
import { asker, countStrokes, hearAnnouncements, listen } from './witnesses.js';

const MINUTE_MS = 60_000;

test.beforeEach(async ({ context }) => {
  const body = '<main><h1>Blank</h1><label>Note <textarea>once twice</textarea></label> <button>Press</button></main>';
  await serveBlank(context, body);
});

test('a shifted clock moves dates and nothing else', async ({ page }) => {
  const set = await shiftClock(page, 7 * MINUTE_MS);
  await page.goto(BLANK);
  const off = () => page.evaluate(() => [Date.now(), new Date().getTime(), new Date(0).getTime(), performance.timeOrigin]);
  const [now, made, zero, origin] = await off();
  expect(Math.abs(now - Date.now() - 7 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
  expect(Math.abs(made - now)).toBeLessThan(1_000);
  expect(zero).toBe(0);
  expect(Math.abs(origin - Date.now())).toBeLessThan(MINUTE_MS);
  await set(-7 * MINUTE_MS);
  expect(Math.abs((await off())[0] - Date.now() + 7 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
});

test('a page is hidden and shown again, and is told of it', async ({ page }) => {
  const { hide, show } = await hideable(page);
  await page.goto(BLANK);
  await page.evaluate(() => {
    globalThis.told = [];
    document.addEventListener('visibilitychange', () => globalThis.told.push(document.visibilityState, document.hidden));
  });
  await hide();
  await show();
  expect(await page.evaluate(() => globalThis.told)).toEqual(['hidden', true, 'visible', false]);
});

test('a frozen page does nothing until it is woken', async ({ page }) => {
  await page.goto(BLANK);
  await page.exposeBinding('tick', () => (ticks += 1));
  let ticks = 0;
  await page.evaluate(() => void setInterval(() => globalThis.tick(), 10));
  await eventually('tick', async () => ticks > 0);
  const wake = await freeze(page);
  const before = ticks;
  const beganAt = Date.now();
  await eventually('half a second', async () => Date.now() - beganAt > 500);
  expect(ticks).toBe(before);
  await wake();
  await eventually('tick after waking', async () => ticks > before + 3);
});

test('a place is told to pages that may know it', async ({ page, context, town }) => {
  await locate(context, town.home.place);
  await page.goto(BLANK);
  const found = await page.evaluate(async () => {
    const { coords } = await new Promise((done, failed) => navigator.geolocation.getCurrentPosition(done, failed));
    return { lat: coords.latitude, lon: coords.longitude };
  });
  expect(found).toEqual(town.home.place);
});

test('a played Geolocation fails, fixes, and tells what it was asked', async ({ page, town }) => {
  const geolocation = await playGeolocation(page);
  await page.goto(BLANK);
  await page.evaluate(() => {
    globalThis.told = [];
    const found = ({ coords, timestamp }) => globalThis.told.push([coords.latitude, Date.now() - timestamp > 60_000]);
    const id = navigator.geolocation.watchPosition(found, ({ code }) => globalThis.told.push(code));
    globalThis.end = () => navigator.geolocation.clearWatch(id);
  });
  await geolocation.fail(GEOLOCATION.denied);
  await geolocation.fix(town.centre);
  await geolocation.fix(town.centre, 5 * MINUTE_MS);
  await page.evaluate(() => globalThis.end());
  await geolocation.fix(town.centre);
  expect(await page.evaluate(() => globalThis.told)).toEqual([1, [town.centre.lat, false], [town.centre.lat, true]]);
  expect(geolocation.calls).toEqual(['watchPosition', 'clearWatch']);
});

test('strokes are counted as a person makes them, over every page load', async ({ page }) => {
  const strokes = await countStrokes(page);
  await page.goto(BLANK);
  await page.getByRole('textbox').focus();
  await page.keyboard.type('abc');
  await page.keyboard.press('Shift+Tab');
  await page.reload();
  await page.keyboard.press('Tab');
  await page.getByRole('button').click();
  await expect.poll(() => strokes).toEqual({ keys: 5, pointers: 1 });
});

test('a page that nobody touched may not sound; asking it is no touch', async ({ page }) => {
  const ear = await listen(page);
  const ask = await asker(page);
  await page.goto(BLANK);
  await ask(`
    globalThis.beep = () => {
      globalThis.audio ??= new AudioContext();
      const tone = new OscillatorNode(globalThis.audio);
      tone.connect(globalThis.audio.destination);
      tone.start();
      tone.stop(globalThis.audio.currentTime + 0.1);
    };
    addEventListener('click', () => globalThis.audio.resume());
    globalThis.beep();
  `);
  await expect.poll(() => ear.heard.length).toBe(1);
  expect(ear.audible).toEqual([]);
  expect(ear.contexts).toEqual(['suspended']);
  await page.getByRole('button').click();
  await expect.poll(() => ear.contexts).toEqual(['running']);
  await ask('globalThis.beep()');
  await expect.poll(() => ear.audible.length).toBe(1);
  await expect.poll(() => ear.sounding).toBe(0);
});

test('what live regions say is heard, and nothing else', async ({ page }) => {
  const said = await hearAnnouncements(page);
  await page.goto(BLANK);
  await page.evaluate(async () => {
    const main = document.querySelector('main');
    const status = Object.assign(document.createElement('p'), { role: 'status' });
    main.append(status, Object.assign(document.createElement('p'), { textContent: 'Written' }));
    const later = () => new Promise((done) => setTimeout(done));
    await later();
    status.textContent = 'Your order is ready.';
    await later();
    status.firstChild.data = 'Your order is on its way.';
    main.append(Object.assign(document.createElement('p'), { role: 'alert', textContent: 'It is late.' }));
  });
  const texts = () => said.map(({ text }) => text);
  await expect.poll(texts).toEqual(['Your order is ready.', 'Your order is on its way.', 'It is late.']);
});

test('a translated page reads the same, in elements that are not its own', async ({ page }) => {
  await page.goto(BLANK);
  await page.evaluate(() => document.querySelector('main').insertAdjacentHTML('beforeend', '<p translate="no">YY4PSQET</p>'));
  const before = await page.locator('main').innerText();
  await translate(page);
  expect(await page.locator('main').innerText()).toBe(before);
  expect(await page.locator('h1 > font > font').textContent()).toBe('Blank');
  await expect(page.locator('p font')).toHaveCount(0);
});

test('a place is held while nothing moves, and found lost when the element is another', async ({ page }) => {
  await page.goto(BLANK);
  const field = page.getByRole('textbox');
  await field.focus();
  await field.evaluate((element) => element.setSelectionRange(2, 5));
  const expectHeld = await holdPlace(page);
  await expectHeld();
  await field.evaluate((element) => {
    const other = element.cloneNode(true);
    element.replaceWith(other);
    other.focus();
    other.setSelectionRange(2, 5);
  });
  await expect(expectHeld()).rejects.toThrow('sameElement');
});

test('a screen is stable once its transitions have ended; a countdown keeps nobody waiting', async ({ page }) => {
  await page.goto(BLANK);
  await page.evaluate(() => {
    const move = [{ opacity: 0 }, { opacity: 1 }];
    globalThis.done = false;
    document.querySelector('h1').animate(move, 700).finished.then(() => (globalThis.done = true));
    document.querySelector('button').animate(move, { duration: 100, iterations: Infinity });
    document.querySelector('label').animate(move, 30_000);
  });
  await waitForStable(page);
  expect(await page.evaluate(() => globalThis.done)).toBe(true);
});

test('what lies beyond the edges is found, and what spills over its ground', async ({ page }) => {
  await page.goto(BLANK);
  await page.setViewportSize(NARROW);
  await expectFits(page);
  await page.evaluate(() => Object.assign(document.querySelector('h1').style, { position: 'relative', insetInlineStart: '300px' }));
  await expect(expectFits(page)).rejects.toThrow('outside: h1');
  await page.evaluate(() => document.querySelector('h1').replaceWith(Object.assign(document.createElement('p'), { style: 'background: gold; block-size: 8px', textContent: 'Spilt' })));
  await expect(expectFits(page)).rejects.toThrow('spills: p. Spilt');
});

test('what moves without end is found', async ({ page }) => {
  await page.goto(BLANK);
  await expectCalmMotion(page);
  await page.evaluate(() => document.querySelector('h1').animate([{ opacity: 0 }, { opacity: 1 }], { duration: 100, iterations: Infinity }));
  await expect(expectCalmMotion(page)).rejects.toThrow('without end');
});

for (const look of LOOKS) {
  test(`axe finds what is wrong and nothing else, ${look.name}`, async ({ page }) => {
    await page.goto(BLANK);
    await wear(page, look);
    const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    expect(dark).toBe(look.colorScheme === 'dark');
    await expectAccessible(page);
    await page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
    await expect(expectAccessible(page)).rejects.toThrow('button-name');
  });
}
