// Any bytes as the rows of all four histories, as text: an error that says where and leaves the
// history as it was, or entries that keep what the histories promise, the same from a dictionary
// of the texts and from the rows turned round.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/contracts_table.hpp"
#include "aiueo/evidence/initiative_log_table.hpp"
#include "aiueo/evidence/ledger_table.hpp"
#include "aiueo/evidence/ranks_table.hpp"
#include "aiueo/table/arrow_export.hpp"

namespace {

using namespace aiueo;

void require(bool holds) {
    if (!holds) std::abort();
}

enum class shape { plain, coded, reversed };

using row = std::vector<std::string_view>;

/// One column for each name; rows are cut or filled up with nulls.
imported_table table_of(const std::vector<std::string_view>& names, std::vector<row> rows,
                        shape how) {
    if (how == shape::reversed) std::reverse(rows.begin(), rows.end());
    owned_table out{static_cast<std::int64_t>(rows.size())};
    for (std::size_t k = 0; k < names.size(); ++k) {
        text_builder texts;
        std::vector<std::int32_t> codes;
        for (const row& one : rows) {
            const bool known = k < one.size() && one[k] != "-";
            codes.push_back(known ? static_cast<std::int32_t>(texts.rows()) : -1);
            if (known)
                texts.add(one[k]);
            else if (how != shape::coded)
                texts.add_null();
        }
        require(how == shape::coded
                    ? out.add_codes(names[k], std::move(codes), std::move(texts)).ok()
                    : out.add_text(names[k], std::move(texts)).ok());
    }
    ArrowSchema schema{};
    ArrowArray array{};
    require(export_arrow(std::move(out), &schema, &array).ok());
    // Not full: what is not UTF-8 is the histories' to find.
    auto got = import_arrow(&schema, &array, arrow_validation::basic, "test");
    schema.release(&schema);
    require(got.ok());
    return std::move(*got);
}

/// What an entry says, ids by their names, since both orders of rows must say the same.
std::string shown(const contract& one, const contract_history&) {
    require(one.end > one.start);
    require(one.mrr_before == no_money ||
            (one.mrr_before >= 0 && one.mrr_before < minor_units_limit));
    require(one.mrr_after == no_money || (one.mrr_after >= 0 && one.mrr_after < minor_units_limit));
    if (one.outcome == contract_outcome::churned || one.outcome == contract_outcome::lapsed)
        require(one.mrr_after == 0);
    return std::to_string(one.start) + " " + std::to_string(one.end) + " " +
           std::string{name_of(one.kind)} + " " + std::string{name_of(one.outcome)} + " " +
           std::to_string(one.mrr_before) + " " + std::to_string(one.mrr_after);
}

std::string shown(const ledger_entry& one, const ledger_history&) {
    require(one.end > one.start && one.mrr >= 0 && one.mrr < minor_units_limit);
    return std::to_string(one.start) + " " + std::to_string(one.end) + " " +
           std::to_string(one.mrr);
}

std::string shown(const rank_entry& one, const rank_history& from) {
    require(one.rank >= 0 && static_cast<std::size_t>(one.rank) < from.ranks().size());
    return std::to_string(one.as_of) + " " + std::to_string(one.rank) + " " +
           std::to_string(one.by);
}

std::string shown(const initiative_entry& one, const initiative_log& from) {
    require(!from.initiatives().text(one.initiative).empty());
    require(one.variant < 0 || !from.variants().text(one.variant).empty());
    return std::to_string(one.initiative) + " " + std::to_string(one.date) + " " +
           std::to_string(one.attended) + " " + std::to_string(one.responded) + " " +
           std::to_string(one.variant) + " " + std::to_string(one.holdout);
}

template <class history>
std::string shown_all(const history& of) {
    std::string out;
    std::int64_t rows = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(of.customers()); ++k) {
        const std::string_view key = of.customer(k);
        require(!key.empty() && is_utf8(key) && !of.at(k).empty());
        require(k == 0 || of.customer(k - 1) < key);
        require(of.of(key).data() == of.at(k).data());
        rows += static_cast<std::int64_t>(of.at(k).size());
        out += key;
        for (const auto& one : of.at(k)) out += "\n" + shown(one, of);
        out += "\n\n";
    }
    require(rows == of.rows());
    return out;
}

/// Adds and finishes; what comes of it, or the message.
template <class history>
std::pair<bool, std::string> read(history to, const imported_table& from, const status& added) {
    if (!added) {
        require(to.rows() == 0 && to.customers() == 0);
        require(is_utf8(added.error().to_string()));
        require(!added.error().where.table.empty() && !added.error().where.column_name.empty());
        return {false, added.error().to_string()};
    }
    require(to.rows() == from.rows());
    const status finished = to.finish();
    if (!finished) {
        require(finished.error().code == errc::duplicate_row && finished.error().where.row > 0);
        require(to.rows() == 0 && is_utf8(finished.error().to_string()));
        return {false, finished.error().to_string()};
    }
    return {true, shown_all(to)};
}

std::pair<bool, std::string> read(unsigned which, const imported_table& from, std::uint8_t how) {
    const time_zone zone = time_zone::fixed((how % 48 - 24) * 1800);
    const int digits = how % 4;
    switch (which) {
    case 0: {
        contract_history to{digits, zone, how};
        const status added = add_contracts(to, from);
        return read(std::move(to), from, added);
    }
    case 1: {
        ledger_history to{digits, zone};
        const status added = add_ledger(to, from);
        return read(std::move(to), from, added);
    }
    case 2: {
        rank_history to{{"D", "C", "B", "A", "S"}, zone};
        const status added = add_ranks(to, from);
        return read(std::move(to), from, added);
    }
    default: {
        initiative_log to{zone};
        const status added = add_initiatives(to, from);
        return read(std::move(to), from, added);
    }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::uint8_t how = data[0];
    // The last columns may be left out.
    std::vector<std::vector<std::string_view>> columns{
        {"customer", "start", "end", "outcome", "mrr_before", "mrr_after", "kind"},
        {"customer", "start", "end", "mrr"},
        {"customer", "as_of", "rank", "by"},
        {"customer", "initiative", "date", "attended", "responded", "variant", "holdout"}};
    const unsigned which = data[1] % 4;
    std::vector<std::string_view>& names = columns[which];
    names.resize(names.size() - std::min<std::size_t>(data[1] / 4 % 8, names.size()));

    const std::string_view text{reinterpret_cast<const char*>(data + 2), size - 2};
    std::vector<row> rows{{}};
    std::size_t from = 0;
    for (std::size_t at = 0; at <= text.size() && rows.size() <= 1000; ++at) {
        if (at < text.size() && text[at] != ',' && text[at] != '\n') continue;
        rows.back().push_back(text.substr(from, at - from));
        from = at + 1;
        if (at < text.size() && text[at] == '\n') rows.emplace_back();
    }

    const auto plain = read(which, table_of(names, rows, shape::plain), how);
    const auto coded = read(which, table_of(names, rows, shape::coded), how);
    require(plain == coded);
    const auto reversed = read(which, table_of(names, rows, shape::reversed), how);
    require(plain.first == reversed.first);
    if (plain.first) require(plain.second == reversed.second);
    return 0;
}
