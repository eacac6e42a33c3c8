// Sends requests and says what came: node cannon.js URL REQUESTS CONNECTIONS
//
// autocannon gives its own duration in whole seconds; from the first request to the last answer is measured here.

import process from 'node:process';
import autocannon from 'autocannon';

const [url, requests, connections] = process.argv.slice(2);
let well = 0;
let badly = 0;
const startMs = performance.now();
let endMs = startMs;
const instance = autocannon(
  { url, amount: Number(requests), connections: Number(connections) },
  (error, result) => {
    if (error) throw error;
    const { latency, errors } = result;
    console.log(
      JSON.stringify({
        well,
        badly: badly + errors,
        tookMs: endMs - startMs,
        p50Ms: latency.p50,
        p99Ms: latency.p99,
      }),
    );
  },
);
instance.on('response', (_client, status) => {
  if (status === 200) well++;
  else badly++;
  endMs = performance.now();
});
