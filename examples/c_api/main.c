/* Copyright 2026 The imcc authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Runs one frame of a compiled network: imcc_c_example MODEL.json [INPUT.raw...]
 * An INPUT.raw holds the float32 values of one input, NCHW; without it the input is zeros. */
#include <imcc/runtime.h>
#include <stdio.h>
#include <stdlib.h>

static int Fail(imcc_status status, imcc_error* error) {
  fprintf(stderr, "%s: %s\n", imcc_status_name(status), imcc_error_message(error));
  imcc_error_free(error);
  return 1;
}

/* Fills `values` from a raw file; 0 if the file does not have exactly that many. */
static int ReadRaw(const char* path, float* values, size_t count) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) return 0;
  const size_t got = fread(values, sizeof(float), count, file);
  const int at_end = fgetc(file) == EOF;
  fclose(file);
  return got == count && at_end;
}

static void PrintTensor(const char* kind, const imcc_tensor_info* info) {
  printf("%s %s: float32", kind, info->name);
  for (size_t i = 0; i < info->rank; ++i)
    printf("%c%lld", i == 0 ? ' ' : 'x', (long long)info->shape[i]);
  if (info->has_int8)
    printf(", int8 scale %g zero point %d", info->scale[0], (int)info->zero_point[0]);
  printf("\n");
}

/* One buffer per tensor, zeroed; prints each tensor. */
static float** MakeBuffers(const imcc_model* model, size_t count, const char* kind,
                           imcc_status (*describe)(const imcc_model*, size_t, imcc_tensor_info*)) {
  float** buffers = calloc(count, sizeof(float*));
  for (size_t i = 0; buffers != NULL && i < count; ++i) {
    imcc_tensor_info info = {.struct_size = sizeof(info)};
    if (describe(model, i, &info) != IMCC_OK) continue;
    PrintTensor(kind, &info);
    buffers[i] = calloc(info.elements, sizeof(float));
  }
  return buffers;
}

static void FreeBuffers(float** buffers, size_t count) {
  for (size_t i = 0; buffers != NULL && i < count; ++i) free(buffers[i]);
  free(buffers);
}

/* Index of the largest value of output 0: the class, for a classifier. */
static size_t Largest(const imcc_model* model, const float* values) {
  imcc_tensor_info info = {.struct_size = sizeof(info)};
  size_t best = 0;
  if (imcc_model_output(model, 0, &info) != IMCC_OK) return 0;
  for (size_t i = 1; i < info.elements; ++i)
    if (values[i] > values[best]) best = i;
  return best;
}

static void PrintStatistics(imcc_model* model) {
  imcc_statistics stats = {.struct_size = sizeof(stats)};
  if (imcc_model_statistics(model, &stats, NULL) != IMCC_OK) return;
  printf("%llu cycles, frame %.3f ms, latency %.3f ms, %.1f frames/s\n",
         (unsigned long long)stats.cycles, stats.frame_seconds * 1e3, stats.latency_seconds * 1e3,
         stats.frames_per_second);
  for (size_t i = 0; i < stats.engines; ++i) {
    imcc_engine_statistics engine = {.struct_size = sizeof(engine)};
    if (imcc_model_engine(model, i, &engine, NULL) != IMCC_OK) return;
    printf("  core %u %-12s %5.1f %% busy, %llu tasks\n", engine.core, engine.name,
           stats.cycles > 0 ? 100.0 * (double)engine.busy / (double)stats.cycles : 0.0,
           (unsigned long long)engine.tasks);
  }
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s MODEL.json [INPUT.raw...]\n", argv[0]);
    return 2;
  }
  imcc_model* model = NULL;
  imcc_error* error = NULL;
  imcc_status status = imcc_model_open(argv[1], &model, &error);
  if (status != IMCC_OK) return Fail(status, error);

  const size_t inputs = imcc_model_input_count(model);
  const size_t outputs = imcc_model_output_count(model);
  float** in = MakeBuffers(model, inputs, "input ", imcc_model_input);
  float** out = MakeBuffers(model, outputs, "output", imcc_model_output);
  int failed = in == NULL || out == NULL;
  for (size_t i = 0; !failed && i < inputs && (int)i + 2 < argc; ++i) {
    imcc_tensor_info info = {.struct_size = sizeof(info)};
    imcc_model_input(model, i, &info);
    failed = !ReadRaw(argv[i + 2], in[i], info.elements);
    if (failed) fprintf(stderr, "%s: not %zu float32 values\n", argv[i + 2], info.elements);
  }
  if (!failed) {
    status = imcc_model_run(model, (const float* const*)in, out, &error);
    failed = status != IMCC_OK && Fail(status, error);
  }
  if (!failed) {
    printf("largest value of the first output: index %zu\n", Largest(model, out[0]));
    PrintStatistics(model);
  }
  FreeBuffers(in, inputs);
  FreeBuffers(out, outputs);
  imcc_model_close(model);
  return failed;
}
