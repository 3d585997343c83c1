// The whole server: database, services, metrics; started and drained as one.
#pragma once

#include <memory>
#include <string>

#include "src/crypto/key_file.h"
#include "src/wire/http_endpoint.h"
#include "src/wire/services.h"

namespace sidecar {

struct ServerOptions {
  std::string data_directory;
  std::string listen;              // "unix:/path" or "host:port"; a port needs a token
  std::string token;
  uint16_t metrics_port = 0;
  bool serve_metrics = false;
  std::string version = "1.19.0";  // of the interface
  int64_t max_in_flight = 256;
  uint64_t canary_every = 1000;
  int64_t drain_millis = 10000;
  CollectionConfig defaults;
  bool rotate_keys = false;
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> Start(Env* env, const ServerOptions& options, const MasterKey* master);
  ~Server() { (void)Stop(); }
  // New requests are refused, running ones may end within drain_millis, then every collection is closed cleanly.
  Status Stop();
  uint16_t metrics_port() const { return http_ == nullptr ? 0 : http_->port(); }
  int port() const { return port_; }  // of a TCP listener
  Database* database() { return database_.get(); }

 private:
  Server() = default;

  ServerOptions options_;
  std::unique_ptr<Database> database_;
  Metrics metrics_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Canary> canary_;
  ServiceContext context_{};
  std::unique_ptr<CollectionsService> collections_;
  std::unique_ptr<PointsService> points_;
  std::unique_ptr<SnapshotsService> snapshots_;
  std::unique_ptr<SnapshotFilesService> snapshot_files_;
  std::unique_ptr<InspectionService> inspection_;
  std::unique_ptr<QdrantService> qdrant_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HttpEndpoint> http_;
  std::atomic<bool> ready_ = false;
  int port_ = 0;
};

}  // namespace sidecar
