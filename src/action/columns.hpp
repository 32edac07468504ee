// action › columns: a list's columns while it is built, a cell a row, unknown where there is
// nothing to say.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/table/arrow_export.hpp"

namespace aiueo::detail {

/// Texts; the empty one is unknown.
class text_cells_out {
public:
    void add(std::string_view text) {
        if (text.empty())
            texts_.add_null();
        else
            texts_.add(text);
    }
    status put(owned_table& to, std::string_view name) {
        return to.add_text(name, std::move(texts_));
    }

private:
    text_builder texts_;
};

/// Values with a bit for those that are known.
template <class value_type>
class known_cells {
public:
    void add(value_type value) { push(value, true); }
    void add_unknown() { push({}, false); }

protected:
    void push(value_type value, bool known) {
        values_.push_back(value);
        if (values_.size() > validity_.size() * 8) validity_.push_back(0);
        set_bit(validity_.data(), static_cast<std::int64_t>(values_.size()) - 1, known);
    }
    std::vector<value_type> values_;
    owned_table::bitmap validity_;
};

class integer_cells : public known_cells<std::int64_t> {
public:
    status put(owned_table& to, std::string_view name) {
        return to.add_int64(name, std::move(values_), std::move(validity_));
    }
};

/// Days; a NaN is unknown.
class date_cells : public known_cells<std::int32_t> {
public:
    using known_cells::add;
    void add_day(double day) {
        if (day == day)
            add(static_cast<std::int32_t>(day));
        else
            add_unknown();
    }
    status put(owned_table& to, std::string_view name) {
        return to.add_dates(name, std::move(values_), std::move(validity_));
    }
};

/// Numbers; a NaN is unknown.
class number_cells {
public:
    void add(double value) { values_.push_back(value); }
    status put(owned_table& to, std::string_view name) {
        return to.add_numbers(name, std::move(values_));
    }

private:
    std::vector<double> values_;
};

class flag_cells {
public:
    void add(bool value) {
        if (++rows_ > static_cast<std::int64_t>(bits_.size()) * 8) bits_.push_back(0);
        set_bit(bits_.data(), rows_ - 1, value);
    }
    status put(owned_table& to, std::string_view name) {
        return to.add_flags(name, std::move(bits_));
    }

private:
    owned_table::bitmap bits_;
    std::int64_t rows_ = 0;
};

/// put() of one column after the other, until one fails.
class table_out {
public:
    explicit table_out(std::int64_t rows) : table_(rows) {}

    template <class column>
    table_out& put(std::string_view name, column& from) {
        if (failure_.ok()) failure_ = from.put(table_, name);
        return *this;
    }
    [[nodiscard]] result<owned_table> finish() {
        if (!failure_.ok()) return std::move(failure_).error();
        return std::move(table_);
    }

private:
    owned_table table_;
    status failure_;
};

}  // namespace aiueo::detail
