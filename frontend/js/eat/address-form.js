// @ts-check
/**
 * Where food is brought: a point on the picture of the area or of the device, and what is written on the door. It is asked before
 * anything else, and again in a sheet.
 */
import { effect, html, signal, useId, useMemo } from '../../vendor/ui.js';
import { config } from '../api.js';
import { distance as metresBetween } from '../city.js';
import { locale, t } from '../i18n.js';
import { Button, Icon, Title } from '../kit.js';
import { described, PickMap } from '../map.js';
import { Later } from '../router.js';
import { account } from '../session.js';
import { Field, Sheet } from '../sheet.js';
import { address, MAX_CITY, MAX_NOTES, MAX_POSTCODE, MAX_STREET, rememberAddress } from './address.js';

const GATE = 'address-gate';
const SHEET = 'address-sheet';
/** The sheet's value in which an address is added to those that are kept, wherever food goes now. */
const NEW = 'new';
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Codes that have names and are no country to bring food to: unions, reserved and test codes. */
const NONE = ['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'];

/** @typedef {{ place: import('../../types/app').Place | null, street: string, city: string, postcode: string, country: string, notes: string }} Typed */

/** What is typed lies here, so that a page which is drawn anew does not lose it; it belongs to the address it is to replace. */
const draft = signal(/** @type {{ of: string, typed: Typed } | null} */ (null));
/** Whether they tried to go on: from then on what is wrong is told where it is. */
const tried = signal(false);
/** Why the device's place can't be had. */
const trouble = signal(/** @type {string | null} */ (null));

// What a guest typed goes with who signs in; what somebody typed who is gone, goes.
let before = account.peek()?.id ?? null;
effect(() => {
  const id = account.value?.id ?? null;
  if (before !== null && id !== before) draft.value = null;
  before = id;
});

/** Before anything else: where should the food go? Then the restaurants that bring it there. */
export default function Gate() {
  if (address()) return html`<${Later} load=${() => import('./discover.js')} />`;
  // The form goes; whoever uses a keyboard goes on at the top of what comes.
  const done = () => void requestAnimationFrame(() => document.getElementById('main')?.focus());
  return html`<div class="page gate">
    <div class="gate-head">
      <${Title}>${t('eat.gate')}<//>
      <p class="muted">${t('eat.gate-more')}</p>
    </div>
    <${AddressForm} id=${GATE} onTaken=${done} />
    <${Button} kind="primary big gate-go" type="submit" form=${GATE} onPress=${() => take(GATE, false, done)}>${t('eat.show-restaurants')}<${Icon} name="arrow-right" /><//>
  </div>`;
}

/** Another address, over whatever page it is asked for on. @param {{ what: string, onClose: () => void }} props */
export function AddressSheet({ what, onClose }) {
  const isNew = what === NEW;
  const bar = html`<${Button} kind="primary big" type="submit" form=${SHEET} onPress=${() => take(SHEET, isNew, onClose)}>${t(isNew ? 'kit.save' : 'eat.deliver-here')}<//>`;
  return html`<${Sheet} title=${t(isNew ? 'eat.add-address' : 'eat.address')} onClose=${onClose} bar=${bar}><${AddressForm} id=${SHEET} isNew=${isNew} onTaken=${onClose} /><//>`;
}

/** @param {{ id: string, isNew?: boolean, onTaken: () => void }} props */
function AddressForm({ id, isNew = false, onTaken }) {
  const form = typed(isNew);
  const wrong = tried.value ? faults(form) : {};
  const field = (/** @type {'street' | 'city' | 'postcode' | 'notes'} */ name, /** @type {number} */ most) => ({
    name,
    value: form[name],
    maxlength: most,
    error: wrong[name] ?? null,
    onInput: (/** @type {string} */ value) => change(isNew, { [name]: value }),
  });
  const choose = (/** @type {import('./address.js').Stop} */ stop) => {
    rememberAddress(stop);
    drop();
    onTaken();
  };
  return html`<form id=${id} class="address stack loose" novalidate onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    ${account.value && !isNew && html`<div class="address-saved"><${Later} load=${() => import('./saved-addresses.js')} onChosen=${choose} /></div>`}
    <${Point} place=${form.place} isNew=${isNew} error=${wrong.place ?? null} />
    <div class="stack address-fields">
      <${Field} ...${field('street', MAX_STREET)} label=${t('eat.street')} autocomplete="street-address" />
      <div class="fields">
        <${Field} ...${field('postcode', MAX_POSTCODE)} label=${t('eat.postcode')} autocomplete="postal-code" optional />
        <${Field} ...${field('city', MAX_CITY)} label=${t('eat.city')} autocomplete="address-level2" />
      </div>
      <${Country} value=${form.country} isNew=${isNew} />
      <${Field} ...${field('notes', MAX_NOTES)} label=${t('eat.courier-notes')} hint=${t('eat.courier-notes-hint')} autocomplete="off" multiline optional />
      ${account.value && html`<${Later} load=${() => import('./saved-addresses.js').then(({ Keep }) => ({ default: Keep }))} always=${isNew} />`}
    </div>
  </form>`;
}

