// table › text_cells: the text of any row of any text column. base ─► table
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "aiueo/table/column.hpp"

namespace aiueo {

enum class cell : std::uint8_t {
    known,
    null,
    broken,  ///< a dictionary index, offset or view that points nowhere
};

/// Reads text32, text64, text_view and dictionaries of them; every other type has no text (null).
///
/// Dictionary indices and views are checked against the sizes in the view. Offsets of text32 and
/// text64 cannot be (a view does not know how many characters there are): only that they ascend.
class text_cells {
public:
    explicit text_cells(const column_view& column) noexcept : column_(column) {
        if (column.type == column_type::dictionary) words_ = column.dictionary;
    }

    [[nodiscard]] std::int64_t size() const noexcept { return column_.length; }
    [[nodiscard]] bool is_dictionary() const noexcept {
        return column_.type == column_type::dictionary;
    }
    /// Entries of the dictionary, 0 if there is none.
    [[nodiscard]] std::int64_t word_count() const noexcept {
        return words_ == nullptr ? 0 : words_->length;
    }

    [[nodiscard]] cell read(std::int64_t row, std::string_view& out) const noexcept {
        out = {};
        if (!column_.known(row)) return cell::null;
        if (!is_dictionary()) return plain(column_, row, out);
        const std::int64_t word = index(row);
        return word < 0 ? cell::broken : read_word(word, out);
    }

    /// Dictionaries: which entry a known row names, −1 if it names none.
    [[nodiscard]] std::int64_t index(std::int64_t row) const noexcept {
        const std::int64_t at = row + column_.offset;
        std::int64_t found = -1;
        const column_type type = column_.index_type;
        if (type == column_type::int32)
            found = load<std::int32_t>(at);
        else if (type == column_type::int8)
            found = load<std::int8_t>(at);
        else if (type == column_type::int16)
            found = load<std::int16_t>(at);
        else if (type == column_type::int64)
            found = load<std::int64_t>(at);
        else if (type == column_type::uint8)
            found = load<std::uint8_t>(at);
        else if (type == column_type::uint16)
            found = load<std::uint16_t>(at);
        else if (type == column_type::uint32)
            found = load<std::uint32_t>(at);
        // Beyond int64 the cast is negative, so points nowhere, as it should.
        else if (type == column_type::uint64)
            found = static_cast<std::int64_t>(load<std::uint64_t>(at));
        return found >= 0 && found < word_count() ? found : -1;
    }

    /// Dictionaries: the text of an entry in [0, word_count()).
    [[nodiscard]] cell read_word(std::int64_t word, std::string_view& out) const noexcept {
        out = {};
        return words_->known(word) ? plain(*words_, word, out) : cell::null;
    }

private:
    template <class T>
    [[nodiscard]] T load(std::int64_t at) const noexcept {
        return static_cast<const T*>(column_.values)[at];
    }

    template <class Offset>
    [[nodiscard]] static cell between(const column_view& column, std::int64_t at,
                                      std::string_view& out) noexcept {
        const auto* const offsets = static_cast<const Offset*>(column.offsets);
        const Offset begin = offsets[at];
        const Offset end = offsets[at + 1];
        if (begin < 0 || end < begin) return cell::broken;
        if (end > begin) out = {column.bytes + begin, static_cast<std::size_t>(end - begin)};
        return cell::known;
    }

    [[nodiscard]] static cell plain(const column_view& column, std::int64_t row,
                                    std::string_view& out) noexcept {
        const std::int64_t at = row + column.offset;
        if (column.type == column_type::text32) return between<std::int32_t>(column, at, out);
        if (column.type == column_type::text64) return between<std::int64_t>(column, at, out);
        if (column.type != column_type::text_view) return cell::null;
        // Arrow's view: int32 length; then up to 12 bytes of text in place, or 4 bytes of prefix,
        // int32 buffer and int32 position.
        const char* const view = static_cast<const char*>(column.values) + at * 16;
        std::int32_t parts[4];
        std::memcpy(parts, view, sizeof parts);
        const std::int64_t size = parts[0];
        if (size < 0) return cell::broken;
        if (size <= 12) {
            out = {view + 4, static_cast<std::size_t>(size)};
            return cell::known;
        }
        const std::int32_t buffer = parts[2];
        const std::int64_t from = parts[3];
        if (buffer < 0 || buffer >= column.buffer_count || from < 0 ||
            column.buffers[buffer] == nullptr || column.buffer_sizes[buffer] < size ||
            from > column.buffer_sizes[buffer] - size) {
            return cell::broken;
        }
        out = {static_cast<const char*>(column.buffers[buffer]) + from,
               static_cast<std::size_t>(size)};
        return cell::known;
    }

    column_view column_;
    const column_view* words_ = nullptr;
};

}  // namespace aiueo
