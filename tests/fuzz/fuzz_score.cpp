// Models and tables that are right by construction, scored in every way there is: as a whole, in
// ranges, row by row through the batch's own memory; with and without detail; by every instruction
// set; from every form of column. All must give the same bits, and a plain interpreter of the
// definitions must agree: axes, overall, coverage, bounds, stages, band, pattern, steps, counts.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/model/read.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/explain.hpp"
#include "aiueo/score/gap.hpp"
#include "aiueo/score/score.hpp"

#include "make_model.hpp"
#include "make_table.hpp"

namespace {

using namespace fuzzing;

/// Floating point may be off by some 1e-13 before it is rounded.
constexpr double margin = 1e-11;

bool same_bits(double a, double b) {
    return (a != a && b != b) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// All that two results say of a row, of the second as of another row.
void compare_rows(const aiueo::scores& a, std::size_t i, const aiueo::scores& b, std::size_t k,
                  std::string_view how) {
    bool same = a.profile()[i] == b.profile()[k];
    const auto numbers = [&](auto x, auto y) {
        if (!x.empty() && !y.empty()) same = same && same_bits(x[i], y[k]);
    };
    const auto codes = [&](auto x, auto y) {
        if (!x.empty() && !y.empty()) same = same && x[i] == y[k];
    };
    numbers(a.overall(), b.overall());
    numbers(a.coverage(), b.coverage());
    numbers(a.lower(), b.lower());
    numbers(a.upper(), b.upper());
    for (std::size_t g = 0; g < aiueo::group_count; ++g) {
        const auto which = static_cast<aiueo::axis>(g);
        numbers(a[which], b[which]);
        numbers(a.coverage(which), b.coverage(which));
        numbers(a.lower(which), b.lower(which));
        numbers(a.upper(which), b.upper(which));
    }
    for (std::size_t l = 0; l < a.made_for().model.rules.ladders.size(); ++l) {
        codes(a.stage(l), b.stage(l));
        codes(a.provisional(l), b.provisional(l));
    }
    codes(a.band(), b.band());
    codes(a.pattern(), b.pattern());
    if (a.options().detail && b.options().detail) {
        for (std::size_t k2 = 0; k2 < a.made_for().component_count; ++k2)
            numbers(a.component(k2), b.component(k2));
        for (const aiueo::step one :
             {aiueo::step::accompany, aiueo::step::process, aiueo::step::success}) {
            numbers(a.score(one), b.score(one));
            codes(a.achieved(one), b.achieved(one));
        }
        for (const auto state :
             {aiueo::value_state::stale, aiueo::value_state::invalid, aiueo::value_state::unseen})
            codes(a.count(state), b.count(state));
    }
    require(same, "the same bits " + std::string{how} + ", row " + std::to_string(i));
}

/// What the summary counts, which must not depend on ranges either.
void compare_tallies(const aiueo::scores& a, const aiueo::scores& b, std::string_view how) {
    const auto compare = [how](std::int64_t x, std::int64_t y, const char* what, std::size_t k,
                               aiueo::value_state state) {
        if (x == y) return;
        require(false, "the same tally " + std::string{how} + ": " + what + " " +
                           std::to_string(k) + ", " + std::string{aiueo::name_of(state)} + ": " +
                           std::to_string(x) + " and " + std::to_string(y));
    };
    for (std::size_t s = 0; s <= static_cast<std::size_t>(aiueo::value_state::unused); ++s) {
        const auto state = static_cast<aiueo::value_state>(s);
        for (std::size_t k = 0; k < a.made_for().metrics.size(); ++k)
            compare(a.tally_of_metric(k, state), b.tally_of_metric(k, state), "metric", k, state);
        for (std::size_t k = 0; k < a.made_for().component_count; ++k) {
            compare(a.tally_of_component(k, state), b.tally_of_component(k, state), "component", k,
                    state);
            compare(a.tally_of_finds(k, state), b.tally_of_finds(k, state), "finds", k, state);
        }
    }
}

/// The interpreter's word on a row; false where it came too close to a tie to be sure.
bool check_row(const plain_model& model, const plain_table& table, const plain_row& row,
               const std::set<std::string>& read, const aiueo::scores& found, std::size_t i,
               bool overrides) {
    plain_scorer wanted{model, table, row, overrides};
    const plain_rules& rules = wanted.rules();
    struct difference {
        std::string name;
        double wanted;
        double found;
    };
    std::vector<difference> all;
    const auto compare = [&all](std::string name, double expected, double got) {
        if (expected == got || (expected != expected && got != got)) return;
        all.push_back({std::move(name), expected, got});
    };
    const auto number = [](std::optional<double> x) {
        return x ? *x : std::numeric_limits<double>::quiet_NaN();
    };
    compare("profile", static_cast<double>(wanted.profile), found.profile()[i]);
    std::size_t component = 0;
    for (const plain_group& group : rules.groups) {
        const auto at = std::string_view{"AIUEOt"}.find(group.name[0]);
        const auto which = static_cast<aiueo::axis>(at);
        const plain_score& one = wanted.score(group.name);
        compare(group.name, number(one.score), found[which][i]);
        compare(group.name + ".coverage", one.coverage, found.coverage(which)[i]);
        compare(group.name + ".lower", one.lower, found.lower(which)[i]);
        compare(group.name + ".upper", one.upper, found.upper(which)[i]);
        for (std::size_t k = 0; k < group.components.size(); ++k) {
            compare(group.name + "." + group.components[k].name, number(one.parts[k]),
                    found.component(component++)[i]);
        }
    }
    const plain_score& overall = wanted.score("overall");
    compare("overall", number(overall.score), found.overall()[i]);
    compare("coverage", overall.coverage, found.coverage()[i]);
    compare("lower", overall.lower, found.lower()[i]);
    compare("upper", overall.upper, found.upper()[i]);
    for (std::size_t l = 0; l < rules.ladders.size(); ++l) {
        const auto [stage, highest] = wanted.level(rules.ladders[l].name);
        compare(rules.ladders[l].name, stage, found.stage(l)[i]);
        compare("provisional", highest > stage ? highest : -1, found.provisional(l)[i]);
    }
    if (rules.bands) compare("band", wanted.band(), found.band()[i]);
    if (model.threshold) {
        compare("pattern", wanted.pattern(), found.pattern()[i]);
        const auto steps = wanted.steps();
        for (std::size_t s = 0; s < steps.size(); ++s) {
            const double code = steps[s].is_true() ? 2 : steps[s].is_false() ? 1 : 0;
            compare("step " + std::to_string(s), code,
                    found.achieved(static_cast<aiueo::step>(s))[i]);
        }
        compare("process.score", number(wanted.step_score({"I", "U"})),
                found.score(aiueo::step::process)[i]);
        compare("success.score", number(wanted.step_score({"E", "O"})),
                found.score(aiueo::step::success)[i]);
    }
    wanted.count_metrics(read);
    compare("stale", wanted.counts[0], found.count(aiueo::value_state::stale)[i]);
    compare("invalid", wanted.counts[1], found.count(aiueo::value_state::invalid)[i]);
    compare("unseen", wanted.counts[2], found.count(aiueo::value_state::unseen)[i]);
    if (wanted.nearest_tie < margin) return false;
    for (const difference& one : all) {
        std::fprintf(stderr, "%s: %.17g expected, %.17g found\n", one.name.c_str(), one.wanted,
                     one.found);
    }
    require(all.empty(), "the interpreter agrees about row " + std::to_string(i));
    return true;
}

/// A table for one plan: `of[i]` is the row of `table` that row i repeats.
struct bound_table {
    bound_table(choices& in, const plain_model& model, const plain_table& table,
                const std::vector<std::size_t>& of, const aiueo::plan& plan,
                const aiueo::initiative_history* history)
        : rows(plan, static_cast<std::int64_t>(of.size())) {
        std::vector<std::string> customers;
        std::vector<std::optional<double>> days;
        for (const std::size_t i : of) {
            customers.push_back(table.rows[i].customer);
            days.emplace_back(table.rows[i].as_of);
        }
        bind("customer", columns.texts_of(customers));
        bind("as_of", columns.days_of(in, days));
        for (const plain_metric& one : model.metrics) {
            if (one.from != plain_metric::source::column) continue;
            std::vector<const plain_cell*> cells;
            std::vector<std::optional<double>> observed;
            for (const std::size_t i : of) {
                cells.push_back(&table.rows[i].cells.at(one.name));
                observed.push_back(cells.back()->observed);
            }
            bind(one.name, columns.make(in, cells, one, model.minor_digits));
            if (one.max_age) bind(one.name + "@", columns.days_of(in, observed));
        }
        if (history != nullptr) require(rows.set_initiatives(*history).ok(), "initiatives");
        const aiueo::status ready = rows.ready();
        if (!ready) require(false, ready.error().to_string());
    }

    void bind(const std::string& name, const aiueo::column_view& column) {
        const aiueo::status ok = rows.bind(name, column);
        if (!ok) require(false, ok.error().to_string());
    }

    column_maker columns;
    aiueo::batch rows;
};

aiueo::scores scored(const aiueo::plan& plan, const aiueo::batch& rows, std::int64_t step,
                     aiueo::scores_options options) {
    aiueo::scores out{plan, rows.rows(), options};
    for (std::int64_t at = 0; at < rows.rows(); at += step) {
        const aiueo::status ok =
            aiueo::score(plan, rows, {at, std::min(at + step, rows.rows())}, out);
        if (!ok) require(false, ok.error().to_string());
    }
    return out;
}

/// The first `count` rows through memory of the batch's own, row by row, as a service does.
void check_own_memory(const plain_model& model, const plain_table& table, std::size_t count,
                      const aiueo::plan& plan, const aiueo::initiative_history* history,
                      const aiueo::scores& whole) {
    column_maker columns;
    aiueo::batch own{plan, static_cast<std::int64_t>(count)};
    own.own_all();
    std::vector<std::string> customers;
    for (std::size_t i = 0; i < count; ++i) customers.push_back(table.rows[i].customer);
    require(own.bind("customer", columns.texts_of(customers)).ok(), "customers");
    const auto as_of = own.reserve("as_of", aiueo::column_type::date32);
    require(as_of.ok(), "memory for the dates");
    if (history != nullptr) require(own.set_initiatives(*history).ok(), "initiatives");
    for (std::size_t i = 0; i < count; ++i) {
        const plain_row& row = table.rows[i];
        static_cast<std::int32_t*>(as_of->values)[i] = static_cast<std::int32_t>(row.as_of);
        as_of->validity[i / 8] = static_cast<std::uint8_t>(as_of->validity[i / 8] | 1U << (i % 8));
        std::vector<std::int32_t> numbers;
        std::vector<double> values;
        std::vector<std::int32_t> observed;
        for (const auto& [name, cell] : row.cells) {
            const auto number = own.number_of(name);
            require(number.ok(), "a number of the metric");
            const bool known = cell.is != plain_cell::state::missing;
            double value = known ? cell.number : std::numeric_limits<double>::quiet_NaN();
            if (model.metric(name)->what == kind::text)
                value = known ? *own.text_id(cell.text) : -1;
            numbers.push_back(*number);
            values.push_back(value);
            observed.push_back(cell.observed ? static_cast<std::int32_t>(*cell.observed)
                                             : aiueo::initiative_history::no_date);
        }
        const aiueo::status set =
            own.set_row(static_cast<std::int64_t>(i), numbers, values, observed);
        if (!set) require(false, set.error().to_string());
    }
    const aiueo::scores found = scored(plan, own, 64, {.detail = count == 1});
    for (std::size_t i = 0; i < count; ++i)
        compare_rows(whole, i, found, i, "of rows in the batch's own memory");
}

aiueo::initiative_history history_of(const plain_table& table, const aiueo::plan& plan) {
    aiueo::initiative_history out{plan};
    const auto day = [](const plain_event& one, const char* name) {
        return one.days.at(name).value_or(aiueo::initiative_history::no_date);
    };
    for (const plain_event& one : *table.events) {
        out.add(one.customer, one.initiative, day(one, "date"), day(one, "attended"),
                day(one, "responded"));
    }
    out.finish();
    return out;
}

/// An explanation says the scores that scoring says.
void check_explanation(const aiueo::plan& plan, const aiueo::batch& rows,
                       const aiueo::scores& found) {
    const auto why = aiueo::explain(plan, rows, 0);
    if (!why) require(false, why.error().to_string());
    require(same_bits(why->overall.score, found.overall()[0]) &&
                why->profile == found.profile()[0] &&
                (found.band().empty() || why->band == found.band()[0]),
            "the explanation says what the scores say");
    for (std::size_t l = 0; l < plan.model().rules.ladders.size(); ++l) {
        const auto missing = aiueo::gap(plan, rows, 0, plan.model().rules.ladders[l].name);
        if (!missing) require(false, missing.error().to_string());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices in{data, size};
    const auto sets = aiueo::available_kernels();
    const std::size_t set = in.below(sets.size());
    const std::size_t many = in.one_in(4) ? in.pick<std::size_t>({65, 64, 63, 257, 300, 513}) : 0;
    const plain_model model = model_maker{in}.make();
    const plain_table table = make_table(in, model);
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < table.rows.size(); ++i) of.push_back(i);
    const std::uint8_t seed = in.byte();
    std::uint64_t state = seed;
    while (of.size() < many) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        of.push_back((state >> 33U) % table.rows.size());
    }

    const std::string text = json_of(model);
    auto read = aiueo::read_model(text);
    if (!read) require(false, read.error().to_string() + "\n" + text);
    auto portable = aiueo::compile(*read, {}, {.kernels = sets[0], .log = {}});
    auto wide = aiueo::compile(*read, {}, {.kernels = sets[set], .log = {}});
    require(portable.ok() && wide.ok(), "a model that was read can be compiled");
    std::optional<aiueo::initiative_history> portable_history;
    std::optional<aiueo::initiative_history> wide_history;
    if (table.events) {
        portable_history.emplace(history_of(table, *portable));
        wide_history.emplace(history_of(table, *wide));
    }
    const auto* const first_history = portable_history ? &*portable_history : nullptr;
    const auto* const second_history = wide_history ? &*wide_history : nullptr;

    const bound_table first{in, model, table, of, *portable, first_history};
    const bound_table second{in, model, table, of, *wide, second_history};
    const auto count = static_cast<std::int64_t>(of.size());
    const aiueo::scores whole = scored(*portable, first.rows, count, {.detail = true});
    const aiueo::scores ranges = scored(*wide, second.rows, 64, {.detail = true});
    const aiueo::scores brief = scored(*wide, second.rows, 320, {.detail = false});
    const aiueo::scores plain =
        scored(*wide, second.rows, count, {.detail = true, .overrides = false});
    for (std::size_t i = 0; i < of.size(); ++i) {
        compare_rows(whole, i, ranges, i, "in ranges by another instruction set");
        compare_rows(whole, i, brief, i, "without detail");
        if (i >= table.rows.size()) compare_rows(whole, of[i], whole, i, "of equal rows");
    }
    compare_tallies(whole, ranges, "in ranges by another instruction set");
    compare_tallies(whole, brief, "without detail");
    check_own_memory(model, table, table.rows.size(), *wide, second_history, whole);
    check_own_memory(model, table, 1, *wide, second_history, whole);
    if (seed % 4 == 3) check_explanation(*wide, second.rows, whole);

    const std::set<std::string> metrics = metrics_read(model);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        check_row(model, table, table.rows[i], metrics, whole, i, true);
        check_row(model, table, table.rows[i], metrics, plain, i, false);
    }
    return 0;
}
