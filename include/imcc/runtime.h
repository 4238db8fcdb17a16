/* Copyright 2026 The imcc authors
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef IMCC_RUNTIME_H_
#define IMCC_RUNTIME_H_

/*
 * Runs a network compiled by `imcc compile` on a device; the simulator is one.
 *
 * - A handle may be used by one thread at a time; different handles are independent.
 * - Every function that can fail returns an imcc_status. If it is not IMCC_OK and the caller passed
 *   a place for it, an imcc_error is created that holds the message; free it with imcc_error_free.
 *   There is no hidden per-thread state.
 * - Structs that the library fills begin with struct_size: set it to sizeof(the struct) before the
 *   call. A newer library then never writes past what an older program allocated.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IMCC_RUNTIME_VERSION_MAJOR 1 /* Changes break programs. */
#define IMCC_RUNTIME_VERSION_MINOR 1 /* Changes only add. */
#define IMCC_MAX_RANK 8

/* Version of the library in use: major * 1000 + minor. */
uint32_t imcc_runtime_version(void);

typedef enum imcc_status {
  IMCC_OK = 0,
  IMCC_ERROR_USAGE = 1,       /* A NULL or out-of-range argument. */
  IMCC_ERROR_FORMAT = 2,      /* model.json, the ELF or a host graph is damaged. */
  IMCC_ERROR_IO = 3,          /* The file system refused. */
  IMCC_ERROR_UNSUPPORTED = 4, /* Not possible for this model. */
  IMCC_ERROR_DEVICE = 5,      /* The device reported a fault. */
  IMCC_ERROR_MEMORY = 6,      /* Out of memory. */
  IMCC_ERROR_INTERNAL = 7     /* A bug in imcc. */
} imcc_status;

/* "IMCC_OK", ...; "unknown status" for other values. */
const char* imcc_status_name(imcc_status status);

typedef struct imcc_error imcc_error;
const char* imcc_error_message(const imcc_error* error); /* Never NULL. */
imcc_status imcc_error_status(const imcc_error* error);
void imcc_error_free(imcc_error* error); /* NULL is fine. */

typedef struct imcc_model imcc_model;

/* Opens a model.json, or the folder it is in. On success *model must be closed with
 * imcc_model_close; on failure it is set to NULL. `error` may be NULL in every function. */
imcc_status imcc_model_open(const char* path, imcc_model** model, imcc_error** error);
void imcc_model_close(imcc_model* model); /* NULL is fine. */

/* What one element of a frame's tensor is. */
typedef enum imcc_dtype { IMCC_FLOAT32 = 0, IMCC_INT8 = 1 } imcc_dtype;

/* An input or output of the network, as the ONNX model has it: float32, NCHW. */
typedef struct imcc_tensor_info {
  size_t struct_size;
  const char* name; /* Valid until the model is closed. */
  size_t rank;
  int64_t shape[IMCC_MAX_RANK];
  size_t elements;      /* Product of the shape. */
  int has_int8;         /* 1: also usable as int8, real = scale * (q - zero_point). */
  size_t quantizations; /* 1, or one per channel; 0 without int8. */
  const float* scale;   /* `quantizations` values, valid until the model is closed. */
  const int32_t* zero_point;
  imcc_dtype dtype; /* Of imcc_model_run_frame: float32, or int8 with remove_io_quantization. */
} imcc_tensor_info;

size_t imcc_model_input_count(const imcc_model* model);
size_t imcc_model_output_count(const imcc_model* model);
imcc_status imcc_model_input(const imcc_model* model, size_t index, imcc_tensor_info* info);
imcc_status imcc_model_output(const imcc_model* model, size_t index, imcc_tensor_info* info);

/* One frame on float32 buffers: inputs[i] holds `elements` values of input i, outputs[i] receives
 * those of output i. A NULL output is not written. */
imcc_status imcc_model_run(imcc_model* model, const float* const* inputs, float* const* outputs,
                           imcc_error** error);

/* One frame on int8 buffers, same order of elements. IMCC_ERROR_UNSUPPORTED if an input or output
 * has no int8 form because part of the network runs on the host. */
imcc_status imcc_model_run_int8(imcc_model* model, const int8_t* const* inputs,
                                int8_t* const* outputs, imcc_error** error);

/* One frame on buffers of each tensor's own dtype, same order of elements: what a network compiled
 * with remove_io_quantization is made for. Since version 1.1. */
imcc_status imcc_model_run_frame(imcc_model* model, const void* const* inputs, void* const* outputs,
                                 imcc_error** error);

/* Speed of one steady-state frame on the device; host parts of the network are not included. */
typedef struct imcc_statistics {
  size_t struct_size;
  uint64_t frames_run; /* By this handle. */
  uint64_t cycles;
  double clock_hz;
  double frame_seconds;   /* Launch and cycles. */
  double latency_seconds; /* Host transfer in, launch, cycles, host transfer out. */
  double frames_per_second;
  uint64_t ddr_bytes;
  uint64_t l2_bytes;
  size_t engines; /* How many imcc_model_engine can describe. */
} imcc_statistics;
imcc_status imcc_model_statistics(imcc_model* model, imcc_statistics* statistics,
                                  imcc_error** error);

typedef struct imcc_engine_statistics {
  size_t struct_size;
  const char* name; /* "mvm", "vector", ...; static. */
  uint32_t core;
  uint64_t tasks;
  uint64_t busy;     /* Cycles; the four add up to the frame. */
  uint64_t waiting;  /* For data. */
  uint64_t fetching; /* For a task. */
  uint64_t empty;    /* No task left. */
} imcc_engine_statistics;
imcc_status imcc_model_engine(imcc_model* model, size_t index, imcc_engine_statistics* engine,
                              imcc_error** error);

#ifdef __cplusplus
}
#endif

#endif /* IMCC_RUNTIME_H_ */
