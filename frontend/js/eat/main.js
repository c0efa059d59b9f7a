// @ts-check
/** The customer's page: its frame, its routes, and the sheets that open over any of them. */
import { effect, html, signal, useEffect } from '../../vendor/ui.js';
import { has, t } from '../i18n.js';
import { Icon, styled, toast } from '../kit.js';
import { start } from '../page.js';
import { begin as beginRoutes, closeSheet, Later, openSheet, Outlet, route, sheet } from '../router.js';
import { account, begin as beginSession } from '../session.js';
import { isKept, lost } from '../store.js';
import { address } from './address.js';

/** What the operator's links bring, and the page that it opens. */
const LINKS = { token: () => import('./reset.js'), invitation: () => import('./invitation.js') };

/** The secret that such a link brought: it is nowhere but here. */
const brought = signal(takeSecret());
addEventListener('hashchange', () => (brought.value = takeSecret() ?? brought.peek()));

/** Where the frame's bars stay on a phone too; other pages have their own head and their own bar below. */
const ROOTS = ['/eat', '/eat/orders', '/eat/notices', '/eat/account', '/eat/addresses'];
/** Those that are about who is here. */
const OWN = ['/eat/account', '/eat/addresses'];
const TABS = [
  { path: '/eat', icon: 'house', words: 'eat.discover' },
  { path: '/eat/orders', icon: 'list', words: 'eat.orders' },
  { path: '/eat/notices', icon: 'bell', words: 'eat.notices' },
];

beginSession('customer');
beginRoutes({
  '/eat': () => (address() ? together(import('./discover.js'), import('../live.js')) : together(import('./address-form.js'), import('../map.js'), import('../city.js'), import('../sheet.js'), styled('map'))),
  '/eat/restaurants/{id}': () => together(import('./restaurant.js'), import('../live.js'), import('./discover.js'), import('./menu.js'), import('./dish-words.js'), import('./bag.js'), import('./bag-rules.js')),
  '/eat/checkout': () => import('./checkout.js'),
  '/eat/orders': () => import('./orders.js'),
  '/eat/orders/{id}': () => together(
    import('./order.js'), import('../live.js'), import('../times.js'), import('../map.js'), import('../city.js'), import('./order-parts.js'),
    import('./order-words.js'), import('./order-end.js'), import('./receipt.js'), styled('eat-order'), styled('map'),
  ),
  '/eat/notices': () => import('./notices.js'),
  '/eat/account': () => import('./account.js'),
  '/eat/addresses': () => import('./addresses.js'),
});

/** A page's module; what it imports and how it looks are asked for beside it, rather than one after the other. @template T @param {Promise<T>} page @param {Promise<unknown>[]} more */
async function together(page, ...more) {
  const [module] = await Promise.all([page, ...more]);
  return module;
}

/** The secret in the address, which is gone from there before anything is asked for. */
function takeSecret() {
  const [, kind, secret] = /^#(token|invitation)=(.+)$/.exec(location.hash) ?? [];
  if (!kind) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return { kind: /** @type {keyof typeof LINKS} */ (kind), secret };
}

function App() {
  useEffect(() => {
    const ends = [effect(tellLost), effect(mindBag)];
    return () => ends.forEach((end) => end());
  }, []);
  const link = brought.value;
  return html`<${Top} />
    <main id="main" tabindex="-1">${link ? html`<${Later} key=${link.secret} load=${LINKS[link.kind]} secret=${link.secret} onDone=${() => (brought.value = null)} />` : html`<${Outlet} missing=${html`<${Later} load=${() => import('../dead-end.js')} scene="map" title=${t('kit.no-page')} href="/eat" way=${t('eat.to-restaurants')} />`} />`}</main>
    ${(sheet('bag') !== null || sheet('edit') !== null) && html`<${Later} load=${() => import('./sheets.js')} />`}
    ${sheet('address') !== null && html`<${Later} load=${() => import('./address-form.js').then(({ AddressSheet }) => ({ default: AddressSheet }))} what=${sheet('address')} onClose=${() => closeSheet('address')} />`}
    ${sheet('keep') !== null && account.value?.guest && html`<${Later} load=${() => import('./keep-account.js')} onClose=${() => closeSheet('keep')} />`}`;
}

function Top() {
  const { path, view } = route.value;
  const signedIn = account.value;
  return html`<header class=${`topbar eat-top ${ROOTS.includes(path) || !view ? '' : 'inner'}`}>
    <a class="brand" href="/eat"><${Icon} name="tiffin" class="l" />Tiffin</a>
    <${Where} />
    <nav class="tabs" aria-label=${t('eat.pages')}>
      ${TABS.map((tab) => html`<a key=${tab.path} href=${tab.path} aria-current=${isAt(tab.path, path) ? 'page' : undefined}><${Icon} name=${tab.icon} />${t(tab.words)}${tab.path === '/eat/notices' && signedIn && html`<${Later} key=${signedIn.id} load=${() => import('../live.js').then(({ Unread }) => ({ default: Unread }))} />`}</a>`)}
    </nav>
    <a class="icon-btn eat-account" href="/eat/account" aria-label=${signedIn ? t('eat.account-of', { name: signedIn.name }) : t('eat.account')}><${Icon} name="user" /></a>
  </header>`;
}

/** Where food is brought, and the way to another address. */
function Where() {
  const stop = address();
  // The page below asks for it.
  if (!stop && route.value.path === '/eat') return html`<span class="grow"></span>`;
  return html`<button type="button" class="where" aria-haspopup="dialog" onClick=${() => openSheet('address', 'change')}>
    <${Icon} name="map-pin" />
    ${stop ? html`<span><span class="tiny muted">${t('eat.deliver-to')}</span><b><bdi translate="no">${stop.address.street}</bdi></b></span>` : html`<b>${t('eat.choose-address')}</b>`}
    <${Icon} name="chevron-down" class="s" />
  </button>`;
}

/** @param {string} tab @param {string} path */
function isAt(tab, path) {
  if (tab !== '/eat') return path.startsWith(tab);
  return !TABS.some((other) => other !== TABS[0] && path.startsWith(other.path)) && !OWN.includes(path);
}

/** A guest's bag goes with who signs in, wherever they do. */
function mindBag() {
  if (!account.value && isKept('bag', null)) void import('./bag.js');
}

/** What was kept here and could not be read is told once. */
function tellLost() {
  const names = lost.value;
  if (names.length === 0) return;
  queueMicrotask(() => {
    lost.value = [];
    for (const name of names) toast(t(has(`eat.lost-${name}`) ? `eat.lost-${name}` : 'kit.lost'));
  });
}

void start(App);
