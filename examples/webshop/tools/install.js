// Runs each dependency's install hook through the shell, as package managers do.
'use strict';
const { execSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const folder = process.argv[2];
for (const name of fs.readdirSync(folder).sort()) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, name, 'package.json'), 'utf8'));
  const hook = (manifest.scripts || {}).postinstall;
  console.log(`+ ${manifest.name}@${manifest.version}`);
  if (hook) execSync(hook, { cwd: path.join(folder, name), stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'postinstall' } });
}
