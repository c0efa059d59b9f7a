// @ts-check
/** The courier's page. */
import { html, useEffect } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { start } from '../page.js';
import { begin as beginRoutes, Later, Outlet } from '../router.js';
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
  const missing = html`<main id="main"><${Later} load=${() => import('../dead-end.js')} scene="map" title=${t('kit.no-page')} href="/ride" way=${t('ride.back')} /></main>`;
  return html`<${Outlet} missing=${missing} />`;
}

void start(App);
