// score › change_table: changes as the table that every runtime shows, writes and hands on. base ─►
// table ─► model ─► score
//
// customer, presence (both, new, gone), before_as_of, after_as_of; for each axis, touch and overall
// SCORE.before, SCORE.after, SCORE.model, SCORE.staleness, SCORE.missingness, SCORE.behaviour,
// SCORE.kind, SCORE.cause; for each ladder LADDER.before and LADDER.after; band.before, band.after.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/score/change_json.hpp"
#include "aiueo/table/arrow_export.hpp"

namespace aiueo {

namespace detail {

class change_table_builder {
public:
    change_table_builder(const changes& from, const change_sides& sides,
                         const matched_customers& matched)
        : from_(from),
          sides_(sides),
          matched_(matched),
          pairs_(matched.pairs.size()),
          rows_(pairs_ + matched.new_rows.size() + matched.gone_rows.size()),
          out_(static_cast<std::int64_t>(rows_)) {}

    [[nodiscard]] result<owned_table> run() {
        if (static_cast<std::size_t>(from_.totals().rows) != pairs_ ||
            &sides_.with->data() != &from_.with()) {
            return make_error(errc::invalid_argument,
                              "the changes were not split from these customers");
        }
        if (status ok = add_who(); !ok) return std::move(ok).error();
        for (std::size_t s = 0; s < change_scores; ++s) {
            if (!from_.layout().blocks[s].in_use) continue;
            if (status ok = add_score(s); !ok) return std::move(ok).error();
        }
        if (status ok = add_levels(); !ok) return std::move(ok).error();
        return std::move(out_);
    }

private:
    /// Row k of the table in the earlier (0) and later (1) snapshots, −1 where it is not there.
    [[nodiscard]] std::int64_t row_of(std::size_t k, std::size_t side) const noexcept {
        if (k < pairs_) return side == 0 ? matched_.pairs[k].before : matched_.pairs[k].after;
        k -= pairs_;
        if (k < matched_.new_rows.size()) return side == 1 ? matched_.new_rows[k] : -1;
        return side == 0 ? matched_.gone_rows[k - matched_.new_rows.size()] : -1;
    }

    [[nodiscard]] status add_who() {
        text_builder keys;
        text_builder words;
        for (const char* const word : {"both", "new", "gone"}) words.add(word);
        std::vector<std::uint16_t> presence(rows_);
        for (std::size_t k = 0; k < rows_; ++k) {
            key_buffer buffer;
            const std::int64_t later = row_of(k, 1);
            const auto key = later >= 0 ? sides_.after->key_at(later, buffer)
                                        : sides_.before->key_at(row_of(k, 0), buffer);
            if (key) {
                keys.add(*key);
            } else {
                keys.add_null();
            }
            presence[k] = later < 0 ? 2 : (row_of(k, 0) < 0 ? 1 : 0);
        }
        if (status ok = out_.add_text("customer", std::move(keys)); !ok) return ok;
        if (status ok = out_.add_codes("presence", std::move(presence), std::move(words)); !ok)
            return ok;
        if (status ok = add_days("before_as_of", *sides_.before, 0); !ok) return ok;
        return add_days("after_as_of", *sides_.after, 1);
    }

    [[nodiscard]] status add_days(std::string_view name, const batch& from, std::size_t side) {
        std::vector<std::int32_t> days(rows_);
        std::vector<std::uint8_t> known(
            static_cast<std::size_t>(bytes_for_bits(static_cast<std::int64_t>(rows_))));
        for (std::size_t k = 0; k < rows_ && from.has_as_of(); ++k) {
            const std::int64_t row = row_of(k, side);
            if (row < 0) continue;
            double day = 0;
            value_state state{};
            if (status ok = from.load_as_of(row, {&day, &state, 1}); !ok) return ok;
            days[k] = static_cast<std::int32_t>(day);
            set_bit(known.data(), static_cast<std::int64_t>(k), true);
        }
        return out_.add_dates(name, std::move(days), std::move(known));
    }

