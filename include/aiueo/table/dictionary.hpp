// table › dictionary: texts as dense ids, in the order in which they first came. base ─► table
//
// Ids depend on the texts and their order alone. The hash is keyed by each dictionary anew, so that
// a stranger's table cannot make every text collide; no result depends on that key.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/hash.hpp"

namespace aiueo {

class dictionary {
public:
    using id = std::int32_t;
    static constexpr id none = -1;
    /// So many texts at most: ids are int32.
    static constexpr std::size_t max_size =
        static_cast<std::size_t>(std::numeric_limits<id>::max());

    dictionary() = default;
    dictionary(dictionary&& other) noexcept { swap(other); }
    dictionary& operator=(dictionary&& other) noexcept {
        swap(other);
        return *this;
    }
    dictionary(const dictionary&) = delete;
    dictionary& operator=(const dictionary&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }

    /// The text of an id that intern() gave. Stays where it is for the dictionary's life.
    [[nodiscard]] std::string_view text(id of) const noexcept {
        return texts_[static_cast<std::size_t>(of)];
    }
    [[nodiscard]] const std::vector<std::string_view>& texts() const noexcept { return texts_; }

    /// The id of a text, or `none`. Never allocates.
    [[nodiscard]] id find(std::string_view text) const noexcept {
        if (slots_.empty()) return none;
        const std::uint64_t hash = hash_text(text, key_);
        return slots_[slot_of(text, hash)].which;
    }

    /// The id of each text, or `none`. For large tables, which wait for memory: what some texts
    /// need of it is fetched together. Never allocates.
    void find_each(std::span<const std::string_view> texts, id* out) const noexcept {
        if (slots_.empty()) {
            std::fill_n(out, texts.size(), none);
            return;
        }
        constexpr std::size_t most = 32;
        std::array<std::uint64_t, most> hashes;
        for (std::size_t begin = 0; begin < texts.size(); begin += most) {
            const std::size_t n = std::min(most, texts.size() - begin);
            const std::size_t mask = slots_.size() - 1;
            for (std::size_t k = 0; k < n; ++k) {
                hashes[k] = hash_text(texts[begin + k], key_);
                fetch(&slots_[static_cast<std::size_t>(hashes[k]) & mask]);
            }
            for (std::size_t k = 0; k < n; ++k) {
                const id likely = slots_[static_cast<std::size_t>(hashes[k]) & mask].which;
                if (likely != none) fetch(&texts_[static_cast<std::size_t>(likely)]);
            }
            for (std::size_t k = 0; k < n; ++k) {
                const id likely = slots_[static_cast<std::size_t>(hashes[k]) & mask].which;
                if (likely != none) fetch(texts_[static_cast<std::size_t>(likely)].data());
            }
            for (std::size_t k = 0; k < n; ++k)
                out[begin + k] = slots_[slot_of(texts[begin + k], hashes[k])].which;
        }
    }

    /// The id of a text, new or known. `none` if max_size texts are there already. If memory runs
    /// out (bad_alloc), the dictionary is as before.
    id intern(std::string_view text) {
        if ((texts_.size() + 1) * 4 > slots_.size() * 3)
            grow(slots_.empty() ? 16 : slots_.size() * 2);
        const std::uint64_t hash = hash_text(text, key_);
        const std::size_t at = slot_of(text, hash);
        if (slots_[at].which != none) return slots_[at].which;
        if (texts_.size() == max_size) return none;
        const id fresh = static_cast<id>(texts_.size());
        const char* const kept = keep(text);
        texts_.push_back({kept, text.size()});
        used_ += text.size();
        slots_[at] = {hash, fresh};
        return fresh;
    }

    /// Room for `texts` in all, so that as many intern() calls allocate for characters only.
    void reserve(std::size_t texts) {
        texts_.reserve(texts);
        std::size_t wanted = slots_.empty() ? 16 : slots_.size();
        while (wanted * 3 < (texts + 1) * 4) wanted *= 2;
        if (wanted > slots_.size()) grow(wanted);
    }

    void clear() noexcept {
        texts_.clear();
        slots_.clear();
        blocks_.clear();
        used_ = block_bytes_ = bytes_in_block_ = 0;
    }

    /// Bytes of all texts together.
    [[nodiscard]] std::size_t text_bytes() const noexcept { return used_; }

private:
    static void fetch([[maybe_unused]] const void* from) noexcept {
#if defined(__GNUC__)
        __builtin_prefetch(from);
#endif
    }

    struct slot {
        std::uint64_t hash = 0;
        id which = none;
    };

    [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint64_t hash) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = static_cast<std::size_t>(hash) & mask;
        while (slots_[at].which != none &&
               (slots_[at].hash != hash ||
                texts_[static_cast<std::size_t>(slots_[at].which)] != text)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    void grow(std::size_t wanted) {
        std::vector<slot> larger(wanted);
        if (slots_.empty()) {  // whoever wrote the table does not know where these lie
            key_ = {reinterpret_cast<std::uintptr_t>(larger.data()),
                    reinterpret_cast<std::uintptr_t>(this)};
        }
        const std::size_t mask = wanted - 1;
        for (const slot& one : slots_) {
            if (one.which == none) continue;
            std::size_t at = static_cast<std::size_t>(one.hash) & mask;
            while (larger[at].which != none) at = (at + 1) & mask;
            larger[at] = one;
        }
        slots_.swap(larger);
    }

    const char* keep(std::string_view text) {
        if (texts_.size() == texts_.capacity())
            texts_.reserve(texts_.empty() ? 16 : texts_.size() * 2);
        if (text.size() > block_bytes_ - bytes_in_block_ || blocks_.empty()) {
            // Blocks double up to 1 MiB; a longer text gets a block of its own size.
            constexpr std::size_t largest = std::size_t{1} << 20;
            const std::size_t usual = blocks_.empty() ? 1024 : std::min(block_bytes_ * 2, largest);
            const std::size_t size = std::max(usual, text.size());
            blocks_.push_back(std::make_unique<char[]>(size));
            block_bytes_ = size;
            bytes_in_block_ = 0;
        }
        char* const to = blocks_.back().get() + bytes_in_block_;
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
        bytes_in_block_ += text.size();
        return to;
    }

    void swap(dictionary& other) noexcept {
        std::swap(texts_, other.texts_);
        std::swap(slots_, other.slots_);
        std::swap(blocks_, other.blocks_);
        std::swap(key_, other.key_);
        std::swap(used_, other.used_);
        std::swap(block_bytes_, other.block_bytes_);
        std::swap(bytes_in_block_, other.bytes_in_block_);
    }

    std::vector<std::string_view> texts_;
    std::vector<slot> slots_;  // a power of two of them, at most three quarters in use
    std::vector<std::unique_ptr<char[]>> blocks_;
    hash_key key_;
    std::size_t used_ = 0;
    std::size_t block_bytes_ = 0;
    std::size_t bytes_in_block_ = 0;
};

}  // namespace aiueo
