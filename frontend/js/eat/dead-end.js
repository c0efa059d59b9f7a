// @ts-check
/** An address where nothing is (any more), and the way on. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Empty } from '../kit.js';

/** @param {{ scene: string, title: string }} props */
export default function DeadEnd({ scene, title }) {
  return html`<${Empty} page scene=${scene} title=${title} action=${html`<a class="btn strong" href="/eat">${t('eat.to-restaurants')}</a>`} />`;
}
