// @ts-check
/** The ways to what somebody can do with their own account, and the sheets that these lead to: the same for every role. */
import { html } from '../vendor/ui.js';
import { t } from './i18n.js';
import { Icon } from './kit.js';
import { closeSheet, Later, openSheet, sheet } from './router.js';

const SHEETS = {
  profile: { icon: 'user', load: () => import('./profile-sheet.js') },
  password: { icon: 'key-round', load: () => import('./password-sheet.js') },
  export: { icon: 'download', load: () => import('./export-sheet.js') },
  delete: { icon: 'trash-2', load: () => import('./delete-sheet.js') },
};

/** The ways there, as items of a list. A guest has no password. @param {{ guest: boolean }} props */
export function OwnWays({ guest }) {
  return Object.entries(SHEETS).filter(([name]) => !guest || name !== 'password').map(([name, { icon }]) => html`<button type="button" key=${name} class="item" aria-haspopup="dialog" onClick=${() => openSheet('own', name)}>
    <${Icon} name=${icon} /><span class="grow">${t(`kit.own-${name}`)}</span><${Icon} name="chevron-right" class="flip" /></button>`);
}

/** The one of them that is open. */
export function OwnSheet() {
  const name = /** @type {keyof typeof SHEETS | null} */ (sheet('own'));
  if (!name || !(name in SHEETS)) return null;
  return html`<${Later} key=${name} load=${SHEETS[name].load} onClose=${() => closeSheet('own')} />`;
}
