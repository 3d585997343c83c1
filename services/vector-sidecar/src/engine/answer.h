// The records of one answer, as long as they fit in one: the number of points asked for is a stranger's.
#pragma once

#include <vector>

#include "sidecar/search.h"

namespace sidecar {

class Answer {
 public:
  // False, and nothing added, when it would then hold more than kMaxAnswerBytes. The first always fits.
  bool Add(Record record);
  std::vector<Record> Take() { return std::move(records_); }

 private:
  std::vector<Record> records_;
  uint64_t bytes_ = 0;
};

}  // namespace sidecar
