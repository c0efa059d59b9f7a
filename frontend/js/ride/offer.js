// @ts-check
/** An offer: what it brings, how far it is, and how long there is to answer. */
import { html, useEffect } from '../../vendor/ui.js';
import { distance, money, t } from '../i18n.js';
import { announce, Button, Icon } from '../kit.js';
import { byHand } from '../theatre.js';
import { Ring, time } from '../times.js';
import { press } from './queue.js';

/** How long an offer lives, in seconds: the whole of the ring. */
const OFFER_S = 30;

/** @param {{ delivery: import('../../types/app').Delivery, onOver: () => void }} props */
export function Offer({ delivery, onOver }) {
  const { offer, earning, pick_up: from, distance_m: way, ready_by: ready } = delivery;
  useEffect(() => announce(t('ride.offer-said', { from: from.name ?? '', earning: money(earning) })), [delivery.id]);
  if (!offer) return null;
  const answer = (/** @type {import('./queue.js').Step} */ step) => () => {
    press(delivery, step);
    void byHand('courier');
  };
  return html`<section class="offer stack" aria-label=${t('ride.new-delivery')}>
    <div class="row between">
      <div>
        <p class="muted">${t('ride.new-delivery')}</p>
        <p class="display num" translate="no">${money(earning)}</p>
        <p class="muted">${t('ride.tip-included', { way: distance(offer.to_pick_up_m + way) })}</p>
      </div>
      <${Ring} until=${offer.expires_at} total=${OFFER_S} onEnd=${onOver} label=${(/** @type {number} */ count) => t('ride.seconds-left', { count })} />
    </div>
    <ul class="legs">
      <li class="row"><${Icon} name="store" /><span class="grow"><b translate="no"><bdi>${from.name}</bdi></b><span class="muted small"><bdi>${from.address?.street}</bdi>${ready && html` · ${t('ride.ready-at', { time: time(ready) })}`}</span></span><b class="num">${distance(offer.to_pick_up_m)}</b></li>
      <li class="row"><${Icon} name="house" /><span class="grow"><b>${t('ride.drop-off')}</b><span class="muted small">${t('ride.address-later')}</span></span><b class="num">${distance(way)}</b></li>
    </ul>
    <div class="row ride-acts">
      <${Button} kind="quiet big" onPress=${answer('decline-offer')}>${t('ride.decline')}<//>
      <${Button} kind="primary big" onPress=${answer('accept-offer')}>${t('ride.accept')}<//>
    </div>
  </section>`;
}
