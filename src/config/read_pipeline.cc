// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/nearest_name.h"
#include "config/read_preprocess.h"
#include "config/read_sections.h"

namespace imcc {
namespace {

/// The model that a pipeline entry is about: its own name, unless it says model_name.
std::string ModelOf(const YamlEntry& entry) {
  const YamlEntry* name = entry.value.Find("model_name");
  return name != nullptr && name->value.IsScalar() ? name->value.text : entry.key.text;
}

/// The entry for the model, nullptr if none is. Every element of the list must be one-key map.
Result<const YamlEntry*> FindEntry(Reading& reading, const YamlEntry& pipeline,
                                   const std::string& model) {
  const YamlEntry* found = nullptr;
  std::vector<std::string> others;
  const YamlNode* last = nullptr;
  for (const YamlNode& item : pipeline.value.items) {
    if (!item.IsMap() || item.entries.size() != 1)
      return reading.document.ErrorAt(
          item,
          fmt::format("a pipeline entry must be one name with its steps, not {}", Describe(item)),
          "write \"- NAME:\" and indent its steps below it");
    const YamlEntry& entry = item.entries[0];
    if (ModelOf(entry) != model) {
      others.push_back(ModelOf(entry));
      last = &entry.key;
      continue;
    }
    if (found != nullptr)
      return reading.document.ErrorAt(entry.key,
                                      fmt::format("a second pipeline entry for model {}, the first "
                                                  "is in line {}",
                                                  Quote(model), found->key.line),
                                      "keep one of the two");
    found = &entry;
  }
  if (found == nullptr && last != nullptr && !NearestName(model, others).empty())
    return reading.document.ErrorAt(*last,
                                    fmt::format("the pipeline names {}, but the model is {}",
                                                Quote(NearestName(model, others)), Quote(model)),
                                    "use the same name in pipeline and models");
  return found;
}

Status ReadInputFormat(Reading& reading, const YamlEntry& input, Network& network,
                       bool model_has_format) {
  if (input.value.IsNull()) return {};
  KeyRules rules;
  rules.what = "the pipeline's input";
  rules.known = {"type", "color_format"};
  rules.open = true;
  IMCC_TRY(CheckKeys(reading, input.value, rules));
  if (const YamlEntry* type = input.value.Find("type")) {
    IMCC_ASSIGN(const std::string kind, ReadText(reading, *type));
    if (kind != "image")
      AddNote(reading, type->value, fmt::format("input type {} is treated as image", Quote(kind)));
  }
  const YamlEntry* format = input.value.Find("color_format");
  if (format == nullptr) return {};
  IMCC_ASSIGN(const ColorFormat color, ReadColorFormat(reading, *format));
  if (!model_has_format) {
    network.input_color = color;
  } else if (color != network.input_color) {
    AddNote(reading, format->value,
            "color_format differs from the model's input_color_format, which wins",
            Note::Severity::kWarning);
  }
  return {};
}

Status ReadTopK(Reading& reading, const YamlEntry& step, Network& network) {
  if (step.value.IsNull()) return {};
  KeyRules rules;
  rules.what = "step \"topk\"";
  rules.known = {"k"};
  rules.open = true;
  IMCC_TRY(CheckKeys(reading, step.value, rules));
  const YamlEntry* k = step.value.Find("k");
  if (k == nullptr) return {};
  IMCC_ASSIGN(network.topk, ReadInteger(reading, *k, 1, 1'000'000));
  return {};
}

/// Only topk concerns imcc; operators of other tasks get a note.
Status ReadPostprocess(Reading& reading, const YamlEntry& list, Network& network) {
  if (list.value.IsNull()) return {};
  if (!list.value.IsSequence()) return WrongType(reading, list, "a list of operators");
  for (const YamlNode& item : list.value.items) {
    const bool single = item.IsMap() && item.entries.size() == 1;
    if (!single && !item.IsScalar())
      return reading.document.ErrorAt(
          item,
          fmt::format("an operator must be one name with its arguments, not {}", Describe(item)),
          "write \"- name: {key: value}\"; check the indentation");
    if (single && item.entries[0].key.text == "topk") {
      IMCC_TRY(ReadTopK(reading, item.entries[0], network));
    } else if (const YamlNode& name = single ? item.entries[0].key : item; name.text != "topk") {
      AddNote(reading, name, fmt::format("operator {} is not run by imcc", Quote(name.text)));
    }
  }
  return {};
}

KeyRules EntryKeys(const std::string& name) {
  KeyRules rules;
  rules.what = fmt::format("pipeline entry {}", Quote(name));
  rules.known = {"model_name", "input", "preprocess", "postprocess", "template_path"};
  rules.open = true;
  return rules;
}

}  // namespace

Status ReadPipeline(Reading& reading, const YamlEntry& pipeline, Network& network) {
  if (pipeline.value.IsNull()) return {};
  if (!pipeline.value.IsSequence())
    return WrongType(reading, pipeline, "a list", "write \"- MODEL:\" lines below it");
  IMCC_ASSIGN(const YamlEntry* entry, FindEntry(reading, pipeline, network.model_name));
  if (entry == nullptr) {
    AddNote(reading, pipeline.key,
            fmt::format("no pipeline entry for model {}: images are used without preprocessing",
                        Quote(network.model_name)),
            Note::Severity::kWarning);
    return {};
  }
  const YamlNode& body = entry->value;
  if (body.IsNull()) return {};
  IMCC_TRY(CheckKeys(reading, body, EntryKeys(entry->key.text)));
  const YamlEntry* preprocess = body.Find("preprocess");
  if (const YamlEntry* path = body.Find("template_path"); path != nullptr && preprocess == nullptr)
    AddNote(reading, path->key,
            "pipeline templates are not read: give the preprocess steps in this file",
            Note::Severity::kWarning);
  const YamlEntry* models = reading.document.root().Find("models");
  const YamlEntry* model = models == nullptr ? nullptr : models->value.Find(network.model_name);
  const bool has_format = model != nullptr && model->value.Find("input_color_format") != nullptr;
  if (const YamlEntry* input = body.Find("input"))
    IMCC_TRY(ReadInputFormat(reading, *input, network, has_format));
  if (preprocess != nullptr) {
    IMCC_ASSIGN(network.preprocess, ReadPreprocess(reading, *preprocess));
  }
  const YamlEntry* postprocess = body.Find("postprocess");
  return postprocess == nullptr ? Status() : ReadPostprocess(reading, *postprocess, network);
}

}  // namespace imcc
