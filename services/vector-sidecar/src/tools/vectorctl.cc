// vectorctl: looks after collections whose server is not running.
//   check DIR            verifies every record, block and file, and with the master key that it is no older copy than the data
//                        directory's ANCHOR has on record; prints what recovery would find
//   dump DIR             prints every live point as one line of JSON
//   restore SNAPSHOT DIR verifies a snapshot and makes a new collection directory from it
// With --master-key-file FILE or --master-key-command COMMAND for encrypted collections. Exit codes: 0 sound, 1 damaged or refused,
// 2 wrong usage.
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/crypto/key_file.h"
#include "src/engine/anchor.h"
#include "src/engine/manifest.h"
#include "src/engine/options.h"
#include "src/engine/snapshot.h"
#include "src/segment/segment.h"

namespace sidecar {
namespace {

constexpr const char* kUsage =
    "usage: vectorctl check DIR | dump DIR | restore SNAPSHOT DIR   [--master-key-file FILE | --master-key-command COMMAND]\n"
    "DIR is a collection's directory (DATA/collections/NAME), of a check or dump also a snapshot's; no server may have it open.\n";

int Fail(const Status& status) {
  std::fprintf(stderr, "vectorctl: %s\n", status.ToString().c_str());
  return 1;
}

Result<std::unique_ptr<Collection>> OpenReadOnly(const std::string& directory, const KeyRing* keys,
                                                 std::function<Status(const AnchorEntry&)> check_anchor = {}) {
  CollectionOptions options;
  options.background = false;
  options.read_only = true;
  options.keys = keys;
  options.check_anchor = std::move(check_anchor);
  return OpenCollection(PosixEnv(), directory, options);
}

// The data directory and the name of the collection in `directory`; nullopt when it does not lie in a data directory.
std::optional<std::pair<std::string, std::string>> PlaceOf(const std::string& directory) {
  const std::filesystem::path path = std::filesystem::absolute(directory).lexically_normal();
  if (path.parent_path().filename() != "collections") return std::nullopt;
  return std::pair(path.parent_path().parent_path().string(), path.filename().string());
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

int Check(const std::string& directory, const KeyRing* keys, const MasterKey* master) {
  const Status segments = CheckSegments(directory, keys);
  if (!segments.ok()) return Fail(segments);
  const auto place = PlaceOf(directory);
  const bool anchored = place && PosixEnv()->Exists(place->first + "/" + kAnchorName);
  AnchorEntry found;
  const auto collection = OpenReadOnly(directory, keys, [&](const AnchorEntry& entry) {
    found = entry;
    return Status();
  });
  if (!collection.ok()) return Fail(collection.status());
  const RecoveryReport& r = (*collection)->recovery();
  std::printf("log: %llu records replayed after the checkpoint, last record %llu, %llu bytes of torn tail%s%s\n",
              (unsigned long long)r.records_replayed, (unsigned long long)r.last_lsn, (unsigned long long)r.bytes_dropped,
              r.dropped_reason.empty() ? "" : ": ", r.dropped_reason.c_str());
  const auto digest = (*collection)->StateDigest();
  if (!digest.ok()) return Fail(digest.status());
  std::printf("points: %llu\nstate: %s\n", (unsigned long long)r.points, digest->c_str());
  if (!(*collection)->config().encrypted || !place) return 0;  // anchors speak of encrypted collections in their data directory alone
  if (!anchored) {
    std::printf("anchor: there is none in %s, so an older copy could not be told from the present one\n", place->first.c_str());
    return 0;
  }
  const auto anchor = Anchor::Open(PosixEnv(), place->first, master);
  if (!anchor.ok()) return Fail(anchor.status());
  const Status agrees = (*anchor)->Check(place->second, found);
  if (!agrees.ok()) {
    std::printf("anchor: disagrees\n");
    return Fail(Status(agrees.code(), agrees.message() + ". Someone put an older or another copy here; a server will refuse it"));
  }
  std::printf("anchor: %s\n", (*anchor)->Knows(place->second) ? "agrees, this is no older copy than the last one on record"
                                                              : "has no record of this collection, so an older copy could not be told");
  return 0;
}

int Restore(const std::string& snapshot, const std::string& directory, const KeyRing* keys, const MasterKey* master) {
  // Whoever holds the master key may go back to a snapshot: the record of what was here before would make a server refuse it.
  const auto place = PlaceOf(directory);
  if (place && master != nullptr && !PosixEnv()->Exists(directory)) {
    const auto anchor = Anchor::Open(PosixEnv(), place->first, master);
    const Status forgotten = anchor.ok() ? (*anchor)->Forget(place->second) : anchor.status();
    if (!forgotten.ok()) return Fail(forgotten);
  }
  const Status restored = RestoreSnapshot(PosixEnv(), snapshot, directory);
  if (!restored.ok()) return Fail(restored);
  std::printf("restored to %s\n", directory.c_str());
  return Check(directory, keys, master);
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
      Payload vectors;
      for (const auto& [name, vector] : r.vectors) {
        List list;
        for (const float x : vector) list.push_back(Value{double(x)});
        vectors[name] = Value{std::move(list)};
      }
      const std::string quote = r.id.is_uuid ? "\"" : "";  // numbers go up to 2^64, beyond what a value holds
      std::printf("{\"id\":%s,\"payload\":%s,\"vectors\":%s,\"version\":%llu}\n", (quote + r.id.ToString() + quote).c_str(),
                  ToJson(r.payload).c_str(), ToJson(vectors).c_str(), (unsigned long long)r.version);
    }
    request.offset = page->next;
  } while (request.offset);
  return 0;
}

int Usage() {
  std::fputs(kUsage, stderr);
  return 2;
}

// The lock of the data directory that `directory` belongs to, if to any. A server's files change under a reader's eyes, and what is
// restored into a running server's data it would not see, but overwrite.
Status LockData(const std::string& directory, std::unique_ptr<File>* lock) {
  const std::filesystem::path data = std::filesystem::absolute(directory).lexically_normal().parent_path().parent_path();
  const std::string path = (data / "LOCK").string();
  if (!PosixEnv()->Exists(path)) return {};
  auto taken = PosixEnv()->Lock(path);
  if (taken.ok()) *lock = std::move(*taken);
  else if (taken.status().code() == Code::kUnavailable) return Status(Code::kUnavailable, "a server has " + data.string() + " open; stop it first");
  return {};
}

int Run(const std::vector<std::string>& words, const std::optional<MasterKey>& master) {
  std::string directory = words.back();
  if (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  std::unique_ptr<File> lock;
  const Status free = LockData(directory, &lock);
  if (!free.ok()) return Fail(free);
  KeyRing keys;
  if (master) {
    auto loaded = ReadKeyFile(PosixEnv(), words[1], *master);
    if (!loaded.ok()) return Fail(loaded.status());
    keys = std::move(*loaded);
  }
  const KeyRing* ring = master ? &keys : nullptr;
  if (words[0] == "check") return Check(directory, ring, master ? &*master : nullptr);
  if (words[0] == "dump") return Dump(directory, ring);
  return Restore(words[1], directory, ring, master ? &*master : nullptr);
}

int Main(int argc, char** argv) {
  std::vector<std::string> words;
  std::optional<MasterKey> master;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    }
    if (!word.starts_with("--")) {
      words.push_back(word);
      continue;
    }
    const bool file = word == "--master-key-file" || word == "--master-key";
    if ((!file && word != "--master-key-command") || ++i == argc) return Usage();
    auto key = file ? MasterKey::FromFile(PosixEnv(), argv[i]) : MasterKey::FromCommand(argv[i]);
    if (!key.ok()) return Fail(key.status());
    master.emplace(std::move(*key));
  }
  const size_t wanted = words.empty() ? 0 : words[0] == "restore" ? 3 : words[0] == "check" || words[0] == "dump" ? 2 : 0;
  if (words.size() != wanted || wanted == 0) return Usage();
  const int code = Run(words, master);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return Fail(IoError("the output could not be written whole"));
}

}  // namespace
}  // namespace sidecar

int main(int argc, char** argv) { return sidecar::Main(argc, argv); }
