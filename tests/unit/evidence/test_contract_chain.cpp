#include <vector>

#include "aiueo/evidence/contract_chain.hpp"

#include "support/catch.hpp"

namespace test_contract_chain {

using namespace aiueo;

TEST_CASE("a contract is followed by one that begins and ends later", "[evidence][contracts]") {
    // By their ends; the trial follows nothing.
    std::vector<contract> all{{10, 50}, {0, 100}, {40, 100}, {90, 200}, {30, 300}};
    all[3].kind = contract_kind::trial;
    detail::contract_chain chain;
    chain.read(all, 0, max_text_day);
    CHECK(chain.followed(0));
    CHECK(chain.followed(1));        // by the last, not by the one that ends with it
    CHECK_FALSE(chain.followed(2));  // the last begins before it
    CHECK_FALSE(chain.followed(3));
    CHECK_FALSE(chain.followed(4));
    all.pop_back();
    chain.read(all, 0, max_text_day);
    CHECK(chain.followed(0));
    CHECK_FALSE(chain.followed(1));
    // What has not begun follows nothing yet.
    chain.read(all, 0, 39);
    CHECK_FALSE(chain.followed(0));
    chain.read(all, 0, 40);
    CHECK(chain.followed(0));
}

TEST_CASE("of two contracts that begin on one day, the one that ends first goes on",
          "[evidence][contracts]") {
    // Both could: the history holds them by their ends, and each is gone on from once.
    const std::vector<contract> all{{0, 100}, {100, 200}, {100, 300}, {200, 400}};
    std::vector<contract> renewed = all;
    for (contract& one : renewed) one.outcome = contract_outcome::renewed;
    detail::contract_chain chain;
    chain.read(renewed, 0, max_text_day);
    CHECK(chain.before(0) == detail::contract_chain::none);
    CHECK(chain.before(1) == 0);
    CHECK(chain.before(2) == detail::contract_chain::none);
    CHECK(chain.before(3) == 1);
}

}  // namespace test_contract_chain
