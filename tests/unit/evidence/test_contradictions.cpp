// A state that contradicts itself is refused wherever in a block it does.
#include <string>
#include <vector>

#include "histories.hpp"

namespace test_contradictions {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::size_t place_of(table_id which) { return static_cast<std::size_t>(which); }

/// What is said of tables of which one was changed; nothing where they are believed.
template <class Change>
std::string said_of(const evidence& whole, table_id which, Change change) {
    std::vector<count_table> tables = whole.tables();
    change(tables[place_of(which)]);
    const status found = detail::check_tables(whole.shape(), tables);
    return found.ok() ? std::string{} : found.error().message;
}

}  // namespace

TEST_CASE("what could not be read again is not written", "[evidence][state]") {
    const plan plan = plan_of(history_model);
    told_history told;
    history_row row;
    row.customer = "silent";
    row.as_of = 19000;
    row.logins = row.setup = row.answers = row.wins = row.term = row.unused = no_value;
    told.rows.push_back(row);
    evidence all = evidence_of(plan, told);
    auto state = write_state(all);
    for (int k = 0; state.ok() && k < 63; ++k) {
        auto again = read_state(plan, *state);
        REQUIRE(again.ok());
        REQUIRE(all.merge(*again).ok());
        state = write_state(all);
    }
    REQUIRE_FALSE(state.ok());
    CHECK(state.error().code == errc::bad_state);
    CHECK(state.error().message ==
          "the state contradicts itself: table \"totals\" counts more than there can be");
    CHECK(all.count(total::rows) == std::int64_t{1} << 41);
}

TEST_CASE("a level's ends that are not everybody's are found in every group", "[evidence][state]") {
    const plan plan = plan_of(history_model);
    const evidence whole = evidence_of(plan, made_history(120, 21));
    REQUIRE(said_of(whole, table_id::ends, [](count_table&) {}).empty());
    const count_key key = whole.table(table_id::ends).blocks().begin()->first;
    for (std::size_t band = 0; band < whole.shape().term_bands(); ++band) {
        for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
            INFO("band " << band << ", group " << g);
            const std::size_t cell = whole.shape().end_cell(1, band, g);
            CHECK_THAT(
                said_of(whole, table_id::ends, [&](count_table& ends) { ends.at(key)[cell] += 1; }),
                Contains("that are not all"));
        }
    }
}

TEST_CASE("conditions of more ends than there are are found in every group", "[evidence][state]") {
    const plan plan = plan_of(history_model);
    const evidence whole = evidence_of(plan, made_history(120, 22));
    const count_key key = whole.table(table_id::conditions).blocks().begin()->first;
    for (std::size_t c = 0; c < whole.shape().conditions().size(); ++c) {
        for (const bool kept : {false, true}) {
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                INFO("condition " << c << (kept ? ", kept" : ", lost") << ", group " << g);
                const std::size_t cell = counted::condition_cell(c, met::unknown, kept, g);
                CHECK_THAT(said_of(whole, table_id::conditions,
                                   [&](count_table& to) { to.at(key)[cell] += 1'000; }),
                           Contains("other ends than table \"ends\""));
            }
        }
    }
}

}  // namespace test_contradictions
