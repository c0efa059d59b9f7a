// Prints what was measured: under which load, the table, what is not built, what else there is to say.

import { availableParallelism, loadavg } from 'node:os';

import { LAUNCH, WHOLE } from '../../tests/browser/harness/browsers.js';
import { PROGRAM } from '../../tests/browser/harness/tiffin.js';
import { told } from './rows.js';

/** Goals of the design whose thing is not there yet. */
const NOT_BUILT = [
  'state change in one role’s page to the others’, p95 ≤ 300 ms (event streams)',
  'shuffled, duplicated event streams, 1,000 with 0 steps backwards on screen (event streams)',
  'ops map, 200 couriers, 500 orders, first paint ≤ 2 s (the operations’ page)',
];
const HEAD = { what: 'what', goal: 'goal', here: 'here', verdict: '' };
const COLUMNS = ['what', 'goal', 'here', 'verdict'];

/** A reporter of Playwright's. */
export default class Table {
  rows = [];
  notes = [];

  onBegin() {
    const pages = process.env.TIFFIN_PAGES === 'disk' ? 'this folder, as it lies' : 'embedded in it';
    console.log(`program: ${PROGRAM} (${/debug/.test(PROGRAM) ? 'debug' : 'release'} build), pages: ${pages}`);
    console.log(`Node ${process.version}, ${LAUNCH.executablePath}; Lighthouse in ${WHOLE.executablePath}`);
    console.log(`begun at ${load()}`);
  }

  onTestEnd(test, result) {
    const { rows, notes } = told(result.annotations ?? test.annotations);
    this.rows.push(...rows);
    this.notes.push(...notes);
    console.log(`${test.title}: ${Math.round(result.duration / 1000)} s`);
    for (const { message, stack } of result.errors) console.error(`${test.title} could not be measured: ${stack ?? message}`);
  }

  onError(error) {
    console.error(error.stack ?? error.message);
  }

  onEnd() {
    console.log(`ended at ${load()}\n`);
    for (const line of lines(this.rows)) console.log(line);
    console.log(`\nnot built, so not measured:\n${NOT_BUILT.map((goal) => `- ${goal}`).join('\n')}\n`);
    for (const line of this.notes) console.log(line);
  }
}

/** @param {import('./rows.js').Row[]} rows */
function lines(rows) {
  const all = [HEAD, ...rows.map(({ met, ...rest }) => ({ ...rest, verdict: met ? 'met' : 'missed' }))];
  const widths = COLUMNS.map((column) => Math.max(...all.map((one) => one[column].length)));
  return all.map((one) => COLUMNS.map((column, at) => one[column].padEnd(widths[at])).join('  ').trimEnd());
}

function load() {
  const averages = loadavg().map((average) => average.toFixed(2)).join(', ');
  return `${new Date().toTimeString().slice(0, 5)}, load ${averages} on ${availableParallelism()} cores`;
}
