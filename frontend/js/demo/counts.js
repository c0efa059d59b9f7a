// @ts-check
/** How much goes on in the city. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { scene } from './scene.js';

export default function Counts() {
  const counts = scene.value?.counts;
  return counts && html`<p class="glass counts"><span class="dot"></span><span class="num">${t('demo.counts', { restaurants: counts.restaurants, couriers: counts.couriers_online })}</span></p>`;
}
