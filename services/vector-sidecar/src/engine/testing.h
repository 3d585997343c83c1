// What the tests of the engine share: seeded points, small collections, a model to compare with.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "src/engine/options.h"
#include "src/env/sim_env.h"

namespace sidecar {

inline CollectionConfig SmallConfig(uint32_t dimension = 8, Distance distance = Distance::kDot) {
  CollectionConfig config;
  config.vectors = {{"", dimension, distance}};
  config.seal_rows = 64;
  config.log_bytes = 64 * 1024;
  config.index_rows = 128;
  return config;
}

inline std::vector<float> RandomVector(std::mt19937* random, uint32_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> v(dimension);
  for (float& x : v) x = normal(*random);
  return v;
}

inline Point MakePoint(std::mt19937* random, uint64_t id, uint32_t dimension) {
  Point p;
  p.id = PointId::Number(id);
  p.vectors[""] = RandomVector(random, dimension);
  p.payload["n"] = Value{int64_t((*random)() % 100)};
  p.payload["tag"] = Value{std::string(1, char('a' + (*random)() % 5))};
  return p;
}

inline Operation Upsert(std::vector<Point> points) {
  Operation op;
  op.type = OpType::kUpsert;
  op.points = std::move(points);
  return op;
}

inline Operation Delete(std::vector<uint64_t> ids) {
  Operation op;
  op.type = OpType::kDelete;
  for (const uint64_t id : ids) op.ids.push_back(PointId::Number(id));
  return op;
}

inline Operation SetPayload(std::vector<uint64_t> ids, Payload payload) {
  Operation op;
  op.type = OpType::kSetPayload;
  for (const uint64_t id : ids) op.ids.push_back(PointId::Number(id));
  op.payload = std::move(payload);
  return op;
}

inline Operation FlushOp() {
  Operation op;
  op.type = OpType::kFlush;
  return op;
}

// Opens "db/c", making it first when there is none.
inline Result<std::unique_ptr<Collection>> OpenIn(Env* env, const CollectionConfig& config, const KeyRing* keys = nullptr,
                                                   const ScanCosts* costs = nullptr) {
  if (!env->Exists("db")) {
    SIDECAR_RETURN_IF_ERROR(env->CreateDir("db"));
    SIDECAR_RETURN_IF_ERROR(env->SyncDir(""));
  }
  if (!env->Exists("db/c/MANIFEST")) {
    if (env->Exists("db/c")) SIDECAR_RETURN_IF_ERROR(env->RemoveTree("db/c"));
    SIDECAR_RETURN_IF_ERROR(CreateCollection(env, "db/c", config, keys));
  }
  CollectionOptions options;
  options.background = false;
  options.keys = keys;
  options.costs = costs;
  return OpenCollection(env, "db/c", options);
}

// id -> payload and first component: enough to tell any two states of a test apart.
using Model = std::map<uint64_t, std::string>;

inline std::string Describe(const Record& record) {
  const auto vector = record.vectors.find("");
  return ToJson(record.payload) + " " + (vector == record.vectors.end() ? "-" : std::to_string(vector->second.at(0)));
}

inline Model Contents(Collection* collection) {
  Model model;
  ScrollRequest request;
  request.limit = 100000;
  request.with_payload.enabled = true;
  request.with_vectors.enabled = true;
  const auto page = collection->Scroll(request);
  EXPECT_TRUE(page.ok()) << page.status().ToString();
  if (page.ok()) {
    for (const Record& r : page->records) model[r.id.low] = Describe(r);
  }
  return model;
}

}  // namespace sidecar
