// What the crash tests share: a scripted run of operations, and what must be there after each of them.
// SIDECAR_LONG=1 checks more images, longer sequences and more kills; SIDECAR_SEED repeats a run.
#pragma once

#include <cstdlib>

#include "src/engine/testing.h"

namespace sidecar {

inline bool Long() { return std::getenv("SIDECAR_LONG") != nullptr; }
inline unsigned Seed() {
  const char* seed = std::getenv("SIDECAR_SEED");
  return seed == nullptr ? 20261u : unsigned(std::strtoul(seed, nullptr, 10));
}

inline CollectionConfig CrashConfig() {
  CollectionConfig config = SmallConfig(4);
  config.seal_rows = 6;
  config.log_bytes = 8192;
  return config;
}

// Operation number i of a run: the same for the process that writes and for the one that checks.
inline Operation Scripted(unsigned seed, uint64_t i) {
  std::mt19937 random(unsigned(seed * 7919 + i));
  switch (random() % 8) {
    case 0: return Delete({random() % 12, random() % 12});
    case 1: return SetPayload({random() % 12}, {{"set", Value{int64_t(i)}}});
    case 2: return i % 3 == 0 ? FlushOp() : Delete({random() % 12});
    default: {
      std::vector<Point> points;
      for (unsigned k = 0; k <= random() % 3; ++k) {
        points.push_back(MakePoint(&random, random() % 12, 4));
        points.back().payload["op"] = Value{int64_t(i)};
        points.back().payload["pad"] = Value{std::string(random() % 700, 'p')};  // so that logs fill up and are used again
      }
      return Upsert(points);
    }
  }
}

// What a collection must hold after the first n operations, by the simplest means.
class Oracle {
 public:
  explicit Oracle(unsigned seed) : seed_(seed) { states_.push_back({}); }
  const Model& After(uint64_t n) {
    while (states_.size() <= n) {
      Step(Scripted(seed_, states_.size() - 1));
      Model model;
      for (const auto& [id, point] : points_) {
        Record record;
        record.payload = point.payload;
        record.vectors = point.vectors;
        model[id] = Describe(record);
      }
      states_.push_back(std::move(model));
    }
    return states_[n];
  }

 private:
  void Step(const Operation& op) {
    if (op.type == OpType::kUpsert) {
      for (const Point& p : op.points) points_[p.id.low] = p;
    }
    for (const PointId& id : op.ids) {
      if (op.type == OpType::kDelete) points_.erase(id.low);
      const auto found = points_.find(id.low);
      if (op.type == OpType::kSetPayload && found != points_.end()) {
        for (const auto& [key, value] : op.payload) found->second.payload[key] = value;
      }
    }
  }
  const unsigned seed_;
  std::map<uint64_t, Point> points_;
  std::vector<Model> states_;
};

// The collection on this disk holds the first n operations for some n in [least, most].
inline void ExpectPrefix(Env* env, Oracle* oracle, uint64_t least, uint64_t most, const std::string& where) {
  if (least == 0 && !env->Exists("db/c/MANIFEST")) return;  // the power went before the collection was made
  CollectionOptions options;
  options.background = false;
  auto opened = OpenCollection(env, "db/c", options);
  ASSERT_TRUE(opened.ok()) << where << ": " << opened.status().ToString();
  const Model found = Contents(opened->get());
  for (uint64_t n = least; n <= most; ++n) {
    if (found == oracle->After(n)) return;
  }
  FAIL() << where << ": the state is none of those after " << least << ".." << most << " operations";
}

}  // namespace sidecar
