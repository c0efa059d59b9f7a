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
  const done = () => requestAnimationFrame(() => document.getElementById('main')?.focus());
  return html`<div class="page gate">
    <div class="gate-head">
      <${Title}>${t('eat.gate')}<//>
      <p class="muted">${t('eat.gate-more')}</p>
    </div>
    <${AddressForm} id=${GATE} onSaved=${done} />
    <button class="btn primary big gate-go" form=${GATE}>${t('eat.show-restaurants')}<${Icon} name="arrow-right" /></button>
  </div>`;
}

/** Another address, over whatever page it is asked for on. @param {{ onClose: () => void }} props */
export function AddressSheet({ onClose }) {
  const bar = html`<button class="btn primary big" form=${SHEET}>${t('eat.deliver-here')}</button>`;
  return html`<${Sheet} title=${t('eat.address')} onClose=${onClose} bar=${bar}><${AddressForm} id=${SHEET} onSaved=${onClose} /><//>`;
}

/** @param {{ id: string, onSaved: () => void }} props */
function AddressForm({ id, onSaved }) {
  const form = typed();
  const wrong = tried.value ? faults(form) : {};
  const field = (/** @type {'street' | 'city' | 'postcode' | 'notes'} */ name, /** @type {number} */ most) => ({
    name,
    value: form[name],
    maxlength: most,
    error: wrong[name] ?? null,
    onInput: (/** @type {string} */ value) => change({ [name]: value }),
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (save()) onSaved();
    else focusFault(/** @type {HTMLFormElement} */ (event.currentTarget));
  };
  return html`<form id=${id} class="address stack loose" novalidate onSubmit=${submit}>
    <${Point} place=${form.place} error=${wrong.place ?? null} />
    <div class="stack address-fields">
      <${Field} ...${field('street', MAX_STREET)} label=${t('eat.street')} autocomplete="street-address" />
      <div class="fields">
        <${Field} ...${field('postcode', MAX_POSTCODE)} label=${t('eat.postcode')} autocomplete="postal-code" optional />
        <${Field} ...${field('city', MAX_CITY)} label=${t('eat.city')} autocomplete="address-level2" />
      </div>
      <${Country} value=${form.country} />
      <${Field} ...${field('notes', MAX_NOTES)} label=${t('eat.courier-notes')} hint=${t('eat.courier-notes-hint')} autocomplete="off" multiline optional />
    </div>
  </form>`;
}

/** @param {{ place: import('../../types/app').Place | null, error: string | null }} props */
function Point({ place, error }) {
  const { area } = config;
  const here = async () => {
    trouble.value = null;
    try {
      const { locate } = await import('../locate.js');
      const found = await locate();
      if (metresBetween(area.centre, found) <= area.radius_m) change({ place: found });
      else trouble.value = t('eat.location-outside', { area: area.name });
    } catch (failure) {
      const { code } = /** @type {any} */ (failure);
      if (!code?.startsWith?.('location-')) throw failure;
      trouble.value = t(`eat.${code}`);
    }
  };
  const pick = (/** @type {import('../../types/app').Place} */ at) => {
    trouble.value = null;
    change({ place: at });
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

/** @param {{ value: string }} props */
function Country({ value }) {
  const id = useId();
  const all = useMemo(countries, []);
  const take = (/** @type {Event} */ event) => change({ country: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`<div class="field">
    <label for=${id}>${t('eat.country')}</label>
    <div class="select"><select id=${id} name="country" autocomplete="country" value=${value} onChange=${take}>
      ${all.map(({ code, name }) => html`<option key=${code} value=${code} selected=${code === value}>${name}</option>`)}
    </select></div>
  </div>`;
}

/** Remembers what is typed, if nothing is wrong with it. */
function save() {
  const form = typed();
  tried.value = true;
  if (!form.place || Object.keys(faults(form)).length > 0) return false;
  const text = (/** @type {string} */ value) => value.trim();
  rememberAddress({
    place: form.place,
    address: { street: text(form.street), city: text(form.city), postcode: text(form.postcode) || null, country: form.country },
    notes: text(form.notes) || null,
  });
  draft.value = null;
  tried.value = false;
  trouble.value = null;
  return true;
}

/** What is typed; at first what is remembered, else what the area is known to be. @returns {Typed} */
function typed() {
  return draft.value?.of === whose() ? draft.value.typed : begun();
}

function whose() {
  return JSON.stringify(address());
}

/** @returns {Typed} */
function begun() {
  const stop = address();
  const { street = '', city = config.area.name, postcode, country = config.area.country } = stop?.address ?? {};
  return { place: stop?.place ?? null, street, city, postcode: postcode ?? '', country, notes: stop?.notes ?? '' };
}

/** @param {Partial<Typed>} by */
function change(by) {
  draft.value = { of: whose(), typed: { ...typed(), ...by } };
}

/** @param {Typed} form @returns {Partial<Record<keyof Typed, string>>} */
function faults({ place, street, city }) {
  return {
    ...(!place && { place: t('eat.need-point') }),
    ...(!street.trim() && { street: t('eat.need-street') }),
    ...(!city.trim() && { city: t('eat.need-city') }),
  };
}

/** What is wrong takes the focus, as soon as it is marked: the map, or the first field. @param {HTMLFormElement} form */
function focusFault(form) {
  requestAnimationFrame(() => {
    const fault = form.querySelector('[aria-invalid="true"]');
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
