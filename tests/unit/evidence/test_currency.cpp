// One currency a model: what tables say of it, and what they do not.
#include <string>

#include "aiueo/evidence/contracts_table.hpp"
#include "aiueo/evidence/ledger_table.hpp"

#include "histories.hpp"
#include "support/catch.hpp"
#include "tables.hpp"

namespace test_currency {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

std::string ledger_rows(std::initializer_list<const char*> currencies) {
    std::string out = "customer,start,end,mrr,currency";
    for (const char* const one : currencies) out += "\na,2025-01-01,NULL,1," + std::string{one};
    return out;
}

ledger_history ledger_in(std::string model, std::initializer_list<const char*> currencies) {
    ledger_history out{2, {}, std::move(model)};
    const status ok = add_ledger(out, table_of(ledger_rows(currencies)));
    if (!ok) FAIL(ok.error().to_string());
    REQUIRE(out.finish().ok());
    return out;
}

contract_history contracts_in(std::string model, const std::string& currency = "") {
    contract_history out{2, {}, 0, std::move(model)};
    const status ok = add_contracts(out, table_of("customer,start,end,outcome,currency\n"
                                                  "a,2025-01-01,2026-01-01,NULL," +
                                                  currency));
    if (!ok) FAIL(ok.error().to_string());
    REQUIRE(out.finish().ok());
    return out;
}

}  // namespace

TEST_CASE("amounts are in the model's currency", "[evidence][currency]") {
    for (const bool of_contracts : {false, true}) {
        ledger_history paid{2, {}, "USD"};
        contract_history signed_to{2, {}, 0, "USD"};
        const auto add = [&](const std::string& currency) {
            if (of_contracts) {
                return add_contracts(signed_to,
                                     table_of("customer,start,end,outcome,mrr_before,currency\n"
                                              "a,2024-01-01,2025-01-01,NULL,1,USD\n"
                                              "a,2025-01-01,2026-01-01,NULL,1," +
                                              currency));
            }
            return add_ledger(paid, table_of(ledger_rows({"USD", currency.c_str()})));
        };
        const std::string where =
            (of_contracts ? "contracts" : "ledger") + std::string{", row 2, column \"currency\": "};
        CHECK(said(add("EUR")) ==
              where +
                  "\"EUR\" is not the model's currency, \"USD\"; there is one currency a "
                  "model: convert the amounts before");
        CHECK(said(add("usd")) ==
              where + "\"usd\" is not the model's currency, \"USD\"; write it the same way");
        CHECK_THAT(said(add("dollars of 2025 and later")), Contains("convert the amounts"));
        CHECK(paid.rows() + signed_to.rows() == 0);
        CHECK(add("  USD ").ok());
    }
    ledger_history paid{2, {}, "USD"};
    CHECK(add_ledger(paid, table_of(ledger_rows({"NULL", "", " ", "USD"}))).ok());
    CHECK(paid.currency() == "USD");
    CHECK(paid.rows() == 4);
    // Said before an amount that is finer than a currency that it is not in.
    CHECK_THAT(said(add_ledger(paid, table_of("customer,start,end,mrr,currency\n"
                                              "a,2025-01-01,NULL,1.234,KWD"))),
               Contains("KWD"));
    CHECK_THAT(said(add_ledger(paid, table_of("customer,start,end,mrr,currency,currency\n"
                                              "a,2025-01-01,NULL,1,USD,USD"))),
               Contains("column \"currency\": there are two columns of this name"));
    owned_table numbers = texts_of("customer,start,end,mrr\na,2025-01-01,,1");
    REQUIRE(numbers.add_flags("currency", {1}).ok());
    CHECK_THAT(said(add_ledger(paid, imported(std::move(numbers)))),
               Contains("a currency cannot be booleans"));
}

TEST_CASE("a model without a currency takes tables in one", "[evidence][currency]") {
    CHECK(ledger_in("", {"", "NULL"}).currency().empty());
    CHECK(ledger_in("", {"", "EUR", "EUR", "NULL"}).currency() == "EUR");
    ledger_history paid{2, {}};
    const auto add = [&paid](std::initializer_list<const char*> currencies) {
        return add_ledger(paid, table_of(ledger_rows(currencies)));
    };
    CHECK(said(add({"", "EUR", "USD"})) ==
          "ledger, row 3, column \"currency\": \"USD\" is not the currency of row 2, \"EUR\"; "
          "there is one currency a model: convert the amounts before");
    // What was refused has said nothing.
    CHECK(paid.currency().empty());
    CHECK(add({"USD"}).ok());
    CHECK_THAT(said(add({"EUR"})), Contains("the currency of row 1, \"USD\""));
    CHECK_THAT(said(add({"usd"})), Contains("the same way"));
    ledger_history other{2, {}};
    CHECK(said(add_ledger(other, table_of(ledger_rows({"euro (the common one)"})))) ==
          "ledger, row 1, column \"currency\": \"euro (the common one)\" is no currency; write its "
          "code, such as USD");
    auto pieces = stream_of({ledger_rows({"EUR"}), ledger_rows({"EUR", "USD"})});
    CHECK_THAT(said(add_ledger(other, &pieces)),
               Contains("row 3") && Contains("of row 1, \"EUR\""));
    CHECK(other.currency().empty());
}

TEST_CASE("all that is counted is in one currency", "[evidence][currency]") {
    const plan of = plan_of(history_model);
    const counted_rows rows = bound_rows(of, {{"a", 20000, 50, 1, 5, 20, 12, 0, "x"}});
    const auto told = [&](evidence& to, const contract_history& contracts,
                          const ledger_history* ledger = nullptr) {
        return to.count_unseen({contracts, nullptr, nullptr, ledger, 20454});
    };
    const contract_history none = contracts_in(""), euro = contracts_in("", "EUR"),
                           dollars = contracts_in("", "USD");
    const ledger_history paid_euro = ledger_in("", {"EUR"}), paid = ledger_in("", {""});
    const std::string rule = "; there is one currency a model: convert the amounts before";
    {
        evidence seen{of};
        CHECK(said(told(seen, dollars, &paid_euro)) ==
              "amounts of the ledger are in EUR, those of the contracts in USD" + rule);
        CHECK(said(seen.update(*rows.rows, *rows.given,
                               {dollars, nullptr, nullptr, &paid_euro, 20454})) ==
              "amounts of the ledger are in EUR, those of the contracts in USD" + rule);
        CHECK(told(seen, none, &paid_euro).ok());
        CHECK(told(seen, euro, &paid).ok());
        CHECK(said(told(seen, dollars, &paid)) ==
              "amounts of the contracts are in USD, those counted before in EUR" + rule);
        evidence other{of};
        CHECK(other.update(*rows.rows, *rows.given, {dollars, nullptr, nullptr, nullptr, 20454})
                  .ok());
        CHECK(said(seen.merge(other)) == "one was counted in EUR, the other in USD" + rule);
        evidence silent{of};
        CHECK(silent.merge(other).ok());
        CHECK_THAT(said(seen.merge(silent)), Contains("the other in USD"));
        CHECK(silent.merge(evidence{of}).ok());
    }
    std::string in_euro = history_model;
    in_euro.insert(in_euro.find("\"metrics\""), "\"currency\": \"EUR\", ");
    const plan named = plan_of(in_euro);
    evidence seen{named};
    CHECK(told(seen, euro, &paid_euro).ok());
    CHECK(said(told(seen, dollars)) ==
          "amounts of the contracts are in USD, those of the model in EUR" + rule);
}

}  // namespace test_currency
