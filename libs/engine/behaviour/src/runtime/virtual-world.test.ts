import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** In a process of its own: installing the world takes the clock and the output away from whoever runs in it. */
async function inWorld(body: string): Promise<unknown> {
  const source = `
    import { writeSync } from 'node:fs';
    import { VirtualWorld } from ${JSON.stringify(new URL('virtual-world.ts', import.meta.url).href)};
    const world = new VirtualWorld();
    const wall = performance.now.bind(performance);
    world.install();
    world.reset(1);
    const say = (value) => writeSync(1, JSON.stringify(value));
    ${body}
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source]);
  return JSON.parse(stdout);
}

test('work that goes on is waited for however slow the machine is', async () => {
  const made = await inWorld(`
    let turns = 0;
    let done = false;
    const next = () => {
      const until = wall() + 5;
      while (wall() < until);
      if (++turns === 20) done = true;
      else setTimeout(next, 1);
    };
    setTimeout(next, 1);
    await world.drive(() => done, 10);
    say(turns);`);
  assert.equal(made, 20);
});

test('work of the host is waited for as long as it is under way', async () => {
  const made = await inWorld(`
    import { open } from 'node:fs/promises';
    const handle = await open(process.execPath);
    let done = false;
    (async () => {
      for (let i = 0; i < 200; i++) await handle.read(Buffer.alloc(1 << 16), 0, 1 << 16, i << 16);
      done = true;
    })();
    await world.drive(() => done, 60_000);
    say(done);`);
  assert.equal(made, true);
});

test('what never settles is given up: nothing left to run, and a timer that always comes back', async () => {
  assert.equal(await inWorld('await world.drive(() => false, 60_000); say("given up");'), 'given up');
  const made = await inWorld('let turns = 0; setInterval(() => turns++, 1); await world.drive(() => false, 60_000); say(turns);');
  assert.ok(typeof made === 'number' && made > 1000, String(made));
});
