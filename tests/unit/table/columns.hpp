// Columns that own their memory, for the tests of this folder.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo::testing {

/// The same texts in every layout; nothing stands for null.
class text_fixture {
public:
    text_fixture(std::initializer_list<std::optional<std::string_view>> texts)
        : rows_(static_cast<std::int64_t>(texts.size())),
          validity_(static_cast<std::size_t>(bytes_for_bits(rows_)), 0) {
        std::int64_t row = 0;
        for (const auto& text : texts) {
            set_bit(validity_.data(), row++, text.has_value());
            const std::string_view value = text.value_or("");
            std::int32_t view[4] = {static_cast<std::int32_t>(value.size()), 0, 0, 0};
            if (value.size() <= 12) {
                if (!value.empty()) std::memcpy(view + 1, value.data(), value.size());
            } else {
                std::memcpy(view + 1, value.data(), 4);
                view[3] = static_cast<std::int32_t>(bytes_.size());
            }
            views_.insert(views_.end(), view, view + 4);
            bytes_ += value;
            narrow_.push_back(static_cast<std::int32_t>(bytes_.size()));
            wide_.push_back(static_cast<std::int64_t>(bytes_.size()));
            codes_.push_back(static_cast<std::int8_t>(row - 1));
        }
        buffer_ = bytes_.data();
        buffer_size_ = static_cast<std::int64_t>(bytes_.size());
    }
    text_fixture(const text_fixture&) = delete;
    text_fixture& operator=(const text_fixture&) = delete;

    [[nodiscard]] column_view view(column_type type = column_type::text32) const {
        column_view out;
        out.type = type;
        out.length = rows_;
        out.validity = validity_.data();
        out.bytes = bytes_.data();
        if (type == column_type::text32) out.offsets = narrow_.data();
        if (type == column_type::text64) out.offsets = wide_.data();
        if (type == column_type::text_view) {
            out.values = views_.data();
            out.buffers = &buffer_;
            out.buffer_sizes = &buffer_size_;
            out.buffer_count = 1;
        }
        if (type == column_type::dictionary) {
            words_ = view(column_type::text32);
            out.validity = nullptr;
            out.values = codes_.data();
            out.index_type = column_type::int8;
            out.dictionary = &words_;
        }
        return out;
    }

private:
    std::int64_t rows_;
    std::vector<std::uint8_t> validity_;
    std::string bytes_;
    std::vector<std::int32_t> narrow_{0};
    std::vector<std::int64_t> wide_{0};
    std::vector<std::int32_t> views_;
    std::vector<std::int8_t> codes_;
    const void* buffer_ = nullptr;
    std::int64_t buffer_size_ = 0;
    mutable column_view words_;
};

inline constexpr column_type text_layouts[] = {column_type::text32, column_type::text64,
                                               column_type::text_view, column_type::dictionary};

template <class T>
[[nodiscard]] column_view values_of(column_type type, const std::vector<T>& values) {
    column_view out;
    out.type = type;
    out.length = static_cast<std::int64_t>(values.size());
    out.values = values.data();
    return out;
}

}  // namespace aiueo::testing
