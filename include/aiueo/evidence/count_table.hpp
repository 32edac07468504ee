// evidence › count_table: integers under keys, which add up. … ─► score ─► evidence
//
// Everything that evidence holds lies in such tables: blocks of as many integers as the table is
// wide, each under a key of up to four small numbers. Blocks come into being when something is
// counted in them, so a month or a level that nobody met takes no room. Merging adds block by
// block; the keys are ordered, so two tables that hold the same are written as the same bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"

namespace aiueo {

/// What a part of a key means, and so what it may be.
enum class key_part : std::uint8_t {
    kind,     ///< contract_kind
    lead,     ///< index into the model's leads
    group,    ///< 0 to 19, by the customer's hash
    fold,     ///< 0 to 4: group mod 5
    month,    ///< calendar: 12 × year + month − 1
    quarter,  ///< calendar: 4 × year + quarter − 1
    name,     ///< id in the table's own list of names, −1 = unknown
    metric,   ///< index in the model's metrics
    code,     ///< a value's bin: see value_code
    octave,   ///< bins of one power of two: value_code ÷ codes_an_octave, −1 = unknown
    stage,    ///< of the first ladder, −1 = unknown
    lag,      ///< index into the model's lags
    day,      ///< days since 0001-01-01
    days,     ///< since a start: 0 to longest_completion
    term,     ///< whole months: 1 to longest_term
    ratio,    ///< hundredths: 0 to largest_ratio
    next,     ///< the term that follows, see as_long_as_before; −1 = unknown
    tenure,   ///< whole months: 0 to longest_tenure
};

/// Parts that a table's keys do not have are 0.
using count_key = std::array<std::int32_t, 4>;

struct count_table_shape {
    std::string name;  ///< as the state's description shows it
    std::vector<key_part> key;
    std::size_t width = 0;  ///< integers a block
    /// Where names are part of the key: of a segment, of initiatives. At most `most_names`.
    bool named = false;
    std::size_t most_names = 0;
    std::string too_many;  ///< what to say where there are more
};

class count_table {
public:
    using block = std::vector<std::int64_t>;

    explicit count_table(count_table_shape shape) : shape_(std::move(shape)) {}

    [[nodiscard]] const count_table_shape& shape() const noexcept { return shape_; }
    [[nodiscard]] const std::map<count_key, block>& blocks() const noexcept { return blocks_; }
    [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }

    /// The block of a key, zeros if it is new. Stays where it is for the table's life.
    [[nodiscard]] std::int64_t* at(const count_key& key) {
        const auto [found, fresh] = blocks_.try_emplace(key);
        if (fresh) {
            try {
                found->second.resize(shape_.width);
            } catch (...) {
                blocks_.erase(found);
                throw;
            }
        }
        return found->second.data();
    }

    /// Empty if nothing was counted there.
    [[nodiscard]] std::span<const std::int64_t> find(const count_key& key) const noexcept {
        const auto found = blocks_.find(key);
        return found == blocks_.end() ? std::span<const std::int64_t>{} : found->second;
    }

    /// Adds blocks of as many integers as the table is wide, in ascending order of their keys: each
    /// goes right behind the one before, where a search for each would meet all of them.
    void add_in_order(std::span<std::pair<count_key, block>> from) {
        auto behind = blocks_.begin();
        for (auto& [key, counts] : from) {
            const std::size_t before = blocks_.size();
            behind = blocks_.try_emplace(behind, key);
            block& to = behind->second;
            if (blocks_.size() > before) {
                to.swap(counts);
            } else {
                for (std::size_t i = 0; i < counts.size(); ++i) to[i] += counts[i];
            }
            ++behind;
        }
    }

    // ── names ────────────────────────────────────────────────────────────────

    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

    /// The id of a name, or −1 if it is not there.
    [[nodiscard]] std::int32_t find_name(std::string_view name) const noexcept {
        const auto found = ids_.find(name);
        return found == ids_.end() ? -1 : found->second;
    }

    /// The id of a name, new or known. Errors: limit_exceeded, which says of what.
    [[nodiscard]] result<std::int32_t> name_id(std::string_view name) {
        if (const std::int32_t known = find_name(name); known >= 0) return known;
        if (names_.size() >= shape_.most_names) return too_many_names();
        const auto fresh = static_cast<std::int32_t>(names_.size());
        names_.emplace_back(name);
        try {
            ids_.emplace(std::string{name}, fresh);
        } catch (...) {
            names_.pop_back();
            throw;
        }
        return fresh;
    }

