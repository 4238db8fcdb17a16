// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a model in ONNX Runtime on raw little-endian float32 files:
//
//   node run.mjs [options] MODEL.onnx OUTPUT_PREFIX INPUT[@1x3x224x224]...
//
// Inputs come in the model's order, in its own layout (NCHW); a shape is needed where the model
// leaves a dimension open. Output i is written to OUTPUT_PREFIX<i>.f32 (also integer outputs, as
// floats). Prints one JSON object: names, shapes and milliseconds a run.
//
//   --no-optimize   keep ONNX Runtime from rewriting the graph
//   --threads N     threads within an operator (default 1: the same bits on every machine)
//   --repeat N      runs that are timed (default 1)
//   --frames N      every input file holds N frames one after another; outputs too (default 1)
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';

function fail(message) {
  process.stderr.write(`run.mjs: ${message}\n`);
  process.exit(1);
}

function loadRuntime() {
  const dir = process.env.IMCC_ORT_DIR || join(homedir(), '.cache/imcc/ort');
  if (!existsSync(join(dir, 'node_modules/onnxruntime-node')))
    fail(`no onnxruntime-node in ${dir}; run benchmarks/ort_witness/setup.sh`);
  return createRequire(join(dir, 'package.json'))('onnxruntime-node');
}

function parseInput(argument, metadata, frames) {
  const at = argument.lastIndexOf('@');
  const file = at < 0 ? argument : argument.slice(0, at);
  const shape = at < 0 ? metadata.shape : argument.slice(at + 1).split('x').map(Number);
  const bytes = readFileSync(file);
  // A copy, because a Buffer need not start at a multiple of four bytes.
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  const elements = shape.reduce((product, dim) => product * Number(dim), 1);
  if (elements * frames !== values.length)
    fail(`${file} holds ${values.length} floats; ${metadata.name} is ${shape.join('x')}`);
  return Array.from({length: frames}, (_, i) => new ort.Tensor(
      'float32', values.subarray(i * elements, (i + 1) * elements), shape.map(Number)));
}

const {values: options, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    'no-optimize': {type: 'boolean', default: false},
    threads: {type: 'string', default: '1'},
    repeat: {type: 'string', default: '1'},
    frames: {type: 'string', default: '1'},
  },
});
if (positionals.length < 3) fail('usage: run.mjs [options] MODEL.onnx OUTPUT_PREFIX INPUT...');
const [model, prefix, ...inputs] = positionals;

const ort = loadRuntime();
ort.env.logLevel = 'error';
const session = await ort.InferenceSession.create(model, {
  graphOptimizationLevel: options['no-optimize'] ? 'disabled' : 'all',
  intraOpNumThreads: Number(options.threads),
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  // Without it ONNX Runtime computes int8 (not uint8) convolutions of QDQ models in float on x86,
  // and its sums then round differently from the integers the model stands for.
  extra: {session: {qdqisint8allowed: '1'}},
});
if (inputs.length !== session.inputNames.length)
  fail(`the model has ${session.inputNames.length} inputs: ${session.inputNames.join(', ')}`);
const frames = Number(options.frames);
const columns = session.inputMetadata.map((m, i) => parseInput(inputs[i], m, frames));
const results = [];
const repeats = Number(options.repeat);
const begin = performance.now();
for (let frame = 0; frame < frames; ++frame) {
  const feeds = Object.fromEntries(session.inputNames.map((name, i) => [name, columns[i][frame]]));
  for (let i = 0; i < repeats; ++i) results[frame] = await session.run(feeds);
}
const milliseconds = (performance.now() - begin) / (repeats * frames);

const outputs = session.outputNames.map((name, i) => {
  const {dims, type} = results[0][name];
  const bytes = results.map((result) => {
    const {data} = result[name];
    const values = data instanceof Float32Array ? data : Float32Array.from(data, Number);
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  });
  writeFileSync(`${prefix}${i}.f32`, Buffer.concat(bytes));
  return {name, shape: dims, type};
});
process.stdout.write(`${JSON.stringify({inputs: session.inputNames, outputs, milliseconds})}\n`);
