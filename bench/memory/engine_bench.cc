// The vector engine in process, one client thread: durable ingest, recall against throughput, filters, size, recovery.
//   engine_bench [--set A] [--rows 100000] [--dimension 768] [--queries 200] [--seed 1] [--tier hot|project|historical]
//                [--graph 1] [--directory /tmp]
// Prints one JSON object per line. recall is |found 10 and true 10| / 10, the true ones from an exact scan.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "bench/memory/data_sets.h"
#include "src/engine/options.h"
#include "src/kernels/kernels.h"

namespace {

using namespace sidecar;
using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

double ResidentMegabytes(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field, 0) == 0) return std::atof(line.c_str() + std::string(field).size() + 1) / 1024;
  }
  return 0;
}

double LoadAverage() {
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  return load;
}

void Check(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "engine_bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

template <typename T>
T Checked(Result<T> result) {
  Check(result.status());
  return std::move(*result);
}

struct Run {
  std::map<std::string, std::string> flags = {{"set", "A"}, {"rows", "100000"}, {"dimension", "768"}, {"queries", "200"},
                                              {"seed", "1"}, {"tier", "hot"}, {"graph", "1"}, {"directory", "/tmp"}};
  uint32_t Number(const char* name) { return uint32_t(std::strtoul(flags[name].c_str(), nullptr, 10)); }
};

void Ingest(Collection* c, const bench::DataSet& set) {
  constexpr size_t kBatch = 256;
  const auto start = Clock::now();
  for (size_t first = 0; first < set.base.size(); first += kBatch) {
    Operation op;
    for (size_t i = first; i < std::min(first + kBatch, set.base.size()); ++i) {
      Point p;
      p.id = PointId::Number(i);
      p.vectors[""] = set.base[i];
      // Ten thousandths: `share` < 5000 selects half of the rows, independent of the vectors.
      p.payload["share"] = Value{int64_t(i * 2654435761u % 10000)};
      op.points.push_back(std::move(p));
    }
    (void)Checked(c->Apply(std::move(op)));
  }
  const double seconds = Seconds(start);
  const CollectionStats stats = c->Stats();
  std::printf("{\"what\":\"ingest\",\"vectors_per_second\":%.0f,\"batch\":%zu,\"syncs\":%llu,\"sync_seconds\":%.3f,\"seconds\":%.2f}\n",
              double(set.base.size()) / seconds, kBatch, (unsigned long long)stats.syncs, double(stats.sync_micros) / 1e6, seconds);
}

struct Truth {
  std::vector<std::set<PointId>> nearest;
};

Truth Exact(Collection* c, const bench::DataSet& set, const std::optional<Filter>& filter) {
  Truth truth;
  for (const auto& q : set.queries) {
    SearchRequest request;
    request.query = q;
    request.filter = filter;
    request.exact = true;
    std::set<PointId> ids;
    for (const Record& r : Checked(c->Search(request))) ids.insert(r.id);
    truth.nearest.push_back(std::move(ids));
  }
  return truth;
}

void Measure(Collection* c, const bench::DataSet& set, const Truth& truth, SearchRequest request, const char* what, double x) {
  std::vector<double> times;
  double hits = 0, wanted = 0;
  std::string strategy;
  for (size_t i = 0; i < set.queries.size(); ++i) {
    request.query = set.queries[i];
    Explain explain;
    const auto start = Clock::now();
    const auto found = Checked(c->Search(request, &explain));
    times.push_back(Seconds(start));
    strategy = explain.parts.empty() ? "none" : explain.parts.front().strategy;
    for (const Record& r : found) hits += truth.nearest[i].contains(r.id);
    wanted += double(truth.nearest[i].size());
  }
  std::sort(times.begin(), times.end());
  double total = 0;
  for (const double t : times) total += t;
  std::printf("{\"what\":\"%s\",\"setting\":%g,\"strategy\":\"%s\",\"recall\":%.4f,\"queries_per_second\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
              what, x, strategy.c_str(), wanted > 0 ? hits / wanted : 1.0, double(times.size()) / total, times[times.size() / 2] * 1e3,
              times[times.size() * 99 / 100] * 1e3);
}

void Searches(Collection* c, const bench::DataSet& set) {
  const Truth truth = Exact(c, set, {});
  for (const float oversampling : {2.0f, 5.0f, 10.0f, 20.0f, 40.0f}) {
    SearchRequest request;
    request.oversampling = oversampling;
    request.ef = uint32_t(oversampling * 10);
    Measure(c, set, truth, request, "search", oversampling);
  }
  for (const double percent : {50.0, 10.0, 1.0, 0.1}) {
    Filter filter;
    filter.must = {Range{"share", percent * 100, {}, {}, {}}};
    SearchRequest request;
    request.filter = filter;
    Measure(c, set, Exact(c, set, filter), request, "filtered_percent", percent);
  }
}

void Main(Run run) {
  bench::Generator generator(run.flags["set"][0], run.Number("dimension"), run.Number("seed"));
  const bench::DataSet set = generator.Make(run.Number("rows"), run.Number("queries"));
  const double before_mb = ResidentMegabytes("RssAnon:");
  const std::string directory = run.flags["directory"] + "/sidecar-bench-" + std::to_string(PosixEnv()->Random());
  CollectionConfig config;
  config.vectors = {{"", set.dimension, Distance::kCosine}};
  config.tier = run.flags["tier"] == "hot" ? Tier::kHot : run.flags["tier"] == "project" ? Tier::kProject : Tier::kHistorical;
  Check(CreateCollection(PosixEnv(), directory, config, nullptr));
  std::printf("{\"what\":\"setting\",\"set\":\"%s\",\"rows\":%zu,\"dimension\":%u,\"seed\":%u,\"tier\":\"%s\",\"kernels\":\"%s\",\"compiler\":\"%s\",\"load\":%.1f}\n",
              run.flags["set"].c_str(), set.base.size(), set.dimension, run.Number("seed"), run.flags["tier"].c_str(), ActiveKernels().name,
              __VERSION__, LoadAverage());
  {
    auto c = Checked(OpenCollection(PosixEnv(), directory, {}));
    Operation index;
    index.type = OpType::kCreateIndex;
    index.key = "share";
    index.field_type = FieldType::kInteger;
    (void)Checked(c->Apply(index));
    Ingest(c.get(), set);
    Check(c->Flush());
    if (run.flags["graph"] == "1") {
      const auto start = Clock::now();
      Check(c->WaitForIndexes());
      std::printf("{\"what\":\"index\",\"seconds\":%.1f,\"rows\":%llu}\n", Seconds(start), (unsigned long long)c->Stats().indexed_rows);
    }
    Searches(c.get(), set);
    const CollectionStats stats = c->Stats();
    std::printf("{\"what\":\"size\",\"segments\":%llu,\"file_bytes_per_vector\":%.0f,\"accounted_memory_mb\":%.1f,\"anonymous_memory_mb\":%.1f,\"mapped_mb\":%.1f}\n",
                (unsigned long long)stats.segments, double(stats.segment_bytes) / double(set.base.size()), double(stats.memory_bytes) / 1e6,
                ResidentMegabytes("RssAnon:") - before_mb, ResidentMegabytes("RssFile:"));
  }
  const auto start = Clock::now();
  auto again = Checked(OpenCollection(PosixEnv(), directory, {}));
  std::printf("{\"what\":\"open\",\"seconds\":%.3f,\"points\":%llu}\n", Seconds(start), (unsigned long long)again->Stats().points);
  again.reset();
  Check(PosixEnv()->RemoveTree(directory));
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Run run;
  for (int i = 1; i + 1 < argc; i += 2) run.flags[std::string(argv[i]).substr(2)] = argv[i + 1];
  Main(run);
}
