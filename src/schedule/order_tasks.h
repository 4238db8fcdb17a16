// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/units.h"
#include "config/options.h"
#include "isa/task.h"
#include "target/target.h"

namespace imcc {

/// Cycles a task needs on an idle machine; an estimate to order by, not a timing claim.
Cycles EstimateTask(const Task& task, const Target& target, const CompilationOptions& options);

/// Puts tasks into the order they will start in, keeping the order within each engine. Descriptors
/// are fetched through a small window in list order, so a list in program order would keep the
/// loads of the next layer out of the window until this layer is almost done.
std::vector<Task> OrderTasks(std::vector<Task> tasks, const Target& target,
                             const CompilationOptions& options);

}  // namespace imcc
