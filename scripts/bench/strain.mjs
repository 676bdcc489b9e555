/** Preloaded into a measured process: tells its peak memory and its longest stall on file descriptor 3 when it ends. */
import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
// What loading the program takes is measured by the start-up figures.
setTimeout(() => delay.enable(), 1000).unref();

process.on('exit', () => {
  const told = { peakBytes: process.resourceUsage().maxRSS * 1024, stallMs: delay.max / 1e6 };
  writeSync(3, JSON.stringify(told));
});
