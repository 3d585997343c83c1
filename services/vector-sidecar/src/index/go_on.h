// The question long work in the background asks over and over: may it go on?
#pragma once

#include <functional>

namespace sidecar {

// Asked between two rows: false ends the work without a result. May make the caller wait. Empty: always true.
using GoOn = std::function<bool()>;

}  // namespace sidecar
