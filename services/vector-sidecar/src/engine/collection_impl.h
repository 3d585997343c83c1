// The collection. Locks, in the order they may be taken: queue_mutex_ (who commits), log_mutex_ (the log), state_lock_ (what
// readers see). Plans are handed to the background thread under plan_mutex_, which is never held while taking another.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "src/engine/manifest.h"
#include "src/engine/options.h"
#include "src/engine/read_view.h"
#include "src/engine/rw_lock.h"
#include "src/engine/state.h"
#include "src/log/log.h"

namespace sidecar {

// Thread-safe.
struct SyncTimes {
  std::array<std::atomic<uint64_t>, kSyncBoundsMicros.size() + 1> counts{};
  std::atomic<uint64_t> micros = 0;

  void Add(uint64_t took) {
    const auto bound = std::lower_bound(kSyncBoundsMicros.begin(), kSyncBoundsMicros.end(), took);
    ++counts[size_t(bound - kSyncBoundsMicros.begin())];
    micros += took;
  }
};

class CollectionImpl final : public Collection {
 public:
  CollectionImpl(Env* env, std::string directory, const CollectionOptions& options);
  ~CollectionImpl() override;
  Status Recover();

  const CollectionConfig& config() const override { return manifest_.config; }
  const RecoveryReport& recovery() const override { return recovery_; }
  Result<uint64_t> Apply(Operation operation) override;
  Result<std::vector<Record>> Search(const SearchRequest& request, Explain* explain) override;
  Result<std::vector<Record>> Get(const std::vector<PointId>& ids, const PayloadSelector& with_payload,
                                  const VectorSelector& with_vectors) override;
  Result<ScrollPage> Scroll(const ScrollRequest& request) override;
  Result<uint64_t> Count(const std::optional<Filter>& filter, uint64_t deadline_micros) override;
  Result<std::vector<FacetHit>> Facet(const FacetRequest& request) override;
  std::map<std::string, FieldType> FieldIndexesInForce() override;
  CollectionStats Stats() override;
  Status Flush() override;
  Status WaitForIndexes() override;
  Status Snapshot(const std::string& directory) override;
  Result<std::string> StateDigest() override;
  Status Close() override;

 private:
  struct Waiter {
    Operation* operation = nullptr;
    uint64_t bytes = 0;
    std::string encoded;  // behind room for the record's header; empty until a filter has been resolved
    PreparedRows rows;
    bool taken = false;   // into a group
    bool done = false;
    Result<uint64_t> result = uint64_t(0);
    std::condition_variable wake;
  };

  // commit.cc
  Status Normalise(Operation* operation) const;
  Status NormaliseVector(const std::string& name, std::vector<float>* vector) const;
  void Lead(std::unique_lock<std::mutex>* queue_lock);
  std::vector<Waiter*> LogGroup(const std::vector<Waiter*>& group, std::vector<LogRecord>* records);
  void ApplyGroup(const std::vector<Waiter*>& group, const std::vector<LogRecord>& records);
  Status WriteLog(std::vector<LogRecord>* records);
  Status SyncLog();  // log_mutex_ held
  Status Admit(Waiter* waiter, uint64_t* pending_bytes);
  Status ResolveFilter(Operation* operation);
  Status MakeRoom(const Operation& operation);
  bool OverLimit(const Operation& operation, uint64_t pending_bytes, uint64_t* used) const;
  Status ApplyLogged(const Operation& operation, uint64_t lsn, PreparedRows rows = {});
  Status Stop(const Status& cause);
  Status Writable() const;
  void AsyncSyncLoop();

  // background.cc
  void Enqueue(SealPlan plan);
  void BackgroundLoop();
  // `*nothing_changed` tells that the plan may be run again after an error.
  Status RunPlan(const SealPlan& plan, bool* nothing_changed);
  Status BuildReplacements(const SealPlan& plan, std::vector<State::Replacement>* out,
                           std::vector<std::shared_ptr<Segment>>* list);
  Result<State::Replacement> WriteGroup(const std::vector<RowRef>& origin, const std::map<std::string, FieldType>& indexes);

  Status DestroyOldKeys(const std::vector<std::shared_ptr<Segment>>& segments);

  // build_fields.cc
  // Builds the field indexes that parts still lack, beside reads and writes. Past the deadline the background goes on with it, and
  // the caller is told; 0 for none. Where another thread builds already it is waited for, or not.
  Status BuildFields(uint64_t deadline_micros, bool wait = true);
  Status BuildField(const State::MissingField& field, uint64_t deadline_micros);

