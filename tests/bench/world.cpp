#include "world.hpp"

#include <cmath>
#include <limits>

#include "bench.hpp"

namespace bench {

namespace {

constexpr std::array<column_rule, column_count> rules_of() {
    constexpr std::array<std::array<const char*, 6>, 4> names{{
        {"i_amount_a", "i_amount_b", "i_count_a", "i_count_b", "i_level", "i_done"},
        {"u_amount_a", "u_amount_b", "u_count_a", "u_count_b", "u_level", "u_done"},
        {"e_amount_a", "e_amount_b", "e_count_a", "e_count_b", "e_level", "e_done"},
        {"o_amount_a", "o_amount_b", "o_count_a", "o_count_b", "o_level", "o_done"},
    }};
    std::array<column_rule, column_count> out{};
    for (std::size_t a = 0; a < 4; ++a) {
        const auto& n = names[a];
        column_rule* to = out.data() + a * 6;
        to[0] = {n[0], kind::amount, 1000, 1};
        to[1] = {n[1], kind::amount, 250, 2};
        to[2] = {n[2], kind::count, 40, 1};
        to[3] = {n[3], kind::count, 500, 2};
        to[4] = {n[4], kind::count, 20, 2};
        to[5] = {n[5], kind::flag, 1, 1};
    }
    return out;
}

constexpr std::uint64_t seed = 20'261'001;

/// SplitMix64 (Steele, Lea and Flood 2014), the finalizer alone.
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

constexpr double unit(std::uint64_t bits) noexcept {
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

const std::array<column_rule, column_count> column_rules = rules_of();

double value_at(std::size_t column, std::int64_t row) noexcept {
    const column_rule& rule = column_rules[column];
    const auto at = static_cast<std::uint64_t>(row);
    const std::uint64_t of_row = mixed(seed ^ at);
    const std::uint64_t of_cell = mixed(of_row ^ (column + 1) * 0xD1B54A32D192ED03u);
    const std::uint64_t fate = mixed(of_cell) >> 32;  // 0 … 2³² − 1
    // 0.01 · 0.6 + 0.99 · 0.044444 = 0.05
    const bool sparse = of_row % 100 == 0;
    const auto missing_below = static_cast<std::uint64_t>((sparse ? 0.6 : 0.0444444444) * 0x1p32);
    if (fate < missing_below) return std::numeric_limits<double>::quiet_NaN();
    const double u = unit(of_cell);
    if (rule.what == kind::flag) return u < 0.6 ? 1.0 : 0.0;
    if (fate >= static_cast<std::uint64_t>(0.998 * 0x1p32))
        return (of_cell & 1) != 0 ? -1.0 : rule.top * 2;
    const double skewed = rule.shape == 2 ? u * u : u;
    if (rule.what == kind::count) return std::floor(skewed * (rule.top + 1));
    return static_cast<double>(static_cast<float>(skewed * rule.top));
}

wide_world::wide_world(std::int64_t rows, std::int64_t first_row) : rows_(rows) {
    for (std::size_t k = 0; k < column_count; ++k) {
        columns_[k].resize(static_cast<std::size_t>(rows));
        double* to = columns_[k].data();
        for (std::int64_t i = 0; i < rows; ++i) to[i] = value_at(k, first_row + i);
    }
}

std::array<const double*, column_count> wide_world::columns() const noexcept {
    std::array<const double*, column_count> out{};
    for (std::size_t k = 0; k < column_count; ++k) out[k] = column(k);
    return out;
}

aiueo::column_view wide_world::view(std::size_t k) const noexcept {
    aiueo::column_view out;
    out.type = aiueo::column_type::float64;
    out.length = rows_;
    out.values = column(k);
    return out;
}

narrow_world::narrow_world(const wide_world& from) : rows_(from.rows()) {
    const auto rows = static_cast<std::size_t>(rows_);
    const std::size_t bytes = (rows + 7) / 8;
    const auto set = [](std::vector<std::uint8_t>& bits, std::size_t i) {
        bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1u << (i % 8)));
    };
    for (std::size_t k = 0; k < column_count; ++k) {
        const double* x = from.column(k);
        switch (column_rules[k].what) {
        case kind::amount:
            amounts_[k].resize(rows);
            for (std::size_t i = 0; i < rows; ++i) amounts_[k][i] = static_cast<float>(x[i]);
            break;
        case kind::count:
            counts_[k].resize(rows);
            validity_[k].resize(bytes);
            for (std::size_t i = 0; i < rows; ++i) {
                if (x[i] != x[i]) continue;
                counts_[k][i] = static_cast<std::int32_t>(x[i]);
                set(validity_[k], i);
            }
            break;
        case kind::flag:
            bits_[k].resize(bytes);
            validity_[k].resize(bytes);
            for (std::size_t i = 0; i < rows; ++i) {
                if (x[i] != x[i]) continue;
                if (x[i] != 0) set(bits_[k], i);
                set(validity_[k], i);
            }
            break;
        }
    }
}

aiueo::column_view narrow_world::view(std::size_t k) const noexcept {
    aiueo::column_view out;
    out.length = rows_;
    out.validity = validity_[k].empty() ? nullptr : validity_[k].data();
    switch (column_rules[k].what) {
    case kind::amount:
        out.type = aiueo::column_type::float32;
        out.values = amounts_[k].data();
        break;
    case kind::count:
        out.type = aiueo::column_type::int32;
        out.values = counts_[k].data();
        break;
    case kind::flag:
        out.type = aiueo::column_type::bit;
        out.values = bits_[k].data();
        break;
    }
    return out;
}

std::int64_t narrow_world::bytes() const noexcept {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < column_count; ++k) {
        sum += amounts_[k].size() * sizeof(float) + counts_[k].size() * sizeof(std::int32_t);
        sum += bits_[k].size() + validity_[k].size();
    }
    return static_cast<std::int64_t>(sum);
}

template <class World>
aiueo::batch bind(const aiueo::plan& to, const World& from, std::int64_t rows) {
    aiueo::batch out{to, rows};
    for (std::size_t k = 0; k < column_count; ++k) {
        aiueo::column_view column = from.view(k);
        column.length = rows;
        if (const aiueo::status ok = out.bind(column_rules[k].name, column); !ok)
            fail(ok.error().to_string());
    }
    return out;
}

template aiueo::batch bind(const aiueo::plan&, const wide_world&, std::int64_t);
template aiueo::batch bind(const aiueo::plan&, const narrow_world&, std::int64_t);

}  // namespace bench
