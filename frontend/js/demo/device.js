// @ts-check
/** A device that stands on the stage: a frame with a real page, drawn at a size of its own and scaled to the room there is. */
import { html, useLayoutEffect, useRef, useState } from '../../vendor/ui.js';
import { said, t } from '../i18n.js';
import { Icon, toast } from '../kit.js';
import { next, underWay } from './dinner.js';
import { begun } from './people.js';
import { chosen, keepFrame, plays, saidOf, scene, turn } from './scene.js';

/** What each shows. */
export const DEVICES = /** @type {const} */ ({
  customer: { kind: 'phone', path: '/eat' },
  merchant: { kind: 'tablet', path: '/kitchen' },
  courier: { kind: 'phone', path: '/ride' },
});

/** @param {{ role: import('./scene.js').Role }} props */
export function Device({ role }) {
  const { kind } = DEVICES[role];
  const order = underWay.value;
  const turns = order !== null && next(order).role === role;
  return html`<section id=${`device-${role}`} class=${`device ${kind} ${role} ${chosen.value === role ? 'chosen' : ''} ${turns ? 'turns' : ''}`} aria-labelledby=${`title-${role}`}>
    <div class="caption">
      <h2 id=${`title-${role}`}>${scene.value ? saidOf(role) : t(`demo.page-${role}`)}</h2>
      ${role !== 'customer' && scene.value && html`<${Switch} role=${role} />`}
    </div>
    <div class="case"><${Screen} role=${role} /></div>
  </section>`;
}

/** Whether a simulator plays here. @param {{ role: import('./scene.js').Played }} props */
function Switch({ role }) {
  const on = plays.value[role];
  const going = useRef(false);
  const press = async () => {
    if (going.current) return;
    going.current = true;
    await turn(role, !on).catch((error) => toast(said(error), 'bad'));
    going.current = false;
  };
  return html`<button type="button" class="switch" role="switch" aria-checked=${String(on)} aria-describedby=${`title-${role}`} onClick=${press}><span class="switch-track"></span>${t('demo.play-for-me')}</button>`;
}

/** @param {{ role: import('./scene.js').Role }} props */
function Screen({ role }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [shown, show] = useState(-1);
  useScale(box);
  const count = begun.value?.[role];
  const name = scene.value?.people[role].name;
  return html`<div class=${`screen ${shown === count ? 'on' : ''}`} ref=${box}>
    ${(count === undefined || shown !== count) && html`<div class="screen-off" role="status" aria-label=${t('kit.loading')}><${Icon} name="tiffin" class="big" /></div>`}
    ${count !== undefined && name && html`<iframe key=${count} id=${`frame-${role}`} title=${t(`demo.frame-${role}`, { name })} src=${DEVICES[role].path}
      ref=${(/** @type {HTMLIFrameElement | null} */ frame) => keepFrame(role, frame)} onLoad=${() => show(count)}></iframe>`}
  </div>`;
}

/**
 * Keeps `--scale` of a screen: by how much its page is drawn smaller. How wide the page thinks it is stands in `--natural` in
 * demo.css, in pixels; nothing is scaled where it is 0.
 * @param {{ current: HTMLElement | null }} box
 */
function useScale(box) {
  useLayoutEffect(() => {
    const own = box.current;
    if (!own) return undefined;
    const fit = () => {
      const natural = Number(getComputedStyle(own).getPropertyValue('--natural'));
      own.style.setProperty('--scale', String(natural > 0 && own.clientWidth > 0 ? own.clientWidth / natural : 1));
    };
    const observer = new ResizeObserver(fit);
    observer.observe(own);
    fit();
    return () => observer.disconnect();
  }, []);
}
