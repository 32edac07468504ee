// action › heads: what the heads of all lists begin with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/date.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/study/finding.hpp"

#include "portfolio.hpp"

namespace aiueo::detail {

/// "1,234".
[[nodiscard]] inline std::string with_commas(std::int64_t value) {
    std::string out = std::to_string(value < 0 ? -value : value);
    for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
    return (value < 0 ? "−" : "") + out;
}

/// "1 customer", "1,234 customers".
[[nodiscard]] inline std::string customers_en(std::int64_t n) {
    return with_commas(n) + (n == 1 ? " customer" : " customers");
}

inline void begin_head(json_writer& out, std::string_view action, const model& subject,
                       const portfolio& of, const remarks& told) {
    out.begin_object();
    out.member("action", action);
    out.member("model", subject.name);
    out.member("currency", subject.currency);
    out.member("minor_digits", subject.minor_digits);
    out.member("as_of", format_date(of.as_of()));
    out.member("customers", static_cast<std::int64_t>(of.seen().size()));
    out.member("not_seen", of.not_seen());
    out.member("left", of.left());
    write(out, told);
}

/// Cautions about customers that are in no list: their snapshots are too old, or their contract
/// ended after the latest.
inline void caution_not_seen(const portfolio& of, remarks& told) {
    if (of.not_seen() > 0) {
        const std::string n = with_commas(of.not_seen());
        told.caution(customers_en(of.not_seen()) + " had no snapshot in the 31 days up to " +
                         format_date(of.as_of()) + " and " + (of.not_seen() == 1 ? "is" : "are") +
                         " not in the list.",
                     format_date(of.as_of()) + "までの31日間にスナップショットのない" + n +
                         "件は一覧に含まれません。");
    }
    if (of.left() > 0) {
        const bool one = of.left() == 1;
        told.caution("The contract" + std::string{one ? "" : "s"} + " of " +
                         customers_en(of.left()) + " ended after the latest snapshot, and " +
                         (one ? "it is" : "they are") + " not in the list.",
                     "直近のスナップショットの後に契約が終了した" + with_commas(of.left()) +
                         "件は一覧に含まれません。");
    }
}

}  // namespace aiueo::detail
