// Which rows a walk has seen; kept per thread and emptied in constant time.
#pragma once

#include <cstdint>
#include <vector>

namespace sidecar {

class Visited {
 public:
  // The calling thread's set, empty, with room for `rows`.
  static Visited& ForThread(uint32_t rows) {
    thread_local Visited visited;
    if (visited.marks_.size() < rows) visited.marks_.resize(rows, 0);
    if (++visited.round_ == 0) {
      visited.marks_.assign(visited.marks_.size(), 0);
      visited.round_ = 1;
    }
    return visited;
  }
  bool Insert(uint32_t row) {  // false when it was there
    if (marks_[row] == round_) return false;
    marks_[row] = round_;
    return true;
  }

 private:
  std::vector<uint32_t> marks_;
  uint32_t round_ = 0;
};

}  // namespace sidecar
