// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "paging/relaxation.h"

#include <coin/Clp_C_Interface.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

namespace imcc {

namespace {

/// Clp is right to about 1e-7 of the figures it works on.
constexpr double kTolerance = 1e-6;

/// A linear program in the making: columns with bounds and costs, rows sum(a x) <= limit.
class Program {
 public:
  int AddColumn(double upper, double cost) {
    upper_.push_back(upper);
    cost_.push_back(cost);
    return static_cast<int>(cost_.size()) - 1;
  }

  void AddRow(const std::vector<std::pair<int, double>>& terms, double limit) {
    for (const auto& [column, factor] : terms) {
      columns_.push_back(column);
      factors_.push_back(factor);
    }
    starts_.push_back(static_cast<CoinBigIndex>(columns_.size()));
    limits_.push_back(limit);
  }

  /// Values of the columns; `cost` becomes the objective.
  std::vector<double> Solve(double& cost) const {
    const std::unique_ptr<Clp_Simplex, void (*)(Clp_Simplex*)> model(Clp_newModel(),
                                                                     Clp_deleteModel);
    Clp_setLogLevel(model.get(), 0);
    const std::vector<double> zeros(cost_.size());
    Clp_resize(model.get(), 0, static_cast<int>(cost_.size()));
    Clp_chgColumnLower(model.get(), zeros.data());
    Clp_chgColumnUpper(model.get(), upper_.data());
    Clp_chgObjCoefficients(model.get(), cost_.data());
    const std::vector<double> unlimited(limits_.size(), -std::numeric_limits<double>::max());
    Clp_addRows(model.get(), static_cast<int>(limits_.size()), unlimited.data(), limits_.data(),
                starts_.data(), columns_.data(), factors_.data());
    Clp_dual(model.get(), 0);
    IMCC_CHECK(Clp_status(model.get()) == 0, "the relaxation of a paging problem is not solved");
    cost = Clp_objectiveValue(model.get());
    const double* values = Clp_primalColumnSolution(model.get());
    return {values, values + cost_.size()};
  }

 private:
  std::vector<double> upper_, cost_, factors_, limits_;
  std::vector<CoinBigIndex> starts_ = {0};
  std::vector<int> columns_;
};

class RelaxationBuilder {
 public:
  explicit RelaxationBuilder(const PagingProblem& problem)
      : problem_(problem), at_step_(static_cast<size_t>(problem.steps)) {}

  Relaxation Solve() {
    for (const PagedTensor& tensor : problem_.tensors) AddTensor(tensor);
    for (size_t step = 0; step < at_step_.size(); ++step) AddCapacity(step);
    double saved = 0;
    const std::vector<double> values = program_.Solve(saved);
    Relaxation result;
    const double cost = everything_ + saved;
    result.lower_bound =
        std::max(static_cast<int64_t>(std::ceil(cost - kTolerance * std::max(1.0, everything_))),
                 int64_t{0});
    for (const std::vector<int>& columns : present_) {
      result.present.emplace_back();
      for (const int column : columns)
        result.present.back().push_back(values[static_cast<size_t>(column)]);
    }
    return result;
  }

 private:
  /// Columns: pages present in each gap, pages present in all of them (those are never written),
  /// and where gaps meet the larger of the two.
  void AddTensor(const PagedTensor& tensor) {
    const auto pages = static_cast<double>(tensor.pages);
    std::map<int64_t, std::vector<int>> by_step;
    present_.emplace_back();
    for (const PageGap& gap : tensor.gaps) {
      const auto cost = static_cast<double>(gap.read_cost);
      const int column = program_.AddColumn(pages, -cost);
      everything_ += cost * pages;
      present_.back().push_back(column);
      for (int64_t s = gap.steps.begin; s < gap.steps.end; ++s)
        by_step[s % problem_.steps].push_back(column);
    }
    AddWrites(tensor);
    std::map<std::vector<int>, int> joint;
    for (const auto& [step, columns] : by_step)
      at_step_[static_cast<size_t>(step)].emplace_back(Largest(columns, pages, joint), 1.0);
  }

  void AddWrites(const PagedTensor& tensor) {
    if (tensor.write_cost == 0) return;
    const auto pages = static_cast<double>(tensor.pages);
    const auto cost = static_cast<double>(tensor.write_cost);
    const int always = program_.AddColumn(pages, -cost);
    everything_ += cost * pages;
    for (const int column : present_.back()) program_.AddRow({{always, 1}, {column, -1}}, 0);
  }

  int Largest(const std::vector<int>& columns, double pages,
              std::map<std::vector<int>, int>& joint) {
    if (columns.size() == 1) return columns.front();
    const auto [place, is_new] = joint.try_emplace(columns, 0);
    if (is_new) {
      place->second = program_.AddColumn(pages, 0);
      for (const int column : columns) program_.AddRow({{column, 1}, {place->second, -1}}, 0);
    }
    return place->second;
  }

  void AddCapacity(size_t step) {
    const int64_t pinned = problem_.pinned.empty() ? 0 : problem_.pinned[step];
    if (!at_step_[step].empty())
      program_.AddRow(at_step_[step], static_cast<double>(problem_.capacity - pinned));
  }

  const PagingProblem& problem_;
  Program program_;
  double everything_ = 0;                  // Cost with nothing present.
  std::vector<std::vector<int>> present_;  // Columns by tensor and gap.
  std::vector<std::vector<std::pair<int, double>>> at_step_;
};

}  // namespace

Relaxation SolveRelaxation(const PagingProblem& problem) {
  if (problem.tensors.empty()) return {};
  return RelaxationBuilder(problem).Solve();
}

}  // namespace imcc
