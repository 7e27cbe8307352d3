/** The thread on which whatever may take long is read. */
import { workerData } from 'node:worker_threads';
import { Scanner } from './scan.js';
import type { ScanAnswer, ScanSettings, TimedScan } from './scan.js';
import { serve } from './worker-serve.js';

const scanner = new Scanner(workerData as ScanSettings);

serve<TimedScan, ScanAnswer>(
  (scan) => scanner.answer(scan),
  () => scanner.close(),
);