    /// Is there room for those of these names that are new? Each stands there once.
    template <class Names>
    [[nodiscard]] status can_name(const Names& names) const {
        std::size_t fresh = 0;
        for (const std::string_view name : names) fresh += find_name(name) < 0 ? 1U : 0U;
        if (fresh == 0 || names_.size() + fresh <= shape_.most_names) return {};
        return too_many_names();
    }

    // ── adding up ────────────────────────────────────────────────────────────

    /// Can `other`, of the same shape, be added? limit_exceeded: a sum of 64 bits or the number of
    /// names would overflow. Changes nothing.
    [[nodiscard]] status can_add(const count_table& other) const {
        if (status ok = can_name(other.names_); !ok) return ok;
        for (const auto& [key, from] : other.blocks_) {
            const auto here = blocks_.find(renamed(key, other));
            if (here == blocks_.end()) continue;
            for (std::size_t i = 0; i < from.size(); ++i) {
                std::int64_t sum = 0;
                if (!__builtin_add_overflow(here->second[i], from[i], &sum)) continue;
                return make_error(
                    errc::limit_exceeded,
                    "a sum of table \"" + shape_.name +
                        "\" does not fit into 64 bits; are amounts in the right unit?");
            }
        }
        return {};
    }

    /// After can_add() said yes.
    void add(const count_table& other) {
        for (const std::string& name : other.names_) static_cast<void>(name_id(name));
        for (const auto& [key, from] : other.blocks_) {
            std::int64_t* to = at(renamed(key, other));
            for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
        }
    }

    /// Names in ascending order and the blocks under their new ids: what no order of rows can
    /// change.
    void sort_names() {
        std::map<std::string, std::int32_t, std::less<>> sorted;
        for (const auto& [name, id] : ids_)
            sorted.emplace(name, static_cast<std::int32_t>(sorted.size()));
        std::vector<std::int32_t> new_id(names_.size());
        std::vector<std::string> names(names_.size());
        for (const auto& [name, id] : ids_) {
            const std::int32_t to = sorted.find(name)->second;
            new_id[static_cast<std::size_t>(id)] = to;
            names[static_cast<std::size_t>(to)] = name;
        }
        std::map<count_key, block> blocks;
        const std::size_t part = name_part();
        while (!blocks_.empty()) {
            auto node = blocks_.extract(blocks_.begin());
            std::int32_t& id = node.key()[part];
            if (id >= 0) id = new_id[static_cast<std::size_t>(id)];
            blocks.insert(std::move(node));
        }
        blocks_.swap(blocks);
        names_.swap(names);
        ids_.swap(sorted);
    }

    /// Takes what a state file said; the caller has checked it.
    void restore(std::vector<std::string> names, std::map<count_key, block> blocks) {
        names_ = std::move(names);
        blocks_ = std::move(blocks);
        ids_.clear();
        for (std::size_t k = 0; k < names_.size(); ++k)
            ids_.emplace(names_[k], static_cast<std::int32_t>(k));
    }

    /// The position of the key's part that is a name.
    [[nodiscard]] std::size_t name_part() const noexcept {
        for (std::size_t k = 0; k < shape_.key.size(); ++k) {
            if (shape_.key[k] == key_part::name) return k;
        }
        return 0;
    }

private:
    [[nodiscard]] error too_many_names() const {
        return make_error(errc::limit_exceeded, shape_.too_many);
    }

    /// The other table's key with the names as this table numbers them; a name that is not here
    /// gets a number that no block has.
    [[nodiscard]] count_key renamed(count_key key, const count_table& other) const {
        if (!shape_.named) return key;
        std::int32_t& id = key[name_part()];
        if (id < 0) return key;
        const std::int32_t here = find_name(other.names_[static_cast<std::size_t>(id)]);
        id = here >= 0 ? here : INT32_MAX;
        return key;
    }

    count_table_shape shape_;
    std::map<count_key, block> blocks_;
    std::vector<std::string> names_;
    std::map<std::string, std::int32_t, std::less<>> ids_;
};

}  // namespace aiueo
