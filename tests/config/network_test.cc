// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace imcc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = PreprocessStep::Kind;

// The example of the design contract, section 2.
constexpr const char* kExample = R"(name: mobilenetv2-imagenet
pipeline:
  - mobilenetv2-imagenet:
      input: {type: image, color_format: RGB}
      preprocess:
        - resize: {size: 256}
        - centercrop: {width: 224, height: 224}
        - torch-totensor:
        - normalize: {mean: "0.485, 0.456, 0.406", std: "0.229, 0.224, 0.225"}
      postprocess:
        - topk: {k: 3}
models:
  mobilenetv2-imagenet:
    class: AxONNXModel
    weight_path: weights/mobilenetv2.onnx
    weight_md5: D41D8CD98F00B204E9800998ECF8427E
    input_tensor_layout: NCHW
    input_tensor_shape: [1, 3, 224, 224]
    input_color_format: RGB
    num_classes: 1000
    dataset: my-images
    extra_kwargs: {compilation_config: {elf_in_ddr: false, l2_reserved_nbytes_tasklist: 1048576}}
datasets:
  my-images:
    repr_imgs_dir_path: images/calibration
    val_data: ../val.csv
    labels_path: /abs/labels.txt
)";

TEST(Network, ReadsTheExample) {
  const auto loaded = ParseNetwork(kExample, "/nets/a/net.yaml");
  ASSERT_TRUE(loaded.ok()) << loaded.error().Format();
  const Network& net = loaded->network;
  EXPECT_EQ(net.name, "mobilenetv2-imagenet");
  EXPECT_EQ(net.model_name, "mobilenetv2-imagenet");
  EXPECT_EQ(net.weight_path, "/nets/a/weights/mobilenetv2.onnx");
  EXPECT_EQ(net.weight_md5, "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(net.weight_place.line, 15);
  EXPECT_THAT(net.input_shape, ElementsAre(1, 3, 224, 224));
  EXPECT_EQ(net.num_classes, 1000);
  EXPECT_EQ(net.topk, 3);
  ASSERT_EQ(net.preprocess.size(), 4U);
  EXPECT_EQ(net.preprocess[0].kind, Kind::kResize);
  EXPECT_EQ(net.preprocess[0].size, 256);
  EXPECT_EQ(net.preprocess[1].width, 224);
  EXPECT_TRUE(net.preprocess[2].scale);
  EXPECT_THAT(net.preprocess[3].mean, ElementsAre(0.485, 0.456, 0.406));
  EXPECT_THAT(net.preprocess[3].std, ElementsAre(0.229, 0.224, 0.225));
  ASSERT_TRUE(net.dataset.has_value());
  EXPECT_EQ(net.dataset->calibration_dir, "/nets/a/images/calibration");
  EXPECT_EQ(net.dataset->validation_data, "/nets/val.csv");
  EXPECT_EQ(net.dataset->labels_path, "/abs/labels.txt");
  EXPECT_EQ(net.dataset->calibration_data, "");
  EXPECT_FALSE(net.options.elf_in_ddr);
  EXPECT_EQ(net.options.l2_reserved_nbytes_tasklist, Bytes(1048576));
  EXPECT_TRUE(loaded->notes.empty()) << "any class will do";
}

std::string Minimal(const std::string& extra = "", const std::string& steps = "") {
  std::string text = "name: n\nmodels:\n  m:\n    weight_path: m.onnx\n" + extra;
  if (!steps.empty()) text += "pipeline:\n  - m:\n      preprocess:\n" + steps;
  return text;
}

TEST(Network, NeedsOnlyNameAndWeights) {
  const auto loaded = ParseNetwork(Minimal(), "net.yaml");
  ASSERT_TRUE(loaded.ok()) << loaded.error().Format();
  EXPECT_TRUE(std::filesystem::path(loaded->network.weight_path).is_absolute());
  EXPECT_THAT(loaded->network.preprocess, IsEmpty());
  EXPECT_THAT(loaded->notes, IsEmpty());
  EXPECT_EQ(loaded->network.topk, 5);
}

TEST(Network, FlatAndNestedSpellingsMeanTheSame) {
  const auto both = [](const std::string& config) {
    return ParseNetwork(Minimal("    extra_kwargs:\n      compilation_config: " + config + "\n"),
                        "n.yaml");
  };
  const std::vector<std::pair<std::string, std::string>> values = {
      {"elf_in_ddr", "false"},           {"enable_icr", "false"},
      {"page_memory", "false"},          {"tiling_depth", "6"},
      {"resources_used", "0.5"},         {"icrx_force", "2"},
      {"aipu_cores_used", "4"},          {"quantization_scheme", "per_tensor_min_max"},
      {"multicore_mode", "cooperative"}, {"l1_constraint", "65536"}};
  for (const OptionInfo& row : OptionTable()) {
    std::string value = OptionValue({}, row.flat);
    for (const auto& [name, other] : values) {
      if (name == row.flat) value = other;
    }
    const std::string section(row.nested.substr(0, row.nested.find('.')));
    const std::string key(row.nested.substr(row.nested.find('.') + 1));
    const std::string flat = std::string(row.flat) + ": " + value;
    const std::string nested = section + ": {" + key + ": " + value + "}";
    for (const std::string& config :
         {"{" + flat + "}", "{" + nested + "}", "{" + flat + ", " + nested + "}"}) {
      const auto loaded = both(config);
      ASSERT_TRUE(loaded.ok()) << loaded.error().Format();
      for (const OptionInfo& other : OptionTable()) {
        const std::string expected = other.flat == row.flat ? value : OptionValue({}, other.flat);
        EXPECT_EQ(OptionValue(loaded->network.options, other.flat), expected) << config;
      }
    }
  }
}

TEST(Network, ReservationIsFineOnceTheElfIsInL2) {
  for (const char* config :
       {"{l2_reserved_nbytes_tasklist: 64, elf_in_ddr: false}",
        "{backend_config: {l2_reserved_nbytes_tasklist: 64}, elf_in_ddr: false}", "{}", ""}) {
    const auto loaded = ParseNetwork(
        Minimal(std::string("    extra_kwargs: {compilation_config: ") + config + "}\n"), "n.yaml");
    EXPECT_TRUE(loaded.ok()) << loaded.error().Format();
  }
}

TEST(Network, ReadsEveryStep) {
  const auto loaded =
      ParseNetwork(Minimal("", R"(        - resize: {width: 40, height: 30, interpolation: nearest}
        - letterbox: {width: 64, height: 48, fill: 0}
        - convert-color: {format: RGB2BGR}
        - contrast-normalize
        - torch-totensor: {scale: false}
        - normalize: {mean: [1, 2, 3], std: 2}
        - linear-scaling: {mul: 2, add: "1, 2, 3"}
        - linear-scaling: {mean: 127.5, shift: -1}
)"),
                   "n.yaml");
  ASSERT_TRUE(loaded.ok()) << loaded.error().Format();
  const auto& steps = loaded->network.preprocess;
  ASSERT_EQ(steps.size(), 8U);
  EXPECT_EQ(steps[0].interpolation, Interpolation::kNearest);
  EXPECT_EQ(steps[0].height, 30);
  EXPECT_EQ(steps[1].fill, 0);
  EXPECT_EQ(steps[2].color_format, ColorFormat::kBgr);
  EXPECT_EQ(steps[3].kind, Kind::kContrastNormalize);
  EXPECT_FALSE(steps[4].scale);
  EXPECT_THAT(steps[5].std, ElementsAre(2, 2, 2));
  EXPECT_THAT(steps[6].mul, ElementsAre(2, 2, 2));
  EXPECT_THAT(steps[6].add, ElementsAre(1, 2, 3));
  EXPECT_THAT(steps[7].mul, ElementsAre(1 / 127.5));
  EXPECT_THAT(steps[7].add, ElementsAre(-1));
}

TEST(ParsePreprocess, StepsAsInTheYaml) {
  const auto steps = ParsePreprocess(
      {"resize: {size: 256}", "torch-totensor", "normalize: {mean: \"1, 2, 3\", std: [4, 5, 6]}"});
  ASSERT_TRUE(steps.ok()) << steps.error().Format();
  ASSERT_EQ(steps->size(), 3U);
  EXPECT_EQ((*steps)[0].kind, Kind::kResize);
  EXPECT_EQ((*steps)[0].size, 256);
  EXPECT_EQ((*steps)[1].kind, Kind::kToTensor);
  EXPECT_EQ((*steps)[2].std, (std::vector<double>{4, 5, 6}));
}

TEST(ParsePreprocess, PointsAtMistakes) {
  EXPECT_THAT(ParsePreprocess({"torch-totensor", "rezise: {size: 3}"}).error().Format(),
              HasSubstr("--preprocess:3"));
  EXPECT_FALSE(ParsePreprocess({"resize: {size: 3}\nother: 1"}).ok());
  EXPECT_FALSE(ParsePreprocess({"resize: {size: -1}"}).ok());
  EXPECT_FALSE(ParsePreprocess({"[{"}).ok());
}

TEST(Network, PicksOneOfSeveralModels) {
  const std::string text =
      "name: n\nmodels:\n  a: {weight_path: a.onnx}\n  b: {weight_path: b.onnx}\n";
  EXPECT_FALSE(ParseNetwork(text, "n.yaml").ok());
  const auto b = ParseNetwork(text, "/x/n.yaml", "b");
  ASSERT_TRUE(b.ok());
  EXPECT_EQ(b->network.weight_path, "/x/b.onnx");
  EXPECT_THAT(ParseNetwork(text, "n.yaml", "c").error().message, HasSubstr("no model \"c\""));
}

// A file in the style of the vendor's zoo, with keys that do not concern the compiler.
TEST(Network, AcceptsZooFilesWithNotes) {
  const auto loaded = ParseNetwork(R"(axelera-model-format: 1.0.0
name: yolo-coco
description: a detector
pipeline:
  - detections:
      model_name: yolo
      template_path: $AXELERA_FRAMEWORK/pipeline-template/yolo.yaml
      postprocess:
        - decodeyolo: {max_nms_boxes: 30000}
models:
  yolo:
    class: AxONNXModel
    class_path: $AXELERA_FRAMEWORK/ax_models/base_onnx.py
    weight_path: yolo.onnx
    weight_url: https://example.com/yolo.onnx
    task_category: ObjectDetection
    dataset: coco
    extra_kwargs:
      aipu_cores: 4
      m2: {mvm_limitation: 57}
      compilation_config:
        backend_config: {single_op_network_use_ddr: True, tiling_depth: 6}
datasets:
  coco: {class: ObjDataAdapter, data_dir_name: coco, label_type: COCO2017, cal_data: valid}
)",
                                   "z.yaml");
  ASSERT_TRUE(loaded.ok()) << loaded.error().Format();
  EXPECT_EQ(loaded->network.options.tiling_depth, 6);
  std::vector<std::string> places;
  int warnings = 0;
  for (const Note& note : loaded->notes) {
    places.push_back(note.where.substr(7));
    warnings += note.severity == Note::Severity::kWarning ? 1 : 0;
  }
  EXPECT_THAT(places,
              testing::UnorderedElementsAre("1:1", "3:1", "7:7", "9:11", "13:5", "15:5", "16:5",
                                            "19:7", "20:7", "22:26", "24:10", "24:33", "24:54"));
  EXPECT_EQ(warnings, 2) << "the template and the vendor-only option";
}

