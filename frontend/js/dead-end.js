// @ts-check
/** An address where nothing is (any more), and the way on. */
import { html } from '../vendor/ui.js';
import { Empty } from './kit.js';

/** @param {{ scene: string, title: string, href: string, way: string }} props `way`: what the link there says */
export default function DeadEnd({ scene, title, href, way }) {
  return html`<${Empty} page scene=${scene} title=${title} action=${html`<a class="btn strong" href=${href}>${way}</a>`} />`;
}
