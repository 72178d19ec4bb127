// Runs the code cells of a notebook as a page does, in Node:  node cells.mjs SETTINGS.json FILES < notebook > outputs
// SETTINGS.json is what a page loads, FILES the folder with Pyodide; shell.py, figures.py and relubook lie beside SETTINGS.json.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {dirname, join, resolve} from "node:path";

const [settingsFile, folder] = process.argv.slice(2).map((path) => resolve(path));
const settings = JSON.parse(readFileSync(settingsFile, "utf8"));
const notebook = JSON.parse(readFileSync(0, "utf8"));
const beside = (name) => join(dirname(settingsFile), name);

const {loadPyodide} = createRequire(import.meta.url)(join(folder, "pyodide.js"));
const lockFileURL = join(mkdtempSync(join(tmpdir(), "cells-")), "lock.json");
writeFileSync(lockFileURL, JSON.stringify({info: settings.info, packages: {}}));
const python = await loadPyodide({indexURL: folder, env: settings.env, lockFileURL});
rmSync(dirname(lockFileURL), {recursive: true});
for (const name of ["shell.py", "figures.py"]) python.FS.writeFile(`/home/pyodide/${name}`, readFileSync(beside(name)));
const read = (name) => {
  const {file, beside: here} = settings.packages[name];
  return new Uint8Array(readFileSync(here ? beside(file) : join(folder, file)));
};
const shell = python.pyimport("shell").Shell(JSON.stringify(settings), read, () => {});
const results = [];
for (const cell of notebook.cells) {
  if (cell.cell_type !== "code" || (cell.metadata.tags ?? []).some((tag) => ["setup", "not-in-page"].includes(tag))) continue;
  const start = performance.now();
  const outputs = JSON.parse(shell.run([].concat(cell.source).join(""), results.length + 1));
  results.push({id: cell.id, outputs, seconds: (performance.now() - start) / 1000});
}
process.stdout.write(JSON.stringify(results));