    [[nodiscard]] std::vector<double> numbers(const std::vector<double>& of) const {
        std::vector<double> out(rows_, unknown_value);
        std::copy_n(of.begin(), pairs_, out.begin());
        return out;
    }

    [[nodiscard]] status add_score(std::size_t which) {
        const changes::of_score& one = from_[which];
        const std::string name{change_score_name(which)};
        if (status ok = out_.add_numbers(name + ".before", numbers(one.before)); !ok) return ok;
        if (status ok = out_.add_numbers(name + ".after", numbers(one.after)); !ok) return ok;
        for (std::size_t p = 0; p < change_part_count; ++p) {
            const std::string part = name + "." + std::string{change_part_names[p]};
            if (status ok = out_.add_numbers(part, numbers(one.parts[p])); !ok) return ok;
        }
        constexpr std::uint16_t none = 0xFFFF;
        std::vector<std::uint16_t> kinds(rows_, none);
        std::vector<std::uint16_t> causes(rows_, none);
        for (std::size_t k = 0; k < pairs_; ++k) {
            kinds[k] = static_cast<std::uint16_t>(one.outcome[k].kind);
            if (one.outcome[k].cause != no_part) causes[k] = one.outcome[k].cause;
        }
        text_builder kind_words;
        text_builder cause_words;
        for (const std::string_view word : change_kind_names) kind_words.add(word);
        for (const std::string_view word : change_part_names) cause_words.add(word);
        if (status ok = out_.add_codes(name + ".kind", std::move(kinds), std::move(kind_words));
            !ok)
            return ok;
        return out_.add_codes(name + ".cause", std::move(causes), std::move(cause_words));
    }

    [[nodiscard]] status add_level(std::string name, std::span<const level_index> levels,
                                   const std::vector<std::string>& names) {
        text_builder words;
        for (const std::string& one : names) words.add(one);
        std::vector<std::uint16_t> codes(rows_, 0xFFFF);  // −1 becomes it too: null
        for (std::size_t k = 0; k < pairs_; ++k) codes[k] = static_cast<std::uint16_t>(levels[k]);
        return out_.add_codes(std::move(name), std::move(codes), std::move(words));
    }

    [[nodiscard]] static std::vector<std::string> names_of(const ladder* of) {
        std::vector<std::string> out;
        if (of == nullptr) return out;
        for (const rung& one : of->rungs) out.push_back(one.name);
        return out;
    }

    [[nodiscard]] status add_levels() {
        const model& then = from_.from().model;
        const model& now = from_.with().model;
        constexpr std::size_t last = change_state_count - 1;
        for (std::size_t l = 0; l < now.rules.ladders.size(); ++l) {
            const ladder& rules = now.rules.ladders[l];
            const ladder* old = ladder_named(then, rules.name);
            if (status ok = add_level(rules.name + ".before", from_.stage(l, 0), names_of(old));
                !ok)
                return ok;
            if (status ok =
                    add_level(rules.name + ".after", from_.stage(l, last), names_of(&rules));
                !ok)
                return ok;
        }
        if (!now.rules.bands) return {};
        const std::vector<std::string> none;
        if (status ok = add_level("band.before", from_.band(0),
                                  then.rules.bands ? then.rules.bands->names : none);
            !ok)
            return ok;
        return add_level("band.after", from_.band(last), now.rules.bands->names);
    }

    const changes& from_;
    const change_sides& sides_;
    const matched_customers& matched_;
    std::size_t pairs_;
    std::size_t rows_;
    owned_table out_;
};

}  // namespace detail

/// The changes of matched customers, in their order, then the new ones and the gone ones, of whom
/// only customer, presence and date are told. Errors: invalid_argument (changes of other pairs),
/// and those of owned_table.
[[nodiscard]] inline result<owned_table> change_table(const changes& from,
                                                      const change_sides& sides,
                                                      const matched_customers& matched) {
    return detail::change_table_builder{from, sides, matched}.run();
}

}  // namespace aiueo
