// The job's end: stops `flycatcher watch`, says what it saw, and fails the job where fail-on asks for it.
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const folder = process.env.STATE_folder;
if (!folder) process.exit(0); // it never started, and that step has said why
const code = path.join(folder, 'code');
const asRoot = (...words) => spawnSync('sudo', ['-n', ...words], { stdio: 'inherit' });
const early = fs.existsSync(code);
if (!early) asRoot('sh', '-c', 'kill -TERM "$1"', 'sh', fs.readFileSync(path.join(folder, 'pid'), 'utf8').trim());
while (!fs.existsSync(code) || !fs.readFileSync(code, 'utf8').endsWith('\n')) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}
asRoot('chown', String(process.getuid()), process.env.STATE_report); // later steps and uploads read it
const said = fs.readFileSync(path.join(folder, 'said.txt'), 'utf8');
const lines = said.trim().split('\n');
if (lines.length > 200) console.log(`(${lines.length - 200} lines are left out; the report has all)`);
console.log(lines.slice(-200).join('\n'));
if (process.env.GITHUB_STEP_SUMMARY) {
  const last = lines[lines.length - 1].replace(/[&<>`|\[\]*_\\]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, `### Flycatcher watched the job\n\n${last}\n`);
}
const status = Number(fs.readFileSync(code, 'utf8'));
if (early) console.log('::error title=Flycatcher::flycatcher watch ended before the job did');
else if (status === 10) console.log('::error title=Flycatcher::code on the fly at or above the risk that fail-on names');
else if (status !== 0) console.log(`::error title=Flycatcher::flycatcher watch ended with ${status}`);
process.exit(status === 0 && !early ? 0 : 1);
