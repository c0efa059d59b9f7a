// @ts-check
/** Where a courier is all day: a picture of the area, and below it what is to be done next. */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../vendor/ui.js';
import { stopMisled } from '../calm.js';
import { t } from '../i18n.js';
import { Busy, Failure, Icon, Title } from '../kit.js';
import { useLive } from '../live.js';
import { closeSheet, Later, openSheet, sheet } from '../router.js';
import { account } from '../session.js';
import { WhoPlays } from '../theatre.js';
import { Freshness } from '../times.js';
import { OffDuty, OnDuty } from './duty.js';
import { Offer } from './offer.js';
import { beginQueue, stepsOf, useSteps, waiting } from './queue.js';
import { RideMap } from './ride-map.js';
import { Task } from './task.js';
import { calledOff, carried, known, leg, nextStep, offered, open, unassigned } from './tasks.js';
import { tellCalledOff, tellUnassigned, ToldList } from './told.js';
import { ChooseVehicle } from './vehicle.js';

/** What is sent within this long needs no word, in milliseconds. */
const AT_ONCE_MS = 800;

beginQueue();

export default function Home() {
  if (!account.value) return html`<${Welcome} />`;
  return html`<${Ride} key=${account.value.id} courier=${account.value.id} />`;
}

/** Before anybody has signed in. */
function Welcome() {
  const ask = () => import('../sign-in.js').then(({ askToSignIn }) => askToSignIn());
  return html`<main id="main" class="ride-welcome page narrow">
    <img src="/img/scene/scooter.webp" alt="" width="128" height="128" />
    <${Title} name=${t('ride.title')}>${t('ride.welcome')}<//>
    <p class="muted">${t('ride.welcome-more')}</p>
    <button type="button" class="btn primary big" onClick=${ask}>${t('ride.sign-in')}</button>
  </main>`;
}

/** @param {{ courier: string }} props */
function Ride({ courier }) {
  const me = useLive('get-courier', { path: { courier_id: courier } });
  const list = useLive('list-deliveries', { query: { limit: 20 } });
  const steps = useSteps(list);
  useEffect(() => list.data.subscribe((page) => {
    if (!page) return;
    const before = known.of(courier).look();
    for (const { order_number: number } of calledOff(before, page.items)) tellCalledOff(courier, number);
    for (const { order_number: number } of unassigned(before, page.items)) tellUnassigned(courier, number);
    known.of(courier).update(() => open(page.items));
  }), [list]);

  const unsent = new Set(waiting().map(({ path }) => path.delivery_id));
  const slow = useLasting(unsent.size > 0);
  const panel = useHeldFocus();

  const profile = me.data.value;
  const sheets = html`<${Sheets} unsent=${waiting().length} />`;
  if (!profile && me.error.value?.status === 404) return html`<${ChooseVehicle} courier=${courier} onChosen=${me.tell} corner=${html`<${Account} />`} />${sheets}`;
  const deliveries = list.data.value ? open(list.data.value.items) : known.of(courier).value.value;
  const offer = offered(deliveries, courier);
  const asked = offer && stepsOf(steps, offer.id).length === 0 ? offer : null;
  const tasks = carried(deliveries, (id) => stepsOf(steps, id));
  const [passed, askAgain] = usePassed(asked?.id ?? null, tasks, profile?.online ?? false);

  const next = (/** @type {import('../../types/app').Delivery} */ delivery) => nextStep(delivery, stepsOf(steps, delivery.id));
  const onClickCapture = useSteadyHand([asked?.id, ...tasks.map((delivery) => `${delivery.id} ${next(delivery)}`), profile?.online, passed, slow].join());

  return html`<div class="ride">
    <${RideMap} place=${profile?.place ?? null} vehicle=${profile?.vehicle ?? 'scooter'} delivery=${asked ?? tasks[0] ?? null} away=${!asked && tasks.length > 0 && leg(tasks[0], stepsOf(steps, tasks[0].id)) !== 'to_pick_up'} />
    <header class="ride-top">
      <${Title} class="visually-hidden">${t('ride.title')}<//>
      ${profile && html`<span class=${`pill ${profile.online ? 'good' : ''}`}><span class="dot"></span>${t(profile.online ? 'ride.on-duty' : 'ride.off-duty')}</span>`}
      <${Freshness} live=${list} />
      <span class="grow"></span>
      <${Bell} />
      <${Account} />
    </header>
    <main id="main" class="ride-panel" tabindex="-1" ...${panel} onClickCapture=${onClickCapture}>
      <${WhoPlays} role="courier" />
      <${ToldList} owner=${courier} />
      ${slow && html`<${Waiting} />`}
      ${!profile ? (me.error.value && deliveries.length === 0 ? html`<${Failure} error=${me.error.value} retry=${me.refresh} />` : deliveries.length === 0 && html`<${Busy} />`) : null}
      ${asked && html`<${Offer} key=${asked.id} delivery=${asked} onOver=${list.refresh} />`}
      ${tasks.map((delivery, index) => html`<${Task} key=${delivery.id} delivery=${delivery} first=${index === 0} steps=${stepsOf(steps, delivery.id)} waits=${slow && unsent.has(delivery.id)} />`)}
      ${profile && !asked && (profile.online ? html`<${OnDuty} profile=${profile} busy=${tasks.length > 0} passed=${passed} onAgain=${askAgain} onChanged=${me.tell} />` : html`<${OffDuty} profile=${profile} busy=${tasks.length > 0} onChanged=${me.tell} />`)}
    </main>
    ${sheets}
  </div>`;
}

