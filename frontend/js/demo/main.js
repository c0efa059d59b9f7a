// @ts-check
/** The theatre: its head, and the stage, which comes while the head is drawn. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Icon, Title } from '../kit.js';
import { start } from '../page.js';
import { begin as beginRoutes, Later } from '../router.js';

const stage = import('./stage.js');
beginRoutes({ '/demo': () => stage });

/** The pages of the three, each alone. */
const PAGES = [
  { href: '/eat', words: 'demo.page-customer' },
  { href: '/kitchen', words: 'demo.page-merchant' },
  { href: '/ride', words: 'demo.page-courier' },
];

function App() {
  return html`<div class="theatre">
    <header class="theatre-top">
      <${Title} name=${t('demo.title')} class="brand"><${Icon} name="tiffin" class="l" />Tiffin<//>
      <${Later} load=${() => import('./counts.js')} />
    </header>
    <nav class="theatre-links" aria-label=${t('demo.links')}>
      <div class="glass">${PAGES.map(({ href, words }) => html`<a key=${href} href=${href} target="_blank" rel="opener" title=${t('demo.alone')}>${t(words)}<${Icon} name="external-link" class="s" /></a>`)}</div>
      <div class="glass"><a href="/docs">${t('demo.docs')}</a></div>
    </nav>
    <main id="main" class="stage" tabindex="-1"><${Later} load=${() => stage} /></main>
  </div>`;
}

// Whoever chooses another language in one of the screens has chosen it for all.
addEventListener('storage', ({ key }) => key === 'tiffin:locale' && location.reload());
void start(App);
