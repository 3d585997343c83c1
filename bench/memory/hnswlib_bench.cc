// hnswlib in process, one thread: the header of the version the set-up pins.
//   hnswlib_bench build|search --data DIR --index FILE [--rounds 5]
#include "bench/memory/measure.h"
#include "hnswlib/hnswlib.h"

namespace {

using namespace bench;

constexpr size_t kLinks = 16, kBuildWidth = 200;

void Build(const Files& files, const std::string& path) {
  hnswlib::InnerProductSpace space(files.dimension);
  hnswlib::HierarchicalNSW<float> index(&space, files.rows, kLinks, kBuildWidth, 1);
  const auto start = Clock::now();
  const double cpu = CpuSeconds();
  for (size_t i = 0; i < files.rows; ++i) index.addPoint(files.Row(i), i);
  std::printf("{\"what\":\"build\",\"cpu_seconds\":%.2f,\"seconds\":%.2f,\"memory_mb\":%.1f}\n", CpuSeconds() - cpu, Seconds(start),
              double(index.indexFileSize()) / 1e6);
  index.saveIndex(path);
}

class ByRow final : public hnswlib::BaseFilterFunctor {
 public:
  explicit ByRow(std::vector<bool> allowed) : allowed_(std::move(allowed)) {}
  bool operator()(hnswlib::labeltype id) override { return allowed_[id]; }

 private:
  std::vector<bool> allowed_;
};

void Search(const Files& files, const std::string& path, int rounds) {
  hnswlib::InnerProductSpace space(files.dimension);
  const double before = StatusMegabytes("RssAnon:");
  const auto start = Clock::now();
  hnswlib::HierarchicalNSW<float> index(&space, path);
  std::printf("{\"what\":\"open\",\"seconds\":%.3f,\"anonymous_mb\":%.1f,\"file_mb\":0}\n", Seconds(start), StatusMegabytes("RssAnon:") - before);
  const auto search = [&](size_t q, ByRow* filter) {
    auto found = index.searchKnn(files.Query(q), kNeighbours, filter);
    std::vector<uint64_t> ids;
    for (; !found.empty(); found.pop()) ids.push_back(found.top().second);
    return ids;
  };
  for (const size_t ef : {10, 20, 40, 80, 120, 160, 240, 320, 480, 640}) {
    index.setEf(ef);
    Curve(files, "all", "ef=" + std::to_string(ef), rounds, [&](size_t q) { return search(q, nullptr); });
  }
  index.setEf(100);
  for (const FilterKind& filter : kFilters) {
    if (filter.percent == 100) continue;
    std::vector<bool> allowed(files.rows);
    for (size_t row = 0; row < files.rows; ++row) allowed[row] = files.Passes(filter, row);
    ByRow functor(std::move(allowed));
    Curve(files, filter.name, "ef=100", filter.percent < 5 ? 1 : rounds, [&](size_t q) { return search(q, &functor); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  auto flags = Flags(argc, argv, 2);
  const bool build = std::string(argv[1]) == "build";
  const Files files = Load(flags["data"], build);
  if (build) Build(files, flags["index"]);
  else Search(files, flags["index"], flags.contains("rounds") ? std::stoi(flags["rounds"]) : 5);
}