/** What opens over it. @param {{ unsent: number }} props `unsent`: how many steps signing out would lose */
function Sheets({ unsent }) {
  return html`
    ${sheet('account') !== null && html`<${Later} load=${() => import('../account-sheet.js')} warning=${unsent > 0 ? t('ride.sign-out-loses', { count: unsent }) : null} onClose=${() => closeSheet('account')} />`}
    ${sheet('notices') !== null && html`<${Later} load=${() => import('../notices-sheet.js')} onClose=${() => closeSheet('notices')} />`}`;
}

/** The way to the account. */
function Account() {
  return html`<button type="button" class="icon-btn" aria-label=${t('kit.account')} onClick=${() => openSheet('account', '1')}><${Icon} name="user" /></button>`;
}

/** Where the button that was pressed goes with what it was about, the focus stays where the next thing is to be done. */
function useHeldFocus() {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const last = useRef(/** @type {Element | null} */ (null));
  useLayoutEffect(() => {
    if (!last.current || last.current.isConnected) return;
    last.current = null;
    if (document.activeElement === document.body) ref.current?.focus({ preventScroll: true });
  });
  return { ref, onFocusIn: (/** @type {FocusEvent} */ { target }) => (last.current = /** @type {Element} */ (target)) };
}

/** Where one button has taken another's place, a press that was meant for what stood there does nothing. @param {string} layout tells apart what stands where */
function useSteadyHand(layout) {
  const movedAt = useRef(-Infinity);
  useLayoutEffect(() => void (movedAt.current = performance.now()), [layout]);
  return (/** @type {MouseEvent} */ event) => stopMisled(event, movedAt.current);
}

/**
 * Whether an offer went by, declined or not answered, since they came on duty; and what forgets it.
 * @param {string | null} offer the one that is open @param {import('../../types/app').Delivery[]} tasks @param {boolean} online
 * @returns {[boolean, () => void]}
 */
function usePassed(offer, tasks, online) {
  const before = useRef(/** @type {string | null} */ (null));
  const [passed, set] = useState(false);
  useEffect(() => {
    const last = before.current;
    before.current = offer;
    if (last && !tasks.some(({ id }) => id === last)) set(true);
  }, [offer]);
  useEffect(() => {
    if (!online) set(false);
  }, [online]);
  return [passed, () => set(false)];
}

/** Whether something goes on for longer than steps take that go through at once. @param {boolean} is */
function useLasting(is) {
  const [lasts, set] = useState(false);
  useEffect(() => {
    if (!is) return undefined;
    const timer = setTimeout(() => set(true), AT_ONCE_MS);
    return () => {
      clearTimeout(timer);
      set(false);
    };
  }, [is]);
  return is && lasts;
}

/** The way to the notices, with how many are unread. */
function Bell() {
  const notices = useLive('list-notifications', { query: { unread: true, limit: 1 } });
  const unread = notices.data.value?.unread_count ?? 0;
  return html`<button type="button" class="icon-btn" aria-label=${t('ride.notices', { count: unread })} onClick=${() => openSheet('notices', '1')}><${Icon} name="bell" />${unread > 0 && html`<span class="count accent num">${unread}</span>`}</button>`;
}

/** What was pressed and has not come through. */
function Waiting() {
  return html`<p class="banner warn" role="status"><${Icon} name="wifi-off" /><span>${t('ride.waiting', { count: waiting().length })}</span></p>`;
}
