// What a deployed stack of functions with URLs would be like, from the templates as SAM expands them.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TEMPLATE = 'template-urls.yaml';
const STAGE = 'local';
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** The template and those that it nests, expanded, with these pages allowed. @param {string} root of the workspace @param {string} origin */
export async function expanded(root, origin) {
  const tools = process.env.TIFFIN_AWS_TOOLS ?? path.join(root, 'target/tools/aws/bin');
  const parameters = { Stage: STAGE, CorsOrigins: origin };
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const { stdout } = await run(path.join(tools, 'python'), ['xtask/src/aws/expand.py', TEMPLATE, ...given], { cwd: root, maxBuffer: MAX_JSON_BYTES });
  return { templates: Object.values(JSON.parse(stdout)), parameters };
}

/**
 * Every function URL: the name of its output, the function, and what it says of CORS.
 * @returns {{ output: string, name: string, cors: import('./url-front.js').Cors | null }[]}
 */
export function urlsOf({ templates, parameters }) {
  return templates.flatMap((template) => urlsOfOne(template, parameters));
}

function urlsOfOne(template, parameters) {
  const resolve = resolver(template, parameters);
  return Object.entries(template.Outputs).flatMap(([output, { Value }]) => {
    const [id, attribute] = Value['Fn::GetAtt'] ?? [];
    if (attribute !== 'FunctionUrl') return [];
    const { TargetFunctionArn, Cors } = template.Resources[id].Properties;
    return [{ output, name: kebab(functionOf(template, TargetFunctionArn.Ref)), cors: resolve(Cors) ?? null }];
  });
}

/** The function that a URL calls: itself, or by an alias. */
function functionOf({ Resources }, id) {
  const { Type, Properties } = Resources[id];
  return Type === 'AWS::Lambda::Alias' ? Properties.FunctionName.Ref : id;
}

/** Reckons what the configuration of a URL is made with; whatever else is met is a fault of this. */
function resolver({ Conditions, Parameters }, given) {
  const resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument], ...others] = Object.entries(value);
    if (others.length > 0 || !(name === 'Ref' || name.startsWith('Fn::'))) {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one)]));
    }
    if (!(name in functions)) throw new Error(`no test knows ${name}`);
    return functions[name](argument);
  };
  const functions = {
    Ref: (id) => (id === 'AWS::NoValue' ? undefined : given[id] ?? Parameters[id].Default ?? ''),
    'Fn::If': ([condition, then, otherwise]) => resolve(resolve(Conditions[condition]) ? then : otherwise),
    'Fn::Equals': ([one, other]) => resolve(one) === resolve(other),
    'Fn::Not': ([condition]) => !resolve(condition),
    'Fn::Or': (conditions) => conditions.some(resolve),
    'Fn::Split': ([separator, text]) => resolve(text).split(separator),
  };
  return resolve;
}

function kebab(id) {
  return id.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
