// @ts-check
/** A delivery that is being carried: where to now, whom to ask for, and the one step that comes next. */
import { html, useEffect } from '../../vendor/ui.js';
import { addressLine, money, orderNumber, t } from '../i18n.js';
import { announce, Button, Icon } from '../kit.js';
import { byHand } from '../theatre.js';
import { time, times } from '../times.js';
import { press } from './queue.js';
import { leg, nextStep } from './tasks.js';

/**
 * @param {{ delivery: import('../../types/app').Delivery, first: boolean, steps: import('./queue.js').Step[], waits: boolean }} props
 * `first`: the one to be done now; `steps`: pressed, and not yet told of by the server; `waits`: some of them are not sent
 */
export function Task({ delivery, first, steps, waits }) {
  const now = leg(delivery, steps);
  useEffect(() => {
    if (first) announce(t(`ride.leg-${now}`, { name: delivery.pick_up.name ?? '' }));
  }, [now, first]);
  const next = nextStep(delivery, steps);
  const stop = now === 'to_pick_up' ? delivery.pick_up : delivery.deliver_to;
  const act = () => {
    if (!next) return;
    press(delivery, next);
    void byHand('courier');
  };
  return html`<section class=${`task stack ${first ? '' : 'later'}`} aria-label=${t('ride.order', { number: orderNumber(delivery.order_number) })}>
    <div class="row between">
      <h2>${t(`ride.leg-${now}`, { name: delivery.pick_up.name ?? '' })}</h2>
      <b class="num" translate="no">${money(delivery.earning)}</b>
    </div>
    <p class="row"><span class="tag num" translate="no">${orderNumber(delivery.order_number)}</span><${Told} delivery=${delivery} now=${now} /></p>
    ${now !== 'done' && html`<${Stop} stop=${stop} kind=${now} />`}
    ${next && html`<div class=${`row ${first ? 'ride-acts' : ''}`}><${Button} kind=${first ? `${now === 'to_customer' ? 'primary' : 'strong'} big` : 'line'} onPress=${act}>${t(`ride.step-${next}`)}<//></div>`}
    ${!next && now === 'to_pick_up' && html`<p class="note">${t('ride.not-yet')}</p>`}
    ${waits && html`<p class="muted small row"><${Icon} name="clock" />${t('ride.waits-to-be-sent')}</p>`}
  </section>`;
}

/** What is known of the times. @param {{ delivery: import('../../types/app').Delivery, now: string }} props */
function Told({ delivery, now }) {
  if (now === 'to_customer') return delivery.eta && html`<span class="muted num">${t('ride.expected', { time: times(delivery.eta) })}</span>`;
  if (delivery.order_status === 'ready') return html`<span class="tag good">${t('ride.food-ready')}</span>`;
  if (delivery.order_status === 'paid') return html`<span class="muted">${t('ride.not-accepted')}</span>`;
  return delivery.ready_by && html`<span class="muted num">${t('ride.ready-at', { time: time(delivery.ready_by) })}</span>`;
}

/** @param {{ stop: any, kind: string }} props */
function Stop({ stop, kind }) {
  if (!stop) return null;
  const { address } = stop;
  return html`<div class="stop card pad stack tight">
    <b translate="no"><bdi>${stop.name}</bdi></b>
    ${address && html`<span translate="no">${addressLine(address.street, address.postcode, address.city)}</span>`}
    ${kind === 'to_customer' && stop.notes && html`<p class="note" translate="no"><bdi>${stop.notes}</bdi></p>`}
    ${stop.phone && html`<a class="btn line small" href=${`tel:${stop.phone.replace(/[^+\d]/g, '')}`}><${Icon} name="phone" />${t('ride.call')} <span class="num" translate="no" dir="ltr">${stop.phone}</span></a>`}
  </div>`;
}
