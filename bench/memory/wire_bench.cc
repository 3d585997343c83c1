// Searches through gRPC against a running vector-sidecar, with open-loop load: requests are sent when they are due, whether or not
// the one before has been answered, and latency counts from when a request was due.
//   wire_bench --data DIR --target unix:/path --collection NAME [--seconds 5] [--rate 0]
// First loads the collection when it is not there; then measures the closed-loop throughput of four connections, and then latency
// at half of that (or at --rate).
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <thread>

#include "bench/memory/measure.h"
#include "collections.grpc.pb.h"
#include "points_service.grpc.pb.h"

namespace {

using namespace bench;

constexpr size_t kClients = 4, kBatch = 256, kSealRows = 32768;

void Check(const grpc::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "wire_bench: %s\n", status.error_message().c_str());
  std::exit(1);
}

struct Target {
  std::string collection;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<qdrant::Points::Stub> points;
  std::unique_ptr<qdrant::Collections::Stub> collections;

  Target(const std::string& address, std::string name) : collection(std::move(name)) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    points = qdrant::Points::NewStub(channel);
    collections = qdrant::Collections::NewStub(channel);
  }
};

void LoadRows(Target* target, const Files& files) {
  qdrant::CreateCollection create;
  create.set_collection_name(target->collection);
  auto* params = create.mutable_vectors_config()->mutable_params();
  params->set_size(files.dimension);
  params->set_distance(qdrant::Cosine);
  grpc::ClientContext context;
  qdrant::CollectionOperationResponse created;
  const grpc::Status made = target->collections->Create(&context, create, &created);
  if (made.error_code() == grpc::StatusCode::ALREADY_EXISTS) return;
  Check(made);
  const auto start = Clock::now();
  for (size_t first = 0; first < files.rows; first += kBatch) {
    qdrant::UpsertPoints upsert;
    upsert.set_collection_name(target->collection);
    upsert.set_wait(true);
    for (size_t i = first; i < std::min<size_t>(first + kBatch, files.rows); ++i) {
      auto* p = upsert.add_points();
      p->mutable_id()->set_num(i);
      p->mutable_vectors()->mutable_vector()->mutable_dense()->mutable_data()->Add(files.Row(i), files.Row(i) + files.dimension);
    }
    grpc::ClientContext one;
    qdrant::PointsOperationResponse response;
    Check(target->points->Upsert(&one, upsert, &response));
  }
  std::printf("{\"what\":\"wire_ingest\",\"vectors_per_second\":%.0f,\"batch\":%zu}\n", files.rows / Seconds(start), kBatch);
  // Until what is sealed has its graphs; the memtable goes on being scanned, as it would in use.
  uint64_t last = 0;
  for (int unchanged = 0; unchanged < 3;) {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    qdrant::GetCollectionInfoRequest request;
    request.set_collection_name(target->collection);
    qdrant::GetCollectionInfoResponse info;
    grpc::ClientContext one;
    Check(target->collections->Get(&one, request, &info));
    const uint64_t now = info.result().indexed_vectors_count();
    unchanged = now == last && (now > 0 || files.rows < kSealRows) ? unchanged + 1 : 0;
    last = now;
  }
}

qdrant::SearchPoints SearchOf(const std::string& collection, const Files& files, size_t q) {
  qdrant::SearchPoints search;
  search.set_collection_name(collection);
  search.mutable_vector()->Add(files.Query(q), files.Query(q) + files.dimension);
  search.set_limit(kNeighbours);
  return search;
}

std::vector<uint64_t> One(Target* target, const Files& files, size_t q) {
  const qdrant::SearchPoints search = SearchOf(target->collection, files, q);
  grpc::ClientContext context;
  qdrant::SearchResponse response;
  Check(target->points->Search(&context, search, &response));
  std::vector<uint64_t> ids;
  for (const auto& p : response.result()) ids.push_back(p.id().num());
  return ids;
}

double ClosedLoop(const std::string& address, const std::string& collection, const Files& files, double seconds) {
  std::atomic<uint64_t> done = 0;
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (size_t t = 0; t < kClients; ++t) {
    threads.emplace_back([&, t] {
      Target target(address, collection);
      for (size_t q = t; Seconds(start) < seconds; ++q, ++done) (void)One(&target, files, q % files.queries);
    });
  }
  for (auto& t : threads) t.join();
  return double(done) / Seconds(start);
}

// One search on its way.
struct Call {
  double due;
  grpc::ClientContext context;
  qdrant::SearchResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<qdrant::SearchResponse>> reader;
};

// One thread sends each request when it is due, another takes the answers: two threads, so that the generator costs the server as
// little as it can, and none of them ever waits for an answer before it sends.
void OpenLoop(const std::string& address, const std::string& collection, const Files& files, double seconds, double rate) {
  std::vector<std::unique_ptr<Target>> targets;
  for (size_t c = 0; c < kClients; ++c) {
    targets.push_back(std::make_unique<Target>(address, collection));
    (void)One(targets.back().get(), files, 0);  // connected before the clock starts
  }
  std::vector<qdrant::SearchPoints> searches;
  for (size_t q = 0; q < files.queries; ++q) searches.push_back(SearchOf(collection, files, q));
  grpc::CompletionQueue queue;
  const uint64_t requests = uint64_t(seconds * rate);
  std::vector<double> times, late;
  const auto start = Clock::now();
  std::thread receiver([&] {
    void* tag = nullptr;
    bool ok = false;
    while (times.size() < requests && queue.Next(&tag, &ok)) {
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      Check(call->status);
      times.push_back(Seconds(start) - call->due);
    }
  });
  for (uint64_t i = 0; i < requests; ++i) {
    const double due = double(i) / rate;
    std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due)));
    late.push_back(Seconds(start) - due);
    auto call = std::make_unique<Call>();
    call->due = due;
    call->reader = targets[i % kClients]->points->AsyncSearch(&call->context, searches[i % files.queries], &queue);
    Call* const tag = call.release();  // the receiver's from here on
    tag->reader->Finish(&tag->response, &tag->status, tag);
  }
  receiver.join();
  std::sort(times.begin(), times.end());
  std::sort(late.begin(), late.end());
  const auto at = [](const std::vector<double>& sorted, double share) { return sorted[size_t(share * double(sorted.size() - 1))] * 1e3; };
  std::printf("{\"what\":\"wire_open_loop\",\"rate\":%.0f,\"requests\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f,"
              "\"generator_late_p99_ms\":%.3f}\n",
              rate, times.size(), at(times, 0.5), at(times, 0.99), at(times, 0.999), times.back() * 1e3, at(late, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
  auto flags = Flags(argc, argv, 1);
  const Files files = Load(flags["data"], true);
  Target target(flags["target"], flags["collection"]);
  LoadRows(&target, files);
  double hits = 0, wanted = 0;
  for (size_t q = 0; q < files.queries; ++q) hits += files.Hits("all", q, One(&target, files, q), &wanted);
  const double seconds = flags.contains("seconds") ? std::stod(flags["seconds"]) : 5;
  const double most = ClosedLoop(flags["target"], flags["collection"], files, seconds);
  std::printf("{\"what\":\"wire_closed_loop\",\"clients\":%zu,\"qps\":%.0f,\"recall\":%.4f}\n", kClients, most, hits / wanted);
  OpenLoop(flags["target"], flags["collection"], files, seconds, flags.contains("rate") ? std::stod(flags["rate"]) : most / 2);
}
