#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Node program: libuv's thread pool, child processes, watchers.
. "$LIB"

need node
cat >"$CASE_DIR/m.js" <<'JS'
const fs = require('fs'), cp = require('child_process'), net = require('net'), path = require('path');
const { Worker, isMainThread, parentPort } = require('worker_threads');
if (!isMainThread) {
	parentPort.postMessage(fs.readFileSync('a', 'utf8'));
} else (async () => {
	await Promise.all([...Array(40).keys()].map(async (i) => {
		await fs.promises.writeFile('n' + i, 'x' + i);
		if (await fs.promises.readFile('n' + i, 'utf8') !== 'x' + i) console.log('bad');
		await fs.promises.unlink('n' + i);
	}));
	console.log(fs.readdirSync('.').sort().join());
	console.log(cp.execSync('cat b').toString(), cp.spawnSync('sh', ['-c', 'exit 3']).status);
	await new Promise(done => new Worker(__filename).on('message', console.log).on('exit', done));
	await new Promise(done => {
		const s = net.createServer(c => c.end('hi')).listen('s.sock', () =>
			net.connect('s.sock').on('data', d => console.log(d.toString())).on('close', () => s.close(done)));
	});
	fs.mkdirSync('p/q/r', { recursive: true });
	fs.rmSync('p', { recursive: true });
	fs.symlinkSync('a', 'sy');
	console.log(path.basename(fs.realpathSync('sy')), fs.statSync('a').size, fs.existsSync('missing'));
	try { fs.openSync('missing'); } catch (e) { console.log(e.code); }
})();
JS
same node "$CASE_DIR/m.js"
