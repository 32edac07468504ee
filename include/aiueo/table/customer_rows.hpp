// table › customer_rows: entries of a small table, held by customer. base ─► table
//
// Histories (contracts, ledger, ranks, initiatives) are added in any order, finished once, and read
// by any number of threads from then on. What they answer does not depend on the order of rows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo {
namespace detail {

/// Forgets all texts but the first `size`.
inline void keep_first(dictionary& names, std::size_t size) {
    if (names.size() == size) return;
    dictionary kept;
    for (std::size_t k = 0; k < size; ++k) kept.intern(names.text(static_cast<dictionary::id>(k)));
    names = std::move(kept);
}

/// Positions of the ids when the texts are in byte order.
[[nodiscard]] inline std::vector<std::int32_t> order_of(const dictionary& names) {
    std::vector<std::int32_t> sorted(names.size());
    std::iota(sorted.begin(), sorted.end(), 0);
    std::sort(sorted.begin(), sorted.end(),
              [&names](std::int32_t a, std::int32_t b) { return names.text(a) < names.text(b); });
    return sorted;
}

/// Gives ids anew, in byte order of the texts. The answer is the new id of each old one.
[[nodiscard]] inline std::vector<std::int32_t> sort_ids(dictionary& names) {
    const std::vector<std::int32_t> sorted = order_of(names);
    std::vector<std::int32_t> fresh(names.size());
    dictionary out;
    out.reserve(names.size());
    for (const std::int32_t id : sorted)
        fresh[static_cast<std::size_t>(id)] = out.intern(names.text(id));
    names = std::move(out);
    return fresh;
}

}  // namespace detail

/// What the histories have in common. At most 2^31 − 1 customers, whose keys are UTF-8 of 1 to
/// customer_keys::max_key_bytes bytes. Memory: an entry's size a row, the keys and about 70 bytes a
/// customer; until finish() 16 bytes more a row, and during it both.
template <class entry>
class customer_rows {
public:
    /// The customer's entries in the history's order; none before finish() and for a customer
    /// without a row.
    [[nodiscard]] std::span<const entry> of(std::string_view customer) const noexcept {
        if (!finished()) return {};
        const dictionary::id id = names_.find(customer);
        if (id == dictionary::none) return {};
        return at(static_cast<std::size_t>(place_[static_cast<std::size_t>(id)]));
    }

    /// of() each: faster than one by one, because memory is waited for once.
    void of_each(std::span<const std::string_view> customers,
                 std::span<const entry>* out) const noexcept {
        constexpr std::size_t most = 32;
        std::array<dictionary::id, most> ids;
        std::array<std::size_t, most> places;
        for (std::size_t begin = 0; begin < customers.size(); begin += most) {
            const std::size_t n = std::min(most, customers.size() - begin);
            if (!finished()) {
                std::fill_n(out + begin, n, std::span<const entry>{});
                continue;
            }
            names_.find_each(customers.subspan(begin, n), ids.data());
            for (std::size_t k = 0; k < n; ++k) {
                if (ids[k] != dictionary::none) fetch(&place_[static_cast<std::size_t>(ids[k])]);
            }
            for (std::size_t k = 0; k < n; ++k) {
                if (ids[k] == dictionary::none) continue;
                places[k] = static_cast<std::size_t>(place_[static_cast<std::size_t>(ids[k])]);
                fetch(&first_[places[k]]);
            }
            for (std::size_t k = 0; k < n; ++k) {
                const bool there = ids[k] != dictionary::none;
                out[begin + k] = there ? at(places[k]) : std::span<const entry>{};
                if (there) fetch(out[begin + k].data());
            }
        }
    }

    [[nodiscard]] std::int64_t rows() const noexcept {
        return static_cast<std::int64_t>(finished() ? entries_.size() : pending_.size());
    }
    [[nodiscard]] std::int64_t customers() const noexcept {
        return static_cast<std::int64_t>(names_.size());
    }
    [[nodiscard]] bool finished() const noexcept { return now_ == phase::finished; }

    /// All customers in byte order of their keys. k < customers(), after finish() has succeeded.
    [[nodiscard]] std::string_view customer(std::size_t k) const noexcept {
        return names_.text(order_[k]);
    }
    [[nodiscard]] std::span<const entry> at(std::size_t k) const noexcept {
        const entry* const all = entries_.data();
        return {all + first_[k], all + first_[k + 1]};
    }

    /// Everything that `fill` (a status()) adds, or nothing of it if it fails. An exception leaves
    /// what was added.
    template <class fill_type>
    status all_or_nothing(fill_type fill) {
        const std::size_t rows = pending_.size();
        const std::size_t customers = names_.size();
        status done = fill();
        if (!done && open()) {
            pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(rows), pending_.end());
            detail::keep_first(names_, customers);
        }
        return done;
    }

