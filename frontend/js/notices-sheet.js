// @ts-check
/** The notices of somebody who works: what happened, newest first. What was seen here is read. */
import { html, useEffect } from '../vendor/ui.js';
import { call } from './api.js';
import { t } from './i18n.js';
import { Busy, Empty, Failure } from './kit.js';
import { useLive } from './live.js';
import { Sheet } from './sheet.js';
import { when } from './times.js';

const LIMIT = 20;

/** @param {{ zone?: string, onOrder?: (order: string) => void, onClose: () => void }} props `zone`: of the times; `onOrder`: what pressing one does */
export default function NoticesSheet({ zone, onOrder, onClose }) {
  const list = useLive('list-notifications', { query: { limit: LIMIT } });
  const notices = list.data.value?.items;
  const unread = notices?.filter((/** @type {any} */ one) => !one.read).map((/** @type {any} */ one) => one.id).join(' ') ?? '';
  useEffect(() => {
    void markRead(unread.split(' ').filter(Boolean));
  }, [unread]);
  return html`<${Sheet} title=${t('kit.notices')} onClose=${onClose}>
    ${!notices && (list.error.value ? html`<${Failure} error=${list.error.value} retry=${list.refresh} />` : html`<${Busy} />`)}
    ${notices?.length === 0 && html`<${Empty} scene="mailbox" title=${t('kit.no-notices')} />`}
    <ul class="list">${notices?.map((/** @type {any} */ one) => html`<li key=${one.id}><${Notice} one=${one} zone=${zone} onOrder=${onOrder} /></li>`)}</ul>
  <//>`;
}

/** @param {{ one: any, zone?: string, onOrder?: (order: string) => void }} props */
function Notice({ one, zone, onOrder }) {
  const words = html`<span class="grow stack tight"><b lang="en"><bdi>${one.title}</bdi></b><span class="muted small" lang="en"><bdi>${one.body}</bdi></span></span>
    <time class="muted small num" datetime=${one.created_at} translate="no">${when(one.created_at, zone)}</time>`;
  if (!onOrder) return html`<div class="item">${words}</div>`;
  return html`<button type="button" class="item" onClick=${() => onOrder(one.order_id)}>${words}</button>`;
}

/** @param {string[]} ids */
async function markRead(ids) {
  // One that is not marked now is marked the next time.
  for (const id of ids) await call('read-notification', { path: { notification_id: id } }).catch(() => {});
}
