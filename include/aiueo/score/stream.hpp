// score › stream: snapshots in, scores out, a batch at a time. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/initiatives.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/score/scores_table.hpp"
#include "aiueo/score/summary.hpp"
#include "aiueo/table/arrow_export.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/duplicates.hpp"

namespace aiueo {

/// Bind what an Arrow table has for a batch. Columns of types that cannot be read are errors only
/// where scoring reads them. The table must outlive the batch.
/// Errors: those of batch::bind_table().
[[nodiscard]] inline status bind_arrow(batch& to, const imported_table& table) {
    for (const unsupported_column& one : table.unsupported()) {
        if (!to.reads(one.name)) continue;
        if (auto found = table.find(one.name); !found) return std::move(found).error();
    }
    return to.bind_table(table.columns());
}

struct score_stream_options {
    scores_options scores;
    batch_options batch;                              ///< first_row is the stream's own
    std::optional<std::int32_t> as_of;                ///< one date for all rows
    const initiative_history* initiatives = nullptr;  ///< must outlive the stream
    arrow_validation validation = arrow_validation::full;
    bool check_duplicates = true;
    /// Rows remembered at most where they are in no order; see duplicates.hpp.
    std::int64_t duplicate_budget = duplicate_finder::default_budget;
    summary* add_to = nullptr;  ///< every batch is added to it; must outlive the stream
    /// Called after each batch with the rows scored so far; false cancels.
    std::function<bool(std::int64_t rows)> progress;
};

/// Scores an Arrow stream. Memory: the largest batch, its scores, and what the check for duplicates
/// remembers (duplicates.hpp). After an error the same error comes back.
class score_stream {
public:
    /// Takes the stream over, whatever comes of it. The plan must outlive this.
    /// Errors: those of stream_reader::open(); invalid_argument (initiatives of another plan).
    [[nodiscard]] static result<score_stream> open(const plan& with, ArrowArrayStream* in,
                                                   score_stream_options options = {}) {
        auto reader = stream_reader::open(in, options.validation, "snapshots");
        if (!reader) return std::move(reader).error();
        if (options.initiatives != nullptr && &options.initiatives->made_for() != &with.data()) {
            return make_error(errc::invalid_argument,
                              "the initiatives were prepared for another plan");
        }
        return score_stream{with, *std::move(reader), std::move(options)};
    }

    [[nodiscard]] std::vector<export_field> fields() const {
        return score_fields(plan_->data(), options_.scores.detail);
    }

    /// The scores of the next batch, or nothing at the end.
    /// Errors: those of reading, binding, scoring and check_rows(); cancelled.
    [[nodiscard]] result<std::optional<owned_table>> next() {
        const default_float_mode usual;
        if (failed_) return *failed_;
        auto out = score_next();
        if (!out) failed_ = out.error();
        return out;
    }

    /// Rows scored so far.
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

private:
    score_stream(const plan& with, stream_reader reader, score_stream_options options)
        : plan_(&with),
          reader_(std::move(reader)),
          options_(std::move(options)),
          seen_("snapshots", options_.duplicate_budget) {}

    [[nodiscard]] result<std::optional<owned_table>> score_next() {
        auto table = reader_.next();
        if (!table) return std::move(table).error();
        if (!table->has_value()) return std::optional<owned_table>{};
        const imported_table& input = **table;

        batch_options options = options_.batch;
        options.first_row = input.first_row();
        batch rows{*plan_, input.rows(), std::move(options)};
        if (options_.as_of) rows.set_as_of(*options_.as_of);
        if (options_.initiatives != nullptr) {
            if (status ok = rows.set_initiatives(*options_.initiatives); !ok) {
                return std::move(ok).error();
            }
        }
        if (status ok = bind_arrow(rows, input); !ok) return std::move(ok).error();
        if (options_.check_duplicates) {
            if (status ok = rows.check_rows(seen_); !ok) return std::move(ok).error();
        }
        if (!scores_ || scores_->capacity() < input.rows()) {
            scores_.reset();  // the old ones go before the new ones come
            scores_.emplace(*plan_, input.rows(), options_.scores);
        }
        if (status ok = score(*plan_, rows, {0, input.rows()}, *scores_); !ok) {
            return std::move(ok).error();
        }
        auto out = scores_table(*scores_, &rows, input.rows());
        if (!out) return std::move(out).error();
        if (options_.add_to != nullptr) {
            options_.add_to->add(*scores_, input.rows());
            if (rows.lacks_initiatives()) options_.add_to->warn(lacks_initiatives);
            if (rows_ == 0 && rows.initiatives() != nullptr) {
                for (std::string& one : rows.initiatives()->warnings())
                    options_.add_to->warn(std::move(one));
            }
            if (options_.check_duplicates && !seen_.complete()) {
                options_.add_to->warn("only the first " + std::to_string(seen_.checked()) +
                                      " rows were checked for duplicates");
            }
        }
        rows_ += input.rows();
        if (options_.progress && !options_.progress(rows_)) {
            return make_error(errc::cancelled,
                              "cancelled after " + std::to_string(rows_) + " rows");
        }
        return std::optional<owned_table>{*std::move(out)};
    }

    static constexpr const char* lacks_initiatives =
        "the model counts initiatives and none were given; what they decide is unknown";

    const plan* plan_;
    stream_reader reader_;
    score_stream_options options_;
    duplicate_finder seen_;
    std::optional<scores> scores_;
    std::int64_t rows_ = 0;
    std::optional<error> failed_;
};

}  // namespace aiueo
