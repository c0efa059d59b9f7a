// @ts-check
/** A group of options: how many may be chosen, and which. */
import { html, useId } from '../../vendor/ui.js';
import { money, t } from '../i18n.js';
import { Icon } from '../kit.js';
import { choose, countIn, isSingle, lacking } from './menu-rules.js';

/** @typedef {import('./menu-rules.js').Group} Group */

/** @param {{ group: Group, chosen: string[], tried: boolean, onChange: (chosen: string[]) => void }} props `tried`: what is missing is marked */
export function OptionGroup({ group, chosen, tried, onChange }) {
  const error = useId();
  const missing = lacking(group, chosen);
  const wrong = tried && missing > 0;
  const full = group.max > 1 && countIn(group, chosen) >= group.max;
  return html`<fieldset class="option-group" aria-invalid=${wrong ? 'true' : undefined} aria-describedby=${wrong ? error : undefined}>
    <legend><bdi translate="no">${group.name}</bdi><span class=${`tag ${missing > 0 ? 'accent' : ''}`}>${rule(group)}</span></legend>
    ${wrong && html`<p class="field-error" id=${error} role="alert"><${Icon} name="triangle-alert" />${t('eat.choose-more', { count: missing })}</p>`}
    <div class="list">${group.options.map((option) => {
      const on = chosen.includes(option.id);
      const off = !option.available || (full && !on);
      return html`<label key=${option.id} class="opt">
        <input type=${isSingle(group) ? 'radio' : 'checkbox'} name=${group.id} checked=${on} disabled=${off} onChange=${() => onChange(choose(group, chosen, option.id))} />
        <span><bdi translate="no">${option.name}</bdi></span>
        ${!option.available ? html`<span class="tag">${t('eat.sold-out')}</span>` : option.price.amount > 0 && html`<span class="muted num" translate="no">+${money(option.price)}</span>`}
      </label>`;
    })}</div>
  </fieldset>`;
}

/** How many are to be chosen, in words. @param {Group} group */
function rule({ min, max, options }) {
  const most = Math.min(max, options.length);
  if (min >= most) return t('eat.choose-exactly', { count: min });
  return min === 0 ? t('eat.choose-up-to', { count: most }) : t('eat.choose-between', { min, max: most });
}
