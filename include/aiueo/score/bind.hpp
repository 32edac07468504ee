// score › bind: a host's arrays as a batch, in one call. base ─► table ─► model ─► score
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo {

/// Texts side by side with their offsets: what a text column is made of. Owns them.
class text_buffer {
public:
    template <std::ranges::input_range R>
    explicit text_buffer(const R& texts) {
        offsets_.push_back(0);
        for (const auto& one : texts) {
            bytes_ += std::string_view{one};
            offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
        }
    }

    /// A view that lives as long as this buffer stays where it is.
    [[nodiscard]] column_view view() const noexcept {
        column_view out;
        out.type = column_type::text64;
        out.length = static_cast<std::int64_t>(offsets_.size()) - 1;
        out.offsets = offsets_.data();
        out.bytes = bytes_.data();
        return out;
    }

private:
    std::string bytes_;
    std::vector<std::int64_t> offsets_;
};

namespace detail {

template <class T>
[[nodiscard]] constexpr column_type type_of() noexcept {
    if constexpr (std::is_same_v<T, bool>)
        return column_type::byte;
    else if constexpr (std::is_same_v<T, double>)
        return column_type::float64;
    else if constexpr (std::is_same_v<T, float>)
        return column_type::float32;
    else if constexpr (std::is_integral_v<T> && sizeof(T) == 1)
        return std::is_signed_v<T> ? column_type::int8 : column_type::uint8;
    else if constexpr (std::is_integral_v<T> && sizeof(T) == 2)
        return std::is_signed_v<T> ? column_type::int16 : column_type::uint16;
    else if constexpr (std::is_integral_v<T> && sizeof(T) == 4)
        return std::is_signed_v<T> ? column_type::int32 : column_type::uint32;
    else if constexpr (std::is_integral_v<T>)
        return std::is_signed_v<T> ? column_type::int64 : column_type::uint64;
    else
        return column_type::none;
}

template <class T>
concept plain_value = type_of<T>()
!= column_type::none;

template <class R>
concept plain_range = std::ranges::contiguous_range<const R> && std::ranges::sized_range<const R> &&
    plain_value<std::remove_cv_t<std::ranges::range_value_t<R>>>;

template <class R>
concept text_range =
    std::ranges::input_range<const R> && !plain_range<R> &&
    std::is_convertible_v<std::ranges::range_reference_t<const R>, std::string_view>;

template <class T>
[[nodiscard]] column_view view_of(const T* values, std::size_t size) noexcept {
    column_view out;
    out.type = type_of<T>();
    out.length = static_cast<std::int64_t>(size);
    out.values = values;
    return out;
}

}  // namespace detail

/// What bind() takes for a column: a view of the host's memory, or texts and dates that the batch
/// keeps a copy of.
struct column_source {
    column_view view;
    std::vector<std::int32_t> days;
    std::unique_ptr<text_buffer> texts;  ///< of the column, or of its dictionary
    bool is_codes = false;

    /// Any view, as it is.
    column_source(const column_view& column) : view(column) {}  // NOLINT: implicit by design
    /// Arrays of numbers or bool: read in place.
    template <detail::plain_range R>
    column_source(const R& values)  // NOLINT: implicit by design
        : view(detail::view_of(std::ranges::data(values), std::ranges::size(values))) {}
    /// Calendar days: copied, since their width is the standard library's choice.
    template <std::ranges::input_range R>
    requires std::is_same_v<std::ranges::range_value_t<R>, std::chrono::sys_days> column_source(
        const R& values) {  // NOLINT: implicit by design
        for (const std::chrono::sys_days day : values)
            days.push_back(static_cast<std::int32_t>(day.time_since_epoch().count()));
        view = detail::view_of(days.data(), days.size());
        view.type = column_type::date32;
    }
    /// Texts: copied, once.
    template <detail::text_range R>
    column_source(const R& values)
        : texts(std::make_unique<text_buffer>(values)) {  // NOLINT: implicit by design
        view = texts->view();
    }
};

/// Days since 1970-01-01.
[[nodiscard]] inline column_view dates(std::span<const std::int32_t> days) noexcept {
    column_view out = detail::view_of(days.data(), days.size());
    out.type = column_type::date32;
    return out;
}

/// Flags as bits, least significant first; `rows` of them from bit `offset` on.
[[nodiscard]] inline column_view bits(std::span<const std::uint8_t> bytes, std::int64_t rows,
                                      std::int64_t offset = 0) noexcept {
    column_view out;
    out.type = column_type::bit;
    out.length = rows;
    out.offset = offset;
    out.values = bytes.data();
    return out;
}

/// Amounts that count the currency's minor unit.
[[nodiscard]] inline column_view minor_units(std::span<const std::int64_t> amounts) noexcept {
    column_view out = detail::view_of(amounts.data(), amounts.size());
    out.minor_units = true;
    return out;
}

/// A column with a null bitmap: bit per row, least significant first, 1 = known.
[[nodiscard]] inline column_view known_where(std::span<const std::uint8_t> validity,
                                             column_view column) noexcept {
    column.validity = validity.data();
    return column;
}

/// Categories as indices into a list of names; −1, or any index outside, is no category.
template <detail::plain_range R, class Names>
requires std::is_integral_v<std::ranges::range_value_t<R>>
[[nodiscard]] column_source codes(const R& indices, const Names& names) {
    column_source out{indices};
    out.texts = std::make_unique<text_buffer>(names);
    out.is_codes = true;
    return out;
}

/// A name and what stands under it.
struct named_source {
    std::string_view name;
    column_source source;
};

/// Bind columns to a plan. Numbers are read in place and must live as long as the batch; texts are
/// copied. `as_of` may also be set for all rows by batch::set_as_of(). Errors: those of
/// batch::bind(). What is missing is found when the batch is scored.
template <std::size_t N>
[[nodiscard]] result<batch> bind(const plan& to, std::int64_t rows, named_source (&&columns)[N],
                                 batch_options options = {}) {
    batch out{to, rows, std::move(options)};
    for (named_source& one : columns) {
        if (status ok = out.bind_source(one.name, std::move(one.source)); !ok)
            return std::move(ok).error();
    }
    return out;
}

inline status batch::bind_source(std::string_view name, column_source source) {
    column_view column = source.view;
    if (source.texts != nullptr) {
        // The batch keeps the texts where they are: the views point into them.
        kept_texts_.push_back(std::move(source.texts));
        if (source.is_codes) {
            kept_words_.push_back(std::make_unique<column_view>(kept_texts_.back()->view()));
            column.index_type = column.type;
            column.type = column_type::dictionary;
            column.dictionary = kept_words_.back().get();
        }
    }
    if (!source.days.empty())
        kept_days_.push_back(std::move(source.days));  // a moved vector keeps its memory
    return bind(name, column);
}

}  // namespace aiueo
