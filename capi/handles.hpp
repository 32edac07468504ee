// capi › handles: what is behind the incomplete structures of aiueo.h.
//
// Handles may be freed in any order, so whatever one needs of another it shares.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "aiueo.h"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/initiatives.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scorer.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/score/summary.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/column.hpp"
#include "aiueo/table/duplicates.hpp"

#include "kept.hpp"

namespace aiueo::capi {

using shared_plan = std::shared_ptr<const aiueo::plan>;

/// Initiatives while they are collected and after. Immutable once finished.
struct initiatives_state {
    explicit initiatives_state(shared_plan of) : plan(std::move(of)), history(*plan) {}
    shared_plan plan;
    initiative_history history;         ///< filled at the end where there is a log
    std::optional<initiative_log> log;  ///< all rows, where they are kept
    bool finished = false;
    bool broken = false;  ///< memory ran out, or without a log a stream failed, in the middle
};

/// Errors: invalid_state.
[[nodiscard]] status require_finished(const initiatives_state& initiatives);

/// A summary and the plan it counts for.
struct summary_state {
    explicit summary_state(shared_plan of) : plan(std::move(of)), counts(*plan) {}
    shared_plan plan;
    summary counts;
};

}  // namespace aiueo::capi

struct aiueo_scorers {
    std::vector<aiueo::named_scorer> all;
};

struct aiueo_plan {
    aiueo::capi::shared_plan held;
};

struct aiueo_initiatives {
    std::shared_ptr<aiueo::capi::initiatives_state> held;
};

struct aiueo_batch : aiueo::capi::kept_handle {
    aiueo::capi::shared_plan plan;
    std::shared_ptr<const aiueo::capi::initiatives_state> initiatives;
    std::optional<aiueo::imported_table> table;   ///< an imported batch's columns and their owner
    std::deque<aiueo::column_view> dictionaries;  ///< bound columns point at these
    aiueo::batch rows;

    aiueo_batch(aiueo::capi::shared_plan of, std::int64_t count, aiueo::batch_options options)
        : plan(std::move(of)), rows(*plan, count, std::move(options)) {}
};

struct aiueo_duplicates {
    aiueo::duplicate_finder seen;
};

struct aiueo_scores : aiueo::capi::kept_handle {
    aiueo::capi::shared_plan plan;
    aiueo::scores values;

    aiueo_scores(aiueo::capi::shared_plan of, std::int64_t rows, aiueo::scores_options options)
        : plan(std::move(of)), values(*plan, rows, options) {}
};

struct aiueo_summary {
    std::shared_ptr<aiueo::capi::summary_state> held;
};
