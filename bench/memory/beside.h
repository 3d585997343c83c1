// What a writer and a searcher cost each other in our engine, in process.
//
// The first half of the rows is held, indexed and on disk; a writer adds the other half, acknowledged when synced, 256 at a time. Every cell
// that changes what is held begins with a fresh copy of it. Each round goes through all cells, every other one backwards, and a ratio is of
// two cells of one round. A thread that only computes takes as much of the processor as a searcher and none of the engine's locks: what is
// slower beside a searcher than beside it is the engine's doing. A searcher beside a writer also has more to look through, part of it not
// indexed yet: the cell in which the other half was written just before, and nobody writes, tells that apart.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "bench/memory/in_process.h"
#include "bench/memory/measure.h"
#include "src/kernels/kernels.h"

namespace bench::beside {

using namespace sidecar;

inline double ThreadCpuSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

// What one thread did: `count` vectors or queries.
struct Work {
  size_t count = 0;
  double seconds = 0, cpu_seconds = 0;
  std::vector<double> waits;  // per call
};

struct Cell {
  const char *writer, *searcher;  // what each has beside it; null: there is none
  bool computes = false, written_before = false;
};
inline constexpr Cell kCells[] = {
    {"alone", nullptr},           {"computing", nullptr, true},      {"searching", "writing"},
    {nullptr, "computing", true}, {nullptr, "written", false, true}, {nullptr, "alone"},
};
inline constexpr size_t kCellCount = std::size(kCells), kWriterAlone = 0, kSearcherAlone = kCellCount - 1;

struct Done {
  Work write, search;
};

inline void Query(Collection* c, const Files& files, size_t q) {
  SearchRequest request;
  request.query.assign(files.Query(q), files.Query(q) + files.dimension);
  (void)Checked(c->Search(request));
}

// Calls `step`, which says how much it did and nothing at the end, until then or until `stop`.
template <typename Step>
Work Timed(const std::atomic<bool>& stop, Step step) {
  Work done;
  const double cpu = ThreadCpuSeconds();
  const auto start = Clock::now();
  while (!stop.load(std::memory_order_relaxed)) {
    const size_t count = step(&done.waits);
    if (count == 0) break;
    done.count += count;
  }
  done.seconds = Seconds(start);
  done.cpu_seconds = ThreadCpuSeconds() - cpu;
  return done;
}

inline Work Write(Collection* c, const Files& files, size_t first) {
  const std::atomic<bool> never = false;
  return Timed(never, [&](std::vector<double>* waits) {
    Operation op = Batch(files, first, files.rows);
    const size_t count = op.points.size();
    if (count == 0) return count;
    const auto one = Clock::now();
    (void)Checked(c->Apply(std::move(op)));
    waits->push_back(Seconds(one));
    first += count;
    return count;
  });
}

inline Work Search(Collection* c, const Files& files, const std::atomic<bool>& stop) {
  return Timed(stop, [&, q = size_t{0}](std::vector<double>* waits) mutable {
    const auto one = Clock::now();
    Query(c, files, q);
    waits->push_back(Seconds(one));
    q = (q + 1) % files.queries;
    return size_t{1};
  });
}

inline void Compute(const Files& files, const std::atomic<bool>& stop) {
  const auto dot = ActiveKernels().dot_f32;
  volatile float sum = 0;
  for (size_t row = 0; !stop.load(std::memory_order_relaxed); row = (row + 1) % files.rows) {
    sum = sum + dot(files.Query(0), files.Row(row), files.dimension);
  }
}

// On disk before anything is timed: or the writer's syncs would wait for it.
inline void CopySynced(const std::string& from, const std::string& to) {
  if (PosixEnv()->Exists(to)) Check(PosixEnv()->RemoveTree(to));
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(to)) {
    const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 || fsync(file) != 0) Check(IoError("cannot sync " + entry.path().string()));
    close(file);
  }
}

inline Done RunCell(const std::string& directory, const Files& files, size_t held, const Cell& cell, double seconds) {
  const bool changes = cell.writer != nullptr || cell.written_before;
  if (changes) CopySynced(directory + "/held", directory + "/work");
  auto c = Checked(OpenCollection(PosixEnv(), directory + (changes ? "/work" : "/held"), {}));
  Check(c->WaitForIndexes());
  if (cell.written_before) (void)Write(c.get(), files, held);
  for (size_t q = 0; q < files.queries; ++q) Query(c.get(), files, q);
  Done done;
  std::atomic<bool> stop = false;
  std::vector<std::thread> others;
  if (cell.searcher != nullptr) others.emplace_back([&] { done.search = Search(c.get(), files, stop); });
  if (cell.computes) others.emplace_back([&] { Compute(files, stop); });
  if (cell.writer != nullptr) done.write = Write(c.get(), files, held);
  else std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (auto& t : others) t.join();
  const auto stats = c->Stats();
  if (stats.points != (changes ? files.rows : held) || stats.background_errors != 0) Check(IoError("not every acknowledged row is there"));
  Check(c->Close());
  return done;
}

