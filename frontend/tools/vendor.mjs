// Makes vendor/ui.js anew: Preact, its hooks, htm and signals in one ES module, so that pages run without a build.
// `--check` writes nothing and fails where a file differs from what would be made.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PACKAGES = ["preact", "htm", "@preact/signals", "@preact/signals-core"];

// What pages use, and no more, since every page loads it. More is a word here and one in types/ui.d.ts.
const ENTRY = `
import { h } from "preact";
import htm from "htm";
export const html = htm.bind(h);
export { render, Fragment, options } from "preact";
export { useState, useEffect, useLayoutEffect, useRef, useMemo, useId, useErrorBoundary } from "preact/hooks";
export { signal, computed, effect, batch, untracked, useSignal } from "@preact/signals";
`;

const made = await make();
const check = process.argv.includes("--check");
const stale = [];
for (const [path, text] of Object.entries(made)) {
  if ((await readFile(ROOT + path, "utf8").catch(() => null)) === text) continue;
  if (check) stale.push(path);
  else await writeFile(ROOT + path, text);
}
if (stale.length > 0) {
  console.error(`Not what \`npm run vendor\` makes: ${stale.join(", ")}`);
  process.exit(1);
}
console.log(check ? "vendor/ is as it is made" : `Made ${Object.keys(made).join(", ")}`);

async function make() {
  const versions = {};
  for (const name of PACKAGES) versions[name] = (await manifest(name)).version;
  const said = PACKAGES.map((name) => `${name} ${versions[name]}`).join(", ");
  const bundle = await build({
    stdin: { contents: ENTRY, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    banner: { js: `/* ${said}; licences beside this file. Made by \`npm run vendor\`. */` },
    metafile: true,
    write: false,
  });
  const ui = bundle.outputFiles[0].text;
  refuseWhatTheContentPolicyForbids(ui);
  const sources = {};
  for (const path of Object.keys(bundle.metafile.inputs).filter((path) => path.startsWith("node_modules/")).sort()) {
    sources[path.slice("node_modules/".length)] = sha256(await readFile(ROOT + path));
  }
  const bundler = { esbuild: (await manifest("esbuild")).version };
  const lock = { bundler, packages: versions, sources, made: { "ui.js": sha256(ui) } };
  return {
    "vendor/ui.js": ui,
    "vendor/vendor.lock": `${JSON.stringify(lock, null, 2)}\n`,
    "vendor/LICENSES": await licences(versions),
  };
}

// Pages are served without 'unsafe-eval': better to learn of it here than from a browser.
function refuseWhatTheContentPolicyForbids(code) {
  const found = code.match(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(|document\.write/);
  if (found) throw new Error(`vendor/ui.js would hold \`${found[0]}\`, which the content security policy forbids`);
}

async function licences(versions) {
  const parts = [];
  for (const name of PACKAGES) {
    const text = await readFile(`${ROOT}node_modules/${name}/LICENSE`, "utf8");
    parts.push(`${name} ${versions[name]}\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

async function manifest(name) {
  return JSON.parse(await readFile(`${ROOT}node_modules/${name}/package.json`, "utf8"));
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
