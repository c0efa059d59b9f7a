// @ts-check
/** What Tiffin told somebody, newest first. Opening one marks it as read and goes to its order. */
import { html, signal } from '../../vendor/ui.js';
import { call, newKey } from '../api.js';
import { t } from '../i18n.js';
import { Busy, Button, Empty, Failure, styled, Title } from '../kit.js';
import { refreshAll, useLive } from '../live.js';
import { account } from '../session.js';
import { when } from '../times.js';
import { SignInFirst } from './sign-in-first.js';

await styled('eat-order');

const PAGE = 30;

/** @typedef {import('../../types/app').Schemas['Notification']} Notice */

/** The pages after the first, and which ones were read here since they came. */
const rest = signal({ of: '', notices: /** @type {Notice[]} */ ([]), next: /** @type {string | null | undefined} */ (undefined) });
const readHere = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** What each kind of notice is about, as a picture. */
const SCENES = /** @type {Record<string, string>} */ ({
  'order.placed': 'receipt', 'order.accepted': 'cook', 'order.picked_up': 'scooter', 'order.delivered': 'party', 'delivery.assigned': 'bicycle',
  'order.payment_failed': 'card', 'payment.refunded': 'money', 'order.rejected': 'cook', 'order.cancelled': 'plate', 'order.undeliverable': 'storm',
});

export default function Notices() {
  const own = account.value;
  if (!own) return html`<${SignInFirst} name=${t('eat.notices')} title=${t('eat.notices-guest')} scene="bell" />`;
  return html`<${Inbox} key=${own.id} owner=${own.id} />`;
}

/** @param {{ owner: string }} props */
function Inbox({ owner }) {
  const first = useLive('list-notifications', { query: { limit: PAGE } });
  const page = first.data.value;
  const later = rest.value.of === owner ? rest.value : { of: owner, notices: [], next: undefined };
  const next = later.next === undefined ? page?.next_cursor : later.next;
  const more = async () => {
    const { data } = await call('list-notifications', { query: { limit: PAGE, cursor: next } });
    rest.value = { of: owner, notices: [...later.notices, ...data.items], next: data.next_cursor };
  };
  const seen = new Set();
  const all = /** @type {Notice[]} */ ([...(page?.items ?? []), ...later.notices]).filter(({ id }) => !seen.has(id) && seen.add(id));
  const unread = all.filter(isUnread);
  return html`<div class="page narrow notices">
    <div class="row between"><${Title}>${t('eat.notices')}<//>${unread.length > 0 && html`<${Button} kind="link" onPress=${() => readAll(unread)}>${t('eat.notices-read')}<//>`}</div>
    ${!page && !first.error.value && html`<${Busy} rows=${5} />`}
    ${!page && first.error.value && html`<${Failure} error=${first.error.value} retry=${first.refresh} />`}
    ${page && all.length === 0 && html`<${Empty} scene="mailbox" title=${t('eat.notices-none')}>${t('eat.notices-none-more')}<//>`}
    ${all.length > 0 && html`<ul class="card list">${all.map((notice) => html`<${One} key=${notice.id} notice=${notice} />`)}</ul>`}
    ${next && html`<${Button} kind="line" onPress=${more}>${t('eat.show-more')}<//>`}
  </div>`;
}

/** @param {{ notice: Notice }} props */
function One({ notice }) {
  const { id, kind, title, body, order_id, created_at } = notice;
  const unread = isUnread(notice);
  return html`<li><a class=${`item notice ${unread ? 'unread' : ''}`} href=${`/eat/orders/${order_id}`} onClick=${() => unread && read(id)}>
    <span class="tile"><img src=${`/img/scene/${SCENES[kind] ?? 'bell'}.webp`} alt="" width="30" height="30" loading="lazy" /></span>
    <span class="grow"><span class="strong block" lang="en"><bdi>${title}</bdi></span><span class="muted small block" lang="en"><bdi>${body}</bdi></span>
      <time class="muted tiny num" datetime=${created_at} translate="no">${when(created_at)}</time></span>
    ${unread && html`<span class="dot accent"></span><span class="visually-hidden">${t('eat.notice-new')}</span>`}
  </a></li>`;
}

/** @param {Notice} notice */
function isUnread({ id, read }) {
  return !read && !readHere.value.has(id);
}

/** It is read here at once; where telling fails it is unread again when the page is loaded anew. @param {string} id */
async function read(id) {
  readHere.value = new Set([...readHere.peek(), id]);
  await call('read-notification', { path: { notification_id: id }, key: newKey() }).then(refreshAll, () => {});
}

/** One after the other: there may be many. @param {Notice[]} notices */
async function readAll(notices) {
  for (const { id } of notices) {
    await call('read-notification', { path: { notification_id: id }, key: newKey() });
    readHere.value = new Set([...readHere.peek(), id]);
  }
  refreshAll();
}
