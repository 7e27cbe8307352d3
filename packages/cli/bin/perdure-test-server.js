#!/usr/bin/env node
// The server of time-skipping test environments, for SDKs that are given the path of an executable and call it with a port.
process.argv.splice(2, 0, 'test-server');
require('./perdure.js');
