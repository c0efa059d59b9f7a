// @ts-check
/** Times in the reader's language, and what changes as time goes by. */
import { html, useEffect, useLayoutEffect, useRef } from '../vendor/ui.js';
import { serverNow } from './api.js';
import { listed, locale, t } from './i18n.js';
import { announce } from './kit.js';

/** The time of day, in a zone if given, which is named where it is not the reader's own. @param {string} iso @param {string | null} [zone] */
export function time(iso, zone) {
  const other = zone && otherZone(zone, iso);
  return other ? t('kit.zoned', { time: clock(iso, zone), zone: other }) : clock(iso, zone);
}

/** The time of day in a zone, on a page that names the zone elsewhere. @param {string} iso @param {string | null} [zone] */
export function clock(iso, zone) {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone ?? undefined }).format(new Date(iso));
}

/** A zone's name, where its clocks are not the reader's. @param {string} zone @param {number | string} [at] now, if nothing else is given */
export function otherZone(zone, at = serverNow()) {
  const moment = new Date(at);
  return sameClock(moment, zone) ? null : zoneName(moment, zone);
}

/** From when to when, in a zone if given, which is named where it is not the reader's own. @param {{ from: string, to: string }} span @param {string | null} [zone] */
export function times(span, zone) {
  const other = zone && otherZone(zone, span.from);
  return other ? t('kit.zoned', { time: clocks(span, zone), zone: other }) : clocks(span, zone);
}

/** From when to when, on a page that names the zone elsewhere. @param {{ from: string, to: string }} span @param {string | null} [zone] */
export function clocks({ from, to }, zone) {
  return `${clock(from, zone)}–${clock(to, zone)}`;
}

/** Day and time: only the time where it is today. @param {string} iso @param {string | null} [zone] */
export function when(iso, zone) {
  const style = /** @type {const} */ ({ day: 'numeric', month: 'short', timeZone: zone ?? undefined });
  const day = new Intl.DateTimeFormat(locale, style);
  const at = new Date(iso);
  if (day.format(at) === day.format(new Date(serverNow()))) return time(iso, zone);
  return listed([day.format(at), time(iso, zone)]);
}

/** @param {Date} at @param {string} zone */
function sameClock(at, zone) {
  const style = /** @type {const} */ ({ day: 'numeric', hour: 'numeric', minute: 'numeric' });
  return new Intl.DateTimeFormat('en', { ...style, timeZone: zone }).format(at) === new Intl.DateTimeFormat('en', style).format(at);
}

/** @param {Date} at @param {string} zone */
function zoneName(at, zone) {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  const city = zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;
  return t('kit.zone-name', { city, offset: parts.find((part) => part.type === 'timeZoneName')?.value ?? '' });
}

/** Words that change with time; they are written into their element, so that nothing is drawn anew. @param {{ say: (now: number) => string, every?: number, class?: string }} props */
export function Ticking({ say, every = 1000, class: more = '' }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const write = () => {
      const words = say(serverNow());
      if (place.current && place.current.textContent !== words) place.current.textContent = words;
    };
    write();
    const timer = setInterval(write, every);
    return () => clearInterval(timer);
  });
  return html`<span ref=${place} class=${`num ${more}`} translate="no"></span>`;
}

/** From which part on a ring is low. */
const LOW = 0.2;

/**
 * A ring that empties until a moment of the server's time, its digits inside. At the end it asks once; it decides nothing.
 * @param {{ until: string, total: number, onEnd?: () => void, label: (seconds: number) => string, digits?: (seconds: number) => string }} props `total`: seconds of the whole
 */
export function Ring({ until, total, onEnd, label, digits = String }) {
  const ring = useRef(/** @type {HTMLElement | null} */ (null));
  const end = Date.parse(until);
  const shown = useRef(/** @type {Record<string, number>} */ ({}));
  // What is known of the server's clock gets better with time; no ring fills up again for that.
  const left = () => (shown.current[until] = Math.max(0, Math.min(shown.current[until] ?? Infinity, Math.ceil((end - serverNow()) / 1000))));
  useEffect(() => {
    const announced = new Set();
    const tick = () => {
      const seconds = left();
      ring.current?.style.setProperty('--left', String(Math.min(1, seconds / total)));
      ring.current?.classList.toggle('low', seconds <= total * LOW);
      const milestone = seconds === 0 ? 'over' : seconds <= 10 ? '10' : seconds <= total / 2 ? 'half' : null;
      if (milestone && !announced.has(milestone)) {
        if (announced.size > 0 || seconds > 0) announce(label(seconds));
        announced.add(milestone);
      }
      if (seconds > 0) return;
      clearInterval(timer);
      onEnd?.();
    };
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [until]);
  return html`<div ref=${ring} class="ring" role="timer" aria-label=${label(left())} aria-live="off"><${Ticking} every=${250} say=${() => digits(left())} /></div>`;
}

/** How fresh what is shown is. @param {{ live: import('./live.js').Live<any> }} props */
export function Freshness({ live }) {
  const failing = live.error.value !== null;
  const at = live.checkedAt.value;
  const say = () => {
    if (failing && !navigator.onLine) return t('kit.offline');
    if (at === null) return t(failing ? 'kit.no-answer' : 'kit.loading');
    const seconds = Math.round((performance.now() - at) / 1000);
    return seconds < 60 ? t('kit.updated-seconds', { seconds }) : t('kit.updated-minutes', { minutes: Math.floor(seconds / 60) });
  };
  return html`<span class=${`fresh ${failing ? 'stale' : ''}`}><span class="dot"></span><${Ticking} say=${say} /></span>`;
}
