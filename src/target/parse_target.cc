// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/nearest_name.h"
#include "base/parse_scalar.h"
#include "base/yaml_document.h"
#include "target/target.h"
#include "target/target_schema.h"

namespace imcc {
namespace {

const std::vector<std::string> kFigureKeys = {"value", "unit", "origin", "source"};

/// A figure as it stands in the file.
struct Figure {
  const FigureRule* rule = nullptr;
  const YamlNode* value = nullptr;
  const YamlNode* unit = nullptr;
  Origin origin = Origin::kEstimated;
  std::string source;
};

/// Reads the file into figures, one per rule of the schema and in its order.
class TargetReader {
 public:
  explicit TargetReader(const YamlDocument& document) : document_(document) {}

  Result<std::vector<Figure>> ReadFigures() const;
  Result<std::string> ReadName() const;

 private:
  Status CheckKeys(const YamlNode& map, const std::vector<std::string>& keys,
                   const std::string& what) const;
  Status CheckSections() const;
  Result<Figure> ReadFigure(const FigureRule& rule) const;
  Result<std::string> ReadText(const YamlEntry& entry) const;
  Result<Origin> ReadOrigin(const YamlEntry& entry) const;

  const YamlDocument& document_;
};

std::vector<std::string> SectionNames() {
  std::vector<std::string> names = {"name"};
  for (const FigureRule& rule : TargetSchema()) {
    if (std::find(names.begin(), names.end(), rule.section) == names.end())
      names.emplace_back(rule.section);
  }
  return names;
}

std::vector<std::string> KeysOfSection(std::string_view section) {
  std::vector<std::string> keys;
  for (const FigureRule& rule : TargetSchema()) {
    if (rule.section == section) keys.emplace_back(rule.key);
  }
  return keys;
}

Status TargetReader::CheckKeys(const YamlNode& map, const std::vector<std::string>& keys,
                               const std::string& what) const {
  if (!map.IsMap())
    return document_.ErrorAt(map, fmt::format("{} must be a map, not {}", what, Describe(map)),
                             fmt::format("its keys are {}", fmt::join(keys, ", ")));
  for (const YamlEntry& entry : map.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key.text) != keys.end()) continue;
    std::string hint = DidYouMean(entry.key.text, keys);
    if (hint.empty()) hint = fmt::format("valid keys are {}", fmt::join(keys, ", "));
    return document_.ErrorAt(
        entry.key, fmt::format("unknown key {} in {}", Quote(entry.key.text), what), hint);
  }
  for (const std::string& key : keys) {
    if (map.Find(key) != nullptr) continue;
    return document_.ErrorAt(map, fmt::format("{} lacks the key \"{}\"", what, key), "add it");
  }
  return {};
}

Status TargetReader::CheckSections() const {
  IMCC_TRY(CheckKeys(document_.root(), SectionNames(), "the target"));
  for (const YamlEntry& section : document_.root().entries) {
    const std::string& name = section.key.text;
    if (name == "name") continue;
    YamlNode place = section.value;  // A missing key is reported at the section's own name.
    if (place.IsMap() && place.line != section.key.line) {
      place.line = section.key.line;
      place.column = section.key.column;
    }
    IMCC_TRY(CheckKeys(place, KeysOfSection(name), fmt::format("section \"{}\"", name)));
  }
  return {};
}

Result<std::string> TargetReader::ReadText(const YamlEntry& entry) const {
  if (!entry.value.IsScalar() || entry.value.text.empty())
    return document_.ErrorAt(
        entry.value.IsNull() ? entry.key : entry.value,
        fmt::format("\"{}\" must be text, not {}", entry.key.text, Describe(entry.value)));
  return entry.value.text;
}

Result<std::string> TargetReader::ReadName() const {
  const YamlEntry& entry = *document_.root().Find("name");
  IMCC_ASSIGN(std::string name, ReadText(entry));
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  if (!std::all_of(name.begin(), name.end(), allowed) || name.size() > 64)
    return document_.ErrorAt(entry.value, fmt::format("{} is not a target name", Quote(name)),
                             "use at most 64 of a-z, 0-9, '-', '_' and '.'");
  return name;
}

