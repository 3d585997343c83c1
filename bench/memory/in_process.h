// What the programs that call our engine in process share.
#pragma once

#include <algorithm>

#include "bench/memory/files.h"
#include "src/engine/options.h"

namespace bench {

inline constexpr size_t kBatch = 256;

inline void Check(const sidecar::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

template <typename T>
T Checked(sidecar::Result<T> result) {
  Check(result.status());
  return std::move(*result);
}

// The rows from `first` on, a batch at most and none from `end` on.
inline sidecar::Operation Batch(const Files& files, size_t first, size_t end) {
  sidecar::Operation op;
  for (size_t i = first; i < std::min(first + kBatch, end); ++i) {
    sidecar::Point p;
    p.id = sidecar::PointId::Number(i);
    p.vectors[""].assign(files.Row(i), files.Row(i) + files.dimension);
    p.payload["share"] = sidecar::Value{int64_t(ShareOf(i))};
    p.payload["half"] = sidecar::Value{int64_t(files.half[i])};
    op.points.push_back(std::move(p));
  }
  return op;
}

// An empty collection in place of what is in `directory`, open, with its fields indexed.
inline std::unique_ptr<sidecar::Collection> NewCollection(const std::string& directory, const Files& files, sidecar::Tier tier) {
  sidecar::Env* env = sidecar::PosixEnv();
  sidecar::CollectionConfig config;
  config.vectors = {{"", files.dimension, sidecar::Distance::kCosine}};
  config.tier = tier;
  if (env->Exists(directory)) Check(env->RemoveTree(directory));
  Check(sidecar::CreateCollection(env, directory, config, nullptr));
  auto c = Checked(sidecar::OpenCollection(env, directory, {}));
  for (const char* key : {"share", "half"}) {
    sidecar::Operation index;
    index.type = sidecar::OpType::kCreateIndex;
    index.key = key;
    index.field_type = sidecar::FieldType::kInteger;
    (void)Checked(c->Apply(index));
  }
  return c;
}

}  // namespace bench
