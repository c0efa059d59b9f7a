// @ts-check
/** A courier without a vehicle chooses one. */
import { html, signal } from '../../vendor/ui.js';
import { call } from '../api.js';
import { t } from '../i18n.js';
import { Button, Title } from '../kit.js';

const VEHICLES = /** @type {const} */ (['foot', 'bicycle', 'scooter', 'car']);
const chosen = signal(/** @type {typeof VEHICLES[number]} */ ('bicycle'));

/** @param {{ courier: string, onChosen: (profile: any) => void, corner: any }} props `corner`: what stands beside the title */
export function ChooseVehicle({ courier, onChosen, corner }) {
  const save = async () => {
    const { data } = await call('put-courier', { path: { courier_id: courier }, body: { vehicle: chosen.value } });
    onChosen(data);
  };
  return html`<main id="main" class="page narrow stack loose">
    <div class="stack tight"><div class="row between"><${Title}>${t('ride.vehicle-title')}<//>${corner}</div><p class="muted">${t('ride.vehicle-more')}</p></div>
    <fieldset class="vehicles"><legend class="visually-hidden">${t('ride.vehicle-title')}</legend>
      ${VEHICLES.map(
        (one) => html`<label class="pick" key=${one}><input type="radio" name="vehicle" value=${one} checked=${chosen.value === one} onChange=${() => (chosen.value = one)} /><img src=${`/img/scene/${one}.webp`} alt="" width="44" height="44" /><span class="grow strong">${t(`ride.vehicle-${one}`)}</span></label>`,
      )}
    </fieldset>
    <${Button} kind="primary big" onPress=${save}>${t('ride.vehicle-save')}<//>
  </main>`;
}
