// @ts-check
/** The addresses that an account keeps: chosen from where one is asked for, and added there. */
import { html, signal } from '../../vendor/ui.js';
import { call } from '../api.js';
import { listed, t } from '../i18n.js';
import { Icon, toast } from '../kit.js';
import { follow, useLive } from '../live.js';
import { ownPath } from '../own-account.js';
import { Field } from '../sheet.js';
import { address } from './address.js';

/** As many as an account keeps. */
const MOST = 50;
const MAX_LABEL = 100;

/** @typedef {import('../../types/app').Schemas['SavedAddress']} Saved */

/** Whether the address that is typed is to be kept, and as what. */
const keeping = signal(/** @type {{ label: string } | null} */ (null));

function asked() {
  return { path: ownPath(), query: { limit: MOST } };
}

export function useAddresses() {
  return useLive('list-addresses', asked(), { poll: false });
}

/** Has whoever shows them ask anew. */
async function askAnew() {
  const { live, stop } = follow('list-addresses', asked(), { poll: false });
  await live.refresh();
  stop();
}

/** An address as orders take it. @param {Saved} saved @returns {import('./address.js').Stop} */
export function stopOf({ place, address: { street, city, postcode, country }, notes }) {
  return { place, address: { street, city, postcode, country }, notes };
}

/** Those that are kept, to choose one. @param {{ onChosen: (stop: import('./address.js').Stop) => void }} props */
export default function SavedAddresses({ onChosen }) {
  const { data } = useAddresses();
  const all = /** @type {Saved[] | undefined} */ (data.value?.items);
  const now = JSON.stringify(address());
  if (!all) return html`<div class="skeleton line"></div>`;
  if (all.length === 0) return html`<p class="muted small">${t('eat.addresses-none-yet')}</p>`;
  return html`<div class="scroll-x" role="group" aria-label=${t('eat.addresses')}>
    ${all.map((one) => html`<button type="button" key=${one.id} class="chip" translate="no" aria-pressed=${String(JSON.stringify(stopOf(one)) === now)} onClick=${() => onChosen(stopOf(one))}>
      <${Icon} name="map-pin" class="s" />${listed([one.label, one.address.street], 'dot')}</button>`)}
  </div>`;
}

/** Whether what is typed is to be kept as well. @param {{ always?: boolean }} props `always`: that is what it is typed for */
export function Keep({ always = false }) {
  const { label } = keeping.value ?? { label: '' };
  const wanted = always || keeping.value !== null;
  const turn = (/** @type {Event} */ event) => {
    keeping.value = /** @type {HTMLInputElement} */ (event.target).checked ? { label: '' } : null;
  };
  return html`<div class="stack">
    ${!always && html`<label class="opt"><input type="checkbox" name="keep" checked=${wanted} onChange=${turn} /><span>${t('eat.keep-address')}</span></label>`}
    ${wanted && html`<${Field} label=${t('eat.address-label')} hint=${t('eat.address-label-hint')} name="label" autocomplete="off" maxlength=${MAX_LABEL} value=${label} onInput=${(/** @type {string} */ text) => (keeping.value = { label: text })} optional />`}
  </div>`;
}

/** Keeps this address, if that is wished; called what they call it, else by its street. @param {import('./address.js').Stop} stop @param {boolean} [always] */
export async function keepIfWished(stop, always = false) {
  const wished = keeping.peek() ?? (always ? { label: '' } : null);
  if (!wished) return;
  const label = wished.label.trim() || [...stop.address.street].slice(0, MAX_LABEL).join('');
  await call('add-address', { path: ownPath(), body: { label, ...stop } });
  keeping.value = null;
  toast(t('eat.address-kept'), 'good');
  await askAnew();
}

/** @param {string} address_id */
export async function removeAddress(address_id) {
  await call('remove-address', { path: { ...ownPath(), address_id } });
  await askAnew();
}
