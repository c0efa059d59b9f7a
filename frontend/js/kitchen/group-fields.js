// @ts-check
/** A group of options of a dish: its name, how many are chosen, and the options with what each adds to the price. */
import { html } from '../../vendor/ui.js';
import { t } from '../i18n.js';
import { Icon, IconButton } from '../kit.js';
import { Field, Stepper } from '../sheet.js';
import { AmountField } from './amount-field.js';
import { MOST, NEW_CHOICE } from './dish-draft.js';

/** @typedef {import('./dish-draft.js').Group} Group */
/** @typedef {import('./dish-draft.js').Choice} Choice */

/**
 * @param {{ group: Group, index: number, fault: (pointer: string) => string | null, questions: Record<string, number[]>, currency: string, onChange: (group: Group) => void, onRemove: () => void }} props
 */
export function Group({ group, index, fault, questions, currency, onChange, onRemove }) {
  const pointer = `/option_groups/${index}`;
  const set = (/** @type {Partial<Group>} */ part) => onChange({ ...group, ...part });
  const setOption = (/** @type {number} */ place, /** @type {Partial<Choice>} */ part) => set({ options: group.options.map((option, other) => (other === place ? { ...option, ...part } : option)) });
  const many = group.options.length;
  return html`<fieldset class="card pad stack group-fields" aria-label=${t('kitchen.group', { number: index + 1 })}>
    <div class="row top">
      <div class="grow"><${Field} label=${t('kitchen.group-name')} value=${group.name} error=${fault(`${pointer}/name`)} onInput=${(/** @type {string} */ name) => set({ name })} placeholder=${t('kitchen.group-example')} maxlength=${MOST.name} autocomplete="off" /></div>
      <${IconButton} icon="trash-2" label=${t('kitchen.remove-group', { number: index + 1 })} onPress=${onRemove} />
    </div>
    <div class="row wrap group-counts">
      <span class="row"><span class="small">${t('kitchen.at-least')}</span><${Stepper} value=${group.min} min=${0} max=${group.max} label=${t('kitchen.at-least')} onChange=${(/** @type {number} */ min) => set({ min })} /></span>
      <span class="row"><span class="small">${t('kitchen.at-most')}</span><${Stepper} value=${group.max} min=${Math.max(1, group.min)} max=${many} label=${t('kitchen.at-most')} onChange=${(/** @type {number} */ max) => set({ max })} /></span>
      ${[fault(`${pointer}/min`), fault(`${pointer}/max`)].map((words, key) => words && html`<p key=${key} class="field-error">${words}</p>`)}
    </div>
    ${group.options.map((option, place) => html`<div key=${place} class="option-fields">
      <${Field} label=${t('kitchen.option', { number: place + 1 })} value=${option.name} error=${fault(`${pointer}/options/${place}/name`)} onInput=${(/** @type {string} */ name) => setOption(place, { name })} maxlength=${MOST.name} autocomplete="off" />
      <${AmountField} label=${t('kitchen.extra', { currency })} value=${option.price} currency=${currency} question=${questions[`${pointer}/options/${place}/price`]} error=${fault(`${pointer}/options/${place}/price`)} placeholder="0" onInput=${(/** @type {string} */ price) => setOption(place, { price })} />
      <${IconButton} icon="x" label=${t('kitchen.remove-option', { number: place + 1 })} disabled=${many === 1} onPress=${() => set({ options: group.options.filter((_, other) => other !== place) })} />
    </div>`)}
    ${many < MOST.options && html`<div><button type="button" class="btn small" onClick=${() => set({ options: [...group.options, NEW_CHOICE] })}><${Icon} name="plus" />${t('kitchen.add-option')}</button></div>`}
  </fieldset>`;
}