  // build_indexes.cc
  void BuildIndexes();
  void IndexInBackground();
  bool GoOn() const;
  bool WantsGraph(size_t vector) const;
  bool WantsLists(size_t vector) const;
  std::shared_ptr<const Graph> MakeGraph(const Segment& segment, size_t vector);
  std::shared_ptr<const ListIndex> MakeLists(const Segment& segment, size_t vector);
  void RemoveSegmentFiles(uint64_t number);
  void IndexLoop();
  bool InForce(const std::shared_ptr<Segment>& segment) const;  // state_lock_ held
  // An error when the plans are stuck (full disk).
  Status WaitForPlans(size_t at_most);

  // read.cc
  Result<Record> MakeRecord(const Part& part, uint32_t row, const PayloadSelector& with_payload,
                            const VectorSelector& with_vectors) const;
  // The state as it is, with what the filter asks of things that change, and the indexes of `vector`.
  ReadView Pin(const std::optional<Filter>& filter, std::optional<size_t> vector = std::nullopt) const;
  ReadView PinParts(bool live) const;  // state_lock_ held
  // The rows of a pinned part that live and pass the filter the view was pinned with.
  Result<Bitmap> Allowed(const ReadView& view, uint32_t part, const std::optional<Filter>& filter, uint64_t deadline_micros,
                         FilterCost* cost) const;

  // read_fields.cc
  Result<ScrollPage> ScrollInOrder(const ScrollRequest& request, const OrderBy& order);
  // The index of a field over the allowed rows of a pinned part: the one in force, or one made of the payloads.
  Result<std::shared_ptr<const FieldIndex>> FieldOf(const PinnedPart& part, const std::string& key, FieldType type, const Bitmap& allowed,
                                                    uint64_t deadline_micros) const;
  bool Late(uint64_t deadline_micros) const { return deadline_micros != 0 && env_->NowMicros() > deadline_micros; }

  Env* const env_;
  const std::string directory_;
  const CollectionOptions options_;
  Manifest manifest_;       // changed by the background work alone
  Coders coders_;
  RecoveryReport recovery_;

  // Searches, writes and seals being run.
  mutable std::atomic<int> in_foreground_ = 0;
  struct Foreground {
    explicit Foreground(const CollectionImpl* c) : c_(c) { c_->in_foreground_.fetch_add(1, std::memory_order_relaxed); }
    ~Foreground() { c_->in_foreground_.fetch_sub(1, std::memory_order_relaxed); }
    Foreground(const Foreground&) = delete;
    Foreground& operator=(const Foreground&) = delete;
    const CollectionImpl* const c_;
  };

  std::mutex queue_mutex_;
  std::deque<Waiter*> queue_;
  bool logging_ = false;         // a group is on its way into the log
  uint64_t logged_turns_ = 0;    // groups that are through with the log, and through with the state
  uint64_t applied_turns_ = 0;
  std::condition_variable turn_changed_;
  Status unapplied_;             // touched by the group whose turn it is alone

  std::mutex log_mutex_;
  std::unique_ptr<Log> log_;
  SyncTimes sync_times_;

  mutable RwLock state_lock_;
  std::unique_ptr<State> state_;

  mutable std::mutex stop_mutex_;
  Status stopped_;  // why no write is accepted any more

  std::mutex fields_mutex_;  // held by whoever builds field indexes; taken while holding no other
  std::mutex work_mutex_;  // held while segments and manifest change; taken before all others
  std::set<uint32_t> keys_kept_ = {1};  // in the key file, as far as known; a new collection has one
  std::mutex plan_mutex_;
  std::condition_variable plan_changed_;
  std::deque<SealPlan> plans_;
  Status stalled_;                // why the first plan could not be run yet
  bool working_ = false;          // a plan is being run
  bool indexes_pending_ = true;   // segments may lack indexes; true at first for what recovery found
  bool indexing_ = false;
  std::atomic<bool> closing_ = false;
  std::atomic<uint64_t> background_errors_ = 0;
  std::atomic<uint64_t> checkpoint_lsn_ = 0;
  std::atomic<uint64_t> indexes_rebuilt_ = 0, graphs_healed_ = 0;
  // A segment written from one older one, and what its graphs can be healed from.
  struct Heir {
    Bitmap dead;
    std::vector<std::shared_ptr<const Graph>> graphs;
  };
  std::map<uint64_t, Heir> heirs_;        // this and the next under state_lock_
  uint64_t building_ = 0;                 // segment an index is being built for
  std::atomic<bool> cancel_build_ = false;
  std::thread background_;  // plans
  std::thread indexer_;
  std::thread syncer_;
};

}  // namespace sidecar
