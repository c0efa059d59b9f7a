// @ts-check
/** What was given back of a payment, or is about to be, or could not be; for whoever paid and for whoever was paid. */
import { html, useEffect, useId, useRef } from '../vendor/ui.js';
import { money, t } from './i18n.js';
import { announce, Icon } from './kit.js';
import { when } from './times.js';

/** @typedef {import('../types/app').Schemas['Payment']} Payment */

const ICONS = { pending: 'clock', succeeded: 'circle-check', failed: 'triangle-alert' };
const KINDS = { pending: 'warn', succeeded: 'good', failed: 'bad' };

/**
 * @param {{ payment: Payment, zone: string | undefined, why: (reason: string) => string }} props
 * `zone`: the restaurant's; `why`: a reason in words
 */
export default function Refunds({ payment, zone, why }) {
  const title = useId();
  const { refunds, refunded } = payment;
  const before = useRef(/** @type {Map<string, string>} */ (new Map()));
  useEffect(() => {
    // How it is on arrival is read from the page itself; what becomes of it is told.
    for (const { id, amount, status } of refunds) {
      const was = before.current.get(id);
      if (was && was !== status) announce(t(`kit.refund-told-${status}`, { amount: money(amount) }));
      before.current.set(id, status);
    }
  }, [payment.version]);
  if (refunds.length === 0) return null;
  return html`<section class="refunds stack" aria-labelledby=${title}>
    <h3 id=${title}>${t('kit.refunds')}</h3>
    <ul class="stack">${refunds.map(({ id, amount, reason, status, created_at }) => html`<li key=${id}>
      <div class="row top"><p class="grow"><bdi>${why(reason)}</bdi></p><span class="num strong" translate="no">${money(amount)}</span></div>
      <p class="row wrap"><span class=${`tag ${KINDS[status]}`}><${Icon} name=${ICONS[status]} />${t(`kit.refund-${status}`)}</span><time class="muted small num" datetime=${created_at} translate="no">${when(created_at, zone)}</time></p>
    </li>`)}</ul>
    ${refunded.amount > 0 && html`<dl class="sums"><dt>${t('kit.refunds-sum')}</dt><dd class="strong" translate="no">${money(refunded)}</dd></dl>`}
  </section>`;
}
