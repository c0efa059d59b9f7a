// @ts-check
/** An address where nothing is (any more), and the way on. */
import { html } from '../vendor/ui.js';
import { Title } from './kit.js';

/** @param {{ scene: string, title: string, href: string, way: string }} props `way`: what the link there says */
export default function DeadEnd({ scene, title, href, way }) {
  return html`<section class="empty"><img src=${`/img/scene/${scene}.webp`} alt="" width="96" height="96" /><${Title}>${title}<//><a class="btn strong" href=${href}>${way}</a></section>`;
}
