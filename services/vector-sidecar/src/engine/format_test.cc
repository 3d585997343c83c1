// docs/format.md against real files: everything is read here by the offsets and rules of that page alone, with none of the engine's own
// readers, and compared with what was written.
#include <sodium.h>

#include <cmath>
#include <cstring>

#include "src/engine/testing.h"
#include "src/segment/segment.h"

namespace sidecar {
namespace {

constexpr uint32_t kD = 320;  // padded 320, so that the rotation has both its Hadamard halves and its butterfly
constexpr uint64_t kRows = 64;

uint32_t Crc(uint32_t start, std::string_view bytes) {  // RFC 3720, bit by bit
  uint32_t crc = ~start;
  for (const char c : bytes) {
    crc ^= uint8_t(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0x82f63b78u & (0u - (crc & 1)));
  }
  return ~crc;
}

std::string Blake(const std::string& bytes) {
  std::string digest(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), 32, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
  return digest;
}

class Bytes {
 public:
  explicit Bytes(std::string data) : data_(std::move(data)) {}
  template <typename T>
  T At(size_t offset) const {
    T value{};
    EXPECT_LE(offset + sizeof(T), data_.size());
    if (offset + sizeof(T) <= data_.size()) std::memcpy(&value, data_.data() + offset, sizeof(T));
    return value;
  }
  template <typename T>
  T Next() {
    at_ += sizeof(T);
    return At<T>(at_ - sizeof(T));
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = Next<uint8_t>();
      value |= uint64_t(byte & 127) << shift;
      if (byte < 128 || shift > 56) return value;
    }
  }
  std::string Text() { return Take(Varint()); }
  std::string Take(size_t n) {
    at_ += n;
    return data_.substr(at_ - n, n);
  }
  bool done() const { return at_ == data_.size(); }
  const std::string& data() const { return data_; }

 private:
  std::string data_;
  size_t at_ = 0;
};

class FormatTest : public testing::Test {
 protected:
  void SetUp() override {
    config_ = SmallConfig(kD, Distance::kDot);
    config_.index_rows = 32;
    config_.log_bytes = 1 << 20;
    std::mt19937 random(11);
    auto c = std::move(*OpenIn(&env_, config_));
    Operation index;
    index.type = OpType::kCreateIndex;
    index.key = "n";
    index.field_type = FieldType::kInteger;
    ASSERT_TRUE(c->Apply(index).ok());
    for (uint64_t id = 0; id < kRows; ++id) {
      points_.push_back(MakePoint(&random, id, kD));
      ASSERT_TRUE(c->Apply(Upsert({points_.back()})).ok());  // the last one seals
    }
    ASSERT_TRUE(c->Apply(Delete({3})).ok());
    ASSERT_TRUE(c->Apply(FlushOp()).ok());
    Point named = MakePoint(&random, 0, kD);
    named.id = *PointId::Uuid("00112233-4455-6677-8899-aabbccddeeff");
    named.payload = {{"list", Value{List{Value{true}, Value{1.5}, Value{std::monostate()}}}}, {"in", Value{Payload{{"x", Value{int64_t(-2)}}}}}};
    points_.push_back(named);
    ASSERT_TRUE(c->Apply(Upsert({named})).ok());
    ASSERT_TRUE(c->Snapshot("db/snap").ok());
    ASSERT_TRUE(c->Close().ok());
    image_ = env_.CurrentImage();
  }

  Bytes File(const std::string& name) {
    EXPECT_TRUE(image_.contains("db/c/" + name)) << name;
    return Bytes(image_["db/c/" + name]);
  }

  // Section 3; checks every checksum and returns the content of each section by kind, in the order of the file.
  std::vector<std::pair<uint32_t, std::string>> Sections(const std::string& name, uint32_t purpose) {
    const Bytes file = File(name);
    EXPECT_EQ(file.data().substr(0, 8), "SCARBLK1");
    EXPECT_EQ(file.At<uint32_t>(8), purpose);
    EXPECT_EQ(file.At<uint32_t>(12), 0u);
    EXPECT_EQ(file.At<uint64_t>(16), 1u);
    EXPECT_EQ(file.At<uint64_t>(24), 0u);
    const uint64_t blocks = file.At<uint64_t>(32);
    EXPECT_EQ(file.At<uint32_t>(40), kRows);
    const size_t table = 4096 + blocks * 65536;
    EXPECT_EQ(file.data().size(), table + 4 * blocks);
    EXPECT_EQ(file.At<uint32_t>(48), Crc(0, file.data().substr(table)));
    EXPECT_EQ(file.At<uint32_t>(4092), Crc(0, file.data().substr(0, 4092)));
    for (uint64_t b = 0; b < blocks; ++b) {
      EXPECT_EQ(file.At<uint32_t>(table + 4 * b), Crc(uint32_t(b), file.data().substr(4096 + b * 65536, 65536))) << b;
    }
    std::vector<std::pair<uint32_t, std::string>> sections;
    for (uint32_t i = 0; i < file.At<uint32_t>(44); ++i) {
      const size_t at = 52 + 24 * i;
      EXPECT_EQ(file.At<uint32_t>(at + 4), 0u);
      EXPECT_EQ(file.At<uint64_t>(at + 8) % 64, 0u);
      sections.emplace_back(file.At<uint32_t>(at), file.data().substr(4096 + file.At<uint64_t>(at + 8), file.At<uint64_t>(at + 16)));
    }
    digest_ = Blake(file.data().substr(0, 4096) + file.data().substr(table));
    return sections;
  }

