// capi › describe: see describe.hpp. Names and orders are those of the scores table, so that a
// binding needs nothing else to read one.
#include "describe.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aiueo/base/date.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/evidence/sizes.hpp"
#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/scores_table.hpp"

namespace aiueo::capi {
namespace {

std::string_view name_of(response how) {
    switch (how) {
    case response::curve: return "curve";
    case response::steps: return "steps";
    case response::table: return "table";
    case response::days_since: return "days_since";
    case response::days_until: return "days_until";
    case response::percentile: return "percentile";
    case response::flag: return "flag";
    case response::custom: return "custom";
    }
    return "unknown";
}

std::string_view name_of(metric::source from) {
    switch (from) {
    case metric::source::column: return "column";
    case metric::source::initiatives: return "initiatives";
    case metric::source::derived: return "derived";
    }
    return "unknown";
}

std::string_view type_name(const score_column& one) {
    if (one.is_level()) return "level";
    if (one.is_count()) return "count";
    if (one.what == score_column::field::customer) return "text";
    if (one.what == score_column::field::as_of) return "date";
    return one.what == score_column::field::insufficient ? "flag" : "number";
}

void write_date(json_writer& out, std::string_view name, std::optional<std::int32_t> day) {
    if (day) out.member(name, format_date(*day));
}

class description {
public:
    explicit description(const plan& of) : of_(of), plan_(of.data()), model_(of.model()) {}

    std::string write() {
        out_.begin_object();
        out_.member("name", model_.name);
        detail::write_label(out_, model_.shown);
        out_.member("fingerprint", model_.fingerprint);
        out_.member("currency", model_.currency);
        out_.member("minor_digits", model_.minor_digits);
        out_.member("needs_as_of", plan_.needs_as_of);
        out_.member("needs_initiatives", plan_.needs_initiatives);
        write_metrics();
        write_axes();
        write_ladders();
        write_bands();
        write_profiles();
        out_.key("patterns").begin_array();
        if (plan_.has_patterns) {
            for (const std::string_view one : pattern_names) out_.string(one);
        }
        out_.end_array();
        const auto all = score_columns(plan_, true);
        const std::size_t plain = score_columns(plan_, false).size();
        write_columns("columns", {all.data(), plain});
        write_columns("detail_columns", {all.data() + plain, all.size() - plain});
        write_evidence();
        out_.end_object();
        return std::move(text_);
    }

private:
    /// How large evidence of this model gets.
    void write_evidence() {
        constexpr std::size_t months = 36;
        std::size_t all = 0;
        out_.key("evidence").begin_object().key("tables").begin_array();
        for (const table_size& one : table_sizes(counted{of_}, months)) {
            out_.begin_object().member("name", one.name).key("key").begin_array();
            for (const key_part part : one.key) out_.string(aiueo::name_of(part));
            out_.end_array().member("integers", static_cast<std::int64_t>(one.integers));
            out_.key("blocks");
            if (one.blocks) {
                out_.integer(static_cast<std::int64_t>(*one.blocks));
                all += *one.blocks * one.integers;
            } else {
                out_.null();
            }
            out_.end_object();
        }
        out_.end_array()
            .member("months", static_cast<std::int64_t>(months))
            .member("integers", static_cast<std::int64_t>(all))
            .end_object();
    }

    void write_metrics() {
        out_.key("metrics").begin_array();
        for (std::size_t k = 0; k < model_.metrics.size(); ++k) {
            const metric& one = model_.metrics[k];
            out_.begin_object();
            out_.member("name", one.name);
            detail::write_label(out_, one.shown);
            out_.member("type", aiueo::name_of(one.type));
            out_.member("from", name_of(one.from));
            out_.member("read", plan_.metric_number[k] >= 0);
            if (one.max_age_days) out_.member("max_age_days", *one.max_age_days);
            if (one.from == metric::source::initiatives) {
                out_.member("initiative", one.counted.initiative);
            }
            out_.end_object();
        }
        out_.end_array();
    }

    void write_axes() {
        out_.key("axes").begin_array();
        for (std::size_t g = 0; g < group_count; ++g) {
            const group& one = model_.rules.groups[g];
            if (!plan_.groups_in_use[g]) continue;
            out_.begin_object();
            out_.member("name", group_names[g]);
            out_.member("axis", g);
            detail::write_label(out_, one.shown);
            out_.key("weight");  // in overall, by default
            if (g < axis_count) {
                out_.number(model_.rules.overall.weights[g]);
            } else {
                out_.null();
            }
            out_.member("min_coverage", one.min_coverage);
            out_.key("components").begin_array();
            for (const component& part : one.components) write_component(part);
            out_.end_array();
            out_.end_object();
        }
        out_.end_array();
    }

    void write_component(const component& one) {
        out_.begin_object();
        out_.member("name", one.name);
        detail::write_label(out_, one.shown);
        out_.member("weight", one.weight);
        out_.member("response", name_of(one.how));
        out_.key("metrics").begin_array();
        for (const std::string& input : one.inputs) out_.string(input);
        out_.end_array();
        out_.end_object();
    }

    void write_ladders() {
        out_.key("ladders").begin_array();
        for (const ladder& one : model_.rules.ladders) {
            out_.begin_object();
            out_.member("name", one.name);
            detail::write_label(out_, one.shown);
            out_.key("rungs").begin_array();
            for (const rung& step : one.rungs) {
                out_.begin_object();
                out_.member("name", step.name);
                detail::write_label(out_, step.shown);
                detail::write_label(out_, step.meaning, "meaning");
                detail::write_label(out_, step.approach, "approach");
                if (step.expected_by_days) out_.member("expected_by_days", *step.expected_by_days);
                out_.member("hypothesis", step.hypothesis);
                write_date(out_, "since", step.since);
                write_date(out_, "review_by", step.review_by);
                out_.end_object();
            }
            out_.end_array();
            out_.end_object();
        }
        out_.end_array();
    }

    void write_bands() {
        out_.key("bands");
        if (!model_.rules.bands) {
            out_.null();
            return;
        }
        const band_rule& bands = *model_.rules.bands;
        out_.begin_object().member("of", bands.of).key("edges").begin_array();
        for (const double edge : bands.edges) out_.number(edge);
        out_.end_array().key("names").begin_array();
        for (const std::string& one : bands.names) out_.string(one);
        out_.end_array().end_object();
    }

    void write_profiles() {
        out_.key("profiles").begin_array();
        out_.begin_object().member("name", "default").key("changes").begin_array();
        out_.end_array().end_object();
        for (const profile& one : model_.profiles) {
            out_.begin_object().member("name", one.name);
            detail::write_label(out_, one.shown);
            out_.key("changes").begin_array();
            for (const std::string& change : one.changes) out_.string(change);
            out_.end_array().end_object();
        }
        out_.end_array();
    }

    void write_columns(std::string_view name, std::span<const score_column> columns) {
        out_.key(name).begin_array();
        for (const score_column& one : columns) {
            out_.begin_object().member("name", one.name).member("type", type_name(one));
            if (one.is_level()) {
                out_.key("names").begin_array();
                for (const std::string_view word : score_words(model_, one)) out_.string(word);
                out_.end_array();
            }
            out_.end_object();
        }
        out_.end_array();
    }

    const plan& of_;
    const plan_data& plan_;
    const model& model_;
    std::string text_;
    json_writer out_{text_};
};

}  // namespace

std::string describe(const plan& of) { return description{of}.write(); }

}  // namespace aiueo::capi
