// capi › batch_options: see batch_options.hpp.
#include "batch_options.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/date.hpp"
#include "aiueo/base/utf8.hpp"

#include "guard.hpp"

namespace aiueo::capi {
namespace {

status read_null_texts(const aiueo_batch_options& given, std::vector<std::string>& out) {
    std::string_view rest;
    if (status ok = read_text(given.null_texts, given.null_texts_length, "null_texts", rest); !ok) {
        return ok;
    }
    if (!is_utf8(rest)) return invalid("null_texts is not UTF-8");
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) out.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

}  // namespace

result<batch_settings> read_batch_options(const aiueo_plan& plan,
                                          const aiueo_batch_options* given) {
    aiueo_batch_options from{};
    batch_settings out;
    if (status ok = read_options(given, "aiueo_batch_options", from); !ok) {
        return std::move(ok).error();
    }
    constexpr std::uint32_t known = AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN | AIUEO_BATCH_ALL_METRICS;
    if (status ok = check_flags(from.flags, known, "flags"); !ok) return std::move(ok).error();
    out.core.missing_columns_are_unknown = (from.flags & AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN) != 0;
    out.core.all_metrics = (from.flags & AIUEO_BATCH_ALL_METRICS) != 0;
    constexpr std::int64_t last = std::int64_t{1} << 62;  // what is added to it stays in 64 bits
    if (from.first_row < 0 || from.first_row > last) {
        return invalid("first_row is " + std::to_string(from.first_row) +
                       "; it is the number of rows before the batch");
    }
    out.core.first_row = from.first_row;
    if (status ok = read_null_texts(from, out.core.null_texts); !ok) return std::move(ok).error();
    if (from.has_as_of != 0 && from.has_as_of != 1) return invalid("has_as_of is neither 0 nor 1");
    if (from.has_as_of == 1) {
        if (status ok = check_as_of(from.as_of); !ok) return std::move(ok).error();
        out.as_of = from.as_of;
    }
    if (from.initiatives != nullptr) {
        out.initiatives = from.initiatives->held;
        if (status ok = require_finished(*out.initiatives); !ok) return std::move(ok).error();
        if (&out.initiatives->history.made_for() != &plan.held->data()) {
            return invalid("the initiatives were prepared for another plan");
        }
    }
    return out;
}

status check_as_of(std::int32_t day) {
    if (day >= min_text_day && day <= max_text_day) return {};
    return invalid("as_of is " + std::to_string(day) +
                   "; dates are days since 1970-01-01, from the year 1 to 9999");
}

result<std::unique_ptr<aiueo_batch>> make_batch(const aiueo_plan& plan, std::int64_t rows,
                                                batch_settings settings) {
    auto out = std::make_unique<aiueo_batch>(plan.held, rows, std::move(settings.core));
    out->initiatives = std::move(settings.initiatives);
    if (settings.as_of) out->rows.set_as_of(*settings.as_of);
    if (out->initiatives != nullptr) {
        if (status ok = out->rows.set_initiatives(out->initiatives->history); !ok) {
            return std::move(ok).error();
        }
    }
    return out;
}

status check_kind(std::int32_t kind) {
    if (kind == AIUEO_SNAPSHOTS) return {};
    return invalid("kind is " + std::to_string(kind) + "; give AIUEO_SNAPSHOTS");
}

result<arrow_validation> read_validation(std::int32_t level) {
    if (level == AIUEO_VALIDATE_FULL) return arrow_validation::full;
    if (level == AIUEO_VALIDATE_BASIC) return arrow_validation::basic;
    if (level == AIUEO_VALIDATE_NONE) return arrow_validation::none;
    return invalid("validation is " + std::to_string(level) + ", which is no AIUEO_VALIDATE_…");
}

result<std::int64_t> read_budget(std::int64_t rows, const char* name) {
    if (rows < 0) {
        return invalid(std::string{name} + " is " + std::to_string(rows) +
                       "; it is the number of rows to remember, or 0 for " +
                       std::to_string(duplicate_finder::default_budget));
    }
    return rows == 0 ? duplicate_finder::default_budget : rows;
}

}  // namespace aiueo::capi
