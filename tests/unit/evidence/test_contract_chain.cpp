#include <vector>

#include "aiueo/evidence/contract_chain.hpp"

#include "support/catch.hpp"

using namespace aiueo;

TEST_CASE("a contract is followed by one that begins and ends later", "[evidence][contracts]") {
    // By their ends; the trial follows nothing.
    std::vector<contract> all{{10, 50}, {0, 100}, {40, 100}, {90, 200}, {30, 300}};
    all[3].kind = contract_kind::trial;
    detail::contract_chain chain;
    chain.read(all, 0);
    CHECK(chain.followed(0));
    CHECK(chain.followed(1));        // by the last, not by the one that ends with it
    CHECK_FALSE(chain.followed(2));  // the last begins before it
    CHECK_FALSE(chain.followed(3));
    CHECK_FALSE(chain.followed(4));
    all.pop_back();
    chain.read(all, 0);
    CHECK(chain.followed(0));
    CHECK_FALSE(chain.followed(1));
}
