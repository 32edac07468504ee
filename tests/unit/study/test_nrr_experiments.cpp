// What hold-outs at a level say beside the association of a level-up: planted counts, worked out
// again without the study.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/study/nrr.hpp"
#include "aiueo/study/registry.hpp"

#include "nrr_books.hpp"

namespace test_nrr_experiments {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::int32_t horizon = 3;

/// Ends in each group of customers: renewed and not of those drawn, then of those held out.
struct drawn_ends {
    std::int64_t drawn_kept, drawn_lost, held_kept, held_lost;
};

class experiment_book {
public:
    experiment_book()
        : plan_(plan_of(nrr_model(horizon))),
          book_(made_book(200, 14, 5)),
          seen_(evidence_of(plan_, book_)) {}

    /// Every third group has `less` fewer of those drawn who renewed, or there would be no error.
    void add(int level, const std::string& name, const drawn_ends& ends, std::int64_t less = 1) {
        count_table& to = table(table_id::initiatives);
        std::int64_t* const block = to.at({0, level, *to.name_id(name)});
        for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
            const std::int64_t fewer = g % 3 == 0 ? less : 0;
            block[counted::exposure_cell(exposure::chosen, true, g)] = ends.drawn_kept - fewer;
            block[counted::exposure_cell(exposure::chosen, false, g)] = ends.drawn_lost + fewer;
            block[counted::exposure_cell(exposure::held, true, g)] = ends.held_kept;
            block[counted::exposure_cell(exposure::held, false, g)] = ends.held_lost;
        }
    }

    /// In the first groups one more of those held out was kept.
    void add_held_kept(int level, const std::string& name, std::size_t groups) {
        count_table& to = table(table_id::initiatives);
        std::int64_t* const block = to.at({0, level, *to.name_id(name)});
        for (std::size_t g = 0; g < groups; ++g) {
            block[counted::exposure_cell(exposure::held, true, g)] += 1;
            block[counted::exposure_cell(exposure::held, false, g)] -= 1;
        }
    }

    /// A contract at a level and close, `months` before its end.
    void add_due(int level, std::int32_t close, std::int32_t months, std::int64_t mrr) {
        std::int64_t* const cell = table(table_id::due).at({close, close + months, 12}) +
                                   revenue_shape::due_cell(static_cast<std::size_t>(level));
        cell[static_cast<std::size_t>(due_field::contracts)] += 1;
        cell[static_cast<std::size_t>(due_field::priced)] += 1;
        cell[static_cast<std::size_t>(due_field::mrr)] += mrr;
    }

    [[nodiscard]] static std::int32_t last() { return book_start + 13; }
    [[nodiscard]] const evidence& seen() const { return seen_; }
    [[nodiscard]] nrr_finding found() const { return study_nrr(seen_); }

    /// Σ MRR later ÷ then of those at a level who were kept, without a group.
    [[nodiscard]] double expansion(int level, std::size_t without) const {
        double then = 0, later = 0;
        for (const book_customer& one : book_) {
            if (one.group == without) continue;
            for (std::size_t t = 0; t + horizon < one.closes.size(); ++t) {
                const book_close &now = one.closes[t], &next = one.closes[t + horizon];
                if (!now.mrr || now.level != level || !next.mrr) continue;
                then += static_cast<double>(*now.mrr);
                later += static_cast<double>(*next.mrr);
            }
        }
        return later / then;
    }

private:
    count_table& table(table_id which) {
        return seen_.sorted_tables()[static_cast<std::size_t>(which)];
    }

    plan plan_;
    std::vector<book_customer> book_;
    evidence seen_;
};

}  // namespace