Result<Origin> TargetReader::ReadOrigin(const YamlEntry& entry) const {
  IMCC_ASSIGN(const std::string text, ReadText(entry));
  if (text == "published") return Origin::kPublished;
  if (text == "measured") return Origin::kMeasured;
  if (text == "estimated") return Origin::kEstimated;
  return document_.ErrorAt(entry.value, fmt::format("origin {} is unknown", Quote(text)),
                           "write published, measured or estimated");
}

Result<Figure> TargetReader::ReadFigure(const FigureRule& rule) const {
  const YamlEntry& entry = *document_.root().Find(rule.section)->value.Find(rule.key);
  const std::string what = fmt::format("\"{}.{}\"", rule.section, rule.key);
  if (!entry.value.IsMap())
    return document_.ErrorAt(
        entry.value.IsNull() ? entry.key : entry.value,
        fmt::format("{} must say where its value comes from", what),
        fmt::format("write {}: {{value: ..., unit: ..., origin: ..., source: \"...\"}}", rule.key));
  IMCC_TRY(CheckKeys(entry.value, kFigureKeys, what));
  Figure figure;
  figure.rule = &rule;
  figure.value = &entry.value.Find("value")->value;
  figure.unit = &entry.value.Find("unit")->value;
  IMCC_TRY(ReadText(*entry.value.Find("value")));
  IMCC_TRY(ReadText(*entry.value.Find("unit")));
  IMCC_ASSIGN(figure.origin, ReadOrigin(*entry.value.Find("origin")));
  IMCC_ASSIGN(figure.source, ReadText(*entry.value.Find("source")));
  return figure;
}

Result<std::vector<Figure>> TargetReader::ReadFigures() const {
  IMCC_TRY(CheckSections());
  std::vector<Figure> figures;
  for (const FigureRule& rule : TargetSchema()) {
    IMCC_ASSIGN(Figure figure, ReadFigure(rule));
    figures.push_back(std::move(figure));
  }
  return figures;
}

/// True for what is stored as an integer.
bool IsWhole(Dimension dimension) {
  return dimension == Dimension::kCount || dimension == Dimension::kBytes ||
         dimension == Dimension::kCycles;
}

Result<UnitFactor> FindUnit(const YamlDocument& document, const Figure& figure) {
  std::vector<std::string> names;
  for (const UnitFactor& unit : UnitsOf(*figure.rule)) {
    if (unit.unit == figure.unit->text) return unit;
    names.emplace_back(unit.unit);
  }
  return document.ErrorAt(*figure.unit,
                          fmt::format("{} is not a unit of \"{}.{}\"", Quote(figure.unit->text),
                                      figure.rule->section, figure.rule->key),
                          fmt::format("write one of {}", fmt::join(names, ", ")));
}

/// The figure in its base unit. Rates become bytes a cycle, times a whole number of cycles.
Result<double> Convert(const YamlDocument& document, const Figure& figure, double clock_hz) {
  const FigureRule& rule = *figure.rule;
  const std::optional<double> number =
      figure.value->quoted ? std::nullopt : ParseNumber(figure.value->text);
  const auto refuse = [&](const std::string& rule_text) {
    return document.ErrorAt(*figure.value,
                            fmt::format("\"{}.{}\" must be {}, not {}", rule.section, rule.key,
                                        rule_text, Describe(*figure.value)));
  };
  if (!number) return refuse("a decimal number");
  if (*number < 0 || (*number == 0 && !rule.may_be_zero)) return refuse("positive");
  IMCC_ASSIGN(const UnitFactor unit, FindUnit(document, figure));
  double value = *number * unit.factor;
  if (unit.per_second)
    value = rule.dimension == Dimension::kRate ? value / clock_hz : std::round(value * clock_hz);
  const double base_per_unit = value / *number;
  if (*number > 0 && (value < rule.least || value > rule.limit))
    return refuse(fmt::format("between {:g} and {:g} {}", rule.least / base_per_unit,
                              rule.limit / base_per_unit, unit.unit));
  if (IsWhole(rule.dimension) && value != std::floor(value)) return refuse("a whole number");
  return value;
}

constexpr Bytes kMaxArrays(int64_t{2} << 30);

/// Points at a figure that contradicts another one.
class TargetRules {
 public:
  TargetRules(const YamlDocument& document, const std::vector<Figure>& figures)
      : document_(document), figures_(figures) {}

