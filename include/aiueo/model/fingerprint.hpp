// model › fingerprint: one number for everything that decides scores. base ─► table ─► model
//
// Two models with the same fingerprint give the same scores, stages and bands on the same data, to
// the bit. Labels, meanings, plays, goals, alerts and studies are not in it: changing them voids
// nothing.
//
// SHA-256 over the bytes that canonical_bytes() writes: the text "aiueo model 1", then the fields
// in the order of the code below. A text is its length as u64, then its bytes; a number is the bits
// of its double as u64, −0 as +0; an integer is i64; a flag or an enumerator is a byte; an optional
// is a byte 0, or 1 and the value; a list is its length as u64, then its elements. All
// little-endian. Conditions are written as trees, so that white space and parentheses that change
// nothing do not change the fingerprint.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "aiueo/base/sha256.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {
namespace detail {

class canonical_writer {
public:
    [[nodiscard]] std::string take() { return std::move(out_); }

    void text(std::string_view value) {
        integer(static_cast<std::int64_t>(value.size()));
        out_ += value;
    }
    void number(double value) { integer(std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value)); }
    void integer(std::int64_t value) {
        const auto bits = static_cast<std::uint64_t>(value);
        for (int shift = 0; shift < 64; shift += 8)
            out_ += static_cast<char>((bits >> shift) & 0xFFU);
    }
    void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
    void flag(bool value) { byte(value ? 1 : 0); }
    template <class word>
    requires std::is_enum_v<word>
    void choice(word value) { byte(static_cast<std::uint8_t>(value)); }
    void number(const std::optional<double>& value) {
        flag(value.has_value());
        if (value) number(*value);
    }
    void integer(const std::optional<std::int32_t>& value) {
        flag(value.has_value());
        if (value) integer(std::int64_t{*value});
    }
    template <class list, class action>
    void each(const list& all, action&& act) {
        integer(static_cast<std::int64_t>(all.size()));
        for (const auto& one : all) act(one);
    }

    void condition(const expression& value) {
        each(value.nodes, [this](const node& one) {
            choice(one.what);
            flag(one.what == op::number && one.type == value_type::date);
            number(one.number);
            text(one.text);
            each(one.operands, [this](std::uint32_t child) { integer(std::int64_t{child}); });
        });
    }

    void write(const metric& one) {
        text(one.name);
        choice(one.from);
        choice(one.type);
        number(one.min);
        number(one.max);
        integer(one.max_age_days);
        text(one.counted.initiative);
        choice(one.counted.what);
        choice(one.counted.of);
        integer(std::int64_t{one.counted.window_days});
        condition(one.derive);
    }

    void write(const component& one) {
        text(one.name);
        each(one.inputs, [this](const std::string& input) { text(input); });
        flag(one.is_share);
        number(one.of_zero);
        choice(one.how);
        each(one.knots, [this](const knot& each_knot) {
            number(each_knot.at);
            number(each_knot.score);
        });
        number(one.below);
        each(one.table, [this](const std::pair<std::string, double>& row) {
            text(row.first);
            number(row.second);
        });
        number(one.otherwise);
        flag(one.invert);
        text(one.scorer);
        integer(std::int64_t{one.scorer_version});
        text(one.params);
        number(one.weight);
        choice(one.missing);
        number(one.prior);
        integer(one.from);
        integer(one.until);
    }

    void write(const std::vector<cap>& caps, const std::optional<score_override>& manual) {
        each(caps, [this](const cap& one) {
            condition(one.when);
            number(one.at_most);
        });
        flag(manual.has_value());
        if (!manual) return;
        text(manual->metric);
        choice(manual->how);
    }

    void write(const scheme& rules) {
        for (const group& one : rules.groups) {
            each(one.components,
                 [this](const component& each_component) { write(each_component); });
            number(one.min_coverage);
            write(one.caps, one.manual);
        }
        for (const double weight : rules.overall.weights) number(weight);
        choice(rules.overall.how);
        integer(std::int64_t{rules.overall.min_axes});
        number(rules.overall.min_coverage);
        write(rules.overall.caps, rules.overall.manual);
        each(rules.ladders, [this](const ladder& one) {
            text(one.name);
            each(one.rungs, [this](const rung& each_rung) {
                text(each_rung.name);
                condition(each_rung.when);
                integer(each_rung.expected_by_days);
            });
        });
        flag(rules.bands.has_value());
        if (!rules.bands) return;
        text(rules.bands->of);
        each(rules.bands->edges, [this](double edge) { number(edge); });
        each(rules.bands->names, [this](const std::string& name) { text(name); });
    }

private:
    std::string out_;
};

}  // namespace detail

/// What decides a model's scores, as bytes. Only of a model that check_model() found no error in.
[[nodiscard]] inline std::string canonical_bytes(const model& subject) {
    detail::canonical_writer to;
    to.text("aiueo model 1");
    to.integer(std::int64_t{subject.minor_digits});
    to.text(subject.zone.name);
    for (const std::string_view role :
         {"contract_start", "mrr", "mrr_before"}) {  // patterns read these
        const auto found = subject.roles.find(std::string{role});
        to.text(found == subject.roles.end() ? std::string_view{}
                                             : std::string_view{found->second});
    }
    to.flag(subject.steps.declared);
    to.number(subject.steps.threshold);
    to.each(subject.metrics, [&to](const metric& one) { to.write(one); });
    to.write(subject.rules);
    to.each(subject.profiles, [&to](const profile& one) {
        to.text(one.name);
        to.condition(one.when);
        to.write(one.rules);
    });
    return to.take();
}

/// 64 hex digits.
[[nodiscard]] inline std::string fingerprint_of(const model& subject) {
    return sha256_hex(canonical_bytes(subject));
}

}  // namespace aiueo