struct Spread {
  double low, median, high;
};

inline Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values.back()};
}

inline double Rate(const Work& work) { return double(work.count) / work.seconds; }
inline double PerCpu(const Work& work) { return double(work.count) / work.cpu_seconds; }

// One line: what the threads of one kind did in one cell, and what part that is, round by round, of what they did alone.
inline void Print(const std::vector<std::vector<Done>>& rounds, Work Done::*kind, size_t at) {
  const bool writes = kind == &Done::write;
  std::vector<double> rates, ratios, cpu_ratios, waits;
  for (const auto& round : rounds) {
    const Work &here = round[at].*kind, &alone = round[writes ? kWriterAlone : kSearcherAlone].*kind;
    rates.push_back(Rate(here));
    ratios.push_back(Rate(here) / Rate(alone));
    cpu_ratios.push_back(PerCpu(here) / PerCpu(alone));
    waits.insert(waits.end(), here.waits.begin(), here.waits.end());
  }
  std::sort(waits.begin(), waits.end());
  const auto rate = SpreadOf(rates), ratio = SpreadOf(ratios), cpu = SpreadOf(cpu_ratios);
  std::printf("{\"what\":\"beside\",\"doing\":\"%s\",\"beside\":\"%s\",\"rate\":%.1f,\"rate_low\":%.1f,\"rate_high\":%.1f,"
              "\"ratio\":%.3f,\"ratio_low\":%.3f,\"ratio_high\":%.3f,\"cpu_ratio\":%.3f,\"cpu_ratio_low\":%.3f,\"cpu_ratio_high\":%.3f,"
              "\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
              writes ? "write" : "search", writes ? kCells[at].writer : kCells[at].searcher, rate.median, rate.low, rate.high, ratio.median,
              ratio.low, ratio.high, cpu.median, cpu.low, cpu.high, waits[waits.size() / 2] * 1e3, waits[waits.size() * 99 / 100] * 1e3);
}

inline void Run(std::map<std::string, std::string> flags) {
  const Files files = Load(flags["data"], true);
  const size_t held = files.rows / 2, count = flags.contains("rounds") ? std::stoul(flags["rounds"]) : 5;
  const double seconds = flags.contains("seconds") ? std::stod(flags["seconds"]) : 1;
  const std::string directory = flags["index"];
  (void)MeasuredCosts();
  if (PosixEnv()->Exists(directory)) Check(PosixEnv()->RemoveTree(directory));
  Check(PosixEnv()->CreateDir(directory));
  {
    auto c = NewCollection(directory + "/held", files, Tier::kHot);
    for (size_t first = 0; first < held; first += kBatch) (void)Checked(c->Apply(Batch(files, first, held)));
    Check(c->Flush());
    Check(c->WaitForIndexes());
    Check(c->Close());
  }
  std::vector<std::vector<Done>> rounds(std::max<size_t>(count, 1), std::vector<Done>(kCellCount));
  for (size_t r = 0; r < rounds.size(); ++r) {
    for (size_t i = 0; i < kCellCount; ++i) {
      const size_t at = r % 2 == 0 ? i : kCellCount - 1 - i;
      rounds[r][at] = RunCell(directory, files, held, kCells[at], seconds);
    }
  }
  cpu_set_t cores;
  sched_getaffinity(0, sizeof cores, &cores);
  std::printf("{\"what\":\"beside_setting\",\"held\":%zu,\"written\":%zu,\"rounds\":%zu,\"cores\":%d}\n", held, files.rows - held, rounds.size(),
              CPU_COUNT(&cores));
  for (size_t at = 0; at < kCellCount; ++at) {
    if (kCells[at].writer != nullptr) Print(rounds, &Done::write, at);
  }
  for (size_t at = kCellCount; at-- > 0;) {
    if (kCells[at].searcher != nullptr) Print(rounds, &Done::search, at);
  }
  Check(PosixEnv()->RemoveTree(directory));
}

}  // namespace bench::beside
