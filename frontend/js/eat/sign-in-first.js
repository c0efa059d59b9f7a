// @ts-check
/** What a guest sees where something is somebody's own. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Button, Empty, Title } from '../kit.js';

/** @param {{ title: string, name?: string, scene?: string }} props */
export function SignInFirst({ title, name, scene = 'key' }) {
  const ask = (/** @type {'in' | 'up'} */ how) => () => import('../sign-in.js').then(({ askToSignIn }) => askToSignIn(how));
  const ways = html`<div class="row wrap"><${Button} kind="primary" onPress=${ask('in')}>${t('kit.sign-in')}<//><${Button} kind="line" onPress=${ask('up')}>${t('kit.sign-up')}<//></div>`;
  return html`<div class="page narrow"><${Title} class=${name ? '' : 'visually-hidden'}>${name ?? title}<//><${Empty} scene=${scene} title=${title} action=${ways} /></div>`;
}
