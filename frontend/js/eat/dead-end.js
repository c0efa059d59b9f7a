// @ts-check
/** An address where nothing is (any more), and the way on. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Title } from '../kit.js';

/** @param {{ scene: string, title: string }} props */
export default function DeadEnd({ scene, title }) {
  return html`<section class="empty"><img src=${`/img/scene/${scene}.webp`} alt="" width="96" height="96" /><${Title}>${title}<//><a class="btn strong" href="/eat">${t('eat.to-restaurants')}</a></section>`;
}