TEST(Network, ExpandsEnvironmentVariablesInPaths) {
  ASSERT_EQ(setenv("IMCC_TEST_ROOT", "/data", 1), 0);
  const std::string yaml = "name: n\nmodels: {m: {weight_path: \"${IMCC_TEST_ROOT}/m.onnx\"}}\n";
  EXPECT_EQ(ParseNetwork(yaml, "n.yaml")->network.weight_path, "/data/m.onnx");
  unsetenv("IMCC_TEST_ROOT");
  EXPECT_THAT(ParseNetwork(yaml, "n.yaml")->network.weight_path, HasSubstr("${IMCC_TEST_ROOT}"));
}

TEST(Network, LoadsFilesAndNamesMissingOnes) {
  const auto missing = LoadNetwork("/no/such/net.yaml");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().Format(),
            "/no/such/net.yaml: error: no such file\n  hint: check the path");
  EXPECT_FALSE(LoadNetwork("/tmp").ok());
  const auto huge = ParseNetwork(std::string((4 << 20) + 1, ' '), "huge.yaml");
  ASSERT_FALSE(huge.ok());
  EXPECT_THAT(huge.error().Format(), HasSubstr("more than the 4194304 allowed"));
}

TEST(Network, MakesOneFromAModelAlone) {
  const Network net = NetworkFromModel("/m/./resnet.v1.onnx");
  EXPECT_EQ(net.name, "resnet.v1");
  EXPECT_EQ(net.model_name, "resnet.v1");
  EXPECT_EQ(net.weight_path, "/m/resnet.v1.onnx");
  EXPECT_TRUE(net.options.elf_in_ddr);
}

}  // namespace
}  // namespace imcc
