// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/simplify.h"

#include "simplify/cancel_transposes.h"
#include "simplify/canonicalize_scale_shift.h"
#include "simplify/convert_flatten_to_conv.h"
#include "simplify/expand_operands.h"
#include "simplify/flatten_concats.h"
#include "simplify/fold_batch_norm.h"
#include "simplify/fold_constants.h"
#include "simplify/fuse_activation.h"
#include "simplify/fuse_gelu.h"
#include "simplify/fuse_hard_swish.h"
#include "simplify/fuse_layer_norm.h"
#include "simplify/fuse_pad.h"
#include "simplify/fuse_silu.h"
#include "simplify/hoist_roundings.h"
#include "simplify/join_clamps.h"
#include "simplify/lower_batch_norm.h"
#include "simplify/lower_conv_transpose.h"
#include "simplify/lower_dilated_pool.h"
#include "simplify/lower_reduce.h"
#include "simplify/move_axes_last.h"
#include "simplify/order_operands.h"
#include "simplify/remove_identities.h"
#include "simplify/split_slices.h"
#include "simplify/transpose_matmul_operand.h"

namespace imcc {
namespace {

struct Rewrite {
  const char* name;
  void (*run)(Graph&);
};

// Patterns before the passes that would take their constants apart; folding before fusing.
constexpr Rewrite kRewrites[] = {
    {"fold-constants", FoldConstants},
    {"hoist-roundings", HoistRoundings},
    {"move-axes-last", MoveAxesLast},
    {"transpose-matmul-operand", TransposeMatMulOperand},
    {"cancel-transposes", CancelTransposes},
    {"remove-identities", RemoveIdentities},
    {"order-operands", OrderOperands},
    {"join-clamps", JoinClamps},
    {"fuse-layer-norm", FuseLayerNorm},
    {"lower-reduce", LowerReduce},
    {"lower-dilated-pool", LowerDilatedPool},
    {"fuse-gelu", FuseGelu},
    {"fuse-silu", FuseSilu},
    {"fuse-hard-swish", FuseHardSwish},
    {"canonicalize-scale-shift", CanonicalizeScaleShift},
    {"fold-batch-norm", FoldBatchNorm},
    {"lower-batch-norm", LowerBatchNorm},
    {"fuse-pad", FusePad},
    {"fuse-activation", FuseActivation},
    {"convert-flatten-to-conv", ConvertFlattenToConv},
    {"lower-conv-transpose", LowerConvTranspose},
    {"split-slices", SplitSlices},
    {"expand-operands", ExpandOperands},
    {"flatten-concats", FlattenConcats},
    {"remove-dead-code", RemoveDeadCode},
};

}  // namespace

Status Simplify(Graph& graph, PassRunner& runner) {
  for (const Rewrite& rewrite : kRewrites) {
    IMCC_TRY(runner.Run({.name = rewrite.name,
                         .can_disable = true,
                         .run = [&]() -> Status {
                           rewrite.run(graph);
                           return {};
                         },
                         .verify = [&] { return Verify(graph); },
                         .dump = [&] { return Dump(graph); }}));
  }
  return {};
}

}  // namespace imcc
