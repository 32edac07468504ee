// evidence › codec: see evidence/state.hpp.
#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "aiueo/base/hash.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/state.hpp"

namespace aiueo {

/// The only one beside evidence_update who writes into evidence.
class evidence_codec {
public:
    static void restore(evidence& to, std::vector<count_table> tables) {
        to.tables_ = std::move(tables);
    }
};

namespace {

constexpr std::string_view magic{"aiueoEV\0", 8};
constexpr std::size_t fingerprint_bytes = 32;
constexpr std::size_t header_bytes = 8 + 4 + 4 + fingerprint_bytes + 8;
constexpr std::size_t checksum_bytes = 8;

std::string in_bytes(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    return out;
}

// ── writing ──────────────────────────────────────────────────────────────────

void put_fixed(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

void put(std::string& out, std::uint64_t value) {
    while (value >= 128) {
        out += static_cast<char>((value & 127U) | 128U);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

void put_block(std::string& out, const count_table::block& block) {
    std::size_t at = 0;
    while (at < block.size()) {
        std::size_t zeros = at;
        while (zeros < block.size() && block[zeros] == 0) ++zeros;
        std::size_t others = zeros;
        while (others < block.size() && block[others] != 0) ++others;
        put(out, zeros - at);
        put(out, others - zeros);
        for (std::size_t i = zeros; i < others; ++i) put(out, static_cast<std::uint64_t>(block[i]));
        at = others;
    }
}

/// A block in which nothing was counted is no block: whether it came into being depends on how the
/// rows were divided.
bool holds(const std::pair<const count_key, count_table::block>& one) {
    return std::any_of(one.second.begin(), one.second.end(), [](std::int64_t n) { return n != 0; });
}

void put_table(std::string& out, const count_table& table) {
    if (table.shape().named) {
        put(out, table.names().size());
        for (const std::string& name : table.names()) {
            put(out, name.size());
            out += name;
        }
    }
    put(out, static_cast<std::uint64_t>(
                 std::count_if(table.blocks().begin(), table.blocks().end(), holds)));
    for (const auto& one : table.blocks()) {
        if (!holds(one)) continue;
        const auto& [key, block] = one;
        for (std::size_t k = 0; k < table.shape().key.size(); ++k)
            put(out, static_cast<std::uint64_t>(std::int64_t{key[k]} + 1));
        put_block(out, block);
    }
}

/// Could it be read again? What merging adds up can be more than there can be.
status check_readable(const counted& shape, const std::vector<count_table>& tables) {
    const auto is_whole = [](const count_table& one) {
        return std::all_of(one.blocks().begin(), one.blocks().end(), holds);
    };
    if (std::all_of(tables.begin(), tables.end(), is_whole))
        return detail::check_tables(shape, tables);
    std::vector<count_table> written;
    for (const count_table& one : tables) {
        std::map<count_key, count_table::block> blocks;
        std::copy_if(one.blocks().begin(), one.blocks().end(), std::inserter(blocks, blocks.end()),
                     holds);
        written.emplace_back(one.shape()).restore(one.names(), std::move(blocks));
    }
    return detail::check_tables(shape, written);
}

// ── reading ──────────────────────────────────────────────────────────────────

class state_reader {
public:
    state_reader(const counted& shape, std::string_view bytes, const state_limits& limits)
        : shape_(shape), bytes_(bytes), limits_(limits) {}

    [[nodiscard]] result<std::vector<count_table>> run() {
        if (status ok = read_header(); !ok) return std::move(ok).error();
        std::vector<count_table> tables = shape_.tables();
        for (count_table& one : tables) {
            if (status ok = read_table(one); !ok) return std::move(ok).error();
        }
        if (at_ != end_) return wrong("there are bytes after the last table");
        if (status ok = detail::check_tables(shape_, tables); !ok) return std::move(ok).error();
        return tables;
    }

private:
    [[nodiscard]] error wrong(const std::string& what) const {
        return make_error(errc::bad_state, "not a state of evidence, or a damaged one: " + what +
                                               " (byte " + std::to_string(at_) + ")");
    }

    [[nodiscard]] std::uint64_t fixed(std::size_t at, int bytes) const noexcept {
        std::uint64_t out = 0;
        for (int i = bytes; i-- > 0;)
            out = out << 8 | static_cast<std::uint8_t>(bytes_[at + static_cast<std::size_t>(i)]);
        return out;
    }

    [[nodiscard]] status read_header() {
        if (bytes_.size() < header_bytes + checksum_bytes || bytes_.substr(0, 8) != magic)
            return wrong("it does not begin as one");
        const std::uint64_t version = fixed(8, 4);
        if (version != evidence_state_version || fixed(12, 4) != 0) {
            return make_error(errc::unsupported, "a state of version " + std::to_string(version) +
                                                     "; this library reads version " +
                                                     std::to_string(evidence_state_version));
        }
        end_ = bytes_.size() - checksum_bytes;
        at_ = header_bytes;
        if (fixed(header_bytes - 8, 8) != end_ - header_bytes)
            return wrong("it has " + std::to_string(bytes_.size()) +
                         " bytes, which is not the length it names; is it cut off?");
        if (fixed(end_, 8) != hash_text(bytes_.substr(0, end_)))
            return wrong("its check sum does not fit; it was changed after it was written");
        if (bytes_.substr(16, fingerprint_bytes) != in_bytes(shape_.fingerprint())) {
            return make_error(errc::invalid_argument,
                              "the state was counted with another model: scoring, segments, leads, "
                              "term bands or steps differ; count it again with this one");
        }
        return {};
    }

    /// Up to `most`.
    [[nodiscard]] result<std::uint64_t> number(std::uint64_t most, const char* what) {
        std::uint64_t out = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at_ == end_) return wrong("it ends within a number");
            const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
            const std::uint64_t part = byte & 127U;
            if (shift == 63 && part > 1) break;
            out |= part << shift;
            if (byte >= 128) continue;
            if (byte == 0 && shift > 0) return wrong("a number is written longer than it is");
            if (out > most) return wrong(std::string{what} + " is too large");
            return out;
        }
        return wrong("a number has more than 64 bits");
    }

    [[nodiscard]] status read_names(count_table& to, std::vector<std::string>& names) {
        auto count = number(to.shape().most_names, "the number of levels");
        if (!count) return std::move(count).error();
        for (std::uint64_t k = 0; k < *count; ++k) {
            auto length = number(end_ - at_, "the length of a name");
            if (!length) return std::move(length).error();
            if (*length > end_ - at_) return wrong("it ends within a name");
            const std::string_view name = bytes_.substr(at_, static_cast<std::size_t>(*length));
            at_ += static_cast<std::size_t>(*length);
            if (!is_utf8(name)) return wrong("a name is not UTF-8");
            if (!names.empty() && names.back() >= name) return wrong("names are not in order");
            names.emplace_back(name);
        }
        return {};
    }

    /// The last value that a part of a key may have; each may begin at −1 or 0.
    struct part_range {
        std::int64_t first = 0;
        std::int64_t last = 0;
    };
    [[nodiscard]] part_range range_of(key_part part, std::size_t names) const {
        constexpr std::int64_t last_month = 12 * 9999 + 11;
        constexpr std::int64_t last_known_day = std::int64_t{max_text_day} - min_text_day;
        switch (part) {
        case key_part::kind: return {0, 1};
        case key_part::lead: return {0, static_cast<std::int64_t>(shape_.leads().size()) - 1};
        case key_part::group: return {0, evidence_groups - 1};
        case key_part::fold: return {0, evidence_folds - 1};
        case key_part::month: return {12, last_month};
        case key_part::quarter: return {4, last_month / 3};
        case key_part::name: return {-1, static_cast<std::int64_t>(names) - 1};
        case key_part::metric:
            return {0, static_cast<std::int64_t>(shape_.model().metrics.size()) - 1};
        case key_part::code: return {-1, 0x1FFFF};
        case key_part::octave: return {-1, 0x1FFFF / codes_an_octave};
        case key_part::lag: return {0, static_cast<std::int64_t>(shape_.lags().size()) - 1};
        case key_part::day: return {0, last_known_day};
        case key_part::days: return {0, longest_completion};
        case key_part::term: return {1, longest_term};
        case key_part::ratio: return {0, largest_ratio};
        case key_part::next: return {no_next_term, longest_term};
        case key_part::tenure: return {0, longest_tenure};
        case key_part::stage: break;
        }
        const auto& ladders = shape_.model().rules.ladders;
        const std::size_t rungs = ladders.empty() ? 0 : ladders.front().rungs.size();
        return {-1, static_cast<std::int64_t>(rungs) - 1};
    }

    [[nodiscard]] status read_table(count_table& to) {
        std::vector<std::string> names;
        if (to.shape().named) {
            if (status ok = read_names(to, names); !ok) return ok;
        }
        auto count = number(end_ - at_, "the number of blocks");
        if (!count) return std::move(count).error();
        std::map<count_key, count_table::block> blocks;
        for (std::uint64_t k = 0; k < *count; ++k) {
            count_key key{};
            for (std::size_t p = 0; p < to.shape().key.size(); ++p) {
                const part_range range = range_of(to.shape().key[p], names.size());
                auto part = number(static_cast<std::uint64_t>(range.last + 1), "a key");
                if (!part) return std::move(part).error();
                const std::int64_t value = static_cast<std::int64_t>(*part) - 1;
                if (value < range.first) return wrong("a key is too small");
                key[p] = static_cast<std::int32_t>(value);
            }
            if (!blocks.empty() && !(blocks.rbegin()->first < key))
                return wrong("blocks are not in order");
            integers_ += to.shape().width;
            if (integers_ > limits_.max_integers) {
                return make_error(errc::limit_exceeded, "the state holds more than " +
                                                            std::to_string(limits_.max_integers) +
                                                            " integers; the reader may allow more");
            }
            count_table::block block(to.shape().width);
            if (status ok = read_block(block); !ok) return ok;
            blocks.emplace_hint(blocks.end(), key, std::move(block));
        }
        to.restore(std::move(names), std::move(blocks));
        return {};
    }

    [[nodiscard]] status read_block(count_table::block& to) {
        constexpr auto largest =
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        bool any = false;
        for (std::size_t at = 0; at < to.size();) {
            const std::size_t begin = at;
            auto zeros = number(to.size() - at, "a run of zeros");
            if (!zeros) return std::move(zeros).error();
            at += static_cast<std::size_t>(*zeros);
            auto others = number(to.size() - at, "a run of numbers");
            if (!others) return std::move(others).error();
            // One way to write a block: only the first run may have no zeros, only the last no
            // others.
            if ((*zeros == 0 && begin > 0) || (*others == 0 && at < to.size()))
                return wrong("a run has nothing in it");
            for (std::uint64_t k = 0; k < *others; ++k) {
                auto value = number(largest, "a count");
                if (!value) return std::move(value).error();
                if (*value == 0) return wrong("a zero stands among other numbers");
                to[at++] = static_cast<std::int64_t>(*value);
                any = true;
            }
        }
        return any ? status{} : status{wrong("a block holds nothing")};
    }

    const counted& shape_;
    std::string_view bytes_;
    const state_limits& limits_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::uint64_t integers_ = 0;
};

}  // namespace

result<std::string> write_state(evidence& from) {
    if (status ok = from.usable(); !ok) return std::move(ok).error();
    const std::vector<count_table>& tables = from.sorted_tables();
    if (status ok = check_readable(from.shape(), tables); !ok) return std::move(ok).error();
    std::string payload;
    for (const count_table& one : tables) put_table(payload, one);
    std::string out{magic};
    put_fixed(out, evidence_state_version, 4);
    put_fixed(out, 0, 4);
    out += in_bytes(from.shape().fingerprint());
    put_fixed(out, payload.size(), 8);
    out += payload;
    put_fixed(out, hash_text(out), 8);
    return out;
}

result<evidence> read_state(const plan& of, std::string_view bytes, const state_limits& limits,
                            evidence_options options) {
    evidence out{of, options};
    auto tables = state_reader{out.shape(), bytes, limits}.run();
    if (!tables) return std::move(tables).error();
    evidence_codec::restore(out, std::move(*tables));
    return out;
}

}  // namespace aiueo