  SimEnv env_{9};
  CollectionConfig config_;
  std::vector<Point> points_;  // the last has a UUID
  SimEnv::Image image_;
  std::string digest_;  // of the block file read last
};

std::vector<double> Rotated(const float* row) {  // section 4
  std::vector<double> v(row, row + kD);
  uint64_t state = 0x5ca1ab1e00000000ull + kD;
  const size_t p = kD, power = 256;
  for (int round = 0; round < 4; ++round) {
    for (double& x : v) {
      uint64_t z = state += 0x9e3779b97f4a7c15ull;
      z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ z >> 27) * 0x94d049bb133111ebull;
      if ((z ^ z >> 31) >> 63) x = -x;
    }
    const size_t from = round % 2 == 0 ? 0 : p - power;
    for (size_t half = 1; half < power; half *= 2) {
      for (size_t i = 0; i < power; ++i) {
        if (i & half) continue;
        const double x = v[from + i], y = v[from + i + half];
        v[from + i] = x + y;
        v[from + i + half] = x - y;
      }
    }
    for (size_t i = 0; i < power; ++i) v[from + i] /= std::sqrt(double(power));
    for (size_t i = 0; i < p / 2; ++i) {
      const double x = v[i], y = v[i + p / 2];
      v[i] = (x + y) / std::sqrt(2.0);
      v[i + p / 2] = (x - y) / std::sqrt(2.0);
    }
  }
  return v;
}

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

