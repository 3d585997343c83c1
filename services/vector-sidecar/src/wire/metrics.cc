#include "src/wire/metrics.h"

#include <cstdio>

namespace sidecar {
namespace {

std::string Number(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return text;
}

// Label values: backslash, quote and newline are escaped.
std::string Quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out;
}

void Head(const char* name, const char* type, const char* help, std::string* out) {
  *out += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

struct Gauge {
  const char* name;
  const char* type;
  const char* help;
  double (*value)(const CollectionStats&);
};

constexpr Gauge kGauges[] = {
    {"sidecar_points", "gauge", "Live points.", [](const CollectionStats& s) { return double(s.points); }},
    {"sidecar_segments", "gauge", "Sealed segments.", [](const CollectionStats& s) { return double(s.segments); }},
    {"sidecar_memtable_rows", "gauge", "Rows not yet sealed.", [](const CollectionStats& s) { return double(s.memtable_rows); }},
    {"sidecar_deleted_rows", "gauge", "Dead rows still in segments.", [](const CollectionStats& s) { return double(s.deleted_rows); }},
    {"sidecar_indexed_rows", "gauge", "Rows under a graph or lists.", [](const CollectionStats& s) { return double(s.indexed_rows); }},
    {"sidecar_log_bytes", "gauge", "Write-ahead log in use.", [](const CollectionStats& s) { return double(s.log_bytes); }},
    {"sidecar_segment_bytes", "gauge", "Segment files.", [](const CollectionStats& s) { return double(s.segment_bytes); }},
    {"sidecar_memory_bytes", "gauge", "Memory the collection accounts for.", [](const CollectionStats& s) { return double(s.memory_bytes); }},
    {"sidecar_last_lsn", "gauge", "Number of the last record.", [](const CollectionStats& s) { return double(s.last_lsn); }},
    {"sidecar_checkpoint_lsn", "gauge", "Last record that is in segments.", [](const CollectionStats& s) { return double(s.checkpoint_lsn); }},
    {"sidecar_read_only", "gauge", "1 after a failed write or sync.", [](const CollectionStats& s) { return s.read_only ? 1.0 : 0.0; }},
    {"sidecar_graphs_healed_total", "counter", "Graphs healed rather than built.", [](const CollectionStats& s) { return double(s.graphs_healed); }},
    {"sidecar_background_errors_total", "counter", "Failed background jobs.", [](const CollectionStats& s) { return double(s.background_errors); }},
};

void PrintSyncs(const std::string& collection, const CollectionStats& s, std::string* out) {
  const std::string name = "sidecar_log_sync_seconds", label = "collection=\"" + Quoted(collection) + "\"";
  uint64_t total = 0;
  for (size_t b = 0; b < s.sync_counts.size(); ++b) {
    total += s.sync_counts[b];
    const std::string bound = b < kSyncBoundsMicros.size() ? Number(double(kSyncBoundsMicros[b]) / 1e6) : "+Inf";
    *out += name + "_bucket{" + label + ",le=\"" + bound + "\"} " + std::to_string(total) + "\n";
  }
  *out += name + "_sum{" + label + "} " + Number(double(s.sync_micros) / 1e6) + "\n";
  *out += name + "_count{" + label + "} " + std::to_string(total) + "\n";
}

}  // namespace

void Histogram::Observe(double seconds) {
  size_t b = 0;
  while (b < kBounds.size() && seconds > kBounds[b]) ++b;
  ++buckets_[b];
  micros_ += uint64_t(seconds * 1e6);
}

void Histogram::Print(const std::string& name, const std::string& labels, std::string* out) const {
  uint64_t total = 0;
  for (size_t b = 0; b < kBounds.size(); ++b) {
    total += buckets_[b];
    *out += name + "_bucket{" + labels + ",le=\"" + Number(kBounds[b]) + "\"} " + std::to_string(total) + "\n";
  }
  total += buckets_[kBounds.size()];
  *out += name + "_bucket{" + labels + ",le=\"+Inf\"} " + std::to_string(total) + "\n";
  *out += name + "_sum{" + labels + "} " + Number(double(micros_) / 1e6) + "\n";
  *out += name + "_count{" + labels + "} " + std::to_string(total) + "\n";
}

void Metrics::Observe(const std::string& method, int grpc_status, double seconds) {
  Method* entry;
  {
    std::lock_guard lock(mutex_);
    entry = &methods_[method];
    ++entry->by_status[grpc_status];
  }
  entry->latency.Observe(seconds);
}

std::string Metrics::Print(Database* database) const {
  std::string out;
  Head("sidecar_request_seconds", "histogram", "Latency of requests.", &out);
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, method] : methods_) method.latency.Print("sidecar_request_seconds", "method=\"" + name + "\"", &out);
    Head("sidecar_requests_total", "counter", "Requests by gRPC status.", &out);
    for (const auto& [name, method] : methods_) {
      for (const auto& [status, count] : method.by_status) {
        out += "sidecar_requests_total{method=\"" + name + "\",status=\"" + std::to_string(status) + "\"} " + std::to_string(count) + "\n";
      }
    }
  }
  Head("sidecar_in_flight", "gauge", "Requests being answered.", &out);
  out += "sidecar_in_flight " + std::to_string(in_flight) + "\n";
  Head("sidecar_refused_total", "counter", "Requests refused because the queue was full.", &out);
  out += "sidecar_refused_total " + std::to_string(refused_) + "\n";
  Head("sidecar_canary_recall_sum", "counter", "Sum of recall@k of sampled searches against exact ones.", &out);
  out += "sidecar_canary_recall_sum " + Number(double(canary_micro_recall_) / 1e6) + "\n";
  Head("sidecar_canary_recall_count", "counter", "Sampled searches.", &out);
  out += "sidecar_canary_recall_count " + std::to_string(canary_count_) + "\n";
  std::map<std::string, CollectionStats> stats;
  for (const std::string& name : database->List()) {
    const auto collection = database->Get(name);
    if (collection.ok()) stats[name] = (*collection)->Stats();
  }
  Head("sidecar_log_sync_seconds", "histogram", "Time of one sync of the log (fdatasync).", &out);
  for (const auto& [name, s] : stats) PrintSyncs(name, s, &out);
  for (const Gauge& gauge : kGauges) {
    Head(gauge.name, gauge.type, gauge.help, &out);
    for (const auto& [name, s] : stats) {
      out += std::string(gauge.name) + "{collection=\"" + Quoted(name) + "\"} " + Number(gauge.value(s)) + "\n";
    }
  }
  return out;
}

}  // namespace sidecar
