// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "report/text_table.h"
#include "target/target.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kTargetsExamples = R"(Examples:
  imcc targets
  imcc targets quad512
  imcc targets my-machine.yaml --json)";

const char* OriginName(Origin origin) {
  switch (origin) {
    case Origin::kPublished:
      return "published";
    case Origin::kMeasured:
      return "measured";
    default:
      return "estimated";
  }
}

std::string FactsText(const Target& target, const std::vector<TargetFact>& facts, int columns) {
  TextTable table({{.title = "key"},
                   {.title = "value", .align = TextTable::Align::kRight},
                   {.title = "origin"},
                   {.title = "source", .min_width = 20}});
  for (const TargetFact& fact : facts)
    table.AddRow({fact.key, fact.value, OriginName(fact.origin), fact.source});
  return fmt::format("{}\n\n{}", target.name, table.Render(static_cast<size_t>(columns)));
}

std::string FactsJson(const Target& target, const std::vector<TargetFact>& facts) {
  Json list = Json::array();
  for (const TargetFact& fact : facts)
    list.push_back({{"key", fact.key},
                    {"value", fact.value},
                    {"origin", OriginName(fact.origin)},
                    {"source", fact.source}});
  const Json json = {{"name", target.name}, {"facts", std::move(list)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

class TargetsCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "targets", "list the machines, or show one with the origin of every figure");
    sub->add_option("name", name_, "machine: a name or a YAML file");
    sub->add_flag("--json", json_, "print JSON");
    sub->footer(kTargetsExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    if (name_.empty()) return List(console);
    IMCC_ASSIGN(const Target target, LoadTarget(name_));
    IMCC_ASSIGN(const std::vector<TargetFact> facts, TargetFacts(target));
    console.Print(json_ ? FactsJson(target, facts) : FactsText(target, facts, console.columns()));
    return kExitSuccess;
  }

 private:
  Result<int> List(Console& console) const {
    const std::vector<std::string> names = ListTargets();
    std::string text;
    for (const std::string& name : names) text += name + "\n";
    console.Print(json_ ? Json{{"targets", names}}.dump(2) + "\n" : text);
    return kExitSuccess;
  }

  std::string name_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeTargetsCommand() { return std::make_unique<TargetsCommand>(); }

}  // namespace imcc
