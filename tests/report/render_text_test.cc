// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "report/report.h"
#include "report/sample_report.h"

namespace imcc {
namespace {

using testing::SampleReport;

constexpr const char* kGolden = R"(tiny/tiny-model on quad512

#  layer           operator     output    MVMs   util  occup   weights  cycles  predicted  bound by
---------------------------------------------------------------------------------------------------
0  features/conv1  Conv 3x3 s2  16x16x64   256  0.7 %  4.7 %  12.0 KiB   3,072      2,048  mvm
1  add<1>          Add          16x16x64     -      -      -         -   1,024        256  latency

depth-first layers  stripes  rows  bands  lines in L1  recompute  bytes saved  cycles  predicted
------------------------------------------------------------------------------------------------
0 to 1                    8     2      1      6.0 KiB       1.00     32.0 KiB   4,000      3,900

frame time             50.0 us (4,096 cycles at 800 MHz, and the launch)
frame rate             20,000 frames/s
latency                60.0 us with host transfers; what the host computes is not timed
lower bound            2,048 cycles, by mvm
  bounds in cycles     mvm 2,048, weights 0, vector 512, depthwise 0, L2 1,000, DDR 300
efficiency             50.0 % of the speed the lower bound allows
effective utilisation  0.7 % of the array's MACs do work
occupancy              4.7 % of the cells loaded hold weights
work                   442.4 kMACs in 256 MVMs, 97.5 % of the MACs on the device
weights                12.0 KiB with padding
DDR a frame            13.0 KiB (13.0 KiB planned)
L2 a frame             68.0 KiB (68.0 KiB planned)
ELF                    19.5 KiB, of which task list 1.0 KiB

memory  high-water  capacity    used
--------------------------------------------------------------
L1         1.8 MiB   3.5 MiB  50.0 %  ############............
DDR            0 B   1.0 GiB   0.0 %  ........................

engine    busy  waiting  fetching   empty  tasks
--------------------------------------------------------------------------
mvm     50.0 %   25.0 %    12.5 %  12.5 %      2  ############............
vector  18.8 %   81.2 %     0.0 %   0.0 %      3  #####...................

On the host: 1 nodes, 11,343 multiply-accumulates, 2.5 % of the network's;
16.0 KiB go over the host link for them

operator  node     part            MACs  host link  reason
----------------------------------------------------------
Softmax   softmax  epilogue.onnx  2.5 %   16.0 KiB  no unit for it

Notes:
  warning: calibration: only 3 samples
  note: nothing else
)";

TEST(RenderText, Golden) { EXPECT_EQ(RenderText(SampleReport(), 120), kGolden); }

TEST(RenderText, TablesFitTheTerminal) {
  Report report = SampleReport();
  report.layers[0].name = std::string(300, 'n');
  report.layers[0].op = std::string(100, 'o');
  std::istringstream lines(RenderText(report, 100));
  std::string line;
  while (std::getline(lines, line) && line.find("frame time") == std::string::npos)
    EXPECT_LE(line.size(), 100U) << line;
}

TEST(RenderText, SeveralDevicePartsAreListed) {
  Report report = SampleReport();
  report.parts.push_back({.file = "model1.elf",
                          .on_device = true,
                          .nodes = 1,
                          .cycles = Cycles(900),
                          .frame_seconds = 49e-6,
                          .host_link_bytes = Bytes(2048),
                          .reload_bytes = Bytes(1024)});
  report.launches = 2;
  report.reload_bytes = Bytes(13312);
  report.reload_seconds = 1e-6;
  report.layers[1].part = 2;
  const std::string text = RenderText(report, 140);
  EXPECT_NE(text.find("2 launches, and 1.0 us to load 13.0 KiB again"), std::string::npos) << text;
  EXPECT_NE(text.find("   2  model1.elf     device      1"), std::string::npos) << text;
  EXPECT_NE(text.find("latency      2\n"), std::string::npos) << text;
}

TEST(RenderText, EmptyReportStillRenders) {
  const std::string text = RenderText(Report{}, 80);
  EXPECT_NE(text.find("frame time"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(Bounds, LargestNamesItself) {
  Bounds bounds{.mvm = Cycles(5), .ddr = Cycles(7)};
  EXPECT_EQ(bounds.largest(), (std::pair<std::string, Cycles>("ddr", Cycles(7))));
  EXPECT_EQ(Bounds{}.largest().second, Cycles(0));
}

}  // namespace
}  // namespace imcc