TEST_F(FormatTest, Segment) {
  const auto sections = Sections("seg-000001", 1);
  const std::vector<uint32_t> kinds = {1, 2, 4, 3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
  ASSERT_EQ(sections.size(), kinds.size());
  std::map<uint32_t, Bytes> by_kind;
  for (size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(sections[i].first, kinds[i]);
    by_kind.emplace(sections[i].first, Bytes(sections[i].second));
  }
  const auto section = [&](uint32_t kind) -> const Bytes& { return by_kind.at(kind); };
  std::vector<double> mean(kD);
  for (uint64_t row = 0; row < kRows; ++row) {
    for (uint32_t i = 0; i < kD; ++i) mean[i] += points_[row].vectors[""][i] / double(kRows);
  }
  const std::vector<float> mean_row(mean.begin(), mean.end());
  const std::vector<double> centroid = Rotated(mean_row.data());
  for (uint32_t i = 0; i < kD; ++i) EXPECT_NEAR(section(19).At<float>(4 * i), centroid[i], 1e-4);
  EXPECT_EQ(section(10).At<uint64_t>(0), ~0ull);
  EXPECT_EQ(section(3).At<uint64_t>(8 * kRows), section(4).data().size());
  uint32_t undecided = 0;
  for (uint64_t row = 0; row < kRows; ++row) {
    SCOPED_TRACE(row);
    EXPECT_EQ(section(1).At<uint8_t>(17 * row), 0u);
    EXPECT_EQ(section(1).At<uint64_t>(17 * row + 1), 0u);
    EXPECT_EQ(section(1).At<uint64_t>(17 * row + 9), row);
    EXPECT_EQ(section(2).At<uint64_t>(8 * row), row + 2);  // the index was record 1
    Bytes payload(section(4).data().substr(section(3).At<uint64_t>(8 * row), section(3).At<uint64_t>(8 * row + 8) - section(3).At<uint64_t>(8 * row)));
    EXPECT_EQ(payload.Varint(), 2u);
    EXPECT_EQ(payload.Text(), "n");
    EXPECT_EQ(payload.Next<uint8_t>(), 3u);
    EXPECT_EQ(payload.Next<int64_t>(), std::get<int64_t>(points_[row].payload.at("n").data));
    EXPECT_EQ(payload.Text(), "tag");
    EXPECT_EQ(payload.Next<uint8_t>(), 5u);
    EXPECT_EQ(payload.Text(), std::get<std::string>(points_[row].payload.at("tag").data));
    EXPECT_TRUE(payload.done());

    const std::vector<float>& v = points_[row].vectors[""];
    float largest = 0;
    for (uint32_t i = 0; i < kD; ++i) {
      EXPECT_EQ(section(11).At<float>(4 * (row * kD + i)), v[i]);
      largest = std::max(largest, std::abs(v[i]));
    }
    const float scale = section(13).At<float>(4 * row);
    EXPECT_EQ(scale, largest / 127.0f);
    int64_t squares = 0;
    for (uint32_t i = 0; i < kD; ++i) {
      const int code = section(12).At<int8_t>(row * kD + i);
      EXPECT_NEAR(code, v[i] / scale, 0.5001);
      squares += code * code;
    }
    EXPECT_FLOAT_EQ(section(14).At<float>(4 * row), scale * scale * float(squares));

    const std::vector<double> rotated = Rotated(v.data());
    double absolute = 0, squared = 0, bias = 0;
    uint32_t ones = 0;
    for (uint32_t i = 0; i < kD; ++i) {
      const double r = rotated[i] - centroid[i];
      absolute += std::abs(r);
      squared += r * r;
      bias += rotated[i] * centroid[i];
      const bool bit = section(15).At<uint64_t>(8 * (row * (kD / 64) + i / 64)) >> (i % 64) & 1;
      ones += bit;
      if (std::abs(r) < 1e-4) {
        ++undecided;
      } else {
        EXPECT_EQ(bit, r >= 0) << i;
      }
    }
    EXPECT_NEAR(section(16).At<float>(4 * row), squared / absolute, 1e-3);
    EXPECT_NEAR(section(17).At<float>(4 * row), bias, 1e-2);
    EXPECT_EQ(section(18).At<uint32_t>(4 * row), ones);
  }
  EXPECT_LT(undecided, kRows * kD / 100);
}

TEST_F(FormatTest, ASectionThatBeginsWhereNoneMayIsRefused) {
  std::string& file = image_["db/c/seg-000001"];
  const Bytes before(file);
  for (uint32_t i = 0; i < before.At<uint32_t>(44); ++i) {
    const size_t at = 52 + 24 * i + 8;
    for (const uint64_t by : {2, 4, 32}) {
      file = before.data();
      const uint64_t offset = before.At<uint64_t>(at) + by;
      std::memcpy(&file[at], &offset, sizeof(offset));
      const uint32_t crc = Crc(0, std::string_view(file).substr(0, 4092));
      std::memcpy(&file[4092], &crc, sizeof(crc));
      SimEnv env(image_, 1);
      const auto opened = Segment::Open(&env, "db/c", 1, &config_, nullptr);
      EXPECT_EQ(opened.status().code(), Code::kCorruption) << "section " << i << " later by " << by;
    }
  }
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

TEST_F(FormatTest, Graph) {
  (void)Sections("seg-000001", 1);
  const std::string owner = digest_;
  const auto sections = Sections("idx-000001-0", 2);
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].first, 30u);
  EXPECT_EQ(sections[0].second, owner);
  EXPECT_EQ(sections[1].first, 31u);
  Bytes graph(sections[1].second);
  const uint32_t m = graph.Next<uint32_t>(), entry = graph.Next<uint32_t>(), n = graph.Next<uint32_t>();
  const uint64_t upper = graph.Next<uint64_t>();
  EXPECT_EQ(m, config_.graph_links);
  EXPECT_EQ(n, kRows);
  EXPECT_LT(entry, n);
  std::vector<uint8_t> level;
  for (uint32_t row = 0; row < n; ++row) level.push_back(graph.Next<uint8_t>());
  std::vector<uint64_t> start;
  for (uint32_t row = 0; row < n; ++row) start.push_back(graph.Next<uint64_t>());
  uint64_t links = 0;
  const auto check = [&](const std::vector<uint32_t>& list, uint32_t row, uint32_t at_level) {  // its length, then room for links
    ASSERT_LT(list[0], list.size());
    for (uint32_t i = 1; i <= list[0]; ++i) {
      ++links;
      ASSERT_LT(list[i], n);
      EXPECT_NE(list[i], row);
      EXPECT_GE(level[list[i]], at_level);
    }
  };
  const auto words = [&](uint64_t count) {
    std::vector<uint32_t> out;
    for (uint64_t i = 0; i < count; ++i) out.push_back(graph.Next<uint32_t>());
    return out;
  };
  for (uint32_t row = 0; row < n; ++row) check(words(1 + 2 * m), row, 0);
  EXPECT_GT(links, n);
  const std::vector<uint32_t> above = words(upper);
  for (uint32_t row = 0; row < n; ++row) {
    for (uint32_t l = 1; l <= level[row]; ++l) {
      const uint64_t at = start[row] + (l - 1) * (m + 1);
      ASSERT_LE(at + m + 1, upper);
      check({above.begin() + long(at), above.begin() + long(at + m + 1)}, row, l);
    }
  }
  EXPECT_TRUE(graph.done());
}

}  // namespace
}  // namespace sidecar
