// Between the wire's messages and the engine's values. Whatever has no counterpart here is refused by name.
#pragma once

#include "points_service.pb.h"
#include "sidecar/operation.h"
#include "sidecar/search.h"

namespace sidecar {

Status Unsupported(const std::string& what);

// A field this server does not know may change what a request means, so it is refused, at any depth, by its number; a field
// that is known and not served is refused by its name.
Status RefuseUnserved(const google::protobuf::Message& message);

Result<PointId> FromWire(const qdrant::PointId& id);
void ToWire(const PointId& id, qdrant::PointId* out);

using WirePayload = google::protobuf::Map<std::string, qdrant::Value>;
Result<Payload> FromWire(const WirePayload& payload);
void ToWire(const Payload& payload, WirePayload* out);
void ToWire(const Value& value, qdrant::Value* out);

Result<std::map<std::string, std::vector<float>>> FromWire(const qdrant::Vectors& vectors);
void ToWire(const std::map<std::string, std::vector<float>>& vectors, qdrant::VectorsOutput* out);

Result<Filter> FromWire(const qdrant::Filter& filter);
// Ids or a filter into the operation; a selector that is not there is refused.
Status FromWire(const qdrant::PointsSelector& selector, Operation* operation);

// Microseconds since 1970; what is beyond 64 bits of them is the largest or smallest there is.
int64_t Micros(const qdrant::Instant& instant);

Result<OrderBy> FromWire(const qdrant::OrderBy& order);

PayloadSelector FromWire(const qdrant::WithPayloadSelector& selector, bool present, bool otherwise);
VectorSelector FromWire(const qdrant::WithVectorsSelector& selector);

void ToWire(const Record& record, qdrant::ScoredPoint* out);
void ToWire(const Record& record, qdrant::RetrievedPoint* out);

}  // namespace sidecar
