// study › registry: see study/registry.hpp.
#include "aiueo/study/registry.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/study/agreement.hpp"
#include "aiueo/study/association.hpp"
#include "aiueo/study/bottleneck.hpp"
#include "aiueo/study/calibration.hpp"
#include "aiueo/study/drift.hpp"
#include "aiueo/study/forecast.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/initiative.hpp"
#include "aiueo/study/nrr.hpp"
#include "aiueo/study/renewal.hpp"
#include "aiueo/study/revenue.hpp"
#include "aiueo/study/validation.hpp"

#include "options.hpp"
#include "saved_forecast.hpp"

namespace aiueo {

namespace {

const std::vector<std::string_view> kinds{name_of(contract_kind::contract),
                                          name_of(contract_kind::trial)};

contract_kind kind_of(detail::study_options& options) {
    return options.word("kind", 0, kinds) == 0 ? contract_kind::contract : contract_kind::trial;
}

template <class Finding>
std::string json_of(const Finding& found) {
    std::string out;
    json_writer to{out};
    write_json(to, found);
    return out;
}

result<std::string> renewal(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    renewal_options with;
    with.lead = options.lead(of.shape());
    with.kind = kind_of(options);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return json_of(study_renewal(of, with));
}

result<std::string> association(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    association_options with;
    with.lead = options.lead(of.shape());
    with.kind = kind_of(options);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return json_of(study_association(of, with));
}

result<std::string> validation(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    validation_options with;
    with.lead = options.lead(of.shape());
    with.kind = kind_of(options);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return json_of(study_validation(of, with));
}

result<std::string> calibration(const evidence& of, std::string_view text) {
    using choice = calibration_options::choice;
    detail::study_options options{text};
    calibration_options with;
    with.lead = options.lead(of.shape());
    with.kind = kind_of(options);
    with.method = std::array{
        choice::best, choice::correlation,
        choice::least_squares}[options.word("method", 0, {"best", "correlation", "least_squares"})];
    with.refit_percentiles = options.word("percentiles", 0, {"keep", "refit"}) == 1;
    with.refit_responses = options.word("responses", 0, {"keep", "refit"}) == 1;
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return json_of(study_calibration(of, with));
}

result<std::string> drift(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    drift_options with;
    with.kind = kind_of(options);
    with.recent_months =
        static_cast<std::int32_t>(options.integer("recent_months", with.recent_months, 1, 120));
    with.reference_months = static_cast<std::int32_t>(
        options.integer("reference_months", with.reference_months, 1, 1200));
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return json_of(study_drift(of, with));
}

result<std::string> initiative(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    initiative_options with;
    const std::int32_t lead = options.lead(of.shape());
    with.kind = kind_of(options);
    with.min_n = options.integer("min_n", of.shape().model().steps.min_n, 1, 1'000'000'000);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    if (lead != 0) {
        return make_error(
            errc::invalid_argument,
            "initiatives are counted at the model's first lead only: option \"lead\" is " +
                std::to_string(of.shape().leads().front()));
    }
    return json_of(study_initiative(of, with));
}

result<std::string> agreement(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    agreement_options with;
    with.first_month = options.month("first_month", with.first_month);
    with.last_month = options.month("last_month", with.last_month);
    with.member = options.text("member");
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    if (with.last_month < with.first_month)
        return make_error(errc::invalid_argument, "\"last_month\" is before \"first_month\"");
    const std::vector<std::string>& members = of.table(table_id::ranks).names();
    if (with.member && std::find(members.begin(), members.end(), *with.member) == members.end()) {
        return make_error(errc::not_found, "no rank was given by " + aiueo::quoted(*with.member) +
                                               did_you_mean(*with.member, members));
    }
    return json_of(study_agreement(of, with));
}

result<std::string> bottleneck(const evidence& of, std::string_view text) {
    constexpr std::int32_t latest = std::numeric_limits<std::int32_t>::min();
    detail::study_options options{text};
    bottleneck_options with;
    const std::int32_t month = options.month("month", latest);
    if (month != latest) with.month = month;
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    const monthly_panel months{of};
    if (with.month && !months.customers().contains(*with.month)) {
        return make_error(errc::not_found,
                          "no customer was seen in " + month_name(*with.month) +
                              (months.empty() ? std::string{}
                                              : "; the months are " +
                                                    month_name(months.customers().begin()->first) +
                                                    " to " + month_name(months.last())));
    }
    return json_of(study_bottleneck(of, with));
}

result<std::string> revenue(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    revenue_options with;
    with.months = static_cast<std::int32_t>(options.integer("months", with.months, 1, 1200));
    with.back = options.word("reactivation", 0, {"left_out", "counted"}) == 0
                    ? reactivated::left_out
                    : reactivated::counted;
    with.segment = options.text("segment");
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    std::vector<std::string> segments;
    for (const segment& one : of.shape().model().segments) segments.push_back(one.metric);
    if (with.segment &&
        std::find(segments.begin(), segments.end(), *with.segment) == segments.end()) {
        return make_error(errc::not_found, "the model has no segment " +
                                               aiueo::quoted(*with.segment) +
                                               did_you_mean(*with.segment, segments));
    }
    return json_of(study_revenue(of, with));
}

result<std::string> nrr(const evidence& of, std::string_view text) {
    detail::study_options options{text};
    nrr_options with;
    std::vector<std::string_view> scales, rungs;
    for (const level_variable* one : detail::nrr_scales(of.shape())) scales.push_back(one->name);
    if (!scales.empty()) with.of = scales[options.word("of", 0, scales)];
    for (const level_variable* one : detail::nrr_scales(of.shape())) {
        for (std::size_t k = 0; one->name == with.of && k < detail::scale_of(one); ++k)
            rungs.push_back(one->levels[k]);
    }
    const std::int64_t months = options.integer("months", 0, 1, 1200);
    if (months > 0) with.months = static_cast<std::int32_t>(months);
    const double target = options.number("target", undefined, 0.01, 10);
    if (is_defined(target)) with.target = target;
    const double capacity = options.number("capacity", undefined, 0, 1e9);
    if (is_defined(capacity)) with.capacity = capacity;
    with.effort = options.numbers("effort", rungs, 1e-3, 1e6);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return json_of(study_nrr(of, with));
}

result<std::string> forecast(const evidence& of, std::string_view text) {
    constexpr std::int32_t latest = std::numeric_limits<std::int32_t>::min();
    detail::study_options options{text};
    forecast_options with;
    const std::int32_t origin = options.month("origin", latest);
    if (origin != latest) with.origin = origin;
    options.each("what_if", [&with](detail::study_options& one) {
        for (const std::string_view key : {"from", "to", "customers", "before"}) one.require(key);
        with.what_if.push_back({one.text("from").value_or(""), one.text("to").value_or(""),
                                one.integer("customers", 1, 1, 1'000'000'000),
                                one.month("before", latest)});
        return true;
    });
    options.object("saved", [&with](detail::study_options& saved) {
        with.saved = detail::read_saved_forecast(saved);
        return false;
    });
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    result<forecast_finding> found = study_forecast(of, with);
    if (!found.ok()) return std::move(found).error();
    return json_of(*found);
}

constexpr std::array all{
    study_entry{"bottleneck",
                "where the chain from our work to revenue breaks, for whom, and whose job it is",
                bottleneck},
    study_entry{"forecast",
                "how many contracts will be renewed, month by month, and how past forecasts did",
                forecast},
    study_entry{"renewal", "renewal by stage, band and segment, by term of contract", renewal},
    study_entry{"revenue", "MRR by month, cohort and segment, churn, GRR and NRR, and what moved",
                revenue},
    study_entry{"association", "which scores and raw metrics go with renewal, also within segments",
                association},
    study_entry{"calibration", "new weights, responses and curves, and whether they are better",
                calibration},
    study_entry{"initiative",
                "which initiatives go with renewal at the same stage, and which calls are answered",
                initiative},
    study_entry{"validation", "whether overall and the axes tell who renews, and hold over time",
                validation},
    study_entry{"agreement", "whether the stages say what the members' own ranks say", agreement},
    study_entry{"nrr", "the NRR to expect, what would lift it, and how often such words were right",
                nrr},
    study_entry{"drift", "what moved, and which stage or condition no longer separates", drift},
};

}  // namespace

std::span<const study_entry> studies() noexcept { return all; }

result<std::string> run_study(const evidence& of, std::string_view name, std::string_view options) {
    const default_float_mode usual;
    std::vector<std::string_view> names;
    for (const study_entry& one : all) {
        if (one.name == name) return one.run(of, options);
        names.push_back(one.name);
    }
    return make_error(errc::not_found,
                      "\"" + std::string{name} + "\" is not a study" + did_you_mean(name, names));
}

}  // namespace aiueo
