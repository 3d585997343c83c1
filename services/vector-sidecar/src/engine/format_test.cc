// docs/format.md against real files: the log, the manifest and snapshots are read by that page alone and compared with what was written.
#include <cstdio>

#include "src/engine/format_testing.h"

namespace sidecar::by_page {
namespace {

TEST_F(FormatTest, LogFile) {
  const Bytes file = File("log-000001");
  EXPECT_EQ(file.data().substr(0, 8), "SCARLOG1");
  const uint32_t seed = file.At<uint32_t>(8);
  EXPECT_EQ(file.At<uint32_t>(12), 0u);
  EXPECT_EQ(file.At<uint64_t>(16), 1u);
  EXPECT_EQ(file.At<uint64_t>(24), 1u);
  EXPECT_EQ(file.At<uint64_t>(32), file.data().size());
  EXPECT_EQ(file.At<uint64_t>(40), 0u);
  EXPECT_EQ(file.At<uint32_t>(48), 0u);
  EXPECT_EQ(file.At<uint32_t>(60), Crc(0, file.data().substr(0, 60)));
  uint64_t lsn = 0;
  uint32_t chain = seed;
  std::vector<std::pair<uint32_t, std::string>> records;
  for (size_t at = 4096; records.empty() || records.back().first != 0;) {
    const uint32_t crc = file.At<uint32_t>(at), length = file.At<uint32_t>(at + 4), type = file.At<uint32_t>(at + 12);
    ASSERT_LE(at + 32 + length, file.data().size()) << "record " << lsn + 1;
    ASSERT_EQ(crc, Crc(seed, file.data().substr(at + 4, 28 + length))) << "record " << lsn + 1;
    EXPECT_EQ(file.At<uint32_t>(at + 8), chain);
    chain = crc;
    lsn += type != 0;
    EXPECT_EQ(file.At<uint64_t>(at + 16), lsn);
    EXPECT_GE(file.At<uint64_t>(at + 24), 4096u);
    EXPECT_LE(file.At<uint64_t>(at + 24), at);
    records.emplace_back(type, file.data().substr(at + 32, length));
    const size_t end = (at + 32 + length + 7) / 8 * 8;
    for (size_t i = at + 32 + length; i < end; ++i) EXPECT_EQ(file.data()[i], 0);
    at = end;
  }
  // An index, the points, a deletion, a flush, the point with a UUID, the snapshot's flush, the close.
  ASSERT_EQ(records.size(), 1 + kRows + 5);
  Bytes index(records[0].second);
  EXPECT_EQ(records[0].first, 7u);
  EXPECT_EQ(index.Varint() + index.Varint(), 0u);  // no points, no ids
  EXPECT_EQ(index.Text(), std::string(1, '\0'));   // an empty struct
  EXPECT_EQ(index.Text(), "n");
  EXPECT_EQ(index.Varint(), 0u);
  EXPECT_EQ(index.Next<uint8_t>(), 2u);
  EXPECT_TRUE(index.done());
  Bytes gone(records[1 + kRows].second);
  EXPECT_EQ(records[1 + kRows].first, 2u);
  EXPECT_EQ(gone.Varint(), 0u);
  EXPECT_EQ(gone.Varint(), 1u);
  EXPECT_EQ(gone.Next<uint8_t>(), 0u);
  EXPECT_EQ(gone.Next<uint64_t>(), 3u);
  EXPECT_EQ(records[2 + kRows].first, 11u);
  Bytes named(records[3 + kRows].second);
  EXPECT_EQ(records[3 + kRows].first, 1u);
  EXPECT_EQ(named.Varint(), 1u);
  EXPECT_EQ(named.Next<uint8_t>(), 1u);
  EXPECT_EQ(named.Next<uint64_t>(), 0x0011223344556677u);
  EXPECT_EQ(named.Next<uint64_t>(), 0x8899aabbccddeeffu);
  EXPECT_EQ(named.Varint(), 1u);
  EXPECT_EQ(named.Text(), "");
  EXPECT_EQ(named.Varint(), kD);
  for (const float x : points_.back().vectors[""]) EXPECT_EQ(named.Next<float>(), x);
  Bytes payload(named.Text());
  EXPECT_EQ(payload.Varint(), 2u);
  EXPECT_EQ(payload.Text(), "in");
  EXPECT_EQ(payload.Next<uint8_t>(), 7u);
  EXPECT_EQ(payload.Varint(), 1u);
  EXPECT_EQ(payload.Text(), "x");
  EXPECT_EQ(payload.Next<uint8_t>(), 3u);
  EXPECT_EQ(payload.Next<int64_t>(), -2);
  EXPECT_EQ(payload.Text(), "list");
  EXPECT_EQ(payload.Next<uint8_t>(), 6u);
  EXPECT_EQ(payload.Varint(), 3u);
  EXPECT_EQ(payload.Next<uint8_t>(), 2u);
  EXPECT_EQ(payload.Next<uint8_t>(), 4u);
  EXPECT_EQ(payload.Next<double>(), 1.5);
  EXPECT_EQ(payload.Next<uint8_t>(), 0u);
  EXPECT_TRUE(payload.done());
}

TEST_F(FormatTest, ManifestAndSnapshot) {
  (void)Sections("seg-000001", 1);
  const std::string first = digest_;
  Bytes file = File("MANIFEST");
  EXPECT_EQ(file.At<uint32_t>(file.data().size() - 4), Crc(0, file.data().substr(0, file.data().size() - 4)));
  EXPECT_EQ(file.Take(8), "SCARMAN1");
  EXPECT_EQ(file.Next<uint32_t>(), 0u);
  file.Take(16);
  EXPECT_GE(file.Next<uint64_t>(), 3u);
  EXPECT_EQ(file.Next<uint64_t>(), kRows + 5);  // the snapshot's flush
  EXPECT_EQ(file.Next<uint64_t>(), 3u);         // two segments so far
  Bytes settings(file.Text());
  EXPECT_EQ(settings.Varint(), 1u);
  EXPECT_EQ(settings.Text(), "");
  EXPECT_EQ(settings.Next<uint32_t>(), kD);
  EXPECT_EQ(settings.Next<uint8_t>(), 3u);
  EXPECT_EQ(settings.Take(3), std::string(3, '\0'));  // sync, hot, plain
  EXPECT_EQ(settings.Next<uint64_t>(), config_.memory_limit_bytes);
  EXPECT_EQ(settings.Next<uint32_t>(), config_.seal_rows);
  EXPECT_EQ(settings.Next<uint64_t>(), config_.seal_bytes);
  EXPECT_EQ(settings.Next<uint64_t>(), config_.log_bytes);
  EXPECT_EQ(settings.Next<uint32_t>(), config_.index_rows);
  EXPECT_EQ(settings.Next<uint32_t>(), config_.graph_links);
  EXPECT_EQ(settings.Next<uint32_t>(), config_.graph_build_width);
  EXPECT_TRUE(settings.done());
  EXPECT_EQ(file.Varint(), 1u);
  EXPECT_EQ(file.Text(), "n");
  EXPECT_EQ(file.Next<uint8_t>(), 2u);
  ASSERT_EQ(file.Varint(), 2u);
  EXPECT_EQ(file.Next<uint64_t>(), 1u);
  EXPECT_EQ(file.Take(32), first);
  EXPECT_EQ(file.Varint(), 1u);
  EXPECT_EQ(file.Varint(), kRows + 2);  // the deletion's record
  EXPECT_EQ(file.Varint(), 3u);         // of row 3
  EXPECT_EQ(file.Next<uint64_t>(), 2u);
  file.Take(32);
  EXPECT_EQ(file.Varint(), 0u);
  file.Take(4);
  EXPECT_TRUE(file.done());

  std::string list;
  for (const auto& [path, content] : image_) {
    if (!path.starts_with("db/snap/") || path.ends_with("/SNAPSHOT")) continue;
    for (const char c : Blake(content)) {
      char hex[3];
      std::snprintf(hex, sizeof(hex), "%02x", uint8_t(c));
      list += hex;
    }
    list += " " + std::to_string(content.size()) + " " + path.substr(8) + "\n";
  }
  EXPECT_EQ(image_["db/snap/SNAPSHOT"], list);
}

}  // namespace
}  // namespace sidecar::by_page
