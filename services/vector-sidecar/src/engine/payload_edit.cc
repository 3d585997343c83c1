#include "src/engine/state.h"

namespace sidecar {

void MergePayload(const Payload& changes, const std::string& key, Payload* payload) {
  Payload* target = payload;
  std::string_view path = key;
  while (!path.empty()) {
    const size_t dot = path.find('.');
    Value& next = (*target)[std::string(path.substr(0, dot))];
    if (!std::holds_alternative<Payload>(next.data)) next.data = Payload();
    target = &std::get<Payload>(next.data);
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  for (const auto& [name, value] : changes) (*target)[name] = value;
}

void RemoveKey(std::string_view path, Payload* payload) {
  const size_t dot = path.find('.');
  const auto found = payload->find(path.substr(0, dot));
  if (found == payload->end()) return;
  if (dot == std::string_view::npos) {
    payload->erase(found);
  } else if (auto* inner = std::get_if<Payload>(&found->second.data)) {
    RemoveKey(path.substr(dot + 1), inner);
  }
}

}  // namespace sidecar
