// Snapshots of choices for a model, and the columns that a host might have them in.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/table/column.hpp"

#include "plain_scores.hpp"

namespace fuzzing {

/// Where something changes for a metric: knots, thresholds, limits.
inline std::vector<double> spots_of(const plain_model& model, const plain_metric& metric) {
    std::vector<double> out{0, 1, 10, 50};
    for (const plain_group& group : model.rules.groups) {
        for (const plain_component& one : group.components) {
            if (one.inputs.size() == 2 || one.inputs[0] != metric.name) continue;
            for (const auto& [at, score] : one.knots) {
                out.push_back(at);
                out.push_back(std::nextafter(at, -1e300));
            }
        }
    }
    if (metric.min) out.push_back(*metric.min);
    if (metric.max) out.push_back(*metric.max);
    return out;
}

inline plain_cell make_cell(choices& in, const plain_model& model, const plain_metric& metric) {
    plain_cell out;
    if (metric.max_age && !in.one_in(5)) {
        out.observed = today - in.pick<double>({0, 1, 6, 7, 8, 30, 31, 180, 181, -1});
    }
    const std::uint8_t what = in.byte();
    if (what % 5 == 4) return out;
    const bool bad = what % 16 == 15;
    out.is = bad ? plain_cell::state::bad : plain_cell::state::given;
    switch (metric.what) {
    case kind::flag:
        out.number = bad ? in.pick<double>({2, 0.5, -1}) : in.pick<double>({1, 0});
        break;
    case kind::text:
        out.is = plain_cell::state::given;
        out.text = in.one_in(8) ? "other" : in.pick(plain_texts());
        break;
    case kind::date:
        out.is = plain_cell::state::given;
        out.number = in.one_in(8) ? in.pick<double>({-719162, 2932896, -1e9, 1e9, 0})
                                  : today - in.pick<double>({0, 1, 7, 30, 31, -1, -400, 366, 6});
        break;
    case kind::number:
    case kind::unknown: {
        const double infinity = std::numeric_limits<double>::infinity();
        if (metric.money) {
            constexpr double most = 281474976710655.0;
            const double minor = in.pick<double>({0, 1, 100, 1200, 99, -1, most, -most, 333, 5000});
            out.number = bad ? in.pick({1e300, 0.00001, infinity, -infinity})
                             : minor / (model.minor_digits == 0   ? 1
                                        : model.minor_digits == 2 ? 100
                                                                  : 1000);
            break;
        }
        const std::vector<double> spots = spots_of(model, metric);
        out.number = in.one_in(6)   ? in.any_double()
                     : in.one_in(3) ? static_cast<double>(in.byte()) / 8
                                    : in.pick(spots);
        if (in.one_in(12)) {
            out.number = in.pick<double>({5e-324, -5e-324, 1e-310, 1.7e308, -1.7e308, -0.0, 1e18,
                                          16777217, 9007199254740993.0});
        }
        if (out.number != out.number) out = {plain_cell::state::missing, 0, {}, out.observed};
        if (std::isinf(out.number)) out.is = plain_cell::state::bad;
        if (bad && !std::isinf(out.number)) out.number = in.pick({infinity, -infinity});
        break;
    }
    }
    return out;
}

inline plain_table make_table(choices& in, const plain_model& model) {
    plain_table out;
    constexpr double first_day = -719162;  // 0001-01-01; a row before it is refused
    const double as_of = in.one_in(8) ? in.pick<double>({0, first_day, 2932896}) : today;
    for (std::size_t n = 1 + in.below(6); n > 0; --n) {
        plain_row row;
        row.customer = "c-" + std::to_string(n);
        row.as_of = std::max(as_of - (in.one_in(4) ? 1 : 0), first_day);
        for (const plain_metric& one : model.metrics) {
            if (one.from == plain_metric::source::column)
                row.cells[one.name] = make_cell(in, model, one);
        }
        out.rows.push_back(std::move(row));
    }
    if (in.one_in(5)) return out;
    out.events.emplace();
    for (std::size_t n = in.below(9); n > 0; --n) {
        plain_event one;
        one.customer = "c-" + std::to_string(1 + in.below(6));
        one.initiative = in.pick<const char*>({"call", "visit", "mail"});
        for (const char* name : {"date", "attended", "responded"}) {
            if (!in.one_in(4))
                one.days[name] = 20778 - in.pick({0, 1, 6, 7, 30, 29, -1, 365});
            else
                one.days[name] = std::nullopt;
        }
        out.events->push_back(std::move(one));
    }
    return out;
}

// ── columns ──

/// Owns what its columns point at, each piece of its exact size, so that a sanitizer sees a read
/// behind it.
class column_maker {
public:
    /// `cells` as the rows of the table go, in a form that can hold them all.
    aiueo::column_view make(choices& in, const std::vector<const plain_cell*>& cells,
                            const plain_metric& metric, int minor_digits) {
        before_ = in.pick<std::size_t>({0, 0, 1, 3, 8, 64, 70});
        switch (metric.what) {
        case kind::text: return texts(in, cells);
        case kind::date: return dates(in, cells);
        case kind::flag: return flags(in, cells);
        case kind::number:
        case kind::unknown: break;
        }
        return metric.money ? money(in, cells, minor_digits) : numbers(in, cells);
    }

