// @ts-check
/** The courier's page. */
import { html, useEffect } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Empty } from '../kit.js';
import { start } from '../page.js';
import { begin as beginRoutes, Outlet } from '../router.js';
import { begin as beginSession } from '../session.js';

// What couriers are told is a sheet over what they do; it has an address all the same.
if (location.pathname === '/ride/notices') history.replaceState(null, '', '/ride?notices=1');
beginSession('courier');
beginRoutes({ '/ride': () => import('./home.js') });

function App() {
  useEffect(() => {
    // Timers of a hidden page are slowed to one a minute; an offer lives for half of that.
    void import('../live.js').then(({ runTimersInWorker }) => runTimersInWorker());
  }, []);
  return html`<${Outlet} missing=${html`<${DeadEnd} />`} />`;
}

/** An address where nothing is, and the way on. */
function DeadEnd() {
  return html`<main id="main"><${Empty} page scene="map" title=${t('kit.no-page')} action=${html`<a class="btn strong" href="/ride">${t('ride.back')}</a>`} /></main>`;
}

void start(App);
