// vector-sidecar: the server. See README.md for its flags.
#include <signal.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <string>

#include "src/kernels/kernels.h"
#include "src/wire/server.h"

namespace sidecar {
namespace {

constexpr const char* kUsage =
    "usage: vector-sidecar --data-dir DIR --listen unix:/path|HOST:PORT [options]\n"
    "  --token-file FILE              shared secret; needed for HOST:PORT\n"
    "  --metrics-port PORT            GET /metrics, /healthz, /readyz on 127.0.0.1\n"
    "  --master-key-file FILE         32 bytes, raw or hex; new collections are then encrypted\n"
    "  --master-key-command COMMAND   whose output is the key\n"
    "  --rotate-keys                  give every encrypted collection a new data key\n"
    "  --durability sync|async        of new collections (sync)\n"
    "  --memory-limit-bytes N         of each new collection (0: none)\n"
    "  --max-in-flight N              requests answered at once (256)\n"
    "  --canary-every N               repeat one search in N exactly (1000; 0: none)\n"
    "  --drain-millis N               time for running requests at shutdown (10000)\n"
    "  --interface-version V          Qdrant version told to clients (1.19.0)\n";

constexpr uint64_t kMaxDrainMillis = 24ull * 3600 * 1000;

int Fail(const std::string& message) {
  std::fprintf(stderr, "vector-sidecar: %s\n", message.c_str());
  return 1;
}

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

Result<uint64_t> Number(const std::string& flag, const std::string& value, uint64_t least, uint64_t most) {
  uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc() && rest == end && number >= least && number <= most) return number;
  return InvalidArgument("--" + flag + " " + value + ": a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is wanted");
}

Status Fill(const std::map<std::string, std::string>& flags, ServerOptions* options, std::unique_ptr<MasterKey>* master) {
  const std::map<std::string, std::pair<uint64_t, uint64_t>> ranges = {{"metrics-port", {0, 65535}},
                                                                      {"memory-limit-bytes", {0, UINT64_MAX}},
                                                                      {"max-in-flight", {1, 1 << 20}},
                                                                      {"canary-every", {0, UINT64_MAX}},
                                                                      {"drain-millis", {0, kMaxDrainMillis}}};
  for (const auto& [name, value] : flags) {
    uint64_t number = 0;
    if (const auto found = ranges.find(name); found != ranges.end()) {
      SIDECAR_ASSIGN_OR_RETURN(number, Number(name, value, found->second.first, found->second.second));
    }
    if (name == "data-dir") options->data_directory = value;
    else if (name == "listen") options->listen = value;
    else if (name == "interface-version") options->version = value;
    else if (name == "rotate-keys") options->rotate_keys = true;
    else if (name == "metrics-port") options->metrics_port = uint16_t(number), options->serve_metrics = true;
    else if (name == "memory-limit-bytes") options->defaults.memory_limit_bytes = number;
    else if (name == "max-in-flight") options->max_in_flight = int64_t(number);
    else if (name == "canary-every") options->canary_every = number;
    else if (name == "drain-millis") options->drain_millis = int64_t(number);
    else if (name == "durability" && (value == "sync" || value == "async")) {
      options->defaults.durability = value == "sync" ? Durability::kSync : Durability::kAsync;
    } else if (name == "token-file") {
      SIDECAR_ASSIGN_OR_RETURN(const std::string token, PosixEnv()->ReadWhole(value));
      options->token = Trimmed(token);
      if (options->token.size() < 16) return InvalidArgument("the token in " + value + " is shorter than 16 characters");
    } else if (name == "master-key-file" || name == "master-key-command") {
      SIDECAR_ASSIGN_OR_RETURN(MasterKey key, name == "master-key-file" ? MasterKey::FromFile(PosixEnv(), value)
                                                                        : MasterKey::FromCommand(value));
      *master = std::make_unique<MasterKey>(std::move(key));
      options->defaults.encrypted = true;
    } else {
      return InvalidArgument("--" + name + " " + value + " is not known\n" + kUsage);
    }
  }
  if (options->data_directory.empty() || options->listen.empty()) return InvalidArgument(kUsage);
  return {};
}

int Main(int argc, char** argv) {
  std::map<std::string, std::string> flags;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    }
    if (!word.starts_with("--")) return Fail("`" + word + "` is not a flag\n" + kUsage);
    if (word == "--rotate-keys") flags[word.substr(2)] = "";
    else if (i + 1 < argc) flags[word.substr(2)] = argv[++i];
    else return Fail(word + " needs a value");
  }
  // Blocked before any thread is made, so that only the wait below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  ServerOptions options;
  std::unique_ptr<MasterKey> master;
  const Status filled = Fill(flags, &options, &master);
  if (!filled.ok()) return Fail(filled.message());
  auto server = Server::Start(PosixEnv(), options, master.get());
  if (!server.ok()) return Fail(server.status().ToString());
  for (const std::string& name : (*server)->database()->List()) {
    const auto collection = (*server)->database()->Get(name);
    if (!collection.ok()) {
      std::fprintf(stderr, "collection %s is refused: %s\n", name.c_str(), collection.status().ToString().c_str());
      continue;
    }
    const RecoveryReport& r = (*collection)->recovery();
    std::fprintf(stderr, "collection %s: %llu points, last record %llu, %llu replayed, %llu bytes of torn tail\n", name.c_str(),
                 (unsigned long long)r.points, (unsigned long long)r.last_lsn, (unsigned long long)r.records_replayed,
                 (unsigned long long)r.bytes_dropped);
  }
  std::fprintf(stderr, "vector-sidecar: listening on %s (port %d, metrics %u, kernels %s)\n", options.listen.c_str(),
               (*server)->port(), (*server)->metrics_port(), ActiveKernels().name);
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  std::fprintf(stderr, "vector-sidecar: draining\n");
  const Status stopped = (*server)->Stop();
  return stopped.ok() ? 0 : Fail(stopped.ToString());
}

}  // namespace
}  // namespace sidecar

int main(int argc, char** argv) { return sidecar::Main(argc, argv); }
