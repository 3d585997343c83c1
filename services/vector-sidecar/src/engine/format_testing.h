// Reads files by the offsets and rules of docs/format.md alone, with none of the engine's own readers.
#pragma once

#include <sodium.h>

#include <cstring>

#include "src/engine/testing.h"

namespace sidecar::by_page {

inline constexpr uint32_t kD = 320;  // padded 320, so that the rotation has both its Hadamard halves and its butterfly
inline constexpr uint64_t kRows = 64;

inline uint32_t Crc(uint32_t start, std::string_view bytes) {  // RFC 3720, bit by bit
  uint32_t crc = ~start;
  for (const char c : bytes) {
    crc ^= uint8_t(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0x82f63b78u & (0u - (crc & 1)));
  }
  return ~crc;
}

inline std::string Blake(const std::string& bytes) {
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

}  // namespace sidecar::by_page
