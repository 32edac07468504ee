// action › segment: see action/segment.hpp.
#include "aiueo/action/segment.hpp"

#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/trigger_ladders.hpp"

#include "columns.hpp"
#include "condition_values.hpp"
#include "heads.hpp"
#include "portfolio.hpp"

namespace aiueo {

namespace {

using namespace detail;

struct segment_columns {
    text_cells_out customer, stage, band, reason, member, team;
    date_cells as_of, ends;
    number_cells overall, mrr;
    std::int64_t rows = 0;
};

[[nodiscard]] std::string_view level_name(const std::vector<std::string>& names, level_index at) {
    return at == no_level ? std::string_view{}
                          : std::string_view{names[static_cast<std::size_t>(at)]};
}

[[nodiscard]] std::string head_of(const model& subject, const portfolio& of, const expression& when,
                                  std::int64_t holds, std::int64_t unknown) {
    remarks told;
    told.sentence.en = "For " + customers_en(holds) + " of " +
                       with_commas(static_cast<std::int64_t>(of.seen().size())) + ": " +
                       when.source + ".";
    told.sentence.ja = with_commas(static_cast<std::int64_t>(of.seen().size())) + "件のうち" +
                       with_commas(holds) + "件が条件「" + when.source + "」に当てはまります。";
    if (unknown > 0) {
        told.caution("For " + customers_en(unknown) +
                         " it cannot be told, because what the condition reads is unknown.",
                     with_commas(unknown) + "件は、条件が読む値が不明なため判定できません。");
    }
    caution_not_seen(of, told);
    std::string text;
    json_writer out{text};
    begin_head(out, "segment", subject, of, told);
    out.member("when", when.source);
    out.member("holds", holds);
    out.member("unknown", unknown);
    out.end_object();
    return text;
}

}  // namespace

result<action_list> list_segment(const action_inputs& in, const segment_options& with) {
    const default_float_mode usual;
    const model& subject = in.with.model();
    const std::size_t asked = trigger_ladder(subject, segment_name, {});
    if (asked == subject.rules.ladders.size()) {
        return make_error(errc::invalid_argument,
                          "this plan has no condition to ask; make a plan to act with one");
    }
    const expression& when = subject.rules.ladders[asked].rungs[1].when;
    std::vector<std::uint32_t> reads;
    add_metrics(when, reads);
    auto of = portfolio::make(in, with.as_of, reads);
    if (!of) return std::move(of).error();
    segment_columns c;
    std::int64_t unknown = 0;
    for (const std::size_t customer : of->seen()) {
        const std::int64_t row = of->row_of(customer);
        const auto at = static_cast<std::size_t>(row);
        if (of->given().stage(asked)[at] == 0) {
            unknown += of->given().provisional(asked)[at] != no_level ? 1 : 0;
            continue;
        }
        c.customer.add(of->panel().key(customer));
        c.as_of.add(of->panel().day(row));
        c.stage.add(
            own_ladders(subject) == 0
                ? std::string_view{}
                : std::string_view{subject.rules.ladders[0]
                                       .rungs[static_cast<std::size_t>(of->given().stage(0)[at])]
                                       .name});
        c.band.add(subject.rules.bands
                       ? level_name(subject.rules.bands->names, of->given().band()[at])
                       : std::string_view{});
        c.overall.add(of->given().overall()[at]);
        c.mrr.add(of->value(role::mrr, row));
        c.ends.add_day(of->value(role::contract_end, row));
        c.reason.add(condition_with_values(when, reads, *of, in.rows, row));
        c.member.add(of->text(role::member, row));
        c.team.add(of->text(role::team, row));
        ++c.rows;
    }
    action_list out;
    auto rows = table_out{c.rows}
                    .put("customer", c.customer)
                    .put("as_of", c.as_of)
                    .put("stage", c.stage)
                    .put("band", c.band)
                    .put("overall", c.overall)
                    .put("mrr", c.mrr)
                    .put("ends", c.ends)
                    .put("reason", c.reason)
                    .put("member", c.member)
                    .put("team", c.team)
                    .finish();
    if (!rows) return std::move(rows).error();
    out.rows = *std::move(rows);
    out.head = head_of(subject, *of, when, c.rows, unknown);
    return out;
}

}  // namespace aiueo
