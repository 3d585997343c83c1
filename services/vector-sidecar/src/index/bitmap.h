// A dense set of row numbers. Not thread-safe.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "src/kernels/kernels.h"

namespace sidecar {

class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(uint32_t size, bool value = false) { Resize(size, value); }

  uint32_t size() const { return size_; }
  const uint64_t* words() const { return words_.data(); }
  size_t word_count() const { return words_.size(); }
  size_t bytes() const { return words_.capacity() * 8; }

  void Resize(uint32_t size, bool value = false) {
    if (value && size > size_ && size_ % 64 != 0) words_.back() |= ~0ull << (size_ % 64);
    words_.resize((size_t(size) + 63) / 64, value ? ~0ull : 0);
    size_ = size;
    Trim();
  }
  bool Test(uint32_t row) const { return row < size_ && (words_[row / 64] >> (row % 64) & 1) != 0; }
  void Set(uint32_t row) { words_[row / 64] |= 1ull << (row % 64); }
  void Clear(uint32_t row) { words_[row / 64] &= ~(1ull << (row % 64)); }

  uint32_t Count() const { return uint32_t(ActiveKernels().popcount(words_.data(), words_.size())); }
  bool None() const {
    for (const uint64_t w : words_) {
      if (w != 0) return false;
    }
    return true;
  }
  // Both sides must have the same size.
  void And(const Bitmap& o) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= o.words_[i];
  }
  void Or(const Bitmap& o) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= o.words_[i];
  }
  void AndNot(const Bitmap& o) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~o.words_[i];
  }
  void Not() {
    for (uint64_t& w : words_) w = ~w;
    Trim();
  }

  template <typename F>
  void ForEach(F f) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t w = words_[i]; w != 0; w &= w - 1) f(uint32_t(i * 64 + size_t(std::countr_zero(w))));
    }
  }
  bool operator==(const Bitmap&) const = default;

 private:
  void Trim() {
    if (size_ % 64 != 0) words_.back() &= (1ull << (size_ % 64)) - 1;
  }
  uint32_t size_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace sidecar