protected:
    struct pending {
        entry one;
        std::int32_t customer;
        std::int64_t row;
    };

    /// `table` is for messages, and a literal.
    explicit customer_rows(std::string_view table) noexcept : table_(table) {}

    [[nodiscard]] error fail(errc code, std::string message, std::string_view customer,
                             std::int64_t row, std::string_view column = {}) const {
        place where;
        where.table = table_;
        where.column_name = column;
        where.row = row;
        where.key = customer;
        return make_error(code, std::move(message), std::move(where));
    }

    [[nodiscard]] bool open() const noexcept { return now_ == phase::open; }
    [[nodiscard]] error not_open() const {
        return fail(errc::invalid_state, "finish() was called before", {}, -1);
    }

    /// May a row of this customer be added?
    [[nodiscard]] status check_customer(std::string_view customer, std::int64_t row) const {
        if (!open()) {
            return fail(errc::invalid_state, "finish() was called; rows are added before it", {},
                        row);
        }
        if (customer.empty()) {
            return fail(errc::bad_value, "the customer's key is missing; every row needs one", {},
                        row, "customer");
        }
        if (customer.size() > customer_keys::max_key_bytes) {
            return fail(errc::limit_exceeded,
                        "the customer's key has " + std::to_string(customer.size()) +
                            " bytes; at most " + std::to_string(customer_keys::max_key_bytes) +
                            " are read",
                        {}, row, "customer");
        }
        if (!is_utf8(customer)) {
            return fail(errc::bad_value,
                        quoted(customer) + " is not UTF-8; save the table as UTF-8", {}, row,
                        "customer");
        }
        return {};
    }

    /// A name in a cell: UTF-8, no longer than a key may be.
    [[nodiscard]] status check_name(std::string_view name, std::string_view customer,
                                    std::int64_t row, std::string_view column) const {
        if (name.size() > customer_keys::max_key_bytes) {
            return fail(errc::limit_exceeded,
                        "the name has " + std::to_string(name.size()) + " bytes; at most " +
                            std::to_string(customer_keys::max_key_bytes) + " are read",
                        customer, row, column);
        }
        if (is_utf8(name)) return {};
        return fail(errc::bad_value, quoted(name) + " is not UTF-8; save the table as UTF-8",
                    customer, row, column);
    }

    /// After check_customer().
    [[nodiscard]] status insert(std::string_view customer, const entry& one, std::int64_t row) {
        const dictionary::id id = names_.intern(customer);
        if (id == dictionary::none) {
            return fail(errc::limit_exceeded,
                        "is one customer too many; at most " +
                            std::to_string(dictionary::max_size) + " are held",
                        customer, row, "customer");
        }
        pending_.push_back({one, id, row});
        return {};
    }

    template <class change>
    void change_each(change to) {
        for (pending& one : pending_) to(one.one);
    }

    /// Sorts each customer's entries by `less`. `same(a, b)`, an optional error, is asked about
    /// neighbours that `less` finds equal, a having the smaller row number; the error with the
    /// smallest row comes back, and then nothing is held.
    template <class less_type, class same_type>
    [[nodiscard]] status sort(less_type less, same_type same) {
        if (!open()) return not_open();
        now_ = phase::failed;
        order_ = detail::order_of(names_);
        place_.resize(order_.size());
        for (std::size_t k = 0; k < order_.size(); ++k)
            place_[static_cast<std::size_t>(order_[k])] = static_cast<std::int32_t>(k);
        for (pending& one : pending_) one.customer = place_[static_cast<std::size_t>(one.customer)];
        std::sort(pending_.begin(), pending_.end(), [&less](const pending& a, const pending& b) {
            if (a.customer != b.customer) return a.customer < b.customer;
            if (less(a.one, b.one)) return true;
            if (less(b.one, a.one)) return false;
            return a.row < b.row;
        });
        std::optional<error> found;
        for (std::size_t i = 1; i < pending_.size(); ++i) {
            const pending& a = pending_[i - 1];
            const pending& b = pending_[i];
            if (a.customer != b.customer || less(a.one, b.one)) continue;
            if (found && found->where.row <= b.row) continue;
            if (std::optional<error> wrong = same(a, b)) found = std::move(wrong);
        }
        if (found) {
            forget();
            return std::move(*found);
        }
        entries_.reserve(pending_.size());
        first_.assign(order_.size() + 1, 0);
        for (const pending& one : pending_) {
            ++first_[static_cast<std::size_t>(one.customer) + 1];
            entries_.push_back(one.one);
        }
        for (std::size_t k = 1; k < first_.size(); ++k) first_[k] += first_[k - 1];
        pending_ = {};
        now_ = phase::finished;
        return {};
    }

    /// The customer of an entry that sort() asks about.
    [[nodiscard]] std::string_view key_of(const pending& one) const noexcept {
        return names_.text(order_[static_cast<std::size_t>(one.customer)]);
    }

private:
    static void fetch([[maybe_unused]] const void* from) noexcept {
#if defined(__GNUC__)
        __builtin_prefetch(from);
#endif
    }

    enum class phase : std::uint8_t { open, finished, failed };

    void forget() {
        pending_ = {};
        order_ = {};
        place_ = {};
        names_.clear();
    }

    std::string_view table_;
    phase now_ = phase::open;
    dictionary names_;
    std::vector<pending> pending_;
    std::vector<std::int32_t> order_;   ///< ids in byte order of the keys
    std::vector<std::int32_t> place_;   ///< by id: its place in `order_`
    std::vector<std::uint64_t> first_;  ///< by place: its first entry
    std::vector<entry> entries_;
};

}  // namespace aiueo
