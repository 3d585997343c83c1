// What the C++ programs of the benchmark share: rounds of queries timed one by one, memory, and lines of JSON.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>

#include "bench/memory/files.h"

namespace bench {

using Clock = std::chrono::steady_clock;
inline double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

// Of the whole process, all threads.
inline double CpuSeconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

inline double StatusMegabytes(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field, 0) == 0) return std::atof(line.c_str() + std::string(field).size() + 1) / 1024;
  }
  return 0;
}

// Filtered queries can take a hundred times as long as others.
inline constexpr size_t kFilteredQueries = 100;

// Runs every query (under a filter, the first hundred) once to warm up and gather recall, then `rounds` times; prints one line.
inline void Curve(const Files& files, const std::string& filter, const std::string& setting, int rounds,
                  const std::function<std::vector<uint64_t>(size_t query)>& search) {
  const size_t queries = filter == "all" ? files.queries : std::min<size_t>(files.queries, kFilteredQueries);
  double hits = 0, wanted = 0;
  for (size_t q = 0; q < queries; ++q) hits += files.Hits(filter, q, search(q), &wanted);
  std::vector<double> times, per_round;
  for (int r = 0; r < rounds; ++r) {
    // By CPU time, so that a neighbour on the machine costs nobody throughput; latencies are by the clock.
    const double start = CpuSeconds();
    for (size_t q = 0; q < queries; ++q) {
      const auto one = Clock::now();
      (void)search(q);
      times.push_back(Seconds(one));
    }
    per_round.push_back(double(queries) / (CpuSeconds() - start));
  }
  std::sort(times.begin(), times.end());
  std::sort(per_round.begin(), per_round.end());
  const auto at = [&](double share) { return times[std::min(times.size() - 1, size_t(share * double(times.size())))] * 1e3; };
  std::printf("{\"what\":\"curve\",\"filter\":\"%s\",\"setting\":\"%s\",\"recall\":%.4f,\"qps\":%.1f,\"qps_low\":%.1f,\"qps_high\":%.1f,"
              "\"p50_ms\":%.4f,\"p99_ms\":%.4f,\"p999_ms\":%.4f}\n",
              filter.c_str(), setting.c_str(), wanted > 0 ? hits / wanted : 1.0, per_round[per_round.size() / 2], per_round.front(),
              per_round.back(), at(0.5), at(0.99), at(0.999));
  std::fflush(stdout);
}

inline std::map<std::string, std::string> Flags(int argc, char** argv, int from) {
  std::map<std::string, std::string> flags;
  for (int i = from; i + 1 < argc; i += 2) flags[std::string(argv[i]).substr(2)] = argv[i + 1];
  return flags;
}

}  // namespace bench
