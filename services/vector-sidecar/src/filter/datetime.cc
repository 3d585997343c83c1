#include "sidecar/filter.h"

namespace sidecar {
namespace {

// Reads exactly `digits` digits.
bool ReadNumber(std::string_view* text, int digits, int64_t* out) {
  if (text->size() < size_t(digits)) return false;
  *out = 0;
  for (int i = 0; i < digits; ++i) {
    const char c = (*text)[size_t(i)];
    if (c < '0' || c > '9') return false;
    *out = *out * 10 + (c - '0');
  }
  text->remove_prefix(size_t(digits));
  return true;
}

bool ReadChar(std::string_view* text, std::string_view any_of) {
  if (text->empty() || any_of.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

int64_t DaysFromCivil(int64_t y, int64_t m, int64_t d) {  // Hinnant's algorithm, days since 1970-01-01
  y -= m <= 2;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t DaysIn(int64_t year, int64_t month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

std::optional<int64_t> ParseDatetime(std::string_view text) {
  int64_t year, month, day, hour = 0, minute = 0, second = 0, micros = 0, offset_minutes = 0;
  if (!ReadNumber(&text, 4, &year) || !ReadChar(&text, "-") || !ReadNumber(&text, 2, &month) || !ReadChar(&text, "-") ||
      !ReadNumber(&text, 2, &day) || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month)) {
    return std::nullopt;
  }
  if (!text.empty()) {
    if (!ReadChar(&text, "Tt ") || !ReadNumber(&text, 2, &hour) || !ReadChar(&text, ":") || !ReadNumber(&text, 2, &minute)) {
      return std::nullopt;
    }
    if (ReadChar(&text, ":") && !ReadNumber(&text, 2, &second)) return std::nullopt;
    if (ReadChar(&text, ".")) {
      int64_t unit = 100000, digit = 0, digits = 0;
      for (; ReadNumber(&text, 1, &digit); unit /= 10, ++digits) micros += digit * unit;
      if (digits == 0) return std::nullopt;
    }
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      const int64_t sign = text.front() == '+' ? 1 : -1;
      text.remove_prefix(1);
      int64_t zone_hour, zone_minute = 0;
      if (!ReadNumber(&text, 2, &zone_hour)) return std::nullopt;
      (void)ReadChar(&text, ":");
      if (!text.empty() && !ReadNumber(&text, 2, &zone_minute)) return std::nullopt;
      offset_minutes = sign * (zone_hour * 60 + zone_minute);
    } else {
      (void)ReadChar(&text, "Zz");
    }
  }
  if (!text.empty() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const int64_t minutes = (DaysFromCivil(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
  return (minutes * 60 + second) * 1000000 + micros;
}

}  // namespace sidecar
