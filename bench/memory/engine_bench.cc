// Our engine in process.
//   engine_bench build   --data DIR --index DIR [--tier hot|project|historical] [--writers 1] [--graph 1]   durable ingest, then indexes
//   engine_bench search  --data DIR --index DIR [--rounds 5] [--filters 1]                                  one thread
//   engine_bench recover --rows 1000000 --dimension 128 --index DIR [--searches 100]                        killed after the last row, then opened
//   engine_bench beside  --data DIR --index DIR [--rounds 5] [--seconds 1]                                  a writer and a searcher: beside.h
// One line of JSON per result.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "bench/memory/beside.h"
#include "bench/memory/in_process.h"
#include "bench/memory/measure.h"
#include "src/kernels/kernels.h"

namespace {

using namespace bench;
using namespace sidecar;

void Ingest(Collection* c, const Files& files, size_t writers) {
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::vector<double> waits;
  const double cpu = CpuSeconds();
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (size_t w = 0; w < writers; ++w) {
    threads.emplace_back([&] {
      for (size_t first; (first = next.fetch_add(kBatch)) < files.rows;) {
        Operation op = Batch(files, first, files.rows);
        const auto one = Clock::now();
        (void)Checked(c->Apply(std::move(op)));
        std::lock_guard lock(mutex);
        waits.push_back(Seconds(one));
      }
    });
  }
  for (auto& t : threads) t.join();
  const double seconds = Seconds(start);
  std::sort(waits.begin(), waits.end());
  const CollectionStats stats = c->Stats();
  std::printf("{\"what\":\"ingest\",\"writers\":%zu,\"vectors_per_second\":%.0f,\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"syncs\":%llu,\"sync_seconds\":%.3f,"
              "\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
              writers, double(files.rows) / seconds, seconds, CpuSeconds() - cpu, (unsigned long long)stats.syncs, double(stats.sync_micros) / 1e6,
              waits[waits.size() / 2] * 1e3, waits[waits.size() * 99 / 100] * 1e3);
}

void Build(std::map<std::string, std::string> flags) {
  const Files files = Load(flags["data"], true);
  const Tier tier = flags["tier"] == "project" ? Tier::kProject : flags["tier"] == "historical" ? Tier::kHistorical : Tier::kHot;
  auto c = NewCollection(flags["index"], files, tier);
  Ingest(c.get(), files, flags.contains("writers") ? std::stoul(flags["writers"]) : 1);
  const auto start = Clock::now();
  const double cpu = CpuSeconds();
  Check(c->Flush());
  if (flags["graph"] != "0") Check(c->WaitForIndexes());
  const CollectionStats stats = c->Stats();
  std::printf("{\"what\":\"build\",\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"indexed_rows\":%llu,\"segments\":%llu,\"file_bytes_per_vector\":%.0f}\n", Seconds(start),
              CpuSeconds() - cpu, (unsigned long long)stats.indexed_rows, (unsigned long long)stats.segments, double(stats.segment_bytes) / files.rows);
}

void Run(Collection* c, const Files& files, const FilterKind& kind, SearchRequest request, const std::string& setting, int rounds) {
  if (kind.percent < 100) {
    Filter filter;
    filter.must = {Range{kind.correlated ? "half" : "share", kind.percent * 100, {}, {}, {}}};
    request.filter = filter;
  }
  std::string strategy;
  Curve(files, kind.name, setting, rounds, [&](size_t q) {
    request.query.assign(files.Query(q), files.Query(q) + files.dimension);
    std::vector<uint64_t> ids;
    for (const Record& r : Checked(c->Search(request))) ids.push_back(r.id.low);
    return ids;
  });
  request.query.assign(files.Query(0), files.Query(0) + files.dimension);
  Explain explain;
  (void)Checked(c->Search(request, &explain));
  std::printf("{\"what\":\"explain\",\"filter\":\"%s\",\"setting\":\"%s\",\"explain\":%s}\n", kind.name, setting.c_str(), ToJson(explain).c_str());
}

void Search(std::map<std::string, std::string> flags) {
  const Files files = Load(flags["data"], false);
  const int rounds = flags.contains("rounds") ? std::stoi(flags["rounds"]) : 5;
  (void)MeasuredCosts();
  const double before = StatusMegabytes("RssAnon:");
  const auto start = Clock::now();
  auto c = Checked(OpenCollection(PosixEnv(), flags["index"], {}));
  const double opened = Seconds(start);
  Check(c->WaitForIndexes());
  const double ready = Seconds(start);
  for (const uint32_t ef : {8u, 16u, 32u, 48u, 64u, 96u, 128u, 192u, 256u}) {
    SearchRequest request;
    request.ef = ef;
    Run(c.get(), files, kFilters[0], request, "ef=" + std::to_string(ef), rounds);
  }
  const CollectionStats stats = c->Stats();
  std::printf("{\"what\":\"open\",\"seconds\":%.3f,\"indexes_seconds\":%.3f,\"points\":%llu,\"anonymous_mb\":%.1f,\"file_mb\":%.1f,\"accounted_mb\":%.1f,"
              "\"kernels\":\"%s\"}\n",
              opened, ready, (unsigned long long)stats.points, StatusMegabytes("RssAnon:") - before, StatusMegabytes("RssFile:"),
              double(stats.memory_bytes) / 1e6, ActiveKernels().name);
  if (flags["filters"] == "0") return;
  for (const FilterKind& kind : kFilters) {
    if (kind.percent < 100) Run(c.get(), files, kind, {}, "default", rounds);
  }
}

// A child ingests random vectors until all rows are acknowledged, and is killed at once; the parent times the opening, and then says
// what memory the collection takes, before and after it has been searched.
void Recover(std::map<std::string, std::string> flags) {
  const uint32_t rows = uint32_t(std::stoul(flags["rows"])), d = uint32_t(std::stoul(flags["dimension"]));
  CollectionConfig config;
  config.vectors = {{"", d, Distance::kCosine}};
  config.tier = Tier::kProject;
  if (PosixEnv()->Exists(flags["index"])) Check(PosixEnv()->RemoveTree(flags["index"]));
  Check(CreateCollection(PosixEnv(), flags["index"], config, nullptr));
  const pid_t child = fork();
  if (child == 0) {
    auto c = Checked(OpenCollection(PosixEnv(), flags["index"], {}));
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (uint32_t first = 0; first < rows; first += kBatch) {
      Operation op;
      for (uint32_t i = first; i < std::min<uint32_t>(first + kBatch, rows); ++i) {
        Point p;
        p.id = PointId::Number(i);
        auto& v = p.vectors[""];
        v.resize(d);
        for (float& x : v) x = normal(random);
        op.points.push_back(std::move(p));
      }
      (void)Checked(c->Apply(std::move(op)));
    }
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status)) Check(IoError("the child gave up"));
  (void)MeasuredCosts();
  const double before = StatusMegabytes("RssAnon:"), files_before = StatusMegabytes("RssFile:");
  const auto start = Clock::now();
  const double cpu = CpuSeconds();
  auto c = Checked(OpenCollection(PosixEnv(), flags["index"], {}));
  const double seconds = Seconds(start), cpu_seconds = CpuSeconds() - cpu;
  const RecoveryReport& r = c->recovery();
  const double opened = StatusMegabytes("RssAnon:");
  std::mt19937 random(2);
  std::normal_distribution<float> normal;
  std::vector<double> times;
  for (int i = 0, n = flags.contains("searches") ? std::stoi(flags["searches"]) : 100; i < n; ++i) {
    SearchRequest request;
    request.query.resize(d);
    for (float& x : request.query) x = normal(random);
    const auto one = Clock::now();
    (void)Checked(c->Search(request));
    times.push_back(Seconds(one));
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"what\":\"recover\",\"rows\":%u,\"dimension\":%u,\"seconds\":%.3f,\"cpu_seconds\":%.3f,\"points\":%llu,\"replayed\":%llu,"
              "\"opened_mb\":%.0f,\"anonymous_mb\":%.0f,\"mapped_mb\":%.0f,\"accounted_mb\":%.0f,\"search_p50_ms\":%.2f}\n",
              rows, d, seconds, cpu_seconds, (unsigned long long)r.points, (unsigned long long)r.records_replayed, opened - before,
              StatusMegabytes("RssAnon:") - before, StatusMegabytes("RssFile:") - files_before, double(c->Stats().memory_bytes) / 1e6,
              times.empty() ? 0.0 : times[times.size() / 2] * 1e3);
  c.reset();
  Check(PosixEnv()->RemoveTree(flags["index"]));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  const auto flags = Flags(argc, argv, 2);
  if (command == "build") Build(flags);
  else if (command == "search") Search(flags);
  else if (command == "recover") Recover(flags);
  else if (command == "beside") beside::Run(flags);
  else return 2;
}
