// The step's beginning: installs Flycatcher and starts `flycatcher watch` as root behind the job's steps.
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] || '').trim();
const folder = path.join(process.env.RUNNER_TEMP, 'flycatcher-watch');

function fail(text) {
  console.log(`::error title=Flycatcher::${text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')}`);
  process.exit(1);
}

function install() {
  const version = input('version');
  if (!version) return 'flycatcher';
  const place = path.join(folder, 'program');
  const script = path.join(__dirname, '..', 'packaging', 'ci', 'install.sh');
  const done = spawnSync('bash', [script, place, version === 'this' ? '' : version], { stdio: 'inherit' });
  if (done.status !== 0) fail('the installation failed');
  return path.join(place, 'bin', 'flycatcher');
}

function command(program) {
  const words = ['watch', '--environment=ci', `--report=${path.resolve(input('report'))}`];
  if (input('fail-on')) words.push(`--fail-on=${input('fail-on')}`);
  if (input('config')) words.push(`--config=${path.resolve(input('config'))}`);
  return [program, ...words, ...input('options').split('\n').map((line) => line.trim()).filter(Boolean)];
}

fs.mkdirSync(folder, { recursive: true });
const said = path.join(folder, 'said.txt');
for (const file of ['pid', 'code', 'said.txt']) fs.rmSync(path.join(folder, file), { force: true });
const program = install();
if (spawnSync('sudo', ['-n', 'true'], { stdio: 'inherit' }).status !== 0) fail('sudo without a password is needed to watch the runner');
// setsid: the runner ends what a step leaves in its process group, and waits for who holds its output
spawnSync('sudo', ['-n', '-b', 'setsid', path.join(__dirname, 'supervisor.sh'), folder, ...command(program)], { stdio: 'ignore' });

const text = () => (fs.existsSync(said) ? fs.readFileSync(said, 'utf8') : '');
while (!text().includes('started:')) {
  if (fs.existsSync(path.join(folder, 'code'))) fail(`flycatcher watch did not start:\n${text()}`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
}
process.stdout.write(text());
// the last step has something to stop only where this one got so far
fs.appendFileSync(process.env.GITHUB_STATE, `folder=${folder}\nreport=${path.resolve(input('report'))}\n`);
