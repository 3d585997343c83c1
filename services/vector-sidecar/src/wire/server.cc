#include "src/wire/server.h"

#include <sys/stat.h>

#include <chrono>

#include "src/engine/planner.h"

namespace sidecar {

constexpr int kMaxMessageBytes = 64 << 20;  // of requests
constexpr int kMaxAnswerFrameBytes = int(kMaxAnswerBytes) + (16 << 20);  // the engine counts what frames the values roughly
constexpr int kThreadsBeside = 16;  // for polling, and to refuse what is beyond max_in_flight in our own words
constexpr size_t kMaxQueuedBytes = 1ull << 30;  // of requests and answers inside the transport

Result<std::unique_ptr<Server>> Server::Start(Env* env, const ServerOptions& options, const MasterKey* master) {
  const bool unix_socket = options.listen.starts_with("unix:");
  if (!unix_socket && options.token.empty()) {
    return InvalidArgument("listening on " + options.listen + " needs a token (--token-file); a Unix socket (unix:/path) does not");
  }
  std::unique_ptr<Server> s(new Server);
  s->options_ = options;
  SIDECAR_ASSIGN_OR_RETURN(s->database_, Database::Open(env, options.data_directory, {master, options.rotate_keys, true}));
  (void)MeasuredCosts();  // now rather than in the first search
  s->gate_ = std::make_unique<Gate>(env, &s->metrics_, GateOptions{options.token, options.max_in_flight});
  s->canary_ = std::make_unique<Canary>(&s->metrics_, options.canary_every);
  s->context_ = {s->database_.get(),
                 s->gate_.get(),
                 s->canary_.get(),
                 options.version,
                 options.defaults,
                 [] {
                   const auto now = std::chrono::system_clock::now().time_since_epoch();
                   return uint64_t(std::chrono::duration_cast<std::chrono::seconds>(now).count());
                 },
                 [p = s.get()] { return p->metrics_.Print(p->database_.get()); }};
  s->collections_ = std::make_unique<CollectionsService>(s->context_);
  s->points_ = std::make_unique<PointsService>(s->context_);
  s->snapshots_ = std::make_unique<SnapshotsService>(s->context_);
  s->snapshot_files_ = std::make_unique<SnapshotFilesService>(s->context_);
  s->inspection_ = std::make_unique<InspectionService>(s->context_);
  s->qdrant_ = std::make_unique<QdrantService>(s->context_);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  grpc::ResourceQuota quota;
  quota.SetMaxThreads(int(options.max_in_flight) + kThreadsBeside);
  quota.Resize(kMaxQueuedBytes);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxAnswerFrameBytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 4);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &s->port_);
  builder.RegisterService(s->collections_.get());
  builder.RegisterService(s->points_.get());
  builder.RegisterService(s->snapshots_.get());
  builder.RegisterService(s->snapshot_files_.get());
  builder.RegisterService(s->inspection_.get());
  builder.RegisterService(s->qdrant_.get());
  s->server_ = builder.BuildAndStart();
  if (s->server_ == nullptr) return IoError("cannot listen on " + options.listen);
  // Whoever may enter the directory may connect; the socket itself is for its owner alone.
  if (unix_socket && ::chmod(options.listen.c_str() + 5, 0600) != 0) return IoError("cannot restrict " + options.listen);
  s->ready_ = true;
  if (options.serve_metrics) {
    SIDECAR_ASSIGN_OR_RETURN(s->http_, HttpEndpoint::Start(options.metrics_port, s->context_.metrics,
                                                           [p = s.get()] { return p->ready_.load(); }));
  }
  return s;
}

Status Server::Stop() {
  if (server_ == nullptr) return {};
  ready_ = false;
  gate_->Drain();
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(options_.drain_millis));
  server_->Wait();
  server_.reset();
  http_.reset();
  canary_.reset();
  return database_->Close();
}

}  // namespace sidecar