    aiueo::column_view texts_of(const std::vector<std::string>& all) {
        std::vector<plain_cell> cells;
        for (const std::string& one : all) cells.push_back({plain_cell::state::given, 0, one, {}});
        std::vector<const plain_cell*> views;
        for (const plain_cell& one : cells) views.push_back(&one);
        before_ = 0;
        return plain_text<std::int32_t>(aiueo::column_type::text32, views,
                                        [](const plain_cell& one) { return one.text; });
    }

    aiueo::column_view days_of(choices& in, const std::vector<std::optional<double>>& all) {
        std::vector<plain_cell> cells(all.size());
        std::vector<const plain_cell*> views;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i]) cells[i] = {plain_cell::state::given, *all[i], {}, {}};
            views.push_back(&cells[i]);
        }
        before_ = in.pick<std::size_t>({0, 3, 64});
        return dates(in, views);
    }

private:
    using cell_list = std::vector<const plain_cell*>;

    static bool is_known(const plain_cell& one) { return one.is != plain_cell::state::missing; }

    std::uint8_t* piece(std::size_t bytes) {
        pieces_.emplace_back(bytes, std::uint8_t{0xAB});
        return pieces_.back().data();
    }

    aiueo::column_view shaped(aiueo::column_type type, std::size_t rows) const {
        aiueo::column_view out;
        out.type = type;
        out.length = static_cast<std::int64_t>(rows);
        out.offset = static_cast<std::int64_t>(before_);
        return out;
    }

    void add_validity(aiueo::column_view& to, const cell_list& cells) {
        std::uint8_t* const bits = piece((cells.size() + before_ + 7) / 8);
        for (std::size_t i = 0; i < cells.size(); ++i) set(bits, i + before_, is_known(*cells[i]));
        to.validity = bits;
    }

    static void set(std::uint8_t* bits, std::size_t at, bool on) {
        const auto bit = static_cast<std::uint8_t>(1U << (at % 8));
        bits[at / 8] = static_cast<std::uint8_t>(on ? bits[at / 8] | bit : bits[at / 8] & ~bit);
    }

    /// Unknown is a bit; what lies under it is anything.
    template <class T, class F>
    aiueo::column_view fixed(aiueo::column_type type, const cell_list& cells, F value) {
        aiueo::column_view out = shaped(type, cells.size());
        std::uint8_t* const values = piece((cells.size() + before_) * sizeof(T));
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (!is_known(*cells[i])) continue;
            const T one = value(*cells[i]);
            std::memcpy(values + (i + before_) * sizeof(T), &one, sizeof one);
        }
        out.values = values;
        add_validity(out, cells);
        return out;
    }

    template <class Offset, class F>
    aiueo::column_view plain_text(aiueo::column_type type, const cell_list& cells, F text) {
        aiueo::column_view out = shaped(type, cells.size());
        std::string all;
        std::vector<Offset> offsets(before_ + 1, 0);
        for (const plain_cell* const one : cells) {
            if (is_known(*one)) all += text(*one);
            offsets.push_back(static_cast<Offset>(all.size()));
        }
        std::uint8_t* const kept = piece(offsets.size() * sizeof(Offset));
        std::memcpy(kept, offsets.data(), offsets.size() * sizeof(Offset));
        std::uint8_t* const bytes = piece(all.size());
        if (!all.empty()) std::memcpy(bytes, all.data(), all.size());
        out.offsets = kept;
        out.bytes = reinterpret_cast<const char*>(bytes);
        add_validity(out, cells);
        return out;
    }

    template <class Index>
    aiueo::column_view coded(aiueo::column_type type, const cell_list& cells) {
        std::vector<std::string> words{"nobody's"};
        const auto index = [&words](const plain_cell& one) {
            const auto found = std::find(words.begin(), words.end(), one.text);
            if (found == words.end()) words.push_back(one.text);
            return static_cast<Index>(std::find(words.begin(), words.end(), one.text) -
                                      words.begin());
        };
        aiueo::column_view out = fixed<Index>(type, cells, index);
        out.index_type = type;
        out.type = aiueo::column_type::dictionary;
        dictionaries_.push_back(texts_of(words));
        out.dictionary = &dictionaries_.back();
        return out;
    }

    aiueo::column_view texts(choices& in, const cell_list& cells) {
        using aiueo::column_type;
        const auto text = [](const plain_cell& one) { return one.text; };
        switch (in.below(5)) {
        case 0: return plain_text<std::int32_t>(column_type::text32, cells, text);
        case 1: return plain_text<std::int64_t>(column_type::text64, cells, text);
        case 2: return coded<std::int8_t>(column_type::int8, cells);
        case 3: return coded<std::uint16_t>(column_type::uint16, cells);
        default: return coded<std::int64_t>(column_type::int64, cells);
        }
    }

    /// Are all whole numbers of these bounds? −0 is none: an integer cannot say it.
    static bool whole(const cell_list& cells, double low, double high) {
        return std::all_of(cells.begin(), cells.end(), [&](const plain_cell* one) {
            const double x = one->number;
            return !is_known(*one) || (x >= low && x <= high && std::floor(x) == x);
        });
    }

    template <class T>
    bool fits(const cell_list& cells) const {
        // The largest 64-bit integers are no doubles.
        const double high =
            sizeof(T) == 8 ? 9e18 : static_cast<double>(std::numeric_limits<T>::max());
        return whole(cells, static_cast<double>(std::numeric_limits<T>::min()), high);
    }

    template <class T>
    aiueo::column_view cast(aiueo::column_type type, const cell_list& cells) {
        return fixed<T>(type, cells,
                        [](const plain_cell& one) { return static_cast<T>(one.number); });
    }

    aiueo::column_view doubles(choices& in, const cell_list& cells) {
        aiueo::column_view out = cast<double>(aiueo::column_type::float64, cells);
        if (in.one_in(2)) return out;
        // Unknown as NaN.
        auto* const values = pieces_[pieces_.size() - 2].data();
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (!is_known(*cells[i]))
                std::memcpy(values + (i + before_) * sizeof unknown, &unknown, sizeof unknown);
        }
        out.validity = nullptr;
        return out;
    }

    aiueo::column_view numbers(choices& in, const cell_list& cells) {
        using aiueo::column_type;
        const bool finite = std::all_of(cells.begin(), cells.end(), [](const plain_cell* one) {
            return std::isfinite(one->number);
        });
        switch (in.below(12)) {
        case 1:
            if (fits<std::int8_t>(cells)) return cast<std::int8_t>(column_type::int8, cells);
            break;
        case 2:
            if (fits<std::uint8_t>(cells)) return cast<std::uint8_t>(column_type::uint8, cells);
            break;
        case 3:
            if (fits<std::int16_t>(cells)) return cast<std::int16_t>(column_type::int16, cells);
            break;
        case 4:
            if (fits<std::uint32_t>(cells)) return cast<std::uint32_t>(column_type::uint32, cells);
            break;
        case 5:
            if (fits<std::int64_t>(cells)) return cast<std::int64_t>(column_type::int64, cells);
            break;
        case 6:
            if (fits<std::uint64_t>(cells)) return cast<std::uint64_t>(column_type::uint64, cells);
            break;
        case 7: {
            const bool narrow = std::all_of(cells.begin(), cells.end(), [](const plain_cell* one) {
                return !is_known(*one) || std::isinf(one->number) ||
                       (std::fabs(one->number) <= std::numeric_limits<float>::max() &&
                        static_cast<double>(static_cast<float>(one->number)) == one->number);
            });
            if (narrow) return cast<float>(column_type::float32, cells);
            break;
        }
        case 8:
            if (!finite) break;
            return plain_text<std::int32_t>(column_type::text32, cells, [](const plain_cell& one) {
                return written_number(one.number);
            });
        case 9:
            if (!fits<std::int64_t>(cells)) break;
            return fixed<std::array<std::int64_t, 2>>(
                column_type::decimal128, cells, [](const plain_cell& one) {
                    return std::array<std::int64_t, 2>{static_cast<std::int64_t>(one.number),
                                                       one.number < 0 ? -1 : 0};
                });
        default: break;
        }
        return doubles(in, cells);
    }

    aiueo::column_view money(choices& in, const cell_list& cells, int digits) {
        using aiueo::column_type;
        const bool all_good = std::all_of(cells.begin(), cells.end(), [](const plain_cell* one) {
            return one->is != plain_cell::state::bad;
        });
        const double unit = digits == 0 ? 1 : digits == 2 ? 100 : 1000;
        const auto minor = [unit](const plain_cell& one) {
            const double x = one.number * unit;
            return static_cast<std::int64_t>(x < 0 ? x - 0.5 : x + 0.5);
        };
        switch (all_good ? in.below(5) : 0) {
        case 1: {
            aiueo::column_view out = fixed<std::int64_t>(column_type::int64, cells, minor);
            out.minor_units = true;
            return out;
        }
        case 2: {
            aiueo::column_view out = fixed<std::int64_t>(column_type::decimal64, cells, minor);
            out.scale = digits;
            return out;
        }
        case 3:
            if (fits<std::int64_t>(cells)) return cast<std::int64_t>(column_type::int64, cells);
            break;
        case 4:
            return plain_text<std::int64_t>(column_type::text64, cells, [&](const plain_cell& one) {
                return std::to_string(minor(one)) + "e-" + std::to_string(digits);
            });
        default: break;
        }
        return doubles(in, cells);
    }

    aiueo::column_view flags(choices& in, const cell_list& cells) {
        using aiueo::column_type;
        const bool all_good = std::all_of(cells.begin(), cells.end(), [](const plain_cell* one) {
            return one->is != plain_cell::state::bad;
        });
        switch (in.below(6)) {
        case 1: {
            if (!all_good) break;
            aiueo::column_view out = shaped(column_type::bit, cells.size());
            std::uint8_t* const bits = piece((cells.size() + before_ + 7) / 8);
            for (std::size_t i = 0; i < cells.size(); ++i)
                set(bits, i + before_, cells[i]->number == 1);
            out.values = bits;
            add_validity(out, cells);
            return out;
        }
        case 2:
            if (!all_good) break;
            return fixed<std::uint8_t>(column_type::byte, cells, [](const plain_cell& one) {
                return static_cast<std::uint8_t>(one.number == 1 ? 255 : 0);
            });
        case 3:
            if (fits<std::int16_t>(cells)) return cast<std::int16_t>(column_type::int16, cells);
            break;
        case 4:
            if (!all_good) break;
            return plain_text<std::int32_t>(column_type::text32, cells, [](const plain_cell& one) {
                return std::string{one.number == 1 ? "Yes" : "0"};
            });
        default: break;
        }
        return doubles(in, cells);
    }

    aiueo::column_view dates(choices& in, const cell_list& cells) {
        using aiueo::column_type;
        const auto seconds = [](const plain_cell& one) {
            return static_cast<std::int64_t>(one.number) * 86400;
        };
        switch (in.below(6)) {
        case 1:
            return fixed<std::int64_t>(
                column_type::date64, cells,
                [seconds](const plain_cell& one) { return seconds(one) * 1000; });
        case 2: {
            aiueo::column_view out = fixed<std::int64_t>(column_type::timestamp, cells, seconds);
            out.unit = aiueo::time_unit::second;
            return out;
        }
        case 3: {
            if (!whole(cells, -100000, 100000)) break;
            aiueo::column_view out = fixed<std::int64_t>(
                column_type::timestamp, cells,
                [seconds](const plain_cell& one) { return seconds(one) * 1000000000; });
            out.unit = aiueo::time_unit::nano;
            return out;
        }
        case 4: {  // an instant of that day, in UTC
            if (!whole(cells, -719162, 2932896)) break;
            const std::int64_t more = in.pick({0, 1, 43200, 86399});
            aiueo::column_view out = fixed<std::int64_t>(
                column_type::timestamp, cells,
                [seconds, more](const plain_cell& one) { return (seconds(one) + more) * 1000; });
            out.unit = aiueo::time_unit::milli;
            out.zoned = true;
            return out;
        }
        case 5:
            if (!whole(cells, -719162, 2932896)) break;
            return plain_text<std::int32_t>(column_type::text32, cells, [](const plain_cell& one) {
                return aiueo::format_date(static_cast<std::int32_t>(one.number));
            });
        default: break;
        }
        return cast<std::int32_t>(column_type::date32, cells);
    }

    std::deque<std::vector<std::uint8_t>> pieces_;
    std::deque<aiueo::column_view> dictionaries_;
    std::size_t before_ = 0;
};

}  // namespace fuzzing