  Status Check(const Target& target) const {
    IMCC_TRY(Require(target.l1.reserved < target.l1.size, "memory", "l1_reserved",
                     "must be less than l1_size"));
    // Fields of descriptors (docs/isa.md): offsets in L1 have 24 bits, the number of a set 4.
    IMCC_TRY(
        Require(target.l1.size <= Bytes(1 << 24), "memory", "l1_size", "must be at most 16 MiB"));
    IMCC_TRY(Require(target.array.weight_sets <= 16, "array", "weight_sets", "must be at most 16"));
    IMCC_TRY(Require(target.l2.reserved < target.l2.size, "memory", "l2_reserved",
                     "must be less than l2_size"));
    IMCC_TRY(Require(target.ddr.reserved < target.ddr.size, "memory", "ddr_reserved",
                     "must be less than ddr_size"));
    IMCC_TRY(Require(target.pword <= 4096, "machine", "pword", "must be at most 4096 B"));
    const ImcArray& array = target.array;
    IMCC_TRY(Require(array.rows % target.pword == 0, "array", "rows",
                     fmt::format("must be a multiple of the pword, {}", target.pword)));
    IMCC_TRY(Require(array.columns % target.pword == 0, "array", "columns",
                     fmt::format("must be a multiple of the pword, {}", target.pword)));
    IMCC_TRY(Require(array.columns % array.bank_columns == 0, "array", "bank_columns",
                     fmt::format("must divide the {} columns", array.columns)));
    IMCC_TRY(Require(array.accumulator.count() >= array.columns * 4, "array", "accumulator",
                     fmt::format("must hold one pixel: {} int32", array.columns)));
    // The simulator holds them all.
    const Bytes arrays =
        (array.set_bytes() * array.weight_sets + array.accumulator * 2) * target.cores;
    IMCC_TRY(
        Require(arrays <= kMaxArrays, "array", "weight_sets",
                fmt::format("makes {} bytes of weight sets and accumulators in all cores, more "
                            "than the {} imcc simulates",
                            arrays.count(), kMaxArrays.count())));
    const Bandwidths& rates = target.bandwidth;
    return Require(rates.weights_single_channel <= rates.weights_dual_channel, "bandwidth",
                   "weights_single_channel", "must not exceed weights_dual_channel");
  }

 private:
  Status Require(bool holds, std::string_view section, std::string_view key,
                 const std::string& rule) const {
    if (holds) return {};
    const auto figure = std::find_if(figures_.begin(), figures_.end(), [&](const Figure& f) {
      return f.rule->section == section && f.rule->key == key;
    });
    IMCC_CHECK(figure != figures_.end(), "a rule about a figure that is not in the schema");
    return document_.ErrorAt(*figure->value, fmt::format("\"{}.{}\" {}", section, key, rule));
  }

  const YamlDocument& document_;
  const std::vector<Figure>& figures_;
};

}  // namespace

Result<Target> ParseTarget(const std::string& text, const std::string& file) {
  IMCC_ASSIGN(const YamlDocument document, YamlDocument::Parse(text, file));
  const TargetReader reader(document);
  IMCC_ASSIGN(const std::vector<Figure> figures, reader.ReadFigures());
  Target target;
  target.yaml = text;
  IMCC_ASSIGN(target.name, reader.ReadName());
  for (const Figure& figure : figures) {
    IMCC_ASSIGN(const double value, Convert(document, figure, target.clock_hz));
    figure.rule->store(target, value);
  }
  IMCC_TRY(TargetRules(document, figures).Check(target));
  return target;
}

Result<Target> ParseEmbeddedTarget(const std::string& text) {
  Result<Target> target = ParseTarget(text, "target in the ELF");
  if (target.ok()) return target;
  Error error = target.error();
  error.code = ErrorCode::kFormat;
  return error;
}

Result<std::vector<TargetFact>> TargetFacts(const Target& target) {
  IMCC_ASSIGN(const YamlDocument document, YamlDocument::Parse(target.yaml, target.name + ".yaml"));
  IMCC_ASSIGN(const std::vector<Figure> figures, TargetReader(document).ReadFigures());
  std::vector<TargetFact> facts;
  facts.reserve(figures.size());
  for (const Figure& figure : figures) {
    facts.push_back({fmt::format("{}.{}", figure.rule->section, figure.rule->key),
                     fmt::format("{} {}", figure.value->text, figure.unit->text), figure.origin,
                     figure.source});
  }
  return facts;
}

}  // namespace imcc
