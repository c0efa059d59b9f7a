// @ts-check
/** On the page of restaurants: the order that is on its way, and the way to it. It comes and goes while nobody points at anything. */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/ui.js';
import { stopMisled, whenCalm } from '../calm.js';
import { orderNumber, t } from '../i18n.js';
import { Icon } from '../kit.js';
import { useLive } from '../live.js';
import { headline, isOver } from './order-words.js';

/** Among so many of the newest orders one that is on its way is looked for. */
const NEWEST = 5;

export default function UnderWay() {
  const list = useLive('list-orders', { query: { limit: NEWEST } }, { patient: true, until: ({ items }) => items.every(isOver) });
  /** @type {import('../../types/app').Order | null} */
  const found = list.data.value?.items.find((/** @type {import('../../types/app').Order} */ order) => !isOver(order)) ?? null;
  const [order, show] = useState(found);
  useEffect(() => whenCalm(() => show(found)), [found]);
  const movedAt = useRef(-Infinity);
  useLayoutEffect(() => void (movedAt.current = performance.now()), [order?.id]);
  return order && html`<div class="bar float order-bar">
    <a class="card link row" href=${`/eat/orders/${order.id}`} onClickCapture=${(/** @type {MouseEvent} */ event) => stopMisled(event, movedAt.current)}>
      <${Icon} name="bike" /><span class="grow"><span class="strong clamp">${headline(order)}</span><span class="muted small clamp num">${t('eat.order-number', { number: orderNumber(order.number) })}</span></span><${Icon} name="chevron-right" class="flip" />
    </a>
  </div>`;
}
