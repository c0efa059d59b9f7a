// @ts-check
/** The addresses that somebody keeps. */
import { html, useRef } from '../../vendor/ui.js';
import { addressLine, t } from '../i18n.js';
import { Busy, Button, Empty, Failure, Icon, styled, Title, toast } from '../kit.js';
import { back, openSheet } from '../router.js';
import { account } from '../session.js';
import { removeAddress, useAddresses } from './saved-addresses.js';
import { SignInFirst } from './sign-in-first.js';

await styled('eat-order');

/** @typedef {import('./saved-addresses.js').Saved} Saved */

export default function Addresses() {
  const own = account.value;
  if (!own) return html`<${SignInFirst} name=${t('eat.addresses')} title=${t('eat.addresses-sign-in')} scene="pin" />`;
  return html`<${Own} key=${own.id} />`;
}

function Own() {
  const top = useRef(/** @type {HTMLElement | null} */ (null));
  const { data, error, refresh } = useAddresses();
  const all = /** @type {Saved[] | undefined} */ (data.value?.items);
  const remove = async (/** @type {Saved} */ one) => {
    await removeAddress(one.id);
    toast(t('eat.address-removed', { label: one.label }));
    // What was pressed is gone with it.
    /** @type {HTMLElement | null | undefined} */ (top.current?.querySelector('h1'))?.focus();
  };
  const add = html`<${Button} kind="strong" aria-haspopup="dialog" onPress=${() => openSheet('address', 'new')}><${Icon} name="plus" />${t('eat.add-address')}<//>`;
  return html`<div class="page narrow stack addresses" ref=${top}>
    <header class="row"><button type="button" class="icon-btn" aria-label=${t('eat.back')} title=${t('eat.back')} onClick=${() => back('/eat/account')}><${Icon} name="arrow-left" class="flip" /></button><${Title}>${t('eat.addresses')}<//></header>
    ${!all && (error.value ? html`<${Failure} error=${error.value} retry=${refresh} />` : html`<${Busy} rows=${3} />`)}
    ${all?.length === 0 && html`<${Empty} scene="pin" title=${t('eat.addresses-none')} action=${add}>${t('eat.addresses-none-more')}<//>`}
    ${all && all.length > 0 && html`<ul class="card list pad-inline">${all.map((one) => html`<li key=${one.id} class="item">
        <${Icon} name="map-pin" />
        <div class="grow"><p class="strong clamp" translate="no"><bdi>${one.label}</bdi></p><p class="muted small" translate="no">${addressLine(one.address.street, one.address.city)}</p></div>
        <${Button} kind="small" onPress=${() => remove(one)} aria-label=${t('eat.remove-address', { label: one.label })}><${Icon} name="trash-2" class="s" /><//>
      </li>`)}</ul>
      <div class="row wrap">${add}</div>`}
  </div>`;
}