TEST_CASE("a level-up's gain is an experiment's where one shows a gain", "[study][nrr]") {
    experiment_book book;
    book.add(0, "training", {18, 2, 12, 8});
    book.add_due(0, book.last(), 1, 5000);
    book.add_due(0, book.last(), horizon, 3000);
    book.add_due(1, book.last(), 2, 700);
    book.add_due(0, book.last() - 1, 2, 900);  // of the close before
    const nrr_finding found = book.found();
    REQUIRE(found.level_ups.size() == 2);
    const nrr_level_up& up = found.level_ups[0];
    CHECK(up.by_experiment);
    REQUIRE(up.experiment);
    const nrr_experiment& of = *up.experiment;
    CHECK(of.initiative == "training");
    CHECK(of.established);
    CHECK(of.contracts == 2);
    CHECK(of.due == 8000);
    // Seven groups of twenty have one less.
    const double effect = 353.0 / 400 - 240.0 / 400;
    CHECK(of.chosen.value == Approx(353.0 / 400));
    CHECK(of.chosen.n == 400);
    CHECK(of.held.value == Approx(0.6));
    CHECK(of.held.n == 400);
    CHECK(of.effect.of.value == Approx(effect));
    CHECK(of.impact.value == Approx(8000 * effect * book.expansion(0, evidence_groups)));
    std::array<double, evidence_groups> without{};
    for (std::size_t g = 0; g < without.size(); ++g) {
        const double less = g % 3 == 0 ? 6 : 7;
        without[g] = 8000 * ((19 * 18 - less) / 380 - 0.6) * book.expansion(0, g);
    }
    // Groups differ in one end in three, which is less than chance: Newcombe's interval is wider.
    const interval once = newcombe_difference(353, 400, 240, 400).interval;
    CHECK(of.effect.of.interval.lower == Approx(once.lower));
    CHECK(of.effect.of.interval.upper == Approx(once.upper));
    const double worth = 8000 * book.expansion(0, evidence_groups);
    const interval plain = jackknife(of.impact.value, without).interval;
    CHECK(of.impact.interval.lower == Approx(std::min(plain.lower, once.lower * worth)));
    CHECK(of.impact.interval.upper == Approx(std::max(plain.upper, once.upper * worth)));
    CHECK(of.impact.interval.lower > 0);
    CHECK(up.impact.value == of.impact.value);
    CHECK(up.association.value == Approx(up.difference.value * static_cast<double>(up.now.mrr)));
    CHECK(up.association.value != up.impact.value);
    CHECK_THAT(found.told.sentence.en, Contains("At Entry an experiment stands behind a gain"));
    CHECK_THAT(found.told.sentence.ja, Contains("Entryでは実験の裏付けがあります"));
    CHECK_THAT(cautions_of(found), Contains("does not say that reaching Active"));
    // The other level has no hold-outs.
    CHECK_FALSE(found.level_ups[1].experiment);
    CHECK_FALSE(found.level_ups[1].by_experiment);
    CHECK(found.level_ups[1].impact.value == found.level_ups[1].association.value);
}

TEST_CASE("an experiment that shows no gain leaves it an association", "[study][nrr]") {
    const auto only_association = [](const drawn_ends& ends, std::int64_t less, bool shown) {
        experiment_book book;
        book.add(0, "training", ends, less);
        book.add_due(0, book.last(), 1, 5000);
        const nrr_finding found = book.found();
        const nrr_level_up& up = found.level_ups[0];
        CHECK_FALSE(up.by_experiment);
        CHECK(up.impact.value == up.association.value);
        CHECK(up.experiment.has_value() == shown);
        if (shown) {
            CHECK_FALSE(up.experiment->established);
            CHECK_THAT(cautions_of(found),
                       Contains("The experiment at Entry does not show a gain"));
        }
        CHECK(found.told.sentence.en.find("experiment") == std::string::npos);
    };
    only_association({12, 8, 12, 8}, 1, true);   // nothing to tell apart
    only_association({8, 12, 12, 8}, 1, true);   // it harms
    only_association({1, 1, 1, 0}, 1, false);    // fewer than min_n were held out
    only_association({20, 0, 0, 20}, 0, false);  // no group differs: no error to be seen
}

TEST_CASE("that all of a few were kept is no proof, whatever the groups say", "[study][nrr]") {
    experiment_book book;
    book.add_due(0, book.last(), 1, 5000);
    // 40 drawn, all kept; of 400 held out 387: the groups' error is that of the hold-outs alone.
    book.add(0, "training", {2, 0, 19, 1}, 0);
    book.add_held_kept(0, "training", 7);
    const nrr_experiment of = *book.found().level_ups[0].experiment;
    CHECK(of.chosen.value == 1);
    CHECK(of.held.value == Approx(387.0 / 400));
    CHECK(of.effect.of.value > 0);
    CHECK(of.effect.of.interval.lower < 0);
    CHECK_FALSE(of.established);
}

TEST_CASE("nothing due, nothing gained, and of several the one that surely keeps most",
          "[study][nrr]") {
    experiment_book book;
    book.add(1, "a meeting", {16, 4, 12, 8});
    CHECK_FALSE(book.found().level_ups[1].by_experiment);
    book.add_due(1, book.last(), 1, 5000);
    CHECK(book.found().level_ups[1].experiment->initiative == "a meeting");
    book.add(1, "mail", {19, 1, 12, 8});
    book.add(1, "nothing", {12, 8, 12, 8});
    const nrr_finding found = book.found();
    const nrr_experiment& best = *found.level_ups[1].experiment;
    CHECK(best.initiative == "mail");
    CHECK(best.established);
    // q is within the family of three, each p its own.
    CHECK(best.effect.q >= best.effect.p);
    // The last level has no next one.
    book.add(2, "mail", {19, 1, 12, 8});
    CHECK(book.found().level_ups.size() == 2);

    std::string text;
    json_writer out{text};
    write_json(out, found);
    CHECK_THAT(text, Contains("\"evidence\":\"experiment\""));
}

}  // namespace test_nrr_experiments
