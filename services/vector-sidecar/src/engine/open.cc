// Creating, recovering and closing a collection.
#include <set>

#include "src/engine/collection_impl.h"

namespace sidecar {

Status CreateCollection(Env* env, const std::string& directory, const CollectionConfig& config, const KeyRing* keys,
                        const MasterKey* master) {
  SIDECAR_RETURN_IF_ERROR(Validate(config));
  const size_t slash = directory.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : directory.substr(0, slash);
  SIDECAR_RETURN_IF_ERROR(env->CreateDir(directory));
  Manifest manifest;
  manifest.uuid = {env->Random(), env->Random()};
  manifest.generation = 1;
  manifest.config = config;
  // The parent first: a manifest that is on disk must be reachable. A directory without a manifest is no collection.
  SIDECAR_RETURN_IF_ERROR(env->SyncDir(parent));
  if (keys != nullptr && master != nullptr) SIDECAR_RETURN_IF_ERROR(WriteKeyFile(env, directory, *keys, *master));
  return WriteManifest(env, directory, manifest, keys);
}

Result<std::unique_ptr<Collection>> OpenCollection(Env* env, const std::string& directory, const CollectionOptions& options) {
  auto collection = std::make_unique<CollectionImpl>(env, directory, options);
  SIDECAR_RETURN_IF_ERROR(collection->Recover());
  return std::unique_ptr<Collection>(std::move(collection));
}

CollectionImpl::CollectionImpl(Env* env, std::string directory, const CollectionOptions& options)
    : env_(env), directory_(std::move(directory)), options_(options) {}

CollectionImpl::~CollectionImpl() { (void)Close(); }

Status CollectionImpl::Recover() {
  // A process that was killed may have left names that are not on disk yet. What follows removes files on the strength of
  // them, so they must not fall back to what they were.
  if (!options_.read_only) SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_));
  SIDECAR_ASSIGN_OR_RETURN(manifest_, ReadManifest(env_, directory_, options_.keys));
  coders_ = MakeCoders(config());
  state_ = std::make_unique<State>(&manifest_.config, &coders_);
  std::set<std::string> wanted;
  state_->SetIndexes(manifest_.indexes);
  state_->SetAppliedLsn(manifest_.checkpoint_lsn);
  checkpoint_lsn_ = manifest_.checkpoint_lsn;
  for (const ManifestSegment& entry : manifest_.segments) {
    auto opened = Segment::Open(env_, directory_, entry.number, &manifest_.config, options_.keys);
    if (opened.status().code() == Code::kNotFound) {
      return Corruption(SegmentName(entry.number) + " is missing, though the manifest names it");
    }
    SIDECAR_ASSIGN_OR_RETURN(auto segment, std::move(opened));
    if (segment->file().digest() != entry.digest) {
      return Corruption(SegmentName(entry.number) + " is not the file the manifest names: swapped, replayed or rolled back");
    }
    for (const auto& d : entry.deletes) {
      if (d.row >= segment->rows()) return Corruption(kManifestName + std::string(": a deleted row is out of range"));
      segment->deletes.Mark(d.row, d.lsn);
    }
    SIDECAR_RETURN_IF_ERROR(state_->Adopt(std::move(segment)));
    wanted.insert(SegmentName(entry.number));
  }
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(directory_));
  for (const std::string& name : names) {
    // Left by a crash between writing a segment and naming it in a manifest, or between that and removing the old one.
    const bool of_segment = name.starts_with("seg-") || name.starts_with("idx-");
    const std::string owner = "seg-" + name.substr(std::min<size_t>(4, name.size()), name.find('-', 4) - 4);
    const bool orphan = name.ends_with(".tmp") || (of_segment && !wanted.contains(owner));
    if (orphan && !options_.read_only) SIDECAR_RETURN_IF_ERROR(env_->Remove(directory_ + "/" + name));
  }
  LogReport report;
  const LogOptions log_options{config().log_bytes, options_.keys, options_.read_only};
  auto log = Log::Open(env_, directory_, log_options, manifest_.checkpoint_lsn,
                       [&](const LogRecord& record) {
                         auto op = DecodeOperation(record.type, record.payload);
                         if (!op.ok()) return op.status();
                         SIDECAR_RETURN_IF_ERROR(ApplyLogged(*op, record.lsn));
                         return Writable();
                       },
                       &report);
  if (!log.ok()) return log.status();
  log_ = std::move(*log);
  SIDECAR_RETURN_IF_ERROR(BuildFields(0));
  recovery_ = {manifest_.checkpoint_lsn, report.last_lsn,        report.records_replayed, report.bytes_dropped,
               report.dropped_reason,    manifest_.segments.size(), state_->points()};
  if (options_.check_anchor) {
    SIDECAR_RETURN_IF_ERROR(options_.check_anchor({manifest_.uuid, manifest_.generation, report.last_lsn}));
  }
  if (options_.read_only) {
    stopped_ = Status(Code::kReadOnly, "opened for reading only");
    return {};
  }
  if (options_.background) {
    background_ = std::thread([this] { BackgroundLoop(); });
    indexer_ = std::thread([this] { IndexLoop(); });
  } else {
    indexes_pending_ = false;
    BuildIndexes();
  }
  if (options_.background && config().durability == Durability::kAsync) syncer_ = std::thread([this] { AsyncSyncLoop(); });
  return {};
}

Status CollectionImpl::Flush() {
  Operation flush;
  flush.type = OpType::kFlush;
  const auto done = Apply(std::move(flush));
  if (!done.ok()) return done.status();
  if (options_.background) SIDECAR_RETURN_IF_ERROR(WaitForPlans(0));
  return Writable();
}

Status CollectionImpl::Close() {
  {
    std::lock_guard lock(plan_mutex_);
    if (closing_) return {};
    closing_ = cancel_build_ = true;
  }
  plan_changed_.notify_all();
  if (background_.joinable()) background_.join();
  if (indexer_.joinable()) indexer_.join();
  if (syncer_.joinable()) syncer_.join();
  const Status writable = Writable();
  if (writable.ok()) (void)Stop(Status(Code::kUnavailable, "the collection was closed"));
  std::lock_guard lock(log_mutex_);
  if (log_ == nullptr || !writable.ok()) return {};
  SIDECAR_RETURN_IF_ERROR(log_->Close());
  if (!options_.update_anchor) return {};
  return options_.update_anchor({manifest_.uuid, manifest_.generation, log_->last_lsn()});
}

}  // namespace sidecar