/** @param {{ place: import('../../types/app').Place | null, isNew: boolean, error: string | null }} props */
function Point({ place, isNew, error }) {
  const { area } = config;
  const here = async () => {
    trouble.value = null;
    try {
      const { locate } = await import('../locate.js');
      const found = await locate();
      if (metresBetween(area.centre, found) <= area.radius_m) change(isNew, { place: found });
      else trouble.value = t('eat.location-outside', { area: area.name });
    } catch (failure) {
      const { code } = /** @type {any} */ (failure);
      if (!code?.startsWith?.('location-')) throw failure;
      trouble.value = t(`eat.${code}`);
    }
  };
  const pick = (/** @type {import('../../types/app').Place} */ at) => {
    trouble.value = null;
    change(isNew, { place: at });
  };
  const at = place ?? area.centre;
  return html`<fieldset class="stack address-point" aria-invalid=${error ? 'true' : undefined}>
    <legend class="visually-hidden">${t('eat.point')}</legend>
    <${PickMap} area=${area} place=${at} onPick=${pick} label=${t('eat.pick-map')} words=${{ nearer: t('kit.nearer'), farther: t('kit.farther') }} describe=${described(at)} />
    <div class="row wrap between">
      <p class=${error ? 'field-error' : 'small muted'}>${error ? html`<${Icon} name="triangle-alert" />${error}` : place ? described(at) : t('eat.move-map')}</p>
      <${Button} kind="line" onPress=${here}><${Icon} name="locate" />${t('eat.use-location')}<//>
    </div>
    ${trouble.value && html`<p class="banner warn" role="status"><${Icon} name="navigation" /><span>${trouble.value}</span></p>`}
  </fieldset>`;
}

/** @param {{ value: string, isNew: boolean }} props */
function Country({ value, isNew }) {
  const id = useId();
  const all = useMemo(countries, []);
  const take = (/** @type {Event} */ event) => change(isNew, { country: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`<div class="field">
    <label for=${id}>${t('eat.country')}</label>
    <div class="select"><select id=${id} name="country" autocomplete="country" value=${value} onChange=${take}>
      ${all.map(({ code, name }) => html`<option key=${code} value=${code} selected=${code === value}>${name}</option>`)}
    </select></div>
  </div>`;
}

/** Takes what is typed, if nothing is wrong with it: to bring food there, or to keep it. @param {string} id of the form @param {boolean} isNew @param {() => void} onTaken */
async function take(id, isNew, onTaken) {
  const stop = whole(isNew);
  if (!stop) return focusFault(document.getElementById(id));
  if (isNew) await keep(stop, true);
  else rememberAddress(stop);
  drop();
  onTaken();
  if (!isNew && account.peek()) await keep(stop, false);
}

/** @param {import('./address.js').Stop} stop @param {boolean} always */
async function keep(stop, always) {
  const { keepIfWished } = await import('./saved-addresses.js');
  await keepIfWished(stop, always);
}

/** What is typed, if nothing is wrong with it. @param {boolean} isNew @returns {import('./address.js').Stop | null} */
function whole(isNew) {
  const form = typed(isNew);
  tried.value = true;
  if (!form.place || Object.keys(faults(form)).length > 0) return null;
  const text = (/** @type {string} */ value) => value.trim();
  return {
    place: form.place,
    address: { street: text(form.street), city: text(form.city), postcode: text(form.postcode) || null, country: form.country },
    notes: text(form.notes) || null,
  };
}

function drop() {
  draft.value = null;
  tried.value = false;
  trouble.value = null;
}

/** What is typed; at first what is remembered, else what the area is known to be. @param {boolean} isNew @returns {Typed} */
function typed(isNew) {
  return draft.value?.of === whose(isNew) ? draft.value.typed : begun(isNew);
}

/** @param {boolean} isNew */
function whose(isNew) {
  return isNew ? NEW : JSON.stringify(address());
}

/** @param {boolean} isNew @returns {Typed} */
function begun(isNew) {
  const stop = isNew ? null : address();
  const { street = '', city = config.area.name, postcode, country = config.area.country } = stop?.address ?? {};
  return { place: stop?.place ?? null, street, city, postcode: postcode ?? '', country, notes: stop?.notes ?? '' };
}

/** @param {boolean} isNew @param {Partial<Typed>} by */
function change(isNew, by) {
  draft.value = { of: whose(isNew), typed: { ...typed(isNew), ...by } };
}

/** @param {Typed} form @returns {Partial<Record<keyof Typed, string>>} */
function faults({ place, street, city }) {
  return {
    ...(!place && { place: t('eat.need-point') }),
    ...(!street.trim() && { street: t('eat.need-street') }),
    ...(!city.trim() && { city: t('eat.need-city') }),
  };
}

/** What is wrong takes the focus, as soon as it is marked: the map, or the first field. @param {HTMLElement | null} form */
function focusFault(form) {
  requestAnimationFrame(() => {
    const fault = form?.querySelector('[aria-invalid="true"]');
    const target = fault instanceof HTMLFieldSetElement ? fault.querySelector('[tabindex]') : fault;
    /** @type {HTMLElement | null} */ (target)?.focus();
  });
}

/** Countries by their names in the reader's language; no list of our own grows old. @returns {{ code: string, name: string }[]} */
function countries() {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  // A code that has been given up (DD, YU) is another one in its canonical form.
  const present = codes.filter((code) => !NONE.includes(code) && Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`);
  const named = present.flatMap((code) => {
    const name = names.of(code);
    return name ? [{ code, name }] : [];
  });
  const order = new Intl.Collator(locale);
  return named.sort((one, other) => order.compare(one.name, other.name));
}
