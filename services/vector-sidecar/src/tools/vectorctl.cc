// vectorctl: looks after collections whose server is not running.
//   check DIR            verifies every record, block and file; prints what recovery would find
//   dump DIR             prints every live point as one line of JSON
//   restore SNAPSHOT DIR verifies a snapshot and makes a new collection directory from it
// With --master-key FILE for encrypted collections. Exit codes: 0 sound, 1 damaged or refused, 2 wrong usage.
#include <cstdio>
#include <string>
#include <vector>

#include "src/crypto/key_file.h"
#include "src/engine/manifest.h"
#include "src/engine/options.h"
#include "src/engine/snapshot.h"
#include "src/segment/segment.h"

namespace sidecar {
namespace {

struct Arguments {
  std::vector<std::string> words;
  std::string master_key_file;
};

int Fail(const Status& status) {
  std::fprintf(stderr, "vectorctl: %s\n", status.ToString().c_str());
  return 1;
}

Result<std::unique_ptr<Collection>> OpenReadOnly(const std::string& directory, const KeyRing* keys) {
  CollectionOptions options;
  options.background = false;
  options.read_only = true;
  options.keys = keys;
  return OpenCollection(PosixEnv(), directory, options);
}

Status CheckSegments(const std::string& directory, const KeyRing* keys) {
  SIDECAR_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(PosixEnv(), directory, keys));
  std::printf("manifest: generation %llu, checkpoint record %llu, %zu segments\n", (unsigned long long)manifest.generation,
              (unsigned long long)manifest.checkpoint_lsn, manifest.segments.size());
  for (const ManifestSegment& s : manifest.segments) {
    SIDECAR_ASSIGN_OR_RETURN(const auto segment, Segment::Open(PosixEnv(), directory, s.number, &manifest.config, keys));
    if (segment->file().digest() != s.digest) return Corruption(SegmentName(s.number) + " is not the file the manifest names");
    SIDECAR_RETURN_IF_ERROR(segment->file().CheckAll());
    std::printf("%s: %u rows, %zu deleted, %llu bytes, every block intact\n", SegmentName(s.number).c_str(), segment->rows(),
                s.deletes.size(), (unsigned long long)segment->file().file_bytes());
  }
  return {};
}

int Check(const std::string& directory, const KeyRing* keys) {
  const Status segments = CheckSegments(directory, keys);
  if (!segments.ok()) return Fail(segments);
  const auto collection = OpenReadOnly(directory, keys);
  if (!collection.ok()) return Fail(collection.status());
  const RecoveryReport& r = (*collection)->recovery();
  std::printf("log: %llu records replayed after the checkpoint, last record %llu, %llu bytes of torn tail%s%s\n",
              (unsigned long long)r.records_replayed, (unsigned long long)r.last_lsn, (unsigned long long)r.bytes_dropped,
              r.dropped_reason.empty() ? "" : ": ", r.dropped_reason.c_str());
  const auto digest = (*collection)->StateDigest();
  if (!digest.ok()) return Fail(digest.status());
  std::printf("points: %llu\nstate: %s\n", (unsigned long long)r.points, digest->c_str());
  return 0;
}

int Dump(const std::string& directory, const KeyRing* keys) {
  const auto collection = OpenReadOnly(directory, keys);
  if (!collection.ok()) return Fail(collection.status());
  ScrollRequest request;
  request.limit = 1000;
  request.with_payload.enabled = request.with_vectors.enabled = true;
  do {
    const auto page = (*collection)->Scroll(request);
    if (!page.ok()) return Fail(page.status());
    for (const Record& r : page->records) {
      Payload line, vectors;
      line["id"] = r.id.is_uuid ? Value{r.id.ToString()} : Value{int64_t(r.id.low)};
      line["version"] = Value{int64_t(r.version)};
      line["payload"] = Value{r.payload};
      for (const auto& [name, vector] : r.vectors) {
        List list;
        for (const float x : vector) list.push_back(Value{double(x)});
        vectors[name] = Value{std::move(list)};
      }
      line["vectors"] = Value{std::move(vectors)};
      std::printf("%s\n", ToJson(line).c_str());
    }
    request.offset = page->next;
  } while (request.offset);
  return 0;
}

int Usage() {
  std::fprintf(stderr,
               "usage: vectorctl check DIR | dump DIR | restore SNAPSHOT DIR   [--master-key FILE]\n"
               "DIR is a collection's directory (DATA/collections/NAME); no server may have it open.\n");
  return 2;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--master-key" && i + 1 < argc) arguments.master_key_file = argv[++i];
    else arguments.words.push_back(argv[i]);
  }
  const auto& words = arguments.words;
  if (words.size() < 2) return Usage();
  KeyRing keys;
  const KeyRing* ring = nullptr;
  if (!arguments.master_key_file.empty()) {
    auto master = MasterKey::FromFile(PosixEnv(), arguments.master_key_file);
    if (!master.ok()) return Fail(master.status());
    auto loaded = ReadKeyFile(PosixEnv(), words[1], *master);
    if (!loaded.ok()) return Fail(loaded.status());
    keys = std::move(*loaded);
    ring = &keys;
  }
  if (words[0] == "check" && words.size() == 2) return Check(words[1], ring);
  if (words[0] == "dump" && words.size() == 2) return Dump(words[1], ring);
  if (words[0] != "restore" || words.size() != 3) return Usage();
  const Status restored = RestoreSnapshot(PosixEnv(), words[1], words[2]);
  if (!restored.ok()) return Fail(restored);
  std::printf("restored to %s\n", words[2].c_str());
  return Check(words[2], ring);
}

}  // namespace
}  // namespace sidecar

int main(int argc, char** argv) { return sidecar::Main(argc, argv); }
